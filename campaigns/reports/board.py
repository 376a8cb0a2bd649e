"""What the board reads: published figures of one time, and what is promised and spent beside them.

Of people nothing stands here that is not in a published report of the same quarters, word for word,
so that this page and all reports together tell no more than the reports (docs/reports.md). What is
promised is counted in whole elevens, at the end of the last quarter; what is spent is the ledger's.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from campaigns.models import ReportEdition
from campaigns.reports import drawing, gather, suppression
from core import money
from donations import given, programme
from donations.staff.cells import Cell, Text
from donations.staff.charts import Chart, lines
from gifts.ladder import K
from gifts.models import ItemKind, Offer
from gifts.trace import calendar

# So many reports stand beside each other, the newest ones.
REPORTS = 12


@dataclass(frozen=True)
class Figure:
    """One cell: as it is read, and as a file has it."""

    text: str
    plain: str | int

    @classmethod
    def of(cls, value: str | int) -> "Figure":
        return cls(value if isinstance(value, str) else drawing.number(value), value)

    @classmethod
    def money(cls, minor: int | None, currency: str) -> "Figure":
        if minor is None:
            return cls("\N{EN DASH}", "")
        shown = money.display(minor, currency, get_language() or "en")
        return cls(shown, f"{money.to_decimal(minor, currency):f}")


@dataclass(frozen=True)
class Table:
    """One table with its chart; the column `drawn` makes the bars."""

    key: str
    title: Text
    headings: Sequence[Text]
    rows: Sequence[Sequence[Figure]]
    values: Sequence[int]
    drawn: int = 1
    note: Text = ""
    # Its table stands below the drawing.
    wide: bool = False

    @property
    def chart(self) -> Chart:
        shown = iter([row[self.drawn].text for row in self.rows])
        words: Callable[[int], str] = lambda _value: next(shown)  # noqa: E731 - one for each bar
        rows = [[Cell(one.text) for one in row] for row in self.rows]
        names = [row[0].text for row in self.rows]
        table = (self.headings, rows)
        return lines(
            self.title,
            names,
            self.values,
            table=table,
            words=words,
            note=self.note,
            wide=self.wide,
        )


def times() -> list[ReportEdition]:
    """Published reports of the whole organisation as they stand, the newest time first."""
    rows = ReportEdition.objects.filter(published_at__isnull=False, kinds=[])
    # A correction takes the place of what it corrects.
    return list(rows.exclude(corrected_by__published_at__isnull=False).order_by("-last", "-pk"))


def tables(edition: ReportEdition, reports: Sequence[ReportEdition]) -> list[Table]:
    """All that have something to show."""
    found = [
        *_given(edition.figures["given"]),
        *_promised(edition),
        *_spent(edition),
        *_delivered(edition.figures),
        *_side_by_side(reports[:REPORTS]),
    ]
    return [one for one in found if one.rows]


def _given(rows: Sequence[dict[str, Any]]) -> Iterator[Table]:
    for one in rows:
        found = {"delivered": [], "given": [one], "training": []}
        for exhibit in drawing.exhibits(found):
            parts = one[exhibit.table]
            yield _drawn(
                exhibit,
                [[part["gifts"], _plain(part["amount_minor"], one["currency"])] for part in parts],
                [max(part["amount_minor"], 0) for part in parts],
                key=f"{exhibit.table}-{one['currency'].lower()}",
                title=f"{exhibit.title} ({one['currency']})",
                drawn=2,
            )


def _drawn(
    exhibit: drawing.Exhibit,
    plain: Sequence[Sequence[str | int]],
    values: Sequence[int],
    **other: Any,
) -> Table:
    """A report's table, with what a file has of each row after its name."""
    rows = [
        [Figure(text, value) for text, value in zip(shown, (shown[0], *kept), strict=True)]
        for shown, kept in zip(exhibit.rows, plain, strict=True)
    ]
    facts: dict[str, Any] = {"key": exhibit.key, "title": exhibit.title, "rows": rows}
    facts |= {"headings": exhibit.headings, "values": values, "note": exhibit.note}
    return Table(**facts | other)


