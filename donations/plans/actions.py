"""What may be done with a plan, and what each will mean: how much, from which charge, when.

Each action stores the wish, carries it out at Stripe and takes over what Stripe says; all may be
repeated. Each raises

    NotAllowed     `why` says what stands against it
    Unreachable    Stripe gave no answer: the wish is stored and seen through by a job
    Busy           too many others at the same plan: likewise
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from donations import checkout, gateway
from donations.models import Channel, Designation, Donation, GivingOptions, Plan, PlanChange
from donations.plans import calendar, changes, renewals, steps
from donations.plans.changes import NotAllowed
from donations.plans.steps import SYSTEM, By

Kind = PlanChange.Kind
LONGEST_PAUSE = 12
FREQUENCY = {
    Plan.Interval.MONTH: GivingOptions.Frequency.MONTHLY,
    Plan.Interval.YEAR: GivingOptions.Frequency.YEARLY,
}


@dataclass(frozen=True)
class Preview:
    """What a plan will be after an action, told before it is done."""

    # Charged each time, the covered fee included.
    amount_minor: int
    fee_cover_minor: int
    # The next charge that will be made; None: nothing is charged any more.
    next_charge_at: datetime | None
    # Charges that would have been made before that one.
    left_out: tuple[datetime, ...] = ()


def options_for(plan: Plan) -> GivingOptions | None:
    """What staff offer for gifts of this rhythm and currency; one's minimum and fee estimate."""
    offered = GivingOptions.objects.filter(currency=plan.currency)
    return offered.filter(frequency=FREQUENCY[Plan.Interval(plan.interval)]).first()


def preview_amount(plan: Plan, *, gift_minor: int, cover_fee: bool | None = None) -> Preview:
    """From the next charge on; nothing is charged for the rest of the present period.

    Args:
        gift_minor: without the covered fee.
        cover_fee: None leaves it as it is.

    Raises:
        NotAllowed: "amount": too small, too large, or not payable.
    """
    options = options_for(plan)
    covers = plan.fee_cover_minor > 0 if cover_fee is None else cover_fee
    cover = options.fee_cover(gift_minor) if options and covers else 0
    least = options.minimum_minor if options else 1
    if gift_minor < least or not gateway.is_payable(gift_minor + cover, plan.currency):
        raise NotAllowed("amount")
    return Preview(gift_minor + cover, cover, plan.next_charge_at)


def change_amount(plan: Plan, *, gift_minor: int, by: By, cover_fee: bool | None = None) -> Plan:
    """Raise or lower. By a link from a mail only lower: whoever else reads it can do no harm."""
    _refuse_unless_live(plan)
    meant = preview_amount(plan, gift_minor=gift_minor, cover_fee=cover_fee)
    if by.channel == Channel.LINK and meant.amount_minor > plan.amount_minor:
        raise NotAllowed("sign_in")
    terms = {"amount_minor": meant.amount_minor, "fee_cover_minor": meant.fee_cover_minor}
    if meant.amount_minor == plan.amount_minor and not _waits(plan):
        return plan
    return _do(plan, Kind.AMOUNT, terms, by)


def preview_pause(plan: Plan, *, months: int) -> Preview:
    """Leave out so many charges of a monthly plan, counted from the next regular one.

    Raises:
        NotAllowed: "months": not 1 to 12; "yearly": skip a yearly gift instead.
    """
    if not 1 <= months <= LONGEST_PAUSE:
        raise NotAllowed("months")
    if plan.interval != Plan.Interval.MONTH:
        raise NotAllowed("yearly")
    return _without(plan, _next_regular(plan), months)


def pause(plan: Plan, *, months: int, by: By) -> Plan:
    """No charge for so many months, also none that is due within the hour."""
    _refuse_unless_live(plan)
    return _rest(plan, Kind.PAUSE, preview_pause(plan, months=months), by)


