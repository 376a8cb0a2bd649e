"""Where the worker finds the jobs of this floor."""

from django.core.management import call_command
from procrastinate.contrib.django import app

from campaigns.comments import keeping as comments
from campaigns.letters import sending
from campaigns.news import reading
from campaigns.reports import papers
from campaigns.stories import clearing
from campaigns.training import keeping as training


@app.periodic(cron="29 3 * * *")
@app.task(queue="public", queueing_lock="forget_readers")
def forget_readers(timestamp: int) -> None:
    """Each night: addresses that never confirmed, and consents and letters of a year ago."""
    sending.forget()
    reading.forget()


@app.periodic(cron="23 * * * *")
@app.task(queue="public", queueing_lock="forget_comments")
def forget_comments(timestamp: int) -> None:
    """Each hour: comments that nobody approved in time, words that are over, late concerns."""
    comments.run()


@app.periodic(cron="41 3 * * *")
@app.task(queue="public", queueing_lock="forget_learners")
def forget_learners(timestamp: int) -> None:
    """Each night: what learners left lying, certificates long over, addresses of sent mails."""
    training.run()


@app.periodic(cron="* * * * *")
@app.task(queue="public", queueing_lock="finish_letters")
def finish_letters(timestamp: int) -> None:
    """Each minute: letters whose time has come, and such whose job was lost."""
    sending.finish_letters()


@app.periodic(cron="*/5 * * * *")
@app.task(queue="vault", queueing_lock="take_stories_back")
def take_stories_back(timestamp: int) -> None:
    """Each five minutes: words whose consent ended are gone."""
    clearing.run()


@app.periodic(cron="*/5 * * * *")
@app.task(queue="vault", queueing_lock="publish_what_was_planned")
def publish_what_was_planned(timestamp: int) -> None:
    """Pages of all kinds whose day came; the public side could not ask for a story's consents."""
    call_command("publish_scheduled")


@app.periodic(cron="47 4 * * *")
@app.task(queue="public", queueing_lock="draw_reports")
def draw_reports(timestamp: int) -> None:
    """Each night: papers of reports whose job was lost."""
    papers.draw_missing()
