"""Where the worker finds the jobs about things: those beside their work, and those by the clock."""

from procrastinate.contrib.django import app

from gifts.offers import acknowledgments, wiping

__all__ = ["acknowledgments"]


@app.periodic(cron="23 3 * * *")
@app.task(queue="public", queueing_lock="forget_statements")
def forget_statements(timestamp: int) -> None:
    """Each night: files of statements of erasure that were kept long enough."""
    wiping.forget_old_files()
