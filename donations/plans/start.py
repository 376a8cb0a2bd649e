"""How a plan begins: written down with the form's donation, real with its first payment."""

from core.tokens import new_reference
from donations import gateway
from donations.models import Designation, Donation, Plan, StripeCustomer
from donations.plans import calendar, steps
from donations.plans.refresh import refresh_plan


def write_down(
    donation_terms: dict[str, object],
    *,
    interval: str,
    designation: Designation,
    amount_minor: int,
    fee_cover_minor: int,
    restarts: Plan | None = None,
) -> Plan:
    """What the donor means to give each time; nothing is charged by it yet.

    Args:
        donation_terms: columns of the donation that begins it; a plan keeps some of them.

    Raises:
        DatabaseError: the designation has a goal or an end.
    """
    kept = ("legal_entity", "livemode", "currency", "name", "email", "language", "appeal")
    return Plan.objects.create(
        reference=new_reference(),
        interval=interval,
        designation=designation,
        amount_minor=amount_minor,
        fee_cover_minor=fee_cover_minor,
        restarts=restarts,
        **{name: donation_terms[name] for name in kept if name in donation_terms},
    )


def link(donation: Donation, checkout: gateway.Checkout) -> bool:
    """Note which subscription and which invoice a session began; true if that was news."""
    plan = donation.plan
    if plan is None or not checkout.subscription_id:
        return False
    StripeCustomer.objects.get_or_create(
        pk=checkout.customer_id, defaults={"livemode": donation.livemode}
    )
    linked = Plan.objects.filter(pk=plan.pk, subscription_id=None).update(
        subscription_id=checkout.subscription_id, customer_id=checkout.customer_id
    )
    if checkout.invoice_id and not donation.invoice_id:
        donation.invoice_id = checkout.invoice_id
        donation.save(update_fields=["invoice_id"])
        linked += 1
    return bool(linked)


def begin(donation: Donation, charge: gateway.Charge) -> None:
    """The first payment has arrived: the plan is real. The donation's row is locked and paid.

    Nobody is asked here whether a purpose is still open: it was when the form was sent.
    """
    plan = Plan.objects.select_for_update().get(donations=donation)
    if plan.status != Plan.Status.INCOMPLETE:
        return
    assert donation.donor is not None  # it is paid
    plan.status, plan.donor, plan.started_at = Plan.Status.ACTIVE, donation.donor, charge.created_at
    plan.card_brand, plan.card_last4 = charge.brand, charge.last4
    # As it will be told by Stripe in a moment, for the page that thanks.
    began = charge.created_at
    plan.next_charge_at = calendar.charge_after(began, plan.interval, began)
    fields = ["status", "donor", "started_at", "card_brand", "card_last4", "next_charge_at"]
    if plan.designation.target_minor is not None or plan.designation.closes_at is not None:
        # It got a goal or an end between form and payment.
        plan.designation = Designation.objects.get(is_default=True)
        fields.append("designation")
    plan.save(update_fields=fields)
    StripeCustomer.objects.filter(plans=plan).update(donor=donation.donor)
    kind = steps.Kind.RESTARTED if plan.restarts_id else steps.Kind.STARTED
    steps.record(plan, kind, by=steps.SYSTEM, monthly_before_minor=0, at=charge.created_at)
    refresh_plan.defer(plan_id=plan.pk)


def copy(plan: Plan) -> Plan:
    """A second payment page was paid for one form: its subscription is a plan of its own."""
    twin = Plan.objects.get(pk=plan.pk)
    for name in ("subscription_id", "customer", "donor", "started_at", "next_charge_at"):
        setattr(twin, name, None)
    for name in ("anchor_at", "paused_until", "retry_at", "canceled_at", "ended_at"):
        setattr(twin, name, None)
    twin.pk, twin.reference, twin.status = None, new_reference(), Plan.Status.INCOMPLETE
    twin.open_invoice_id = twin.payment_method_id = twin.canceled_by = ""
    twin.tries = twin.sync_version = 0
    twin.save(force_insert=True)
    return twin
