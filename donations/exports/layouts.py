"""What stands in each column of each kind of export, and what its totals are compared by.

Every column comes from facts that are never changed once written, as far as there are such: the
same period gives the same file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache

from django.conf import settings

from core import money
from donations.models import Export

Kind, Format = Export.Kind, Export.Format


class Type(Enum):
    """How a cell is written. TEXT may hold what people typed; WORD is ours, such as a state."""

    TEXT = "text"
    WORD = "word"
    DAY = "day"
    WHOLE = "whole"
    AMOUNT = "amount"


@dataclass(frozen=True)
class Column:
    """One column: its heading and its value in SQL, never null unless it is an amount or a day."""

    name: str
    sql: str
    type: Type = Type.WORD


@dataclass(frozen=True)
class Layout:
    """A table to be written: `source` is everything after SELECT's columns, with its parameters.

    Rows are grouped by `by` and `sums` are added up, to be compared with the books.
    """

    columns: Sequence[Column]
    source: str
    by: Sequence[str]
    sums: Sequence[str]

    def places(self, names: Sequence[str]) -> list[int]:
        headings = [column.name for column in self.columns]
        return [headings.index(name) for name in names]


def of(export: Export) -> Layout:
    if export.format == Format.QUICKBOOKS:
        return quickbooks()
    if export.format == Format.XERO:
        return xero()
    return PLAIN[Kind(export.kind)]


@cache
def _scales() -> str:
    """The cases of a currency's digits after the point, but for the usual two."""
    listed: dict[int, list[str]] = {}
    for code, digits in money.unusual().items():
        listed.setdefault(digits, []).append(f"'{code}'")
    return " ".join(
        f"WHEN {{currency}} IN ({', '.join(codes)}) THEN {{minor}} * {10**-digits:.{digits}f}"
        for digits, codes in sorted(listed.items())
    )


def amount(minor: str, currency: str) -> str:
    """Minor units as a number in units of the currency, exact to its last digit."""
    unusual = _scales().format(minor=minor, currency=currency)
    return f"CASE {unusual} ELSE {minor} * 0.01 END"


def _booked(minor: str) -> str:
    return amount(minor, "p.currency")


def _local(moment: str) -> str:
    return f"({moment} AT TIME ZONE %(zone)s)::date"


MEMO = (
    "CASE WHEN e.corrects_id IS NULL THEN e.reason"
    " ELSE 'Corrects entry ' || e.corrects_id || ': ' || e.reason END"
)
LEGS = """
    FROM donations_entry e
    JOIN donations_posting p ON p.entry_id = e.id
    LEFT JOIN donations_designation d ON d.id = p.designation_id
"""
# The organisation's own account of a leg, as donations.chart finds it.
CHARTED = """
    LEFT JOIN donations_designation f ON f.id = d.fallback_id AND f.restriction = d.restriction
    LEFT JOIN donations_chartaccount own
        ON own.account = p.account AND own.designation_id = d.id
    LEFT JOIN donations_chartaccount inherited
        ON inherited.account = p.account AND inherited.designation_id = f.id
    LEFT JOIN donations_chartaccount common
        ON common.account = p.account AND common.designation_id IS NULL
"""
OF_DAYS = """
    WHERE e.legal_entity_id = %(entity)s AND e.livemode = %(live)s
      AND e.posted_on BETWEEN %(first)s AND %(last)s
"""
GIFTS = """
    FROM donations_donation g
    JOIN donations_donationline l ON l.donation_id = g.id
    JOIN donations_designation d ON d.id = l.designation_id
    WHERE g.legal_entity_id = %(entity)s AND g.livemode = %(live)s AND g.status = 'paid'
      AND g.paid_at >= %(begins)s AND g.paid_at < %(ends)s
    ORDER BY g.paid_at, g.id, l.id
"""
RECEIPTS = """
    FROM donations_receipt r
    JOIN donations_receiptseries s ON s.id = r.series_id
    LEFT JOIN donations_receipt o ON o.id = r.replaces_id
    WHERE s.legal_entity_id = %(entity)s AND s.livemode = %(live)s
      AND r.issued_at >= %(begins)s AND r.issued_at < %(ends)s
    ORDER BY s.country, s.year, r.number
"""
DONORS = """
    FROM (
        SELECT g.donor_id, g.currency, sum(g.amount_minor)::bigint AS total, count(*) AS gifts,
               min(g.paid_at) AS first_at, max(g.paid_at) AS last_at
        FROM donations_donation g
        WHERE g.legal_entity_id = %(entity)s AND g.livemode = %(live)s AND g.status = 'paid'
          AND g.paid_at >= %(begins)s AND g.paid_at < %(ends)s
        GROUP BY g.donor_id, g.currency
    ) t JOIN donations_donor n ON n.id = t.donor_id
    ORDER BY n.id, t.currency
"""
_FACT = "r.snapshot->>'{}'".format

