"""Where the worker finds the jobs of this floor."""

from procrastinate.contrib.django import app

from campaigns.news import reading


@app.periodic(cron="29 3 * * *")
@app.task(queue="public", queueing_lock="forget_readers")
def forget_readers(timestamp: int) -> None:
    """Each night: addresses that never confirmed, and consents that ended a year ago."""
    reading.forget()
