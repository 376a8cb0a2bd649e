"""A matching run as a coordinator reads it: cards, rows and bars, in her language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from donations.staff.cells import Cell, Text, day
from gifts.matching import words
from gifts.models import ItemKind, Purpose
from gifts.vault.models import Match, MatchRun, Partner

State = Match.State
STATES: dict[str, Cell] = {
    State.PROPOSED: Cell(_("Proposed"), tone="warn"),
    State.APPROVED: Cell(_("Approved"), tone="good"),
    State.ENDED: Cell(_("Ended")),
    State.DROPPED: Cell(_("Put aside")),
}
# Why a match that somebody chose did not hold.
STALE = {
    "need_gone": _("The need is not open any more."),
    "paused": _("Its partner may not receive anything just now."),
    "thing_gone": _("The thing is not ready any more, or was given to somebody else."),
}
WHY_NOT = {
    "meanwhile": _("A colleague made a proposal at the same time: look at that one."),
    "dropped": _("Nothing was approved: a newer proposal took the place of this one."),
    "nothing": _("Nothing was approved: please tick at least one."),
}
# Reasons that tell what another choice would cost; the others say why.
PRICES = ("next", "alone", "swap")


@dataclass(frozen=True)
class Card:
    """One need, and what it gets or why it waits on."""

    key: int
    need: str
    partner: str
    what: str
    thing: str
    state: Cell
    note: str
    why: Sequence[str]
    price: Sequence[str]


@dataclass(frozen=True)
class Bar:
    """One line of the chart: of so many asked for so many get a thing; drawn to 100."""

    name: str
    asked: int
    after: int
    width: float
    part: float


class Names:
    """Kinds and partners by their codes, each read once."""

    def __init__(self, partners: Iterable[str] = ()) -> None:
        self.kinds = {kind.code: kind.public_name for kind in ItemKind.objects.all()}
        rows = Partner.objects.filter(code__in=set(partners)).values_list("code", "name")
        self.partners = dict(rows)

    def kind(self, code: str) -> str:
        return self.kinds.get(code, code)

    def partner(self, code: str) -> str:
        return self.partners.get(code, code)

    def what(self, kind: str, purpose: str) -> str:
        """As in "Laptop for university"."""
        return f"{self.kind(kind)} {Purpose(purpose).label if purpose in Purpose else purpose}"

    def told(self, reasons: Iterable[Mapping[str, Any]], kind: str) -> tuple[list[str], list[str]]:
        """Why, and what another choice would cost."""
        said = [
            (one["code"] in PRICES, words.sentence(dict(one), kind=self.kind(kind)))
            for one in reasons
        ]
        return [text for price, text in said if not price], [text for price, text in said if price]


def match_card(match: Match, names: Names) -> Card:
    need = match.need
    why, price = names.told(match.reasons, need.kind)
    return Card(
        key=match.pk,
        need=need.code,
        partner=need.partner.name,
        what=names.what(need.kind, need.purpose),
        thing=match.unit_code,
        state=STATES[match.state],
        note=str(STALE.get(match.ended_why, match.ended_why)),
        why=why,
        price=price if match.state == State.PROPOSED else (),
    )


def waiting_card(row: Mapping[str, Any], names: Names, today: date) -> Card:
    """A need that gets nothing, as the run read it."""
    why, price = names.told(row["reasons"], row["kind"])
    return Card(
        key=0,
        need=row["code"],
        partner=names.partner(row["partner"]),
        what=names.what(row["kind"], row["purpose"]),
        thing="",
        state=Cell(""),
        note=waits(row, today),
        why=why,
        price=price,
    )


def waits(row: Mapping[str, Any], today: date) -> str:
    """As in "Waits 85 days, since Aug 29, 2026; needed by Jan 12, 2027"."""
    since = date.fromisoformat(row["stated_on"])
    told = gettext("Waits %(days)s, since %(day)s") % {
        "days": words.days((today - since).days),
        "day": day(since),
    }
    if not row["needed_by"]:
        return told
    by = gettext("needed by %(day)s") % {"day": day(date.fromisoformat(row["needed_by"]))}
    return f"{told}; {by}"


def tiles(run: MatchRun) -> list[tuple[Text, str, str]]:
    """How things stand, and how they would: a name, a figure, a word to it."""
    before, after = run.figures["before"], run.figures["after"]

    def from_to(name: str) -> str:
        return f"{before[name]} → {after[name]}"

    return [
        (_("Open needs that get a thing"), from_to("served"), _of(run)),
        (_("Still waiting"), from_to("waiting"), gettext("today → with this proposal")),
        (_("Longest wait, days"), from_to("longest"), gettext("of those still waiting")),
        (_("Past the day they are needed"), from_to("overdue"), gettext("of those still waiting")),
        (
            _("Things left over"),
            f"{run.things_read} → {run.things_read - after['served']}",
            gettext("ready, and nobody who waits could use them"),
        ),
    ]


def _of(run: MatchRun) -> str:
    return gettext("of %(count)s") % {"count": run.needs_read}


def lead(run: MatchRun) -> str:
    """The run in one sentence."""
    served, count = run.figures["after"]["served"], run.needs_read
    if not count:
        return gettext("No need was open.")
    if not served:
        return gettext("For none of the open needs a thing is ready that fits.")
    return ngettext(
        "%(served)s of %(count)s open need can get a thing that is ready.",
        "%(served)s of %(count)s open needs can get a thing that is ready.",
        count,
    ) % {"served": served, "count": count}


@dataclass(frozen=True)
class Bars:
    """How much each partner, or region, gets of what it asks for."""

    title: Text
    heading: Text
    bars: Sequence[Bar]
    height: int = field(default=0)


def bars(title: Text, heading: Text, shares: Sequence[Mapping[str, Any]], names: Any) -> Bars:
    """The largest first; all to one scale, so that lengths can be compared."""
    most = max((row["asked"] for row in shares), default=1)
    rows = [
        Bar(
            names(row["name"]),
            row["asked"],
            row["after"],
            round(100 * row["asked"] / most, 2),
            round(100 * row["after"] / most, 2),
        )
        for row in sorted(shares, key=lambda row: (-row["asked"], row["name"]))
    ]
    return Bars(title, heading, rows)
