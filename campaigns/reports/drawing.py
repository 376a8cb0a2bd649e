"""The frozen figures as a page and a paper tell them: headline figures, charts, tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from campaigns.reports import suppression
from campaigns.reports.gather import OTHERS, WISHES
from core import money
from donations.models import Donation
from gifts.models import Region

# The drawing: lying bars, each below its name, with the value at the end of its row.
WIDTH, ROW, BAR = 400, 44, 14
CHARTS = [
    ("delivered", _("Things that reached people, by kind and region")),
    ("purposes", _("What was given, by purpose")),
    ("ways", _("What was given, by the way it came")),
    ("training", _("People who finished awareness training, by sector")),
]
TITLES = dict(CHARTS)


@dataclass(frozen=True)
class Bar:
    name: str
    value: str
    # Of the name's foot and the bar's top, and how long it is.
    foot: int
    top: int
    length: int


@dataclass(frozen=True)
class Exhibit:
    """One chart with its table, which says the same; `note` says what is not in it."""

    table: str
    # Told apart where one table is there for several currencies.
    key: str
    title: str
    bars: Sequence[Bar]
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    total: Sequence[str]
    note: str = ""

    @property
    def height(self) -> int:
        return ROW * len(self.bars) + 4

    @property
    def in_words(self) -> str:
        return "; ".join(f"{bar.name}: {bar.value}" for bar in self.bars)


@dataclass(frozen=True)
class Headline:
    value: str
    label: str


def headlines(figures: dict[str, Any]) -> list[Headline]:
    """What stands large on top; nothing where nothing may be told."""
    found = [
        Headline(
            money.display_short(one["amount_minor"], one["currency"], get_language() or "en"),
            gettext("given"),
        )
        for one in figures["given"]
    ]
    if things := sum(one["count"] for one in figures["delivered"]):
        found.append(Headline(number(things), gettext("things reached people, at least")))
    if days := figures["days"]:
        text = ngettext("%(count)d month", "%(count)d months", days["half"])
        label = gettext("from gift to news of the delivery at most, for half of them")
        found.append(Headline(text % {"count": days["half"]}, label))
        text = ngettext("%(count)d month", "%(count)d months", days["most"])
        label = gettext("at most, for nine in ten")
        found.append(Headline(text % {"count": days["most"]}, label))
    if people := sum(one["count"] for one in figures["training"]):
        found.append(Headline(number(people), gettext("people finished awareness training")))
    return found


def exhibits(figures: dict[str, Any]) -> list[Exhibit]:
    """Every chart that has something to show, in the order of CHARTS."""
    found = [_delivered(figures["delivered"])] if figures["delivered"] else []
    for key in ("purposes", "ways"):
        several = len(figures["given"]) > 1
        found += [_given(key, one, several=several) for one in figures["given"] if one[key]]
    return found + ([_training(figures["training"])] if figures["training"] else [])


def _delivered(rows: Sequence[dict[str, Any]]) -> Exhibit:
    whole = sum(one["count"] for one in rows)
    shown = sorted(rows, key=lambda one: -one["count"])
    return Exhibit(
        "delivered",
        "delivered",
        str(TITLES["delivered"]),
        bars((_thing(one), one["count"], number(one["count"])) for one in shown),
        [gettext("Kind and region"), gettext("Things"), gettext("Share"), gettext("Cost")],
        [
            [
                _thing(one),
                number(one["count"]),
                _percent(suppression.percent(one["count"], whole)),
                _cost([one]),
            ]
            for one in shown
        ],
        [gettext("Together"), number(whole), "", _cost(rows)],
        gettext(
            "So that nobody can be found through a number, things are counted in steps of eleven, "
            "and the last ten of a kind and region never. Fewer than 11 stand in no line and in no "
            "sum; they are told of in a later report. Cost and time are those of as many that were "
            "ready first, so that they do not say which of them arrived."
        ),
    )


def _thing(one: dict[str, Any]) -> str:
    return f"{_named(one['name'])}, {Region(one['region']).label}"


def _cost(rows: Iterable[dict[str, Any]]) -> str:
    rows = list(rows)
    if any(one["cost_minor"] is None for one in rows):
        return "\u2013"
    currencies = sorted({one["currency"] for one in rows})
    return ", ".join(
        _amount(sum(o["cost_minor"] for o in rows if o["currency"] == currency), currency)
        for currency in currencies
    )


def _given(key: str, one: dict[str, Any], *, several: bool) -> Exhibit:
    currency, whole = one["currency"], one["gifts"]
    names = [_part(key, part) for part in one[key]]
    title = str(TITLES[key])
    note = ""
    if any(part["key"] == OTHERS for part in one[key]):
        note = gettext(
            "What came in fewer than 11 gifts stands together with a larger part, so that no gift "
            "can be told apart."
        )
    if sum(part["gifts"] for part in one[key]) > whole:
        counted = gettext("A gift to several purposes counts in each of them, and once together.")
        note = f"{note} {counted}".strip()
    rows = list(zip(names, one[key], strict=True))
    return Exhibit(
        key,
        f"{key}-{currency}",
        f"{title} ({currency})" if several else title,
        bars(
            (name, max(part["amount_minor"], 0), _amount(part["amount_minor"], currency))
            for name, part in rows
        ),
        [
            gettext("Purpose") if key == "purposes" else gettext("Way"),
            gettext("Gifts"),
            gettext("Amount"),
        ],
        [
            [name, number(part["gifts"]), _amount(part["amount_minor"], currency)]
            for name, part in rows
        ],
        # A gift that goes to two purposes is one gift.
        [gettext("Together"), number(whole), _amount(one["amount_minor"], currency)],
        note,
    )


def _part(table: str, part: dict[str, Any]) -> str:
    if part["key"] == OTHERS:
        return gettext("Told together")
    if part["key"] == WISHES:
        return gettext("Things on the wish list")
    if table == "purposes":
        return _named(part["name"])
    return str(dict(Donation.Source.choices).get(part["key"], gettext("Of no single gift")))


def _training(rows: Sequence[dict[str, Any]]) -> Exhibit:
    return Exhibit(
        "training",
        "training",
        str(TITLES["training"]),
        bars((_named(one["name"]), one["count"], number(one["count"])) for one in rows),
        [gettext("Sector"), gettext("People")],
        [[_named(one["name"]), number(one["count"])] for one in rows],
        [gettext("Together"), number(sum(one["count"] for one in rows))],
        gettext("Sectors of fewer than 11 people are not told of."),
    )


def bars(parts: Iterable[tuple[str, int, str]]) -> list[Bar]:
    shown = list(parts)
    most = max([value for _name, value, _text in shown] or [1]) or 1
    return [
        Bar(name, text, ROW * n + 18, ROW * n + 24, max(2, WIDTH * value // most))
        for n, (name, value, text) in enumerate(shown)
    ]


def _named(name: dict[str, str]) -> str:
    return (get_language() == "es" and name["es"]) or name["en"]


def _amount(minor: int, currency: str) -> str:
    return money.display(minor, currency, get_language() or "en")


def number(value: int) -> str:
    return f"{value:,}" if get_language() != "es" else f"{value:,}".replace(",", ".")


def _percent(value: int | None) -> str:
    return "" if value is None else f"{value} %"
