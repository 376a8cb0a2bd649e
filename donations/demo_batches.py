"""Made-up gifts outside Stripe: checks that a bank line explains, a batch that does not add up."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from donations import periods
from donations.bank import facts as bank
from donations.bank import matching, statements
from donations.models import BankAccount, Designation, Donation, GiftBatch, LegalEntity
from donations.offline import entering, posting
from donations.offline.facts import Facts

CHEQUE, CASH = Donation.Source.CHEQUE, Donation.Source.CASH
SLIP = "Deposit slip 0117"


@dataclass(frozen=True)
class Given:
    """One gift of a batch: who, how much for what, and what else is known of it."""

    name: str
    amounts_minor: dict[str, int]
    known: dict[str, Any]

    def facts(self, purposes: dict[str, int], day: date) -> Facts:
        lines = tuple((purposes[code], minor) for code, minor in self.amounts_minor.items())
        total = sum(self.amounts_minor.values())
        return Facts(
            name=self.name, amount_minor=total, lines=lines, received_on=day, country="US",
            **self.known,
        )  # fmt: skip


def seed(*, by: Any) -> None:
    """Two batches and a bank statement, entered as a clerk would; once."""
    if GiftBatch.objects.exists():
        return
    entity = LegalEntity.objects.get(is_default=True)
    today = periods.today_of(entity)
    deposited = today - timedelta(days=4)
    total = sum(sum(one.amounts_minor.values()) for one in CHECKS)
    checks = entering.begin(
        entity=entity, source=CHEQUE, currency="USD", by=by, expected_count=len(CHECKS),
        expected_minor=total, deposited_on=deposited, bank_reference=SLIP, note="From the mail",
    )  # fmt: skip
    _enter(checks, CHECKS, today - timedelta(days=6), by=by)
    posting.post(checks, by=by, seen=posting.fingerprint(checks))
    _bring_in_a_statement(entity, deposited, total, batch=checks, by=by)
    # The envelope says four gifts and $315; three are found, and they come to $265.
    evening = entering.begin(
        entity=entity, source=CASH, currency="USD", by=by, expected_count=4,
        expected_minor=315_00, note="Open evening, counted by two",
    )  # fmt: skip
    _enter(evening, EVENING, today - timedelta(days=1), by=by)


def _enter(batch: GiftBatch, gifts: tuple[Given, ...], day: date, *, by: Any) -> None:
    purposes = dict(Designation.objects.values_list("code", "pk"))
    entering.add_all(batch, [one.facts(purposes, day) for one in gifts], by=by)


def _bring_in_a_statement(
    entity: LegalEntity, day: date, total: int, *, batch: GiftBatch, by: Any
) -> None:
    """The deposit is explained; a fee and a transfer that nobody announced are left to be."""
    account = BankAccount.objects.create(
        legal_entity=entity, name="Harbor Bank, checking", number="000123456789"
    )
    opening, fee, transfer = 18_240_55, -12_00, 150_00
    lines = (
        bank.Line(day, total, "DEP-0117", "Counter deposit checks"),
        bank.Line(day + timedelta(days=1), fee, "FEE-11", "Account maintenance"),
        bank.Line(day + timedelta(days=2), transfer, "ACH-90331", "ACH credit R Lindgren gift"),
    )
    told = bank.Statement(
        statement_id=f"{day:%Y-%m}-demo", number=account.number, currency=account.currency,
        opening_minor=opening, closing_minor=opening + total + fee + transfer, lines=lines,
    )  # fmt: skip
    statement, _is_new = statements.take(told, account, by=by)
    matching.match(statement.lines.get(reference="DEP-0117"), to=batch, by=by)


def _at(street: str, city: str, region: str, postcode: str) -> dict[str, Any]:
    return {"address_line1": street, "city": city, "region": region, "postcode": postcode}


CHECKS = (
    Given(
        "Margaret Doyle",
        {"where-needed-most": 250_00},
        {**_at("12 Elm Street", "Dayton", "OH", "45402"), "check_number": "1044"},
    ),
    Given(
        "Arthur and June Whitfield",
        {"education": 300_00, "work": 200_00},
        {**_at("7 Quarry Road", "Burlington", "VT", "05401"), "check_number": "318"},
    ),
    Given(
        "Rosa Delgado",
        {"education": 40_00},
        {"email": "rosa@donors.example", "check_number": "2207", "language": "es"},
    ),
    Given(
        "St. Brendan's Parish",
        {"where-needed-most": 1_200_00},
        {
            **_at("90 Church Street", "Albany", "NY", "12207"),
            "kind": "organisation",
            "check_number": "77120",
        },
    ),
)
EVENING = (
    Given("Helen Park", {"where-needed-most": 100_00}, {"email": "helen@donors.example"}),
    Given("Dev Patel", {"work": 125_00}, {"email": "dev@donors.example"}),
    Given("A guest of the evening", {"where-needed-most": 40_00}, {}),
)
