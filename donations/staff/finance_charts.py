"""The books of a time as tiles and charts with their tables; every figure leads to its list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from core import money
from donations import rollforward
from donations.models import Donation, Posting
from donations.models.months import BY_APPEAL, BY_SOURCE
from donations.months import Figures
from donations.rollforward import BALANCE, COLUMNS, Fund
from donations.staff.cells import Cell, Text, amount
from donations.staff.charts import Chart, Series, columns, lines
from donations.staff.finance_spans import Lists, month_of

Account = Posting.Account
# Bars of a drawing, and lines of a table; what is left stands together in one more.
MOST_BARS, MOST_ROWS = 8, 25
CHANGES: dict[str, Text] = {
    "given": _("Given"),
    "back": _("Given back"),
    "moved": _("Moved"),
    "spent": _("Spent"),
}


@dataclass(frozen=True)
class Open:
    """Something that is not settled yet: how many, how much, and where they are listed."""

    name: Text
    count: int
    amount_minor: int
    url: str
    tone: str = "warn"


@dataclass(frozen=True)
class Share:
    """A part of the income: what it is, of how many gifts, how much, and what narrows the list."""

    name: str
    count: int
    amount_minor: int
    about: Mapping[str, Any] = field(default_factory=dict)


def tiles(figures: Figures, restricted: Sequence[Fund], lists: Lists) -> list[tuple[Any, ...]]:
    """What matters most: a name, a figure, a word to it, and the list."""
    totals, currency = figures.totals, lists.currency

    def tile(name: Text, minor: int, word: str, url: str) -> tuple[Any, ...]:
        return (name, amount(minor, currency), word, url)

    count = figures.counts[Account.CONTRIBUTIONS]
    given = -totals[Account.CONTRIBUTIONS]
    net = given - totals[Account.REFUNDS] - totals[Account.DISPUTES]
    shown = [
        tile(
            _("Income"),
            given,
            gettext("%(count)s parts of gifts") % {"count": count},
            lists.journal(Account.CONTRIBUTIONS),
        ),
        tile(
            _("Less what went back"),
            net,
            gettext("refunds and disputes taken off"),
            lists.journal(Account.CONTRIBUTIONS, Account.REFUNDS, Account.DISPUTES),
        ),
        tile(
            _("Processing fees"),
            totals[Account.FEES],
            gettext("%(share)s of the income") % {"share": _percent(totals[Account.FEES], given)},
            lists.journal(Account.FEES),
        ),
    ]
    whole = rollforward.total(restricted).get(currency, Fund(None, currency))
    word = gettext("at the end, in %(count)s purposes") % {"count": len(restricted)}
    shown.append(tile(_("With donor restrictions"), whole.closing, word, "#ns-restricted"))
    return shown


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole > 0 else "0 %"


def income(figures: Figures, names: dict[int, str], lists: Lists) -> list[Chart]:
    """The income by purpose, by the way it came and by appeal; each adds up to all of it."""
    sources = dict(Donation.Source.choices)

    def shares(about: str, name: str, words: Any, found: Any) -> list[Share]:
        return [
            Share(str(words(key)), figures.gifts[name, key], minor, {about: key or "-"})
            for key, minor in found.most_common()
        ]

    drawn = (
        (
            _("Income by designation"),
            _("Designation"),
            shares("designation", Account.CONTRIBUTIONS, names.get, figures.purposes),
        ),
        (
            _("Income by source"),
            _("How it came"),
            shares(
                "came", BY_SOURCE, lambda key: sources.get(key, _("Of no gift")), figures.sources
            ),
        ),
        (
            _("Income by appeal"),
            _("Appeal"),
            shares("appeal", BY_APPEAL, lambda key: key or _("None named"), figures.appeals),
        ),
    )
    return [_of_shares(title, what, parts, lists) for title, what, parts in drawn if parts]


def _of_shares(title: Text, what: Text, parts: list[Share], lists: Lists) -> Chart:
    currency = lists.currency

    def cells(share: Share) -> list[Cell]:
        return [
            Cell(share.name),
            Cell(share.count),
            Cell(
                amount(share.amount_minor, currency),
                lists.journal(Account.CONTRIBUTIONS, **share.about),
            ),
        ]

    bars, rows = _folded(parts, MOST_BARS), _folded(parts, MOST_ROWS)
    total = Share(gettext("Together"), *_sums(parts))
    return lines(
        title,
        [share.name for share in bars],
        [max(share.amount_minor, 0) for share in bars],
        table=([what, _("Parts of gifts"), _("Amount")], [*map(cells, rows), cells(total)]),
        words=_short(currency),
    )


def _folded(parts: list[Share], most: int) -> list[Share]:
    """The first ones, and all that is left as one more."""
    if len(parts) <= most:
        return parts
    rest = parts[most - 1 :]
    name = gettext("%(count)s others") % {"count": len(rest)}
    return [*parts[: most - 1], Share(name, *_sums(rest))]


def _sums(parts: list[Share]) -> tuple[int, int]:
    return sum(one.count for one in parts), sum(one.amount_minor for one in parts)


def outgoing(found: dict[tuple[date, str], int], months: Sequence[date], lists: Lists) -> Chart:
    """Fees, refunds and disputes of each month, beside the income."""
    currency = lists.currency
    kinds: list[tuple[str, Text, int]] = [
        (Account.FEES, _("Fees"), 1),
        (Account.REFUNDS, _("Refunds"), 5),
        (Account.DISPUTES, _("Disputes"), 7),
    ]
    spans = [month_of(month) for month in months]

    def cell(month: date, account: str, sign: int = 1) -> Cell:
        minor = found.get((month, account), 0) * sign
        return Cell(
            amount(minor, currency) if minor else "",
            lists.journal(account, span=month_of(month)) if minor else "",
        )

    rows = [
        [
            Cell(span.label),
            cell(span.first, Account.CONTRIBUTIONS, -1),
            *(cell(span.first, account) for account, _name, _tone in kinds),
        ]
        for span in reversed(spans)
    ]
    return columns(
        _("Fees, refunds and disputes"),
        [span.label for span in spans],
        [
            Series(name, tone, [found.get((month, account), 0) for month in months])
            for account, name, tone in kinds
        ],
        table=([_("Month"), _("Income"), *(name for _account, name, _tone in kinds)], rows),
        words=_short(currency),
        note=_(
            "In the month in which each was booked. What comes back, as a dispute that is won, "
            "counts below zero; fees that Stripe keeps when a gift is refunded stay."
        ),
    )


def still_open(rows: Sequence[Open], lists: Lists) -> Chart:
    """What has no receipt, and what does not agree or is not explained."""
    currency = lists.currency
    cells = [
        [
            Cell(row.name),
            Cell(row.count, row.url if row.count else "", row.tone if row.count else "good"),
            Cell(amount(row.amount_minor, currency) if row.amount_minor else "", row.url),
        ]
        for row in rows
    ]
    return lines(
        _("Not receipted, not reconciled"),
        [str(row.name) for row in rows],
        [abs(row.amount_minor) for row in rows],
        table=([_("What"), _("How many"), _("Amount")], cells),
        words=_short(currency),
        note=_(
            "Gifts are those paid in the time shown; the rest is as it stands now, whenever it "
            "began. A difference has no amount before its cause is known."
        ),
    )


def restricted(funds: Sequence[Fund], lists: Lists) -> Chart:
    """What restricted purposes have, and how they came to it."""
    bars = [
        Share(str(fund.designation), 0, max(fund.closing, 0))
        for fund in sorted(funds, key=lambda one: -one.closing)
    ]
    bars = _folded(bars, MOST_BARS)
    return lines(
        _("Money with donor restrictions"),
        [bar.name for bar in bars],
        [bar.amount_minor for bar in bars],
        table=_roll_forward(funds, lists),
        words=_short(lists.currency),
        note=_(
            "The bars show what each purpose has at the end. Opening and what came, went back, "
            "moved and was spent make the closing; what is promised to orders is still there."
        ),
        wide=True,
    )


def _roll_forward(
    funds: Sequence[Fund], lists: Lists
) -> tuple[Sequence[Text], Sequence[Sequence[Cell]]]:
    headings = [
        *(_("Designation"), _("Opening"), *CHANGES.values()),
        *(_("Closing"), _("Promised to orders"), _("Left")),
    ]
    rows = [_fund_cells(fund, lists) for fund in funds[:MOST_ROWS]]
    rest = funds[MOST_ROWS:]
    whole = rollforward.total(funds).values()
    others = [
        _fund_cells(fund, lists, gettext("%(count)s others") % {"count": len(rest)})
        for fund in rollforward.total(rest).values()
    ]
    return headings, [
        *rows,
        *others,
        *(_fund_cells(fund, lists, gettext("Together")) for fund in whole),
    ]


def _fund_cells(fund: Fund, lists: Lists, name: str = "") -> list[Cell]:
    """One line; a single purpose's figures lead to the entries that make them."""
    about: dict[str, Any] = {"designation": fund.designation.pk} if fund.designation else {}

    def cell(minor: int, url: str) -> Cell:
        return Cell(amount(minor, fund.currency) if minor else "", url if about and minor else "")

    left = amount(fund.left, fund.currency)
    return [
        Cell(name or str(fund.designation)),
        cell(fund.opening, lists.opening(*BALANCE, **about)),
        *(cell(fund.changes[key], lists.journal(*COLUMNS[key], **about)) for key in CHANGES),
        cell(fund.closing, lists.journal(*BALANCE, before=True, **about)),
        cell(fund.committed, lists.journal(Account.COMMITTED, before=True, **about)),
        Cell(left, tone="bad") if fund.left < 0 else Cell(left),
    ]