def _promised(edition: ReportEdition) -> Iterator[Table]:
    """As it stood at the end of the last quarter; at least so much."""
    end = edition.last.replace(day=1)
    rows, values = [], []
    for one in programme.read():
        months = [month for month in one.months if month.month <= end]
        if not months or months[-1].giving < K:
            continue
        count, yearly = months[-1].giving // K * K, _roughly(12 * months[-1].monthly_minor)
        rows.append(
            [
                Figure.of(gettext("Regular gifts (%(currency)s)") % {"currency": one.currency}),
                Figure.of(count),
                Figure.money(yearly, one.currency),
            ]
        )
        values.append(count)
    yield Table(
        "promised",
        _("Promised: what regular gifts bring a year"),
        [_("What"), _("Plans, at least"), _("A year, at least")],
        rows,
        values,
        note=_("In whole elevens and two digits, as it stood at the end of the last quarter."),
    )
    kinds = {kind.pk: kind for kind in ItemKind.objects.all()}
    moment = calendar.end_of(calendar.start_of(edition.last))
    offered = (
        Offer.objects.filter(decided_at__lt=moment)
        .filter(Q(ended_at=None) | Q(ended_at__gte=moment))
        .exclude(state=Offer.State.DECLINED)
        .values("kind")
        .annotate(total=Sum("quantity"))
        .order_by("kind")
    )
    counts = [(kinds[row["kind"]], row["total"] // K * K) for row in offered]
    yield Table(
        "in-kind",
        _("Promised: things that are still to come"),
        [_("Kind"), _("Things, at least")],
        [[Figure.of(str(kind)), Figure.of(count)] for kind, count in counts if count],
        [count for _kind, count in counts if count],
        note=_("Accepted offers, in whole elevens."),
    )


def _roughly(minor: int) -> int:
    """By its first two digits."""
    digit: int = 10 ** max(0, len(str(minor)) - 2)
    return minor // digit * digit


def _spent(edition: ReportEdition) -> Iterator[Table]:
    """From the ledger, as what was given: few purchases stand with a larger part."""
    rows = given.spent(first=edition.first, last=edition.last)
    for currency in sorted({one.currency for one in rows}):
        own = [one for one in rows if one.currency == currency]
        count, total = sum(one.gifts for one in own), sum(one.amount_minor for one in own)
        told = {"currency": currency, "gifts": count, "amount_minor": total, "ways": []}
        for table in _given([told | {"purposes": gather.by_purpose(own)}]):
            title = gettext("Spent on things and fees, by purpose")
            yield replace(
                table,
                key=f"spent-{currency.lower()}",
                title=f"{title} ({currency})",
                headings=[_("Purpose"), _("Purchases"), _("Amount")],
                note=_("Fewer than 11 purchases stand together with a larger part."),
            )


def _delivered(figures: dict[str, Any]) -> Iterator[Table]:
    rows = sorted(figures["delivered"], key=lambda one: -one["count"])
    whole = sum(one["count"] for one in rows)
    plain = [
        [
            one["count"],
            suppression.percent(one["count"], whole) or "",
            _plain(one["cost_minor"], one["currency"]),
        ]
        for one in rows
    ]
    for exhibit in drawing.exhibits(figures | {"given": [], "training": []}):
        yield _drawn(exhibit, plain, [one["count"] for one in rows])


def _plain(minor: int | None, currency: str) -> str:
    return "" if minor is None else f"{money.to_decimal(minor, currency):f}"


def _side_by_side(reports: Sequence[ReportEdition]) -> Iterator[Table]:
    rows, values = [], []
    for one in reports:
        things = sum(line["count"] for line in one.figures["delivered"])
        days = one.figures["days"] or {"half": "", "most": ""}
        sums = ", ".join(
            money.display_short(part["amount_minor"], part["currency"], get_language() or "en")
            for part in one.figures["given"]
        )
        rows.append(
            [
                Figure.of(str(one)),
                Figure.of(things),
                Figure.of(sums),
                Figure.of(days["half"]),
                Figure.of(days["most"]),
            ]
        )
        values.append(things)
    yield Table(
        "reports",
        _("Reports side by side: things that reached people"),
        [
            *(_("Time"), _("Things"), _("Given")),
            *(_("Months to the news: half"), _("Nine in ten")),
        ],
        rows,
        values,
        wide=True,
    )