def preview_skip(plan: Plan) -> Preview:
    """Leave out the next charge; while one is open that failed, let go of that one instead.

    Raises:
        NotAllowed: "nothing": none is planned.
    """
    if plan.next_charge_at is None:
        raise NotAllowed("nothing")
    first = plan.next_charge_at
    if plan.status == Plan.Status.PAST_DUE:
        first = calendar.charge_before(_anchor(plan), plan.interval, first)
    return _without(plan, first, 1)


def skip(plan: Plan, *, charge_at: datetime, by: By) -> Plan:
    """Leave out one charge.

    Args:
        charge_at: the charge that the page named: pressed twice, only that one is left out.
    """
    _refuse_unless_live(plan)
    meant = preview_skip(plan)
    if meant.left_out[0] != charge_at:
        return plan
    return _rest(plan, Kind.SKIP, meant, by)


def preview_resume(plan: Plan) -> Preview:
    return Preview(plan.amount_minor, plan.fee_cover_minor, _next_regular(plan))


def resume(plan: Plan, *, by: By) -> Plan:
    """Go on with the next regular charge; nothing is charged for the time of the pause."""
    _refuse_unless_live(plan)
    if plan.status != Plan.Status.PAUSED and not _waits(plan):
        return plan
    return _do(plan, Kind.RESUME, {}, by)


def cancel(plan: Plan, *, by: By, reason: str = "", note: str = "") -> Plan:
    """Stop for good, at once; also what is billed and not paid yet. Over already: nothing to do.

    Args:
        reason: one of Plan.Reason; `note` holds the donor's own words.
    """
    if plan.status in (Plan.Status.CANCELED, Plan.Status.LAPSED):
        return plan
    staff = by.channel == Channel.STAFF
    whose = Plan.CanceledBy.STAFF if staff else Plan.CanceledBy.DONOR
    return _stop(plan, whose, by, reason=reason, note=note[:1000])


def freeze(plan: Plan, *, disputes: list[int]) -> Plan:
    """No charge while a bank decides on disputed ones; a year is longer than any bank takes."""
    count = LONGEST_PAUSE if plan.interval == Plan.Interval.MONTH else 1
    meant = _without(plan, _next_regular(plan), count)
    return _rest(plan, Kind.PAUSE, meant, SYSTEM, disputes=disputes)


def end_disputed(plan: Plan) -> Plan:
    """The bank took a gift back: whoever wanted that is not charged again."""
    return _stop(plan, Plan.CanceledBy.DISPUTE, SYSTEM)


def let_lapse(plan: Plan) -> Plan:
    """Its payments have failed for good: it ends without anybody having stopped it."""
    return _stop(plan, Plan.CanceledBy.NOBODY, SYSTEM)


def open_purposes() -> QuerySet[Designation]:
    """What a standing gift may be for: public, without goal and without end."""
    return Designation.objects.filter(is_public=True, target_minor=None, closes_at=None)


def change_designation(plan: Plan, *, designation: Designation, by: By) -> Plan:
    """Give to another purpose from the next charge on. Ours alone: Stripe knows no purposes.

    Raises:
        NotAllowed: "purpose": it has a goal or an end; "sign_in": not by a link from a mail.
    """
    if by.channel == Channel.LINK:
        raise NotAllowed("sign_in")
    with transaction.atomic():
        plan = Plan.objects.select_for_update().get(pk=plan.pk)
        if plan.designation_id == designation.pk:
            return plan
        _refuse_unless_live(plan)
        if designation.target_minor is not None or designation.closes_at is not None:
            raise NotAllowed("purpose")
        old, plan.designation = plan.designation.code, designation
        plan.save(update_fields=["designation"])
        steps.record(plan, steps.Kind.DESIGNATION, by=by, old=old, new=designation.code)
    return plan


def choose_receipts(plan: Plan, *, yearly: bool, by: By) -> Plan:
    """One receipt a year in place of one for each gift, or the other way round; for later gifts."""
    with transaction.atomic():
        plan = Plan.objects.select_for_update().get(pk=plan.pk)
        if plan.yearly_receipt == yearly:
            return plan
        _refuse_unless_live(plan)
        plan.yearly_receipt = yearly
        plan.save(update_fields=["yearly_receipt"])
        steps.record(plan, steps.Kind.RECEIPTS, by=by, yearly=yearly)
    return plan


