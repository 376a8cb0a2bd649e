"""The made-up programme: as many rows as asked for, true to every rule, and never on real ones."""

import os
import subprocess
import sys

import pytest
from django.test import override_settings

from donations import programme, programme_seed
from donations.books import plans as checks
from donations.models import Donation, Plan
from tests.server import ROOT

SIZE = ("--plans", "150", "--donations", "2000")


def seed_as_owner(database):
    environment = database.environment() | {"DATABASE_URL": database.owner_url}
    return subprocess.run(
        [sys.executable, "manage.py", "seed_programme", *SIZE],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_it_fills_an_empty_database_once_and_keeps_every_rule(own_database):
    done = seed_as_owner(own_database)
    assert done.returncode == 0, done.stderr
    assert Plan.objects.count() == 150
    assert Donation.objects.filter(status="paid").count() == 2000
    assert not list(checks.stories_are_whole())
    assert not list(checks.charges_are_due())
    (usd,) = programme.read()
    live = Plan.objects.filter(status__in=["active", "past_due"])
    assert usd.months[-1].giving == live.count()
    assert usd.months[-1].monthly_minor == sum(plan.monthly_minor for plan in live)

    again = seed_as_owner(own_database)
    assert again.returncode == 1
    assert "filled already" in again.stderr


@pytest.mark.parametrize(
    ("changed", "why"), [({"STRIPE_LIVE": True}, "live one"), ({}, "no demonstration")]
)
def test_it_refuses_where_something_real_may_be(make_gift, changed, why):
    make_gift()
    with override_settings(**changed), pytest.raises(programme_seed.Refused, match=why):
        programme_seed.seed(programme_seed.Size(1, 1), str)
