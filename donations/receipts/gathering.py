"""What each donor gave in a tax year, and what went back: one paper for each name and currency.

A gift belongs to the year in which it was paid, what went back to the year in which it did, both
by the organisation's clock. So over the years every cent is counted once, as in the ledger.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

from django.db.models import F, Prefetch, Q, QuerySet
from django.utils.translation import override

from core.tokens import sha256
from donations import postal
from donations.models import Donation, Entry, LegalEntity, Posting, Receipt, ReceiptItem
from donations.receipts import cases, facts, yearly
from donations.receipts.packs import PACKS
from donations.receipts.packs.shape import Document
from donations.receipts.yearly import Row, Yearly

CHUNK = 1_000
# Entries that tell what became of a gift.
BACK = ("refund", "refund_failure", "dispute", "dispute_returned")
LOST = (Posting.Account.REFUNDS, Posting.Account.DISPUTES)


@dataclass(frozen=True)
class Year:
    """A tax year of one organisation, with its own money or the test's."""

    entity: LegalEntity
    livemode: bool
    year: int

    @property
    def days(self) -> tuple[date, date]:
        return yearly.days_of(self.entity.receipt_pack, self.year)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.entity.time_zone)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The first moment of the year, and the first after it."""
        first, last = self.days
        after = last + timedelta(days=1)
        begins, ends = (datetime.combine(day, time(), self.zone) for day in (first, after))
        return begins, ends


@dataclass(frozen=True)
class Paper:
    """One donor's year, with where it is sent and the gifts that a receipt is for."""

    donor_id: int
    email: str
    postcode: str
    facts: Yearly
    items: tuple[tuple[int, int], ...]

    @property
    def key(self) -> tuple[int, str, str]:
        return self.donor_id, self.facts.receipt_name, self.facts.currency

    @property
    def sha256(self) -> str:
        return sha256(self.facts.to_json())


def paid_in(year: Year) -> QuerySet[Donation]:
    begins, ends = year.span
    return Donation.objects.filter(
        status=Donation.Status.PAID,
        legal_entity=year.entity,
        livemode=year.livemode,
        paid_at__gte=begins,
        paid_at__lt=ends,
    )


def unreceipted(gifts: QuerySet[Donation]) -> QuerySet[Donation]:
    """Those that are on no receipt and never were, and of which something is ours."""
    kept = gifts.exclude(amount_minor__lte=F("refunded_minor") + F("lost_minor"))
    going = Q(refunds__reason="covered", refunds__status="asked")
    return kept.filter(receipts=None, receipt_items=None).exclude(going)


def receipts(year: Year) -> Iterator[Paper]:
    """What an annual receipt would be for."""
    gifts = unreceipted(paid_in(year)).select_related("legal_entity").order_by("donor_id", "pk")
    rows = gifts.prefetch_related("lines__designation").iterator(CHUNK)
    for group in _by_donor(rows):
        paper = receipt_for(year, group)
        if paper:
            yield paper


def receipt_for(year: Year, group: list[Donation]) -> Paper | None:
    """One receipt for these gifts; none if nothing of them is left.

    A gift that is worded in its own way (shares, something given back, an advised fund) is on none.
    """
    kept = [gift for gift in group if gift.kept_minor and _is_plain(gift)]
    if not kept:
        return None
    with override(kept[-1].language):
        rows = [_gift_row(gift, year, gift.kept_minor) for gift in kept]
    return _paper(yearly.KIND, year, kept, rows, tuple((gift.pk, gift.kept_minor) for gift in kept))


def _is_plain(gift: Donation) -> bool:
    own = gift.given or gift.benefit_minor
    return not own and cases.decide(gift).document == Document.RECEIPT


