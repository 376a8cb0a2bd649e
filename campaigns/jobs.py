"""What runs by the clock for stories, where the consents can be asked."""

from django.core.management import call_command
from procrastinate.contrib.django import app

from campaigns.stories import clearing


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
