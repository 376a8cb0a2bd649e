"""The programme's figures against a plain recount, over random plans at the borders of months."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone

from donations import demo, programme
from donations.models import (
    Designation,
    Donation,
    DonationLine,
    Donor,
    LegalEntity,
    Plan,
    PlanStep,
    ProgrammeMonth,
)

ZONES = ("America/New_York", "Asia/Kolkata", "Pacific/Auckland")
STORIES = (
    ("started",),
    ("started", "raised", "lowered"),
    ("restarted", "paused", "paused", "raised", "resumed"),
    ("started", "skipped", "resumed", "payment_failed", "payment_failed", "recovered"),
    ("started", "payment_failed", "lapsed"),
    ("started", "paused", "canceled"),
    ("started", "designation", "payment_failed", "excused", "canceled"),
)
REASONS = ("", "money", "elsewhere", "unhappy", "other")
GIVES = {"paused": 0, "skipped": 0, "canceled": 0, "lapsed": 0}


def border(rng, zone):
    """A moment within two days of some month's beginning, often within an hour."""
    first = datetime(2026, rng.randint(1, 11), 1, tzinfo=ZoneInfo(zone))
    return first + timedelta(seconds=rng.choice((0, -1, 1, rng.randint(-172_800, 172_800))))


@pytest.fixture
def world(db):
    """Three hundred plans with their stories, and gifts, in three zones and two currencies."""
    demo.seed()
    rng = random.Random(20260101)
    purpose = Designation.objects.get(is_default=True)
    made = LegalEntity.objects.get()
    entities = [made]
    for zone in ZONES[1:]:
        entity = LegalEntity.objects.get(pk=made.pk)
        entity.pk, entity.is_default, entity.code, entity.time_zone = None, False, zone[:4], zone
        entity.save(force_insert=True)
        entities.append(entity)
    common = {"designation": purpose, "name": "R", "email": "r@example.org"}
    plans = Plan.objects.bulk_create(
        Plan(
            reference=f"p{number}", legal_entity=rng.choice(entities), amount_minor=100,
            currency=rng.choice(("USD", "USD", "MXN")), interval="month",
            livemode=number % 20 == 0, **common,
        )
        for number in range(300)
    )  # fmt: skip
    steps = [step for plan in plans for step in story(rng, plan)]
    PlanStep.objects.bulk_create(steps)
    gifts(rng, entities, plans, purpose)
    return entities


def story(rng, plan):
    zone, before, status = plan.legal_entity.time_zone, 0, "active"
    terms = rng.randint(42, 90_000)
    moments = sorted(border(rng, zone) for _ in range(7))
    for kind, at in zip(rng.choice(STORIES), moments, strict=False):
        if kind == "raised":
            terms += 500
        elif kind == "lowered":
            terms = max(1, terms - 500)
        after = GIVES.get(kind, before if kind in ("raised",) and not before else terms)
        detail = {}
        if kind == "canceled":
            whose = rng.choice(("donor", "staff", "stripe", "dispute"))
            detail = {"whose": whose, "reason": rng.choice(REASONS)}
        elif kind == "payment_failed":
            detail = {"tries": rng.randint(1, 3)}
        yield PlanStep(
            plan=plan, kind=kind, at=at, channel="stripe", status=status,
            monthly_before_minor=before, monthly_after_minor=after, detail=detail,
        )  # fmt: skip
        before = after


def gifts(rng, entities, plans, purpose):
    donor = Donor.objects.create(name="R", search_name="r")
    rows = []
    for number in range(200):
        plan = rng.choice(plans) if number % 3 else None
        rows.append(
            Donation(
                reference=f"g{number}",
                form_token=f"g{number}",
                legal_entity=plan.legal_entity if plan else rng.choice(entities),
                plan=plan,
                amount_minor=rng.randint(100, 9_999),
                currency=plan.currency if plan else "USD",
                livemode=number % 20 == 0,
            )
        )
    Donation.objects.bulk_create(rows)
    DonationLine.objects.bulk_create(
        DonationLine(donation=row, designation=purpose, amount_minor=row.amount_minor)
        for row in rows
    )
    for row in rows[:150]:
        row.status, row.donor, row.charge_id = "paid", donor, f"ch_{row.pk}"
        row.paid_at = border(rng, row.legal_entity.time_zone)
    Donation.objects.bulk_update(rows[:150], ["status", "donor", "charge_id", "paid_at"])


def month_of(at, entity):
    return at.astimezone(ZoneInfo(entity.time_zone)).date().replace(day=1)


