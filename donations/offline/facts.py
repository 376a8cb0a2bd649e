"""One gift as it is entered, by hand or from a file, and what is wrong with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings

from core import money
from core.discretion import telling
from donations import periods, room
from donations.models import Designation, Donation, Donor, GiftBatch

Source = Donation.Source
# Who gives through these is an organisation; whoever caused it gets soft credit.
BY_ORGANISATIONS = frozenset({Source.ADVISED_FUND, Source.MATCH, Source.SHOPPING, Source.ROUND_UP})
# A hundred million dollars in one check is a slip.
MOST_MINOR = 10_000_000_000
LONGEST_AGO = timedelta(days=5 * 366)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of one gift; amounts in minor units of the batch's currency."""

    name: str
    amount_minor: int
    received_on: date
    # Designation's primary key and amount, each once.
    lines: tuple[tuple[int, int], ...]
    donor_id: int | None = None
    kind: str = Donor.Kind.PERSON
    email: str = ""
    receipt_name: str = ""
    address_line1: str = ""
    address_line2: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    language: str = "en"
    credited_id: int | None = None
    credited_name: str = ""
    credited_email: str = ""
    matches_id: int | None = None
    postmarked_on: date | None = None
    check_number: str = ""
    symbol: str = ""
    shares: Decimal | None = None
    high: Decimal | None = None
    low: Decimal | None = None
    benefit_text: str = ""
    benefit_minor: int = 0
    tribute_kind: str = ""
    tribute_name: str = ""
    appeal: str = ""
    note: str = ""
    line: int | None = None


@dataclass(frozen=True)
class Fault:
    """What is wrong, at which field; `code` has its words in donations/staff/offline_words.py."""

    field: str
    code: str


def value_minor(shares: Decimal, *, high: Decimal, low: Decimal, currency: str) -> int:
    """Shares at the mean of high and low of the day, to the nearest minor unit.

    IRS Pub. 561, "Stocks and Bonds": the mean of the highest and lowest selling price.
    """
    worth = shares * (high + low) / 2
    scaled = worth.scaleb(money.exponent(currency))
    return int(scaled.to_integral_value(ROUND_HALF_UP))


def takes(designation: Designation) -> bool:
    """May offline gifts go here? What has a goal is given at its page, where its room is held."""
    return designation.target_minor is None and not room.has_ended(designation)


def faults(
    facts: Facts, batch: GiftBatch, *, designations: Mapping[int, Designation]
) -> list[Fault]:
    """Everything that is wrong with a gift of this batch; empty if it may be entered."""
    return [
        *_amounts(facts, batch, designations),
        *_days(facts, batch),
        *_people(facts, batch),
        *_belonging(facts, batch),
    ]


def _amounts(
    facts: Facts, batch: GiftBatch, designations: Mapping[int, Designation]
) -> Iterator[Fault]:
    if not 0 < facts.amount_minor <= MOST_MINOR:
        yield Fault("amount", "amount")
    elif sum(minor for _pk, minor in facts.lines) != facts.amount_minor or any(
        minor <= 0 for _pk, minor in facts.lines
    ):
        yield Fault("amount", "lines")
    if len({pk for pk, _minor in facts.lines}) < len(facts.lines):
        yield Fault("designation", "twice")
    chosen = [designations.get(pk) for pk, _minor in facts.lines]
    if not all(row and takes(row) for row in chosen):
        yield Fault("designation", "designation")
    if bool(facts.benefit_text) != bool(facts.benefit_minor):
        yield Fault("benefit_text", "benefit")
    elif not 0 <= facts.benefit_minor <= facts.amount_minor:
        yield Fault("benefit", "benefit_more")
    if telling(facts.benefit_text):
        yield Fault("benefit_text", "telling")


def _days(facts: Facts, batch: GiftBatch) -> Iterator[Fault]:
    today = periods.today_of(batch.legal_entity)
    if facts.received_on > today:
        yield Fault("received_on", "future")
    elif facts.received_on < today - LONGEST_AGO:
        yield Fault("received_on", "long_ago")
    elif batch.deposited_on and facts.received_on > batch.deposited_on:
        yield Fault("received_on", "after_deposit")
    if facts.postmarked_on:
        if batch.source != Source.CHEQUE:
            yield Fault("postmarked_on", "not_here")
        elif not facts.received_on - LONGEST_AGO < facts.postmarked_on <= facts.received_on:
            yield Fault("postmarked_on", "postmark")


def _people(facts: Facts, batch: GiftBatch) -> Iterator[Fault]:
    if not facts.name:
        yield Fault("name", "name")
    if batch.source in BY_ORGANISATIONS and facts.kind != Donor.Kind.ORGANISATION:
        yield Fault("name", "organisation")
    # Cash may come from somebody who wants no receipt sent.
    if not (facts.email or facts.address_line1 or batch.source == Source.CASH):
        yield Fault("address_line1", "reach")
    if facts.country and not (len(facts.country) == 2 and facts.country.isalpha()):
        yield Fault("country", "country")
    if facts.language not in dict(settings.LANGUAGES):
        yield Fault("language", "language")
    if bool(facts.tribute_kind) != bool(facts.tribute_name):
        yield Fault("tribute_name", "tribute")


def _belonging(facts: Facts, batch: GiftBatch) -> Iterator[Fault]:
    """What belongs to one kind of gift alone."""
    of_shares = (facts.symbol, facts.shares, facts.high, facts.low)
    if batch.source != Source.STOCK:
        if any(of_shares):
            yield Fault("symbol", "not_here")
    elif not (facts.symbol and facts.shares and facts.high and facts.low):
        yield Fault("symbol", "shares")
    elif not (facts.shares > 0 and facts.high >= facts.low > 0):
        yield Fault("high", "prices")
    elif facts.amount_minor != value_minor(
        facts.shares, high=facts.high, low=facts.low, currency=batch.currency
    ):
        yield Fault("amount", "worth")
    if facts.matches_id and batch.source != Source.MATCH:
        yield Fault("matches", "not_here")