def statements(year: Year) -> Iterator[Paper]:
    """Everything that each donor gave and got back."""
    begins, ends = year.span
    back = Entry.objects.filter(
        kind__in=BACK,
        legal_entity=year.entity,
        livemode=year.livemode,
        occurred_at__gte=begins,
        occurred_at__lt=ends,
        donation__isnull=False,
    )
    paid = Q(paid_at__gte=begins, paid_at__lt=ends) | Q(pk__in=back.values("donation"))
    gifts = Donation.objects.filter(
        paid,
        status=Donation.Status.PAID,
        legal_entity=year.entity,
        livemode=year.livemode,
    ).order_by("donor_id", "pk")
    lost = Prefetch("postings", Posting.objects.filter(account__in=LOST), to_attr="lost")
    valid = Receipt.State.ISSUED
    rows = gifts.prefetch_related(
        "lines__designation",
        Prefetch(
            "entries",
            Entry.objects.filter(kind__in=BACK).order_by("pk").prefetch_related(lost),
            to_attr="back",
        ),
        Prefetch("receipts", Receipt.objects.filter(state=valid).only("label", "donation_id")),
        Prefetch(
            "receipt_items",
            ReceiptItem.objects.filter(receipt__state=valid).select_related("receipt"),
        ),
    ).iterator(CHUNK)
    for group in _by_donor(rows):
        with override(group[-1].language):
            rows_of_year = [row for gift in group for row in _story(gift, year)]
        yield _paper("statement", year, group, rows_of_year, ())


def _by_donor(gifts: Iterable[Donation]) -> Iterator[list[Donation]]:
    """Gifts of one donor, name and currency together, each list in order of time."""
    for _donor, group in groupby(gifts, attrgetter("donor_id")):
        names: dict[tuple[str, str], list[Donation]] = {}
        for gift in group:
            names.setdefault((name_of(gift), gift.currency), []).append(gift)
        for found in names.values():
            yield sorted(found, key=attrgetter("paid_at", "pk"))


def name_of(gift: Donation) -> str:
    return gift.receipt_name or gift.name


def _story(gift: Donation, year: Year) -> Iterator[Row]:
    begins, ends = year.span
    assert gift.paid_at is not None  # only paid ones are asked for
    mine = begins <= gift.paid_at < ends
    if mine:
        yield _gift_row(gift, year, gift.amount_minor, _receipt(gift))
    for entry in gift.back:  # type: ignore[attr-defined]
        after = entry.occurred_at >= ends
        if entry.occurred_at < begins or (after and not mine):
            continue
        yield Row(
            day=entry.occurred_at.astimezone(year.zone).date(),
            kind=entry.kind,
            reference=gift.reference[:8].upper(),
            purposes=_purposes(gift),
            amount_minor=-sum(leg.amount_minor for leg in entry.lost),
            after=after,
        )


def _gift_row(gift: Donation, year: Year, amount_minor: int, receipt: str = "") -> Row:
    assert gift.paid_at is not None  # only paid ones are asked for
    return Row(
        day=gift.paid_at.astimezone(year.zone).date(),
        kind="gift",
        reference=gift.reference[:8].upper(),
        purposes=_purposes(gift),
        amount_minor=amount_minor,
        receipt=receipt,
    )


def _purposes(gift: Donation) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.designation.public_name for line in gift.lines.all()))


def _receipt(gift: Donation) -> str:
    single = [receipt.label for receipt in gift.receipts.all()]
    of_year = [item.receipt.label for item in gift.receipt_items.all()]
    return next(iter([*single, *of_year]), "")


def _paper(
    kind: str,
    year: Year,
    group: list[Donation],
    rows: list[Row],
    items: tuple[tuple[int, int], ...],
) -> Paper:
    """The last gift says where the paper goes and in which language."""
    last, entity = group[-1], year.entity
    organisation = facts.printed(entity)
    first_day, last_day = year.days
    at_home = kind == yearly.KIND and last.country in ("", "US")
    return Paper(
        donor_id=last.donor_id or 0,
        email=last.email,
        postcode=last.postcode,
        items=items,
        facts=Yearly(
            kind=kind,
            pack=entity.receipt_pack,
            pack_version=yearly.version_on(entity.receipt_pack, last_day),
            year=year.year,
            first_day=first_day,
            last_day=last_day,
            language=last.language,
            entity=organisation,
            receipt_name=name_of(last),
            donor_address=postal.lines_of(last),
            currency=last.currency,
            rows=tuple(sorted(rows, key=attrgetter("after", "day"))),
            disclosures=PACKS[entity.receipt_pack].disclosures(
                last.region, last_day, organisation, entity.registration_in(last.region)
            )
            if at_home
            else (),
            live=year.livemode,
        ),
    )
