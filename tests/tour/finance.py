"""A year of the books, as finance does it: the end of `tests.tour.months`.

Foreign money goes through a payout, receipts are corrected twice and voided, the fiscal year from
July to June is closed and one month opened again, everything is exported and read by programs of
others. Sums are asked of the database by SQL of this file's own.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import duckdb
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from python_calamine import CalamineWorkbook

from accounts.models import User
from donations import checkout, closing, mails, payouts, periods, refunds
from donations.exports import making
from donations.models import (
    Designation,
    Donation,
    Entry,
    Export,
    LegalEntity,
    Payout,
    Period,
    Receipt,
)
from donations.receipts import book
from tests.tour import papers

if TYPE_CHECKING:
    from tests.tour.months import Months

JULY = 7
EUROS = (50_00, 30_00, 20_00)
XERO_LINES = 300
KINDS = {
    # What is added up, and by what, as SQL of our own.
    "journal": """
        SELECT p.account, p.currency, sum(greatest(p.amount_minor, 0)),
               sum(greatest(-p.amount_minor, 0))
          FROM donations_posting p JOIN donations_entry e ON e.id = p.entry_id
         WHERE e.posted_on BETWEEN %(first)s AND %(last)s GROUP BY 1, 2""",
    "lines": """
        SELECT d.code, g.currency, sum(l.amount_minor)
          FROM donations_donationline l JOIN donations_donation g ON g.id = l.donation_id
          JOIN donations_designation d ON d.id = l.designation_id
         WHERE g.status = 'paid'
           AND (g.paid_at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s
         GROUP BY 1, 2""",
    "donors": """
        SELECT g.donor_id::text, g.currency, sum(g.amount_minor) FROM donations_donation g
         WHERE g.status = 'paid'
           AND (g.paid_at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s
         GROUP BY 1, 2""",
    "receipts": """
        SELECT r.state, r.snapshot->>'currency', sum((r.snapshot->>'amount_minor')::bigint)
          FROM donations_receipt r
         WHERE (r.issued_at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s
         GROUP BY 1, 2""",
}
# The columns that say what a sum is of, and those that are added up.
COLUMNS = {
    "journal": (("account", "currency"), ("debit", "credit")),
    "lines": (("designation", "currency"), ("amount",)),
    "donors": (("donor", "currency"), ("amount",)),
    "receipts": (("state", "currency"), ("amount",)),
}
Sums = dict[tuple[str, ...], tuple[Decimal, ...]]


class Finance:
    def __init__(self, course: "Months", folder: Path) -> None:
        self.course, self.folder = course, folder
        self.entity = LegalEntity.objects.get(is_default=True)
        self.ada, self.ben = (
            User.objects.get_or_create(email=f"{name}@finance.example")[0]
            for name in ("ada", "ben")
        )
        self.figures: dict[str, Any] = {}
        # The last year from July to June that is over.
        year = course.now().year - (course.now().month < JULY)
        self.first, self.last = date(year - 1, JULY, 1), date(year, JULY - 1, 30)

    def run(self) -> dict[str, Any]:
        LegalEntity.objects.filter(pk=self.entity.pk).update(fiscal_year_begins=JULY)
        self.entity.refresh_from_db()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._foreign_money()
        self._chain_of_receipts()
        self._fiscal_year()
        self._exports()
        self.figures |= papers.year(self.course, self.entity, self.ada, self.folder)
        self.figures |= papers.bank(self.entity, self.ada)
        days = self.first, self.last
        self.figures |= papers.audit(
            self.course, self.entity, self.ben, days=days, folder=self.folder
        )
        call_command("verify_books", stdout=io.StringIO())
        return self.figures

    # --- Money in another currency --------------------------------------------------------------

    def _foreign_money(self) -> None:
        """Euros at 1.10; at 1.05 one goes back and one is lost to a dispute: a gain is left."""
        sandbox = self.course.sandbox
        before = set(Payout.objects.values_list("pk", flat=True))
        sandbox.rates(eur="1.10")
        given = [self._in_euros(number, amount) for number, amount in enumerate(EUROS)]
        self.course.settle()
        sandbox.rates(eur="1.05")
        gift = Donation.objects.get(pk=given[0].pk)
        refunds.request(
            gift,
            amount_minor=gift.amount_minor,
            left_minor=gift.amount_minor,
            reason="requested_by_customer",
            actor=self.ada,
        )
        self.course.settle()
        session = given[1].attempts.latest("pk").session_id
        assert session
        lost = sandbox.dispute(session)
        sandbox.command("lose_dispute", dispute=lost["id"])
        self.course.settle()
        sandbox.pay_out()
        self.course.settle()
        found = [
            payouts.explain(payout)
            for payout in Payout.objects.exclude(pk__in=before)
            if payout.automatic
        ]
        assert found
        assert all(one.difference_minor == 0 for one in found)
        groups = {group.name: len(group.rows) for one in found for group in one.groups}
        assert groups["refunds"] >= 1 <= groups["disputes"], groups
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT currency, sum(amount_minor) FROM donations_posting"
                " WHERE account = 'currency_exchange' GROUP BY 1"
            )
            exchanged = dict(cursor.fetchall())
        assert exchanged["EUR"] == EUROS[2]
        # What the euros that stayed were worth when they came, and what was gained on the others.
        gain = -exchanged["USD"] - EUROS[2] * 110 // 100
        assert gain == (EUROS[0] + EUROS[1]) * 5 // 100
        self.figures["A payout with a refund, a dispute and euros is explained to"] = (
            f"0.00; gain on the euros, USD: {gain / 100:.2f}"
        )

    def _in_euros(self, number: int, amount_minor: int) -> Donation:
        donation = checkout.begin(
            [checkout.Part(Designation.objects.get(is_default=True), amount_minor)],
            form_token=f"euros-{number}",
            entity=self.entity,
            currency="EUR",
            fee_cover_minor=0,
            name=f"Giver of Euros {number}",
            email=f"euros{number}@example.org",
            language="en",
        )
        mails.confirm(donation)
        donation.refresh_from_db(fields=["confirmed_at"])
        checkout.send_to_stripe(donation)
        session = donation.attempts.latest("pk").session_id
        assert session
        paid = self.course.sandbox.pay(session, name=donation.name)
        assert paid["error"] is None, paid
        return donation

    # --- Receipts -------------------------------------------------------------------------------

    def _chain_of_receipts(self) -> None:
        """Replaced, replaced once more, and the last of them declared void."""
        first = Receipt.objects.filter(state="issued", donation__plan__isnull=False).earliest("pk")
        names = ("Ruth and Amos Osei", "Amos Osei")
        chain = [first]
        for name in names:
            corrected = {"receipt_name": name}
            chain.append(
                book.replace(chain[-1], reason="name", actor=self.ada, corrections=corrected)
            )
        book.void(chain[-1], reason="duplicate", note="Given twice.", actor=self.ben)
        rows = Receipt.objects.in_bulk([one.pk for one in chain])
        states = [rows[one.pk].state for one in chain]
        assert states == ["replaced", "replaced", "void"], states
        assert [rows[one.pk].replaces_id for one in chain] == [None, chain[0].pk, chain[1].pk]
        self.figures["A chain of receipts"] = " → ".join(
            f"{rows[one.pk].label} ({rows[one.pk].state})" for one in chain
        )

    # --- Closing --------------------------------------------------------------------------------

    def _fiscal_year(self) -> None:
        """Every month of the year from July to June; June once more, by two people."""
        call_command("reconcile", days=400, stdout=io.StringIO())
        call_command("verify_books", stdout=io.StringIO())
        periods.keep_up()
        months = list(Period.objects.filter(begins_on__lte=self.last).order_by("begins_on"))
        for period in months:
            closing.close(period, by=self.ada)
        last = months[-1]
        assert last.begins_on == self.last.replace(day=1)
        months = [period for period in months if periods.fiscal(period).year == self.last.year]
        self._refused(last)
        kept = self._fingerprints()
        periods.ask(last, by=self.ada, reason="A bill of June came late.")
        self._same_person_refused(last)
        periods.reopen(last, by=self.ben)
        call_command("verify_books", stdout=io.StringIO())
        closing.close(Period.objects.get(pk=last.pk), by=self.ben)
        assert self._fingerprints() == kept, "nothing was booked meanwhile"
        call_command("verify_books", stdout=io.StringIO())
        entries = Entry.objects.filter(posted_on__range=(self.first, self.last)).count()
        self.figures["Fiscal year from July to June closed"] = (
            f"{len(months)} months with {entries} entries; June opened by two people and closed"
        )

    def _refused(self, period: Period) -> None:
        inside = Entry.objects.filter(posted_on__gte=period.begins_on).earliest("posted_on", "pk")
        assert inside.posted_on <= periods.last_day(period)
        try:
            with transaction.atomic():
                late = Entry.objects.get(pk=inside.pk)
                late.pk, late.source, late.sha256 = None, "late", "0" * 64
                late.save(force_insert=True)
        except DatabaseError as refusal:
            said = str(refusal)
        else:
            said = ""
        assert "closed" in said, f"an entry of a closed month: {said or 'booked'}"

    def _same_person_refused(self, period: Period) -> None:
        try:
            periods.reopen(period, by=self.ada)
        except periods.NotPossible as refusal:
            said = refusal.code
        else:
            said = ""
        assert said == "same_person", "one person opened a month alone"

    def _fingerprints(self) -> list[str]:
        rows = Period.objects.filter(begins_on__range=(self.first, self.last)).order_by("begins_on")
        return [periods.fingerprint(period)[1] for period in rows]

    # --- Exports --------------------------------------------------------------------------------

    def _exports(self) -> None:
        """Each kind in each format, twice: the same bytes, and the sums of the database."""
        wanted = [(kind, form) for kind in KINDS for form in ("csv", "xlsx", "parquet")]
        wanted += [("journal", "quickbooks"), ("journal", "xero")]
        rows = 0
        for kind, form in wanted:
            first, again = self._export(kind, form), self._export(kind, form)
            assert first.sha256 == again.sha256, f"{kind} as {form} differs"
            file = self.folder / f"{kind}.{form if form in ENDINGS else FILES[form]}"
            data = b"".join(bytes(part.data) for part in first.parts.order_by("number"))
            file.write_bytes(data)
            expected = self._expected(kind)
            if form == "quickbooks":
                _check_quickbooks(data, expected)
            elif form == "xero":
                _check_xero(data, expected)
            else:
                told = _added(READERS[form](file), *COLUMNS[kind])
                assert told == expected, f"{kind} as {form}: {told} for {expected}"
            rows += first.rows
        debits = sum(row[0] for row in self._expected("journal").values())
        credits = sum(row[1] for row in self._expected("journal").values())
        assert debits == credits
        self.figures["Exports read by other programs"] = (
            f"{len(wanted)} files, {rows} rows, the same bytes twice; debits = credits = ledger"
        )

    def _export(self, kind: str, form: str) -> Export:
        asked = making.ask(
            kind,
            form=form,
            entity=self.entity,
            first_day=self.first,
            last_day=self.last,
            actor=self.ada,
        )
        self.course.do_jobs()
        asked.refresh_from_db()
        assert asked.state == "ready", (kind, form, asked.problem, asked.detail)
        return asked

    def _expected(self, kind: str) -> Sums:
        with connection.cursor() as cursor:
            given = {"first": self.first, "last": self.last, "zone": self.entity.time_zone}
            cursor.execute(KINDS[kind], given)
            return {
                (row[0], row[1]): tuple(Decimal(minor) / 100 for minor in row[2:])
                for row in cursor.fetchall()
            }


# --- Other people's programs ----------------------------------------------------------------------
Rows = Iterator[dict[str, Any]]


def _csv(file: Path) -> Rows:
    yield from csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline=""))


def _xlsx(file: Path) -> Rows:
    head, *rows = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    for row in rows:
        yield dict(zip(head, row, strict=True))


def _parquet(file: Path) -> Rows:
    with duckdb.connect() as database:
        found = database.execute(f"SELECT * FROM read_parquet('{file}')")
        head = [column[0] for column in found.description]
        for row in found.fetchall():
            yield dict(zip(head, row, strict=True))


READERS = {"csv": _csv, "xlsx": _xlsx, "parquet": _parquet}
ENDINGS = frozenset(READERS)
FILES = {"quickbooks": "quickbooks.csv", "xero": "xero.zip"}


def _added(rows: Rows, by: tuple[str, ...], sums: tuple[str, ...]) -> Sums:
    found: dict[tuple[str, ...], list[Decimal]] = defaultdict(lambda: [Decimal()] * len(sums))
    for row in rows:
        key = tuple(_name(row[column]) for column in by)
        found[key] = [
            total + _amount(row[column]) for total, column in zip(found[key], sums, strict=True)
        ]
    return {key: tuple(totals) for key, totals in found.items()}


def _name(value: Any) -> str:
    """A spreadsheet's reader takes every number for a decimal one."""
    return str(int(value)) if isinstance(value, float) else str(value)


def _amount(value: Any) -> Decimal:
    return Decimal(str(value or 0)).quantize(Decimal("0.01"))


def _check_quickbooks(data: bytes, expected: Sums) -> None:
    journals: dict[str, Decimal] = defaultdict(Decimal)
    debits = Decimal()
    for row in csv.DictReader(io.StringIO(data.decode(), newline="")):
        journals[row["JournalNo"]] += _amount(row["Debits"]) - _amount(row["Credits"])
        debits += _amount(row["Debits"])
    assert journals
    assert not any(journals.values()), "a journal for QuickBooks does not balance"
    assert debits == sum(row[0] for row in expected.values())


def _check_xero(data: bytes, expected: Sums) -> None:
    journals: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    debits = Decimal()
    with ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            rows = list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline="")))
            assert 0 < len(rows) <= XERO_LINES, f"{name}: {len(rows)} lines"
            for row in rows:
                assert row["*AccountCode"], name
                amount = _amount(row["*Amount"])
                journals[name, row["*Narration"], row["*Date"]] += amount
                debits += max(amount, Decimal())
    assert journals
    assert not any(journals.values()), "a journal for Xero does not balance"
    assert debits == sum(row[0] for row in expected.values())
