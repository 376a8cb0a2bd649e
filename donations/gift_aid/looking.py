"""The dry run of a claim: what can be claimed, and of every other gift why not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Sum

from core.tokens import sha256
from donations import periods
from donations.donors import searchable
from donations.gift_aid import declarations, schedule
from donations.gift_aid.schedule import Fault, Line
from donations.models import (
    Claim,
    ClaimLine,
    Declaration,
    Donation,
    Donor,
    LegalEntity,
)
from donations.receipts.packs import uk

State, Kind = Claim.State, ClaimLine.Kind
# Of which an individual gave the money herself.
SOURCES = ("card", "cheque", "cash", "transfer")


class Refusal(StrEnum):
    """Why no tax can be claimed on a gift; the desk has the words."""

    SOURCE = "source"
    ORGANIZATION = "organization"
    CURRENCY = "currency"
    WENT_BACK = "went-back"
    DISPUTED = "disputed"
    BENEFIT = "benefit"
    BENEFIT_OF_YEAR = "benefit-of-year"
    UNDECLARED = "undeclared"
    CANCELLED = "cancelled"
    TOO_EARLY = "too-early"
    UNCONFIRMED = "unconfirmed"
    OTHER_NAME = "other-name"
    TOO_LATE = "too-late"
    CLAIMED = "claimed"


@dataclass(frozen=True, slots=True)
class Gift:
    """One that can be claimed, with the declaration it rests on."""

    donation: Donation
    declaration: Declaration
    day: date
    amount_minor: int


@dataclass
class Look:
    """A dry run: what would be claimed, what not and why, and what of earlier claims went back."""

    gifts: list[Gift] = field(default_factory=list)
    refused: list[tuple[Donation, Refusal | Fault]] = field(default_factory=list)
    # (line of the earlier claim, what of it went back and was not told yet)
    adjustments: list[tuple[ClaimLine, int]] = field(default_factory=list)

    @property
    def gifts_minor(self) -> int:
        return sum(gift.amount_minor for gift in self.gifts)

    @property
    def adjustment_minor(self) -> int:
        return sum(amount for _, amount in self.adjustments) // 4

    @property
    def fingerprint(self) -> str:
        gifts = [
            f"{one.donation.pk} {one.declaration.pk} {one.day} {one.amount_minor}"
            for one in self.gifts
        ]
        back = [f"{line.donation_id} -{amount}" for line, amount in self.adjustments]
        return sha256("\n".join([*gifts, "", *back]))


def look(entity: LegalEntity, *, first_day: date, last_day: date) -> Look:
    """What a claim for the gifts of these days would hold. Nothing is written."""
    zone = ZoneInfo(entity.time_zone)
    found = Look()
    gifts = list(
        Donation.objects.filter(
            legal_entity=entity,
            livemode=settings.STRIPE_LIVE,
            status=Donation.Status.PAID,
            paid_at__gte=datetime.combine(first_day, time(), zone),
            paid_at__lt=datetime.combine(last_day + timedelta(days=1), time(), zone),
        )
        .select_related("donor")
        .order_by("paid_at", "pk")
    )
    known = declarations.candidates(gifts)
    claimed = set(
        ClaimLine.objects.filter(kind=Kind.GIFT, counts=True, donation__in=gifts).values_list(
            "donation_id", flat=True
        )
    )
    today = periods.today_of(entity)
    benefits = _benefits_of_years(gifts, zone)
    for gift in gifts:
        assert gift.paid_at is not None  # by the filter above
        day = gift.paid_at.astimezone(zone).date()
        refusal: Refusal | Fault | None = Refusal.CLAIMED if gift.pk in claimed else None
        refusal = refusal or _of_gift(gift, day, entity, today)
        refusal = refusal or _of_year(gift, day, benefits)
        declaration = None
        if refusal is None:
            declaration, refusal = _declared(gift, day, known[gift.pk])
        if declaration:
            one = Gift(gift, declaration, day, gift.kept_minor)
            refusal = schedule.fault(line_of(declaration, day, one.amount_minor))
            if refusal is None:
                found.gifts.append(one)
        if refusal:
            found.refused.append((gift, refusal))
    found.adjustments = list(_adjustments(entity))
    return found


def _of_gift(gift: Donation, day: date, entity: LegalEntity, today: date) -> Refusal | None:
    """What of the gift itself stands against it (Income Tax Act 2007, s. 416)."""
    estimate = gift.benefit_minor
    return next(
        (
            refusal
            for refusal, holds in (
                (Refusal.SOURCE, gift.source not in SOURCES or bool(gift.given)),
                (Refusal.ORGANIZATION, gift.donor is None or gift.donor.kind != Donor.Kind.PERSON),
                (Refusal.CURRENCY, gift.currency != "GBP"),
                (Refusal.WENT_BACK, gift.kept_minor == 0),
                (Refusal.DISPUTED, gift.disputed_minor > gift.lost_minor),
                (Refusal.BENEFIT, estimate > uk.allowed_benefit(gift.kept_minor, day)),
                (Refusal.TOO_LATE, today > latest_claim(entity, day)),
            )
            if holds
        ),
        None,
    )


def latest_claim(entity: LegalEntity, day: date) -> date:
    """Four years after the end of the charity's year in which the gift came (FA 1998, Sch. 18)."""
    begins = date(year_of(entity, day), entity.fiscal_year_begins, 1)
    return begins.replace(year=begins.year + 1 + declarations.BACK_YEARS) - timedelta(days=1)


