"""Declarations: whole, in the words that were read, and ended but never changed."""

from datetime import date

import pytest
from django.core import signing
from django.db import ProgrammingError, transaction
from django.utils import timezone

from donations.forms import DonationForm
from donations.gift_aid import declarations
from donations.gift_aid.declarations import Incomplete, Person
from donations.models import Declaration, Donation, GivingOptions, Mail
from tests.donations.gift_aid.conftest import HOME, clerk, make_gifts

JUNE = date(2026, 6, 1)
TICKED = {
    "gift_aid": "on", "gift_aid_scope": "all", "gift_aid_first": "Maya",
    "gift_aid_last": "Lindqvist", "country": "GB", "address_line1": "48 Orchard Lane",
    "city": "London", "postcode": "SW1A 1AA",
}  # fmt: skip


def test_it_holds_what_hmrc_asks_for_in_the_words_of_that_day(declare):
    row = declare()
    assert row.charity == "North Star Foundation, Inc."
    assert row.wording == "2026-11"
    for part in ("in the past four years", "UK taxpayer", "my responsibility to pay", row.charity):
        assert part in row.text
    assert (row.first_name, row.last_name, row.postcode) == ("Maya", "Lindqvist", "sw1a1aa")


def test_what_lacks_a_name_or_a_home_is_none(charity, maya):
    whole = {"first_name": "Maya", "last_name": "Lindqvist", **HOME}
    for lacking in ("first_name", "last_name", "address", "house"):
        with pytest.raises(Incomplete):
            declarations.declare(
                charity, scope="all", way="paper", donor=maya, actor=clerk(),
                person=Person(**whole | {lacking: " "}),
            )  # fmt: skip
    charity.receipt_pack = "us"
    with pytest.raises(Incomplete):
        declarations.declare(charity, scope="all", way="paper", person=Person(**whole), donor=maya)


def test_only_its_end_can_be_added(declare):
    row = declare()
    for change in ({"first_name": "M"}, {"text": "x"}, {"scope": "this"}):
        with pytest.raises(ProgrammingError), transaction.atomic():
            Declaration.objects.filter(pk=row.pk).update(**change)
    declarations.cancel(row, on=JUNE, actor=clerk())
    declarations.cancel(row, on=date(2026, 7, 1))
    row.refresh_from_db()
    assert (row.cancelled_on, row.cancelled_by) == (JUNE, clerk())
    with pytest.raises(ProgrammingError), transaction.atomic():
        Declaration.objects.filter(pk=row.pk).update(cancelled_on=None)
    with pytest.raises(ProgrammingError), transaction.atomic():
        row.delete()


def test_one_by_telephone_is_confirmed_by_mail_and_counts_then(
    charity, maya, declare, run_jobs, mailoutbox
):
    gift = make_gifts(charity, maya, 10_00, on=JUNE)[0]
    row = declare(way="telephone")
    run_jobs()
    (sent,) = mailoutbox
    assert sent.to == ["maya@example.org"]
    assert "UK taxpayer" in sent.body
    assert "48 Orchard Lane" in sent.body
    assert Mail.objects.get().status == "sent"
    assert declarations.covers(row, gift, JUNE)

    maya.email = None
    maya.save(update_fields=["email"])
    other = declare(way="telephone")
    assert not declarations.covers(other, gift, JUNE)
    assert declarations.covers(declarations.confirm(other, on=JUNE), gift, JUNE)


def test_one_for_this_gift_covers_no_other(charity, maya, declare):
    gift, other = make_gifts(charity, maya, 10_00, 20_00, on=JUNE)
    declare(scope="this", donation=gift)
    assert declarations.is_declared(gift, JUNE)
    assert not declarations.is_declared(other, JUNE)


@pytest.fixture
def give(charity, public_client):
    """Fills in the give form; the answer."""
    GivingOptions.objects.update(currency="GBP")

    def send(**typed):
        data = {
            **DonationForm.fresh_values(GivingOptions.objects.get(frequency="once")),
            "started": signing.dumps(timezone.now().timestamp() - 5, salt=DonationForm.SALT),
            "amount_choice": "other", "amount": "40", "country": "GB", "name": "Maya Lindqvist",
            "email": "maya@example.org", **typed,
        }  # fmt: skip
        return public_client.post("/give/", data)

    return send


def test_the_give_form_takes_it_down_with_the_gift(give):
    assert give(**TICKED).status_code == 302
    row = Declaration.objects.get()
    assert (row.scope, row.way, row.donation) == ("all", "online", Donation.objects.get())
    assert row.address.splitlines() == ["48 Orchard Lane", "London, SW1A 1AA", "United Kingdom"]
    assert (row.house, row.country) == ("48 Orchard Lane", "GB")


def test_the_give_form_asks_for_what_is_lacking_and_takes_nothing_unasked(give):
    page = give(gift_aid="on").content.decode()
    assert "Please give your full name; Gift Aid needs it." in page
    assert "Please give your home address; Gift Aid needs it." in page
    assert give().status_code == 302
    assert not Declaration.objects.exists()


def test_it_is_asked_only_where_the_country_has_it(charity, public_client):
    assert "Gift Aid" in public_client.get("/give/").content.decode()
    charity.receipt_pack = "us"
    charity.save(update_fields=["receipt_pack"])
    assert "Gift Aid" not in public_client.get("/give/").content.decode()
