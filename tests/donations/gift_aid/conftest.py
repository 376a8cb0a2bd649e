"""A charity in the United Kingdom, its donors, and gifts that are paid without Stripe."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db.models import Case, CharField, Value, When
from django.db.models.functions import Cast, Concat

from donations import demo
from donations.gift_aid import declarations
from donations.gift_aid.declarations import Person
from donations.models import Declaration, Designation, Donation, DonationLine, Donor, LegalEntity

HOME = {"address": "48 Orchard Lane\nLondon", "house": "48 Orchard Lane", "postcode": "sw1a1aa"}


@pytest.fixture
def charity(db: None) -> LegalEntity:
    demo.seed()
    LegalEntity.objects.update(
        country="GB", currency="GBP", receipt_pack="uk", tax_id="1041569",
        time_zone="Europe/London", fiscal_year_begins=4,
    )  # fmt: skip
    return LegalEntity.objects.get()


@pytest.fixture
def maya(db: None) -> Donor:
    return make_donor("Maya Lindqvist")


def make_donor(name: str, **facts: Any) -> Donor:
    email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
    return Donor.objects.create(name=name, search_name=name.lower(), email=email, **facts)


def make_gifts(
    charity: LegalEntity,
    donor: Donor,
    *amounts: int,
    on: date,
    to: str = "where-needed-most",
    **facts: Any,
) -> list[Donation]:
    """Paid gifts of a donor, one for each amount."""
    before = Donation.objects.count()
    made = Donation.objects.bulk_create(
        Donation(
            **{
                "reference": f"{donor.pk}-{before + number}",
                "form_token": f"{donor.pk}-{before + number}",
                "legal_entity": charity,
                "livemode": False,
                "currency": "GBP",
                "amount_minor": amount,
                "name": donor.name,
                "email": donor.email or "",
                **facts,
            }
        )
        for number, amount in enumerate(amounts)
    )
    purpose = Designation.objects.get(code=to)
    DonationLine.objects.bulk_create(
        DonationLine(donation=gift, designation=purpose, amount_minor=gift.amount_minor)
        for gift in made
    )
    rows = Donation.objects.filter(pk__in=[gift.pk for gift in made])
    rows.update(
        status="paid",
        donor=donor,
        paid_at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
        charge_id=Case(When(source="card", then=Concat(Value("ch_"), Cast("pk", CharField())))),
    )
    return list(rows.order_by("pk"))


@pytest.fixture
def declare(charity: LegalEntity, maya: Donor) -> Callable[..., Declaration]:
    """A declaration on paper of Maya's, for all her gifts, unless it is told otherwise."""

    def made(**facts: Any) -> Declaration:
        names = {"first_name": "Maya", "last_name": "Lindqvist", **HOME}
        person = {key: facts.pop(key) for key in list(facts) if key in {*names, "title", "country"}}
        author = facts.pop("actor", None) or clerk()
        return declarations.declare(
            charity,
            **{
                "scope": "all", "way": "paper", "donor": maya, "declared_on": date(2026, 5, 1),
                "person": Person(**names | person), "actor": author, **facts,
            },
        )  # fmt: skip

    return made


def clerk() -> Any:
    from django.contrib.auth import get_user_model  # noqa: PLC0415 - after the settings

    return get_user_model().objects.get_or_create(email="clerk@northstar.example")[0]
