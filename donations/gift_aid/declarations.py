"""Declarations: taken down whole, cancelled, and which gifts they cover."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from procrastinate.contrib.django import app

from donations import mails, periods
from donations.models import Declaration, Donation, Donor, LegalEntity
from donations.models.gift_aid import PERSONAL
from donations.receipts.packs import PACKS
from donations.receipts.packs.shape import newest

Scope, Way = Declaration.Scope, Declaration.Way
# An enduring declaration reaches back so far, a claim may come so late, and a declaration is kept
# so long after the last claim that rests on it.
BACK_YEARS = 4
KEPT_YEARS = 6


class Incomplete(ValueError):
    """Something that a declaration must hold was not given."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who declares, by her own name, at home."""

    title: str = ""
    first_name: str
    last_name: str
    address: str
    house: str
    postcode: str
    country: str = "GB"


def words(entity: LegalEntity, language: str, *, on: date) -> dict[str, str] | None:
    """What a donor of this entity reads before she declares; none where there is no such thing."""
    declarations = PACKS[entity.receipt_pack].declarations
    if not declarations:
        return None
    version = newest(declarations, on)
    texts = declarations[version].texts
    chosen = texts.get(language.partition("-")[0], texts["en"])
    filled = {key: text.format(charity=entity.name) for key, text in chosen.items()}
    return {"version": version, **filled}


@transaction.atomic
def declare(
    entity: LegalEntity,
    *,
    scope: str,
    way: str,
    person: Person,
    donation: Donation | None = None,
    donor: Donor | None = None,
    language: str = "en",
    declared_on: date | None = None,
    actor: Any = None,
) -> Declaration:
    """Take a declaration down. With the same form sent twice there is one.

    One by telephone is confirmed by mail, if there is an address; else it waits for the letter.

    Raises:
        Incomplete: a name or the home address is lacking, or the country knows no declaration.
    """
    today = periods.today_of(entity)
    # On older paper stand other words; staff compared them with those of today.
    shown = words(entity, language, on=today)
    required = (person.first_name, person.last_name, person.address, person.house)
    if shown is None or not all(text.strip() for text in required):
        raise Incomplete(entity.receipt_pack)
    if donation and way == Way.ONLINE:
        Donation.objects.select_for_update().get(pk=donation.pk)
        done = donation.declarations.filter(way=Way.ONLINE).first()
        if done:
            return done
    to = donor.email if donor and way == Way.TELEPHONE else None
    made = Declaration.objects.create(
        legal_entity=entity,
        donation=donation,
        donor=donor,
        scope=scope,
        way=way,
        declared_on=declared_on or today,
        charity=entity.name,
        wording=shown["version"],
        text="\n".join([shown[f"wish_{scope}"], shown["explanation"], shown["tell_us"]]),
        **{name: getattr(person, name) for name in (*PERSONAL, "country")},
        confirmed_on=today if to else None,
        recorded_by=actor,
    )
    if to:
        mails.queue(
            "gift_aid_confirmation",
            to=to,
            language=language,
            cause=f"gift-aid:{made.pk}",
            about=str(made.pk),
        )
    return made


@transaction.atomic
def confirm(declaration: Declaration, *, on: date) -> Declaration:
    """The letter that confirms one by telephone was sent on this day. Safe to repeat."""
    declaration = Declaration.objects.select_for_update().get(pk=declaration.pk)
    if declaration.confirmed_on is None:
        declaration.confirmed_on = on
        declaration.save(update_fields=["confirmed_on"])
    return declaration


@transaction.atomic
def cancel(declaration: Declaration, *, on: date | None = None, actor: Any = None) -> Declaration:
    """It covers no gift from this day on; what was claimed stays claimed. Safe to repeat."""
    declaration = Declaration.objects.select_for_update().get(pk=declaration.pk)
    if declaration.cancelled_on is None:
        declaration.cancelled_on = on or periods.today_of(declaration.legal_entity)
        declaration.cancelled_by = actor
        declaration.save(update_fields=["cancelled_on", "cancelled_by"])
    return declaration


def years_before(day: date, years: int) -> date:
    """29 February becomes 28 February where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def owner_of(declaration: Declaration) -> int | None:
    """Whose it is: the donor whom staff chose, or who paid the gift it came with."""
    if declaration.donor_id:
        return declaration.donor_id
    return declaration.donation.donor_id if declaration.donation else None


def candidates(gifts: Iterable[Donation]) -> dict[int, list[Declaration]]:
    """By gift: every declaration that could be about it, the newest first."""
    gifts = list(gifts)
    donors = {gift.donor_id for gift in gifts if gift.donor_id}
    entities = {gift.legal_entity_id for gift in gifts}
    rows = (
        Declaration.objects.filter(legal_entity__in=entities)
        .filter(Q(donor__in=donors) | Q(donation__donor__in=donors))
        .select_related("donation")
        .order_by("-declared_on", "-pk")
    )
    of_gift: dict[int | None, list[Declaration]] = defaultdict(list)
    of_donor: dict[tuple[int, int | None], list[Declaration]] = defaultdict(list)
    for row in rows:
        if row.scope == Scope.THIS:
            of_gift[row.donation_id].append(row)
        else:
            of_donor[row.legal_entity_id, owner_of(row)].append(row)
    return {
        gift.pk: of_gift[gift.pk] + of_donor[gift.legal_entity_id, gift.donor_id] for gift in gifts
    }


def covers(declaration: Declaration, gift: Donation, day: date) -> bool:
    """Is the gift of this day one that was declared for, in a declaration that counts?"""
    if declaration.erased_at or (declaration.way == Way.TELEPHONE and not declaration.confirmed_on):
        return False
    if declaration.scope == Scope.THIS:
        return declaration.donation_id == gift.pk and declaration.cancelled_on is None
    begins = years_before(declaration.declared_on, BACK_YEARS)
    return day >= begins and (declaration.cancelled_on is None or day < declaration.cancelled_on)


def is_declared(gift: Donation, day: date) -> bool:
    """For the receipt: is there one that covers it today?"""
    return any(covers(row, gift, day) for row in candidates([gift])[gift.pk])


def of_addresses(own: Q) -> list[Declaration]:
    """In force, of donors with an e-mail address that `own` matches, and has been proved."""
    gifts = Donation.objects.filter(own, status=Donation.Status.PAID)
    mine = Q(donor__in=Donor.objects.filter(own)) | Q(donation__in=gifts)
    rows = Declaration.objects.filter(mine, cancelled_on=None, erased_at=None)
    return list(rows.select_related("legal_entity").order_by("-declared_on", "-pk"))


@app.periodic(cron="41 3 * * *")
@app.task(queue="public", queueing_lock="erase_declarations")
def erase_declarations(timestamp: int) -> None:
    """Each night: names and addresses that no claim needs any more; that it existed stays.

    Six years after the last claim that rests on it, once it covers no further gift.
    """
    before = timezone.now() - timedelta(days=366 * KEPT_YEARS)
    over = (
        Declaration.objects.filter(erased_at=None)
        .filter(Q(scope=Scope.THIS) | Q(cancelled_on__isnull=False))
        .annotate(used=Coalesce(Max("claim_lines__claim__made_at"), "recorded_at"))
        .filter(used__lt=before)
    )
    for row in over:
        Declaration.objects.filter(pk=row.pk, erased_at=None).update(
            erased_at=timezone.now(), **dict.fromkeys(PERSONAL, "")
        )
