"""Offering a thing: every page a donor meets and one staff page, looked at as others are."""

from collections.abc import Callable

from django.core import mail
from playwright.sync_api import Page, expect

from gifts.models import Offer
from gifts.offers import demo, links
from tests import jobs, people
from tests.browser.conftest import House
from tests.browser.test_real_pages import Look
from tests.chromium import NewPage
from tests.things_made import make_kind

PATH = "/things/offer/"


def test_offering_a_thing_in_every_state(
    house: House, new_page: NewPage, axe: Callable[[Page], list[str]]
) -> None:
    make_kind()
    make_kind(name="Dictionary", name_es="Diccionario", is_device=False)
    look = Look(house.public, new_page, axe)
    look.at(PATH)
    page = look.open(PATH)
    page.locator("main form [type=submit]").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look.judge(page)

    plain = new_page(size="phone", javascript=False)
    plain.goto(f"{house.public}{PATH}")
    for name in ("kind", "charger", "way"):
        plain.locator(f"[name={name}]").first.check()
    for name, typed in {"description": "ThinkPad", "name": "Ruth", "email": "r@x.org"}.items():
        plain.locator(f"[name={name}]").fill(typed)
    plain.wait_for_timeout(1000)  # a person's pace
    plain.locator("main form [type=submit]").click()
    plain.wait_for_url("**/thanks/**")
    offer = Offer.objects.get()
    look.at(f"{PATH}thanks/{offer.reference}/")

    demo.seed(by=people.person("Gifts coordinator"))
    jobs.run(queue="public")
    assert len(mail.outbox) >= 10
    for one in Offer.objects.exclude(pk=offer.pk):
        look.at(PATH + links.new_link(one).rstrip("/").rpartition("/")[2] + "/")
    token = links.new_link(offer).rstrip("/").rpartition("/")[2]
    look.at(f"{PATH}{token}/withdraw/")
    look.at(f"{PATH}nonsense/", status=404)
    assert look.faults == []
    assert look.seen == 11, look.seen


def test_the_page_of_an_offer_and_of_a_thing_on_the_desk(
    house: House, new_page: NewPage, axe: Callable[[Page], list[str]]
) -> None:
    make_kind()
    user = people.person("Gifts coordinator")
    demo.seed(by=user)
    demo.seed(by=user)
    assert Offer.objects.count() == 6
    page = new_page(size="desktop")
    Look.sign_in_page(page, people.signed_in(user), house.staff)
    thing = Offer.objects.get(state="received").things.order_by("pk").first()
    assert thing
    for path in (f"offers/inspect/{thing.offer_id}/", f"given/inspect/{thing.pk}/"):
        page.goto(f"{house.staff}/admin/{path}")
        expect(page.locator(".ns-page")).to_be_visible()
        assert [fault for fault in axe(page) if "ns-" in fault] == []
