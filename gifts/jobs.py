"""What runs by the clock for things; the worker finds the other jobs through it too."""

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
