"""What runs by the clock for things."""

from procrastinate.contrib.django import app

from gifts import wishes
from gifts.trace import telling

__all__ = ["telling"]


@app.periodic(cron="* * * * *")
@app.task(queue="public", queueing_lock="refresh_wishes")
def refresh_wishes(timestamp: int) -> None:
    """Each minute: wishes whose money is there become funded, those whose day is over end."""
    wishes.refresh_states()
