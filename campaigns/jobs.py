"""Where the worker finds the jobs of this floor."""

from procrastinate.contrib.django import app

from campaigns.letters import sending
from campaigns.news import reading


@app.periodic(cron="29 3 * * *")
@app.task(queue="public", queueing_lock="forget_readers")
def forget_readers(timestamp: int) -> None:
    """Each night: addresses that never confirmed, and consents and letters of a year ago."""
    sending.forget()
    reading.forget()


@app.periodic(cron="* * * * *")
@app.task(queue="public", queueing_lock="finish_letters")
def finish_letters(timestamp: int) -> None:
    """Each minute: letters whose time has come, and such whose job was lost."""
    sending.finish_letters()
