"""The desks for offers and given things over HTTP, by whom, and once."""

import re

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from gifts.models import Disposal, GivenThing, HandoverText, Offer, Unit
from gifts.offers import irs
from tests.gifts.offered import arrived, check_all, make_offer
from tests.people import person, signed_in
from tests.roles import STAFF, acting_as

pytestmark = [pytest.mark.django_db, pytest.mark.role(STAFF)]
G, F = "Gifts coordinator", "Finance"


def url(name, *args):
    with acting_as(STAFF):
        return reverse(name, args=args)


@pytest.fixture
def desk():
    return signed_in(person(G, first_name="Gita"))


def press(client, name, pk, **typed):
    answer = client.post(url(name, pk), typed, follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_an_offer_walks_through_the_screens_to_its_end(desk, run_jobs):
    HandoverText.objects.create(way="shipping", text="To 100 Harbor Street.", text_es="A …")
    offer = make_offer(quantity=1)
    form = desk.get(url("offers:accept", offer.pk)).content.decode()
    assert "To 100 Harbor Street." in form
    assert "Accepted" in press(desk, "offers:accept", offer.pk, answer="To 100 Harbor Street.")
    assert "done already" in press(desk, "offers:decline", offer.pk, answer="No.")

    typed = {
        "received_on": str(timezone.localdate()), "description": "Lenovo ThinkPad T480, used",
        "count": "1", "serials": "PF-1SECRET\n", "things_before": "0",
    }  # fmt: skip
    for mistake in (
        {"received_on": "2099-01-01"}, {"description": "Laptop worth $400"}, {"count": "0"},
        {"serials": "A\nA"}, {"serials": "A\nB"}, {"description": "of a survivor"},
    ):  # fmt: skip
        press(desk, "offers:receive", offer.pk, **typed | mistake)
    assert not GivenThing.objects.exists()
    press(desk, "offers:receive", offer.pk, **typed)
    assert "moved meanwhile" in press(desk, "offers:receive", offer.pk, **typed)
    thing = GivenThing.objects.get()

    press(desk, "given:check", thing.pk, kind="works", passed="no")  # without saying why
    press(desk, "given:check", thing.pk, kind="erased", passed="yes")  # without saying how
    assert not thing.checks.exists()
    for kind in ("works", "erased", "unlocked", "accounts", "trackers", "labels"):
        page = press(
            desk, "given:check", thing.pk, kind=kind, passed="yes", method="purge",
            certificate="C-1",
        )  # fmt: skip
    assert Unit.objects.get().state == "ready"
    assert page.count("Gita") >= 6 or page.count("person") >= 6
    assert "Not yet: the statement" in press(desk, "offers:close", offer.pk)
    press(desk, "offers:erasure", offer.pk)
    assert "Not yet: the acknowledgment" in press(desk, "offers:close", offer.pk)
    press(desk, "offers:acknowledge", offer.pk)
    run_jobs()
    page = press(desk, "offers:close", offer.pk)
    assert "TEST-IK-" in page
    assert Offer.objects.get().state == "closed"
    assert [letter.subject for letter in mail.outbox] == [
        "Your offer: thank you", "Your offer: yes, please", "Your devices are erased",
        "Your things have arrived",
    ]  # fmt: skip
    page = desk.get(url("given:index") + "?q=PF-1secret").content.decode()
    assert thing.unit.code in page  # known again, though forgotten
    assert "SECRET" not in desk.get(url("given:inspect", thing.pk)).content.decode()


def test_a_device_that_is_still_locked_is_declined_and_recycled(desk, run_jobs):
    (thing,) = arrived(make_offer(state="accepted"), "PF-9")
    press(desk, "given:check", thing.pk, kind="works", passed="yes")
    press(desk, "given:check", thing.pk, kind="unlocked", passed="no", note="Find My is on")
    for _ in range(2):
        press(desk, "given:refuse", thing.pk, reason="It is locked to an account.")
    assert Unit.objects.get().state == "declined"
    run_jobs()
    assert "It is locked to an account." in mail.outbox[-1].body
    typed = {"how": "recycled", "to_whom": "City", "why": "Locked"}
    press(desk, "given:dispose", thing.pk, disposed_on="2020-01-01", **typed)
    assert not Disposal.objects.exists()
    for _ in range(2):
        press(desk, "given:dispose", thing.pk, disposed_on=str(timezone.localdate()), **typed)
    assert Unit.objects.get().state == "disposed"
    assert Disposal.objects.get().by.first_name == "Gita"


def test_finance_values_claims_and_files_and_the_first_page_says_what_waits(desk):
    books = signed_in(person(F))
    make_offer()
    offer = make_offer(state="accepted")
    (thing,) = arrived(offer)
    home = " ".join(desk.get("/admin/").content.decode().split())
    for line in ("1 offer to decide", "1 acknowledgment to write", "1 given device to check"):
        assert line in home
    press(books, "given:value", thing.pk, value="250.00", method="offer", source="Dealer, 3 May")
    press(books, "offers:form_8283", offer.pk, claimed="6,000", signed_on="2026-01-02")
    page = books.get(url("given:inspect", thing.pk)).content.decode()
    assert "$250.00" in page
    assert "$250.00" not in desk.get(url("given:inspect", thing.pk)).content.decode()
    day = str(timezone.localdate())
    typed = {"disposed_on": day, "how": "sold", "to_whom": "x", "why": "x"}
    assert "Form 8282 is due" in press(desk, "given:dispose", thing.pk, **typed)
    home = " ".join(books.get("/admin/").content.decode().split())
    assert re.search(r"1 Form 8282 due, by", home)
    press(books, "given:form_8282", thing.pk, filed_on=day)
    assert "Form 8282 due" not in books.get("/admin/").content.decode()
    assert irs.form_8282_due(
        Offer.objects.get(pk=offer.pk), received_on=thing.received_on, disposed_on=thing.received_on
    )


def test_lists_take_the_same_few_queries_for_many_rows(desk, django_assert_max_num_queries):
    for name in ("offers", "given"):
        arrived(make_offer(state="accepted"))
        desk.get(url(f"{name}:index"))
        with django_assert_max_num_queries(25) as few:
            desk.get(url(f"{name}:index"))
        for _ in range(3):
            check_all(arrived(make_offer(state="accepted"))[0])
        with django_assert_max_num_queries(len(few)):
            assert desk.get(url(f"{name}:index")).status_code == 200