PLAIN = {
    Kind.JOURNAL: Layout(
        [
            Column("date", "e.posted_on", Type.DAY),
            Column("entry", "e.id", Type.WHOLE),
            Column("kind", "e.kind", Type.TEXT),
            Column("account", "p.account"),
            Column("designation", "coalesce(d.code, '')", Type.TEXT),
            Column(
                "debit",
                f"CASE WHEN p.amount_minor > 0 THEN {_booked('p.amount_minor')} END",
                Type.AMOUNT,
            ),
            Column(
                "credit",
                f"CASE WHEN p.amount_minor < 0 THEN {_booked('(-p.amount_minor)')} END",
                Type.AMOUNT,
            ),
            Column("currency", "p.currency"),
            Column("memo", MEMO, Type.TEXT),
            Column("reference", "e.source", Type.TEXT),
            Column("happened", _local("e.occurred_at"), Type.DAY),
        ],
        f"{LEGS} {OF_DAYS} ORDER BY e.posted_on, e.id, p.id",
        by=("account", "currency"),
        sums=("debit", "credit"),
    ),
    Kind.RECEIPTS: Layout(
        [
            Column("number", "r.label"),
            Column("issued", _local("r.issued_at"), Type.DAY),
            Column("state", "r.state"),
            Column("received", f"({_FACT('received_on')})::date", Type.DAY),
            Column("name", f"coalesce({_FACT('receipt_name')}, '')", Type.TEXT),
            Column("currency", _FACT("currency")),
            Column(
                "amount",
                amount(f"({_FACT('amount_minor')})::bigint", f"({_FACT('currency')})"),
                Type.AMOUNT,
            ),
            Column(
                "benefit",
                amount(
                    "coalesce((r.snapshot->'benefit'->>'estimate_minor')::bigint, 0)",
                    f"({_FACT('currency')})",
                ),
                Type.AMOUNT,
            ),
            Column("donation", f"coalesce({_FACT('donation_reference')}, '')", Type.TEXT),
            Column("replaces", "coalesce(o.label, '')"),
            Column("void_reason", "r.void_reason"),
            Column("voided", _local("r.voided_at"), Type.DAY),
            Column("sha256", "coalesce(r.sha256, '')"),
        ],
        RECEIPTS,
        by=("state", "currency"),
        sums=("amount",),
    ),
    Kind.LINES: Layout(
        [
            Column("paid", _local("g.paid_at"), Type.DAY),
            Column("donation", "g.reference", Type.TEXT),
            Column("line", "l.id", Type.WHOLE),
            Column("donor", "g.donor_id", Type.WHOLE),
            Column("designation", "d.code", Type.TEXT),
            Column("restriction", "d.restriction"),
            Column("amount", amount("l.amount_minor", "g.currency"), Type.AMOUNT),
            Column("currency", "g.currency"),
            Column("regular", "CASE WHEN g.plan_id IS NULL THEN 'no' ELSE 'yes' END"),
            Column("appeal", "g.appeal", Type.TEXT),
            Column("charge", "coalesce(g.charge_id, '')", Type.TEXT),
        ],
        GIFTS,
        by=("designation", "currency"),
        sums=("amount",),
    ),
    Kind.DONORS: Layout(
        [
            Column("donor", "n.id", Type.WHOLE),
            Column("kind", "n.kind"),
            Column("name", "n.name", Type.TEXT),
            Column("email", "coalesce(n.email, '')", Type.TEXT),
            Column("country", "n.country", Type.TEXT),
            Column("region", "n.region", Type.TEXT),
            Column("postcode", "n.postcode", Type.TEXT),
            Column("language", "n.language", Type.TEXT),
            Column("since", _local("n.created_at"), Type.DAY),
            Column("gifts", "t.gifts", Type.WHOLE),
            Column("amount", amount("t.total", "t.currency"), Type.AMOUNT),
            Column("currency", "t.currency"),
            Column("first_gift", _local("t.first_at"), Type.DAY),
            Column("last_gift", _local("t.last_at"), Type.DAY),
        ],
        DONORS,
        by=("currency",),
        sums=("amount",),
    ),
}


def _charted(column: str) -> str:
    return f"coalesce(own.{column}, inherited.{column}, common.{column}, '')"


def _quoted(text: str) -> str:
    """A constant of SQL in a statement with parameters."""
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


def quickbooks() -> Layout:
    """Its journal import: account names, US dates, one journal for each entry and currency."""
    debit, credit = (column for column in PLAIN[Kind.JOURNAL].columns if column.type is Type.AMOUNT)
    return Layout(
        [
            Column("JournalNo", "e.id || '-' || p.currency"),
            Column("JournalDate", "to_char(e.posted_on, 'MM/DD/YYYY')"),
            Column("AccountName", _charted("name"), Type.TEXT),
            Column("Debits", debit.sql, Type.AMOUNT),
            Column("Credits", credit.sql, Type.AMOUNT),
            Column("Description", f"rtrim(e.kind || ' ' || e.source || ' ' || {MEMO})", Type.TEXT),
            Column("Name", "''"),
            Column("Currency", "p.currency"),
            Column("Location", "''"),
            Column("Class", "coalesce(d.code, '')", Type.TEXT),
        ],
        f"{LEGS} {CHARTED} {OF_DAYS} ORDER BY p.currency, e.posted_on, e.id, p.id",
        by=("AccountName", "Currency"),
        sums=("Debits", "Credits"),
    )


def xero() -> Layout:
    """Its import of manual journals: same narration and date is one journal, + debit, - credit.

    The first two columns say where a file may end; the writer leaves them out.
    """
    return Layout(
        [
            Column("currency", "p.currency"),
            Column("entry", "e.id", Type.WHOLE),
            Column(
                "*Narration",
                f"rtrim('Entry ' || e.id || ' ' || p.currency || ' ' || e.kind || ' ' || {MEMO})",
                Type.TEXT,
            ),
            # "30 Jun 2026": Xero reads it alike in every country.
            Column("*Date", "to_char(e.posted_on, 'DD Mon YYYY')"),
            Column("Description", "rtrim(coalesce(d.code, '') || ' ' || e.source)", Type.TEXT),
            Column("*AccountCode", _charted("number"), Type.TEXT),
            Column("*TaxRate", _quoted(settings.XERO_TAX_RATE)),
            Column("*Amount", _booked("p.amount_minor"), Type.AMOUNT),
        ],
        f"{LEGS} {CHARTED} {OF_DAYS} ORDER BY p.currency, e.posted_on, e.id, p.id",
        by=("*AccountCode", "currency"),
        sums=("*Amount",),
    )
