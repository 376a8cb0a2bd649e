"""Taking over what other books hold: donors, past gifts, opening balances. Whole, or not at all.

Past gifts are history to be read: receipted there, never here, and in no sum of these books. Only
the opening balances are booked, by one entry:

    debit  bank account        credit  opening balances, by designation
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from core.tokens import sha256
from donations import ledger, periods, spending
from donations.donors import searchable
from donations.models import (
    CutOver,
    Designation,
    Donor,
    Entry,
    LegalEntity,
    PastGift,
    PeriodStep,
    PriorDonor,
    Upload,
)
from donations.offline import importing
from donations.offline.entering import NotPossible
from donations.offline.importing import Bad
from donations.offline.posting import noon
from donations.offline.prior_rows import Gift, Person, balances, gifts, people

Account = ledger.Account
State = CutOver.State
Kind = Upload.Kind
# In the order in which they lean on each other.
FILES = (Kind.DONORS, Kind.PAST, Kind.BALANCES)


@dataclass
class Look:
    """All files of a cut-over as they would be taken over now."""

    people: list[Person] = field(default_factory=list)
    gifts: list[Gift] = field(default_factory=list)
    # Designation's primary key and its balance.
    balances: list[tuple[int, int]] = field(default_factory=list)
    bad: dict[str, list[Bad]] = field(default_factory=dict)
    fingerprint: str = ""
    figures: dict[str, Any] = field(default_factory=dict)


def begin(*, entity: LegalEntity, origin: str, as_of: date, by: Any) -> CutOver:
    """
    Raises:
        NotPossible: future.
    """
    if as_of > periods.today_of(entity):
        raise NotPossible("future")
    return CutOver.objects.create(
        legal_entity=entity,
        livemode=settings.STRIPE_LIVE,
        origin=origin,
        as_of=as_of,
        made_by=by,
    )


def files(cut_over: CutOver, **which: Any) -> dict[str, Upload]:
    """The newest file of each sort."""
    return {row.kind: row for row in cut_over.uploads.filter(**which).order_by("pk")}


def look(cut_over: CutOver) -> Look:
    """Read all files; the same files over the same database give the same fingerprint."""
    found, seen = Look(), files(cut_over, state=Upload.State.READING)
    if upload := seen.get(Kind.DONORS):
        found.people, found.bad[Kind.DONORS] = people(upload)
    known = {one.key for one in found.people} | earlier(cut_over).keys()
    if upload := seen.get(Kind.PAST):
        found.gifts, found.bad[Kind.PAST] = gifts(upload, known, cut_over)
    if upload := seen.get(Kind.BALANCES):
        found.balances, found.bad[Kind.BALANCES] = balances(upload, cut_over)
    found.figures = _figures(found, seen, cut_over)
    told = [
        [asdict(one) for one in found.people],
        [asdict(one) for one in found.gifts],
        [list(one) for one in found.balances],
        {kind: [asdict(one) for one in rows] for kind, rows in found.bad.items()},
        [cut_over.origin, cut_over.as_of, cut_over.legal_entity_id],
        {kind: row.sha256 for kind, row in seen.items()},
    ]
    found.fingerprint = sha256(json.dumps(told, default=str, sort_keys=True))
    return found


def earlier(cut_over: CutOver) -> dict[str, int]:
    """Donors that came before from the same books, by their number there: files may be many."""
    rows = PriorDonor.objects.filter(
        cut_over__state=State.LOADED,
        cut_over__origin=cut_over.origin,
        cut_over__legal_entity=cut_over.legal_entity_id,
    )
    return dict(rows.order_by("pk").values_list("key", "donor_id"))


@transaction.atomic
def load(cut_over: CutOver, *, seen: str, by: Any) -> CutOver:
    """Take everything over, in one transaction. Safe to repeat.

    Args:
        seen: fingerprint of what the person looked over.

    Raises:
        NotPossible: not_open (it was undone), empty, bad, changed_file.
    """
    cut_over = _locked(cut_over)
    if cut_over.state == State.LOADED:
        return cut_over
    if cut_over.state != State.DRAFT:
        raise NotPossible("not_open")
    found = look(cut_over)
    if not (found.people or found.balances):
        raise NotPossible("empty")
    if any(found.bad.values()):
        raise NotPossible("bad")
    if found.fingerprint != seen:
        raise NotPossible("changed_file")
    donors = earlier(cut_over) | _write_people(cut_over, found.people)
    PastGift.objects.bulk_create(
        (
            PastGift(
                cut_over=cut_over,
                donor_id=donors[gift.donor_key],
                given_on=gift.given_on,
                currency=cut_over.legal_entity.currency,
                amount_minor=gift.amount_minor,
                source=gift.source,
                purpose=gift.purpose,
                receipt=gift.receipt,
                key=gift.key,
            )
            for gift in found.gifts
        ),
        batch_size=2_000,
    )
    _open(cut_over, found.balances, by=by)
    for upload in files(cut_over).values():
        importing.emptied(upload, rows=found.figures["rows"][upload.kind], seen=seen)
    cut_over.state, cut_over.loaded_by, cut_over.loaded_at = State.LOADED, by, timezone.now()
    cut_over.fingerprint, cut_over.figures = seen, found.figures
    cut_over.save(update_fields=["state", "loaded_by", "loaded_at", "fingerprint", "figures"])
    return cut_over


@transaction.atomic
def undo(cut_over: CutOver, *, reason: str, by: Any) -> CutOver:
    """Take it all out again, until the first month is closed after it came. Safe to repeat.

    A donor who gave here since stays. The opening entry stays too, with one that takes it back.

    Raises:
        NotPossible: not_open (it was never taken over), no_reason, closed, spent.
    """
    cut_over = _locked(cut_over)
    if cut_over.state == State.UNDONE:
        return cut_over
    if cut_over.state != State.LOADED:
        raise NotPossible("not_open")
    if not reason.strip():
        raise NotPossible("no_reason")
    periods.hold(cut_over.legal_entity)
    if closed_since(cut_over):
        raise NotPossible("closed")
    _take_back(cut_over, reason=reason.strip(), by=by)
    cut_over.state, cut_over.reason = State.UNDONE, reason.strip()
    cut_over.undone_by, cut_over.undone_at = by, timezone.now()
    cut_over.save(update_fields=["state", "reason", "undone_by", "undone_at"])
    PastGift.objects.filter(cut_over=cut_over).delete()
    fresh = PriorDonor.objects.filter(cut_over=cut_over, is_new=True).values("donor")
    gone = _unused(cut_over).filter(pk__in=fresh)
    gone._raw_delete(gone.db)
    PriorDonor.objects.filter(cut_over=cut_over).delete()
    return cut_over


def closed_since(cut_over: CutOver) -> bool:
    """Was a month closed after it was taken over? Then it stays, says the database too."""
    closings = PeriodStep.objects.filter(
        sha256__isnull=False,
        at__gte=cut_over.loaded_at,
        period__legal_entity=cut_over.legal_entity_id,
        period__livemode=cut_over.livemode,
    )
    return closings.exists()


def _locked(cut_over: CutOver) -> CutOver:
    rows = CutOver.objects.select_for_update(of=["self"]).select_related("legal_entity")
    return rows.get(pk=cut_over.pk)


def _unused(cut_over: CutOver) -> Any:
    """Donors whom nothing else names; foreign keys would refuse the others at the end."""
    donors = Donor.objects.all()
    for relation in Donor._meta.related_objects:
        key = relation.field
        if not getattr(key, "db_constraint", True):
            continue  # history: kept, and names rows that may be gone
        rows: Any = relation.related_model._base_manager.filter(**{key.name: OuterRef("pk")})
        if relation.related_model in (PriorDonor, PastGift):
            rows = rows.exclude(cut_over=cut_over)
        donors = donors.filter(~Exists(rows))
    return donors


def _write_people(cut_over: CutOver, people: Sequence[Person]) -> dict[str, int]:
    """Donors by their number there; who is here already is not changed."""
    fresh = [
        Donor(
            name=one.name,
            search_name=searchable(one.name),
            email=one.email or None,
            kind=one.kind,
            language=one.language,
            country=one.address.get("country", ""),
            region=one.address.get("region", ""),
            postcode=one.address.get("postcode", ""),
        )
        for one in people
        if one.donor_id is None
    ]
    made = iter(Donor.objects.bulk_create(fresh, batch_size=2_000))
    donors = {one.key: one.donor_id or next(made).pk for one in people}
    PriorDonor.objects.bulk_create(
        (
            PriorDonor(
                cut_over=cut_over,
                donor_id=donors[one.key],
                key=one.key,
                is_new=one.donor_id is None,
                address=one.address,
                consents=one.consents,
            )
            for one in people
        ),
        batch_size=2_000,
    )
    return donors


def _open(cut_over: CutOver, balances: Sequence[tuple[int, int]], *, by: Any) -> None:
    if not balances:
        return
    currency = cut_over.legal_entity.currency
    known = Designation.objects.in_bulk([pk for pk, _minor in balances])
    ledger.post(
        [
            ledger.Leg(Account.CASH, sum(minor for _pk, minor in balances), currency),
            *(ledger.Leg(Account.OPENING, -minor, currency, known[pk]) for pk, minor in balances),
        ],
        source=f"opening:{cut_over.pk}",
        kind="opening",
        entity=cut_over.legal_entity,
        livemode=cut_over.livemode,
        occurred_at=noon(cut_over.as_of, cut_over.legal_entity),
        reason=cut_over.origin,
        actor=by,
    )


def _take_back(cut_over: CutOver, *, reason: str, by: Any) -> None:
    first = Entry.objects.filter(source=f"opening:{cut_over.pk}", kind="opening").first()
    if first is None:
        return
    legs = list(first.postings.select_related("designation"))
    wanted = {leg.designation: -leg.amount_minor for leg in legs if leg.designation}
    currency = legs[0].currency
    spending.locked([row.pk for row in wanted])
    left = spending.left_minor([row.pk for row in wanted], currency=currency)
    if any(left[row.pk] < minor for row, minor in wanted.items()):
        raise NotPossible("spent")
    ledger.post(
        [ledger.Leg(leg.account, -leg.amount_minor, currency, leg.designation) for leg in legs],
        source=first.source,
        kind="opening_undone",
        entity=cut_over.legal_entity,
        livemode=cut_over.livemode,
        occurred_at=first.occurred_at,
        reason=reason,
        actor=by,
        corrects=first,
    )


def _figures(found: Look, seen: Mapping[str, Upload], cut_over: CutOver) -> dict[str, Any]:
    """What came, for the proof: counts, files, totals by year, by designation and its class."""
    years: dict[str, list[int]] = {}
    for gift in found.gifts:
        count_total = years.setdefault(str(gift.given_on.year), [0, 0])
        count_total[0] += 1
        count_total[1] += gift.amount_minor
    names = Designation.objects.in_bulk([pk for pk, _minor in found.balances])
    return {
        "currency": cut_over.legal_entity.currency,
        "donors": len(found.people),
        "new_donors": sum(one.donor_id is None for one in found.people),
        "rows": {
            Kind.DONORS: len(found.people),
            Kind.PAST: len(found.gifts),
            Kind.BALANCES: len(found.balances),
        },
        "years": [[year, *sums] for year, sums in sorted(years.items())],
        "balances": [
            [names[pk].code, names[pk].name, str(names[pk].restriction), minor]
            for pk, minor in found.balances
        ],
        "files": [[kind, row.name, row.sha256] for kind, row in sorted(seen.items())],
    }
