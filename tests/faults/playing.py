"""Stories played at Stripe's stand-in, with its events told in any order, late, or not at all."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from unittest import mock

from django.utils import timezone

from donations.models import Donation
from tests.faults.canonical import canonical_books
from tests.faults.stories import DAYS, LONG_STORIES, STORIES, Days, payouts_of
from tests.giving import Giving, wrong_in_the_books

Stories = Mapping[str, tuple[str, Days]]
# Days do not pass before these were heard: they tell of passing states, or make us act at Stripe.
# All others may come any number of days after their cause.
PROMPT = ("customer.subscription.", "invoice.payment_", "charge.dispute.")


class Play:
    """One run over some stories. Without chance each event comes at once, in order."""

    def __init__(
        self,
        giving: Giving,
        run_jobs: Callable[..., Any],
        mix: Sequence[str],
        chance: Random | None = None,
        *,
        stories: Stories = STORIES | LONG_STORIES,
        days: Sequence[datetime] = DAYS,
    ) -> None:
        self.giving, self.run_jobs, self.chance = giving, run_jobs, chance
        self.stories = {name: stories[name] for name in mix}
        self.days = days
        # Stories of one day have no plan, and the clock stays where it is.
        self.long = any(len(story[1]) > 1 for story in self.stories.values())
        self.waiting: list[dict[str, Any]] = []
        self.told: list[dict[str, Any]] = []
        self.made: list[str] = []
        self.deaf = False
        self.ahead = days[0] - datetime.now(UTC) if self.long else timedelta()

    def run(self, after_each_day: Callable[[int], object] = lambda day: None) -> None:
        """Play all; afterwards every event was told and every rule of the books holds."""
        with mock.patch.object(timezone, "now", self.clock):
            self.begin()
            for day in range(len(self.days) if self.long else 1):
                self.day(day)
                after_each_day(day)
            self.end()

    def begin(self) -> None:
        giving = self.giving
        giving.sandbox.reset()
        giving.sandbox.payouts("manual")
        giving.sandbox.fees("held")
        giving._last = None
        if self.long:
            giving.sandbox.set_clock(now=self.days[0].timestamp())
        monthly = {"interval": "month", "fee_cover_minor": 100}
        self.gifts = {
            name: giving.begin(
                5000 + number,
                form_token=name,
                email=f"donor{number % 3}@example.org",
                **(monthly if self.long and not name.startswith("once: ") else {}),
            )
            for number, name in enumerate(self.stories)
        }

    def clock(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def day(self, day: int) -> None:
        """The clock comes to a day; its steps are done and its money is paid out."""
        if day:
            self.hear_of(PROMPT)
            self.move_to(self.days[day])
        left = {
            name: list(story[day])
            for name, (_end, story) in self.stories.items()
            if len(story) > day and story[day]
        }
        while left:
            self.waiting += self.giving.new_events()
            if self.chance and self.chance.random() > 0.35 and (self.waiting or self.told):
                self.tell_something()
                continue
            name = self.chance.choice(sorted(left)) if self.chance else next(iter(left))
            left[name].pop(0)(self.giving, self.gifts[name])
            if not left[name]:
                del left[name]
            if self.chance is None:
                self.hear_of(("",))
            elif self.chance.random() < 0.1:
                self.giving.sandbox.release_fees()
        self.giving.sandbox.release_fees()
        if self.long:
            payouts_of(self.giving, day, self.made)
        self.hear_of(("",) if self.chance is None else ())

    def move_to(self, moment: datetime) -> None:
        """Stripe's clock and ours; without chance all that happened by then is heard."""
        self.giving.sandbox.set_clock(now=moment.timestamp())
        self.ahead = moment - datetime.now(UTC)
        self.hear_of(("",) if self.chance is None else ())

    def tell_something(self) -> None:
        """A new event, one once more, or the worker comes by."""
        assert self.chance is not None
        dice = self.chance.random()
        if self.waiting and dice < 0.65:
            self.tell(self.waiting.pop(self.chance.randrange(len(self.waiting))))
        elif self.told and dice < 0.85:
            assert self.giving.post(self.chance.choice(self.told)) == 200
        elif dice > 0.9:
            self.run_jobs()

    def hear_of(self, kinds: tuple[str, ...]) -> None:
        """Everything of these kinds is told now, and the worker comes by."""
        self.waiting += self.giving.new_events()
        if self.deaf:
            self.waiting = []  # they never come
        prompt = [event for event in self.waiting if event["type"].startswith(kinds)]
        self.waiting = [event for event in self.waiting if event not in prompt]
        if self.chance:
            self.chance.shuffle(prompt)
        for event in prompt:
            self.tell(event)
        if prompt:
            self.run_jobs()

    def tell(self, event: dict[str, Any]) -> None:
        assert self.giving.post(event) == 200
        self.told.append(event)

    def end(self) -> None:
        while self.waiting:
            self.tell_something()
        self.hear_of(("",))
        self.run_jobs()
        assert not wrong_in_the_books()
        states = {
            gift.form_token: gift.plan.status if gift.plan else gift.status
            for gift in Donation.objects.filter(form_token__in=self.stories).select_related("plan")
        }
        ends = {name: end for name, (end, _story) in self.stories.items()}
        assert states == ends, canonical_books()

    @property
    def kinds(self) -> set[str]:
        return {event["type"] for event in self.told}
