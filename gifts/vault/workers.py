"""Case workers: who may enter for a partner, by the partner's own word each quarter."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.utils import timezone

from gifts.vault.models import Partner, PartnerUser
from gifts.vault.transactions import vault_atomic

ENTER_STAFF = "wagtailadmin.access_admin"
# A quarter and some days of grace; then it is shown, then it ends until staff have looked.
REMIND_AFTER, END_AFTER = timedelta(days=100), timedelta(days=130)


class AccessEnded(Exception):
    """She works there no more, her partner takes no part, or nobody confirmed her for too long."""


class WorksElsewhere(Exception):
    """Staff, or a case worker of another partner: whoever states needs does not verify them."""


def of(user: Any) -> PartnerUser | None:
    """The case worker behind a sign-in, with her partner; none if she may not enter now."""
    rows = PartnerUser.objects.select_related("partner").filter(user_id=user.pk, ended_at=None)
    worker = rows.first()
    return worker if worker and may_enter(worker) else None


def may_enter(worker: PartnerUser) -> bool:
    return (
        worker.ended_at is None
        and worker.partner.takes_part
        and timezone.now() - worker.confirmed_at < END_AFTER
    )


def is_overdue(worker: PartnerUser) -> bool:
    return timezone.now() - worker.confirmed_at > REMIND_AFTER


def held(worker: PartnerUser) -> PartnerUser:
    """As she is now, her partner locked, so that nothing ends it before the commit.

    Raises:
        AccessEnded
    """
    rows = PartnerUser.objects.select_related("partner").select_for_update(of=["self", "partner"])
    now = rows.get(pk=worker.pk)
    if not may_enter(now):
        raise AccessEnded
    return now


def add(partner: Partner, user: Any) -> PartnerUser:
    """Let somebody enter for a partner; nothing happens if she does already.

    Raises:
        WorksElsewhere
    """
    if user.has_perm(ENTER_STAFF):
        raise WorksElsewhere
    with vault_atomic():
        Partner.objects.select_for_update(of=["self"]).get(pk=partner.pk)
        known = PartnerUser.objects.filter(user_id=user.pk, ended_at=None).first()
        if known and known.partner_id != partner.pk:
            raise WorksElsewhere
        return known or PartnerUser.objects.create(partner=partner, user_id=user.pk, who=user.email)


def confirm(by: PartnerUser, *, shown: Collection[int], staying: Collection[int]) -> None:
    """The partner's word: of the people shown, these still work there; the others' access ends.

    Raises:
        AccessEnded
    """
    with vault_atomic():
        by = held(by)
        living = PartnerUser.objects.filter(
            partner=by.partner_id, ended_at=None, pk__in=shown
        ).select_for_update(of=["self"])
        for worker in living:
            if worker.pk in staying:
                worker.confirmed_at, worker.confirmed_who = timezone.now(), by.who
                worker.save(update_fields=["confirmed_at", "confirmed_who"])
            else:
                _end(worker, by.who)


def vouch(worker: PartnerUser, *, by: Any) -> None:
    """Staff have looked: she still works there."""
    PartnerUser.objects.filter(pk=worker.pk, ended_at=None).update(
        confirmed_at=timezone.now(), confirmed_who=by.email
    )


def end(worker: PartnerUser, *, by: Any) -> None:
    """Her access ends on the next request; nothing happens the second time."""
    with vault_atomic():
        now = PartnerUser.objects.select_for_update(of=["self"]).get(pk=worker.pk)
        if now.ended_at is None:
            _end(now, by.email)


def _end(worker: PartnerUser, who: str) -> None:
    worker.ended_at, worker.ended_who = timezone.now(), who
    worker.save(update_fields=["ended_at", "ended_who"])
