"""Plans as they are after Stripe's word, written straight into their tables."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from donations import demo
from donations.donors import searchable
from donations.models import Designation, Donor, LegalEntity, Plan, StripeCustomer
from donations.plans import steps

_numbers = iter(range(1, 1_000_000))


@pytest.fixture
def make_plan(db: None) -> Callable[..., Plan]:
    """A plan that has begun; facts after the beginning, as its status, are written in a row."""
    demo.seed()

    def make(*, started_at: datetime | None = None, **facts: Any) -> Plan:
        number = next(_numbers)
        began = started_at or timezone.now() - timedelta(days=40)
        name = facts.pop("name", "Ruth Núñez")
        email = facts.pop("email", f"ruth{number}@example.org")
        asked = ("interval", "currency", "amount_minor", "fee_cover_minor", "designation")
        terms = {field: facts.pop(field) for field in asked if field in facts}
        first: dict[str, Any] = {
            "legal_entity": LegalEntity.objects.get(),
            "designation": Designation.objects.get(is_default=True),
            "customer": StripeCustomer.objects.create(pk=f"cus_{number}", livemode=False),
            **{"amount_minor": 2500, "currency": "USD", "interval": "month", **terms},
        }
        plan = Plan.objects.create(
            reference=f"{number:08d}plan", livemode=False, name=name, email=email, **first
        )
        plan.subscription_id = f"sub_{number}"
        plan.donor, _ = Donor.objects.get_or_create(
            email=email, defaults={"name": name, "search_name": searchable(name)}
        )
        plan.status, plan.started_at, plan.anchor_at = Plan.Status.ACTIVE, began, began
        plan.next_charge_at = timezone.now() + timedelta(days=20)
        plan.card_brand, plan.card_last4 = "visa", "4242"
        plan.save()
        steps.record(plan, steps.Kind.STARTED, by=steps.SYSTEM, monthly_before_minor=0, at=began)
        for name, value in facts.items():
            setattr(plan, name, value)
        plan.save()
        return plan

    return make
