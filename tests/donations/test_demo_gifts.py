"""The made-up gifts of a demonstration are real to the books, and made once."""

import time
from datetime import timedelta

from django.test import override_settings
from django.utils import timezone

from donations import demo_gifts
from donations.models import Donation, Plan, Receipt


def test_made_up_gifts_are_paid_in_the_past_receipted_and_made_once(giving, run_jobs):
    giving.sandbox.fees("at_once")
    said: list[str] = []
    demo_gifts.seed(said.append)
    demo_gifts.seed(said.append)
    run_jobs()

    everything = Donation.objects.filter(status=Donation.Status.PAID)
    paid = everything.filter(plan=None)
    assert paid.count() == len(demo_gifts.GIFTS) - 1
    assert Donation.objects.get(status=Donation.Status.ABANDONED).paid_at is None
    assert paid.earliest("paid_at").paid_at < timezone.now() - timedelta(days=9)
    assert Receipt.objects.filter(state="issued").exclude(sha256=None).count() == (
        everything.count()
    )
    assert Receipt.objects.filter(state="replaced").count() == 1
    assert abs(giving.sandbox.set_clock() - time.time()) < 5
    assert said == []
    assert dict(Plan.objects.values_list("name", "status")) == {
        "Dora Diaz": "active",
        "Elif Kaya": "active",
        demo_gifts.RESTS: "paused",
        demo_gifts.SHORT_OF_MONEY: "past_due",
        demo_gifts.STOPS: "canceled",
    }
    assert Plan.objects.get(name="Dora Diaz").donations.filter(status="paid").count() == 3


def test_without_a_stand_in_nobody_gives(giving):
    said: list[str] = []
    with override_settings(STRIPE_API_BASE=""):
        demo_gifts.seed(said.append)
    assert "does not answer" in said[0]
    assert not Donation.objects.exists()