def move_plans(origin: Designation, *, to: Designation, by: By) -> int:
    """Every live plan of a purpose goes to another one, and each donor is told; how many."""
    live = origin.plans.filter(status__in=["active", "paused", "past_due"])
    for plan in live:
        change_designation(plan, designation=to, by=by)
    return len(live)


def restart(plan: Plan) -> Donation:
    """A fresh beginning on the terms of a plan that is over, to be paid like any first gift.

    Stripe opens no ended subscription again, and an old card may be gone: the donor pays the first
    gift on Stripe's page. Pressed twice, it is one. A purpose that ended gives way to the default.

    Raises:
        NotAllowed: "live": it goes on, or was taken up again already.
    """
    taken_up = plan.restarted_by.exclude(status=Plan.Status.INCOMPLETE)
    if plan.is_live or any(other.is_live for other in taken_up):
        raise NotAllowed("live")
    purpose = plan.designation
    if purpose.target_minor is not None or purpose.closes_at is not None:
        purpose = Designation.objects.get(is_default=True)
    # What was forgotten after a month is no try any more.
    number = plan.restarted_by.exclude(status=Plan.Status.INCOMPLETE, name__gt="").count()
    before: Any = plan.donations.exclude(name="").order_by("pk").last()
    return checkout.begin(
        [checkout.Part(purpose, plan.gift_minor)],
        form_token=f"restart-{plan.reference[:24]}-{number}",
        entity=plan.legal_entity,
        currency=plan.currency,
        fee_cover_minor=plan.fee_cover_minor,
        interval=plan.interval,
        restarts=plan,
        name=plan.name,
        email=plan.email,
        language=plan.language,
        appeal=plan.appeal,
        **{name: getattr(before, name) for name in renewals.REPEATED},
    )


def _rest(plan: Plan, kind: str, meant: Preview, by: By, **why: Any) -> Plan:
    assert meant.next_charge_at is not None  # a pause ends
    until = (meant.next_charge_at - calendar.BEFORE_THE_CHARGE).isoformat()
    if plan.paused_until and plan.paused_until.isoformat() == until and not _waits(plan):
        return plan
    return _do(plan, kind, {"until": until, **why}, by)


def _stop(plan: Plan, whose: Plan.CanceledBy, by: By, *, reason: str = "", note: str = "") -> Plan:
    return _do(plan, Kind.CANCEL, {"whose": whose.value, "reason": reason, "note": note}, by)


def _without(plan: Plan, first: datetime, count: int) -> Preview:
    anchor = _anchor(plan)
    left_out = [first]
    for _ in range(count):
        left_out.append(calendar.charge_after(anchor, plan.interval, left_out[-1]))
    return Preview(
        plan.amount_minor, plan.fee_cover_minor, left_out[-1], left_out=tuple(left_out[:-1])
    )


def _next_regular(plan: Plan) -> datetime:
    """The charge that would be next if the plan were not paused."""
    if plan.status != Plan.Status.PAUSED and plan.next_charge_at:
        return plan.next_charge_at
    return calendar.charge_after(_anchor(plan), plan.interval, timezone.now())


def _anchor(plan: Plan) -> datetime:
    anchor = plan.anchor_at or plan.started_at
    assert anchor is not None  # it has begun
    return anchor


def _refuse_unless_live(plan: Plan) -> None:
    if not plan.is_live:
        raise NotAllowed("over")


def _waits(plan: Plan) -> bool:
    """Is another wish under way? Then "as it is" is not what will be."""
    return plan.changes.filter(state=PlanChange.State.ASKED).exists()


def _do(plan: Plan, kind: str, wanted: dict[str, Any], by: By) -> Plan:
    changes.carry_out(changes.ask(plan, kind=kind, wanted=wanted, by=by))
    return Plan.objects.get(pk=plan.pk)