def shortfalls(funds: Sequence[Fund], lists: Lists) -> Chart | None:
    """Purposes that have less than what was promised or spent; none if all have enough."""
    if not funds:
        return None
    rows = [
        [
            Cell(str(fund.designation)),
            Cell(
                amount(fund.closing, fund.currency),
                lists.journal(*BALANCE, before=True, designation=_pk(fund)),
            ),
            Cell(
                amount(fund.committed, fund.currency) if fund.committed else "",
                lists.journal(Account.COMMITTED, before=True, designation=_pk(fund)),
            ),
            Cell(amount(-fund.left, fund.currency), tone="bad"),
        ]
        for fund in funds[:MOST_ROWS]
    ]
    bars = _folded([Share(str(one.designation), 0, -one.left) for one in funds], MOST_BARS)
    return lines(
        _("Shortfalls"),
        [bar.name for bar in bars],
        [bar.amount_minor for bar in bars],
        table=([_("Designation"), _("Has"), _("Promised to orders"), _("Lacks")], rows),
        words=_short(lists.currency),
        note=_("They have less than what was promised or spent: general money must cover it."),
    )


def _pk(fund: Fund) -> int:
    return fund.designation.pk if fund.designation else 0


def _short(currency: str) -> Any:
    language = get_language() or "en"

    def words(minor: int) -> str:
        return money.display_short(minor, currency, language)

    return words