def recount():
    """The same figures the slow way: row by row, without a word of SQL."""
    counts, amounts = Counter(), Counter()

    def add(row, at, measure, reason="", *, count=1, minor):
        owner = row.plan if isinstance(row, PlanStep) else row
        key = (owner.livemode, month_of(at, owner.legal_entity), owner.currency, measure, reason)
        counts[key] += count
        amounts[key] += minor

    for step in PlanStep.objects.select_related("plan__legal_entity"):
        before, after = step.monthly_before_minor, step.monthly_after_minor
        add(step, step.at, "giving", count=(after > 0) - (before > 0), minor=after - before)
        measure = {"started": "new", "skipped": "paused", "canceled": "lost", "lapsed": "lost",
                   "payment_failed": "failed"}.get(step.kind, step.kind)  # fmt: skip
        reason = ""
        if measure == "lost":
            whose = step.detail.get("whose")
            said = whose if whose in ("stripe", "dispute") else step.detail.get("reason") or "none"
            reason = "lapsed" if step.kind == "lapsed" else said
        if measure in ("designation", "excused"):
            continue
        if measure == "failed" and step.detail["tries"] > 1:
            continue
        if measure == "paused" and after >= before:
            continue
        at_stake = after if measure in ("failed", "recovered") else after - before
        add(step, step.at, measure, reason, minor=at_stake)
    for gift in Donation.objects.filter(status="paid").select_related("legal_entity"):
        measure = "gifts" if gift.plan_id else "single"
        add(gift, gift.paid_at, measure, minor=gift.amount_minor)
    return {key: (counts[key], amounts[key]) for key in counts}


def stored():
    names = ("livemode", "month", "currency", "measure", "reason", "count", "amount_minor")
    return {tuple(row[:5]): row[5:] for row in ProgrammeMonth.objects.values_list(*names)}


def test_every_figure_equals_a_plain_recount_whatever_the_zone(world):
    programme.rebuild()
    assert stored() == recount()
    before = stored()
    programme.rebuild()
    assert stored() == before


def test_a_part_counted_anew_gives_what_the_whole_does(world):
    programme.rebuild()
    whole = stored()
    late = ProgrammeMonth.objects.filter(month__gte=date(2026, 6, 1))
    assert late.update(count=0) > 0
    programme.rebuild(date(2026, 6, 1))
    assert stored() == whole


def test_what_stands_at_a_months_end_is_what_the_stories_say(world):
    programme.rebuild()
    (usd,) = [one for one in programme.read() if one.currency == "USD"]
    plans = Plan.objects.filter(currency="USD", livemode=False).prefetch_related("steps")
    for month in usd.months:
        last = [
            [step for step in plan.steps.all()
             if month_of(step.at, plan.legal_entity) <= month.month][-1:]
            for plan in plans.select_related("legal_entity")
        ]  # fmt: skip
        ends = [step for found in last for step in found]
        assert month.monthly_minor == sum(step.monthly_after_minor for step in ends)
        assert month.giving == sum(step.monthly_after_minor > 0 for step in ends)
        assert month.live == sum(step.kind not in ("canceled", "lapsed") for step in ends)
    assert [month.month.day for month in usd.months] == [1] * len(usd.months)
    assert len(usd.months) == len({month.month for month in usd.months})


def test_changes_with_a_name_and_without_make_up_the_month(make_plan):
    plan = make_plan(started_at=datetime(2026, 3, 10, tzinfo=UTC))
    PlanStep.objects.create(
        plan=plan, kind="excused", at=datetime(2026, 4, 2, tzinfo=UTC), channel="stripe",
        status="paused", monthly_before_minor=2500, monthly_after_minor=0,
    )  # fmt: skip
    programme.rebuild()
    (usd,) = programme.read()
    march, april = usd.months[:2]
    assert (march.monthly_minor, march.other_minor) == (2500, 0)
    assert (april.monthly_minor, april.other_minor, april.resting) == (0, -2500, 1)


def test_the_running_month_is_counted_by_the_job_and_older_ones_at_night(make_plan, capsys):
    now = timezone.now()
    make_plan(started_at=now)
    make_plan(started_at=now - timedelta(days=100))
    programme.count_programme.func(0)
    assert [month.giving for month in programme.read()[0].months][-1] == 1
    programme.recount_programme.func(0)
    assert [month.giving for month in programme.read()[0].months][-1] == 2
    call_command("rebuild_programme")
    assert "2 active plans" in capsys.readouterr().out
