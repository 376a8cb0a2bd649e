"""How far a wish is, by the money of its designation."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.utils import timezone

from donations import room
from donations.room import Standing
from gifts.models import Wish

State = Literal["open", "near", "covered", "ended"]


@dataclass(frozen=True)
class Progress:
    wish: Wish
    given_minor: int
    held_minor: int

    @property
    def unit_minor(self) -> int:
        return self.wish.unit_minor or 0

    @property
    def goal_minor(self) -> int:
        return self.wish.wanted * self.unit_minor

    @property
    def left_minor(self) -> int:
        """What can still be given, gifts that are just being paid left out."""
        most = self.goal_minor + self.goal_minor * self.wish.over_funding_percent // 100
        return max(0, most - self.given_minor - self.held_minor)

    @property
    def funded(self) -> int:
        """Whole things, never more than are wanted."""
        return min(self.wish.wanted, self.given_minor // self.unit_minor) if self.unit_minor else 0

    @property
    def state(self) -> State:
        wish = self.wish
        if wish.state == Wish.State.CLOSED or (wish.ends_at and wish.ends_at <= timezone.now()):
            return "ended"
        if wish.state == Wish.State.FUNDED or not self.left_minor:
            return "covered"
        return "near" if 5 * self.left_minor <= self.goal_minor else "open"

    @property
    def takes(self) -> bool:
        return self.state in ("open", "near")


def of(wishes: Iterable[Wish]) -> list[Progress]:
    """Progress of these wishes, read just now: two queries for any number."""
    rows = list(wishes)
    found = room.standing([row.designation_id for row in rows if row.designation_id])
    return [_progress(row, found) for row in rows]


def _progress(wish: Wish, found: dict[int, Standing]) -> Progress:
    one = found.get(wish.designation_id or 0, Standing())
    return Progress(wish, one.given_minor, one.held_minor)
