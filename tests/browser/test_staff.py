"""A person at the donors' desk: signs in, finds a gift, puts its receipt right."""

import pytest

from donations.models import Receipt
from tests.people import PASSWORD, code, person


@pytest.fixture
def sound(axe):
    """Faults in what we draw; Wagtail's own frame around it is Wagtail's."""

    def faults(page):
        return [fault for fault in axe(page) if "ns-" in fault]

    return faults


def test_care_finds_a_gift_by_a_near_spelling_and_replaces_its_receipt(
    live, make_gift_live, new_page, sound
):
    user = person("Donor care", email="carla@northstar.example")
    gift = make_gift_live(name="José Núñez")
    page = new_page()
    page.goto(f"{live.staff}/admin/")
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.fill("[name=code]", code(user))
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(f"{live.staff}/admin/")
    assert sound(page) == []

    page.goto(f"{live.staff}/admin/gifts/?q=nunes")
    page.get_by_role("link", name="José Núñez").click()
    page.get_by_role("heading", name="What happened").wait_for()
    assert sound(page) == []
    page.get_by_role("link", name=gift.receipts.get().label).click()
    page.get_by_role("link", name="Replace").first.click()
    page.fill("[name=receipt_name]", "José Núñez Vega")
    assert sound(page) == []
    page.get_by_role("button", name="Look it over").click()
    page.get_by_text("Please look it over").wait_for()
    assert sound(page) == []
    page.get_by_role("button", name="Replace").click()
    page.get_by_text("Its PDF is being made and mailed").wait_for()

    assert Receipt.objects.get(replaces__isnull=False).snapshot["receipt_name"] == "José Núñez Vega"
