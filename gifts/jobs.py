"""What runs by the clock for things; the worker finds the other jobs through it too."""

from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django import app

from gifts import wishes
from gifts.offers import acknowledgments, wiping
from gifts.trace import telling

__all__ = ["acknowledgments", "telling"]


@app.periodic(cron="* * * * *")
@app.task(queue="public", queueing_lock="refresh_wishes")
def refresh_wishes(timestamp: int) -> None:
    """Each minute: wishes whose money is there become funded, those whose day is over end."""
    wishes.refresh_states()


@app.periodic(cron="* * * * *")
@app.task(queue="vault", queueing_lock="apply_outbox")
def apply_outbox(timestamp: int) -> None:
    """Each minute: what the confidential part said of things, and was not carried over at once."""
    from gifts.delivery import outbox  # noqa: PLC0415 - its models are not on the public side

    outbox.apply()


@app.periodic(cron="41 4 * * *")
@app.task(queue="vault", queueing_lock="publish_news")
def publish_news(timestamp: int) -> None:
    """Each day: the news of a quarter from the person's side, once its day has come."""
    from gifts.delivery import releasing  # noqa: PLC0415 - its models are not on the public side

    releasing.publish()


@app.periodic(cron="23 3 * * *")
@app.task(queue="public", queueing_lock="forget_statements")
def forget_statements(timestamp: int) -> None:
    """Each night: files of statements of erasure that were kept long enough."""
    wiping.forget_old_files()


@app.periodic(cron="11 2 * * *")
@app.task(queue="vault", queueing_lock="look_after_needs")
def look_after_needs(timestamp: int) -> None:
    """Each night: partners whose review is due, and needs that nobody sent or verified."""
    from gifts.vault import needs, partners  # noqa: PLC0415

    partners.find_reviews_due()
    needs.expire(days=settings.VAULT_DRAFT_DAYS)


@app.periodic(cron="41 2 * * *")
@app.task(queue="vault", queueing_lock="erase_what_was_kept_long_enough")
def erase_what_was_kept_long_enough(timestamp: int) -> None:
    from gifts.vault import retention  # noqa: PLC0415

    retention.run(days=settings.VAULT_RETENTION_DAYS)
    forget_keys()


@app.task(queue="vault")
def forget_keys() -> None:
    """After each erasure: nothing is left of its key, in the database or in the keys' copy."""
    from gifts.vault import erasure  # noqa: PLC0415

    erasure.clear_out()
    if settings.VAULT_KEYS_COPY:
        erasure.copy_keys(Path(settings.VAULT_KEYS_COPY))
