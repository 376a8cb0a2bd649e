"""Sample campaigns: one for an amount, one for monthly donors, one that has ended; with gifts."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from campaigns.models import Campaign, Challenge
from donations.demo_gifts import AMEX, MASTERCARD, Gift
from donations.models import Designation

Goal = Campaign.Goal
# Name, code, designation, goal and its currency, first and last day from today.
CAMPAIGNS = (
    ("School year", "SCHOOL-YEAR", "education", Goal.AMOUNT, 6_000_00, "USD", -24, 38),
    ("A hundred months", "MONTHS", "where-needed-most", Goal.MONTHLY, 25, "", -40, None),
    ("First salary", "FIRST-SALARY", "work", Goal.AMOUNT, 1_200_00, "USD", -90, -12),
)


def seed() -> list[Campaign]:
    """Make what is not there yet, where its designation is; what someone has edited stays."""
    today = timezone.localdate()
    for name, code, purpose, kind, goal, currency, first, last in CAMPAIGNS:
        designation = Designation.objects.filter(code=purpose).first()
        if designation is None:
            continue
        Campaign.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "designation": designation,
                "goal_kind": kind,
                "goal": goal,
                "goal_currency": currency,
                "starts_on": today + timedelta(days=first),
                "ends_on": None if last is None else today + timedelta(days=last),
            },
        )
    _match(Campaign.objects.filter(code="SCHOOL-YEAR", goal_kind=Goal.AMOUNT).first())
    return list(Campaign.objects.filter(code__in=[row[1] for row in CAMPAIGNS]))


def _match(campaign: Campaign | None) -> None:
    """A sponsor for the school year, whose own money is still to come."""
    if campaign is None or campaign.challenges.exists():
        return
    now, today = timezone.now(), timezone.localdate()
    Challenge.objects.create(
        campaign=campaign,
        code=f"{campaign.code}-MATCH",
        sponsor="Harbor Lamp Foundation",
        agreed_by="Irene Castellanos, its director",
        agreed_on=today - timedelta(days=20),
        currency=campaign.goal_currency,
        cap_minor=1_500_00,
        starts_at=now - timedelta(days=14),
        ends_at=now + timedelta(days=30),
    )


def gifts() -> Sequence[Gift]:
    """What donors gave to them: for `demo_gifts.seed`."""
    school, months, salary = ({"appeal": row[1]} for row in CAMPAIGNS)
    return (
        Gift(26, "Nadia Rahman", 40000, ("work",), typed=salary),
        Gift(25, "Carlos Méndez", 25000, ("work",), (MASTERCARD,), typed=salary),
        Gift(22, "Joan Whitfield", 30000, ("work",), (AMEX,), typed=salary),
        Gift(18, "Emeka Obi", 28500, ("work",), typed=salary),
        Gift(19, "Rosa Delgado", 60000, ("education",), typed=school),
        Gift(16, "Walter Lindgren", 100000, ("education",), (MASTERCARD,), typed=school),
        Gift(12, "Aisha Bello", 45000, ("education",), typed=school),
        Gift(6.3, "Tom Becker", 12500, ("education",), (AMEX,), typed=school),
        Gift(2.2, "Mary Sullivan", 25000, ("education",), typed=school),
        Gift(21, "Karin Holm", 2500, interval="month", typed=months),
        Gift(14, "Luis Ortega", 1000, cards=(MASTERCARD,), interval="month", typed=months),
        Gift(5.2, "Beth Coleman", 5000, interval="month", typed=months),
    )