def year_of(entity: LegalEntity, day: date) -> int:
    """The charity's own year of a day, by the calendar year it begins in."""
    return day.year if day.month >= entity.fiscal_year_begins else day.year - 1


def _benefits_of_years(
    gifts: Sequence[Donation], zone: ZoneInfo
) -> dict[tuple[int | None, int], int]:
    """All that a donor got in return in a tax year, for those who got anything."""
    donors = {gift.donor_id for gift in gifts if gift.benefit_minor}
    sums: dict[tuple[int | None, int], int] = {}
    for donor, paid_at, minor in Donation.objects.filter(
        donor__in=donors, benefit_minor__gt=0, status=Donation.Status.PAID
    ).values_list("donor_id", "paid_at", "benefit_minor"):
        assert paid_at is not None  # paid
        key = donor, uk.tax_year(paid_at.astimezone(zone).date())
        sums[key] = sums.get(key, 0) + minor
    return sums


def _of_year(
    gift: Donation, day: date, benefits: dict[tuple[int | None, int], int]
) -> Refusal | None:
    of_year = benefits.get((gift.donor_id, uk.tax_year(day)), 0) if gift.benefit_minor else 0
    return Refusal.BENEFIT_OF_YEAR if of_year > uk.most_benefit_of_year(day) else None


def _declared(
    gift: Donation, day: date, known: Sequence[Declaration]
) -> tuple[Declaration | None, Refusal | None]:
    """The declaration that covers it, or why none does."""
    covering = [row for row in known if declarations.covers(row, gift, day)]
    for row in covering:
        if _is_hers(row, gift):
            return row, None
    if covering:
        return None, Refusal.OTHER_NAME
    if not known:
        return None, Refusal.UNDECLARED
    newest = known[0]
    if newest.way == Declaration.Way.TELEPHONE and not newest.confirmed_on:
        return None, Refusal.UNCONFIRMED
    if newest.cancelled_on:
        return None, Refusal.CANCELLED
    return None, Refusal.TOO_EARLY if not newest.erased_at else Refusal.UNDECLARED


def _is_hers(declaration: Declaration, gift: Donation) -> bool:
    """Whoever types another's e-mail address does not give in her name, nor does a company."""
    if declaration.donation_id == gift.pk and not gift.receipt_name:
        return True
    return searchable(declaration.last_name) in searchable(gift.receipt_name or gift.name)


def line_of(declaration: Declaration, day: date, amount_minor: int) -> Line:
    return Line(
        title=declaration.title.removesuffix("."),
        first_name=declaration.first_name,
        last_name=declaration.last_name,
        house=schedule.house_of(declaration.house),
        postcode=schedule.postcode_of(declaration.postcode, declaration.country),
        day=day,
        amount_minor=amount_minor,
    )


def _adjustments(entity: LegalEntity) -> Iterator[tuple[ClaimLine, int]]:
    """Of gifts in claims that were sent: what went back and no claim has told yet."""
    counted = ClaimLine.objects.filter(counts=True, claim__legal_entity=entity)
    told = dict(
        counted.filter(kind=Kind.ADJUSTMENT)
        .values_list("donation_id")
        .annotate(told=Sum("amount_minor"))
    )
    lines = counted.filter(
        kind=Kind.GIFT,
        claim__livemode=settings.STRIPE_LIVE,
        claim__state__in=[State.SENT, State.PAID],
    )
    for line in lines.select_related("donation", "declaration").order_by("pk"):
        back = line.amount_minor - line.donation.kept_minor - told.get(line.donation_id, 0)
        if back > 0:
            yield line, back
