"""The desk of campaigns in a browser: how one goes, what a sponsor promised, what editors write."""

import pytest
from django.core.cache import caches
from playwright.sync_api import expect
from wagtail.models import Locale

from campaigns.models import Campaign, CampaignPage
from pages.models import StandardPage
from tests.people import PASSWORD, code, person


@pytest.fixture
def sound(axe):
    """Faults in what we draw; Wagtail's own frame around it is Wagtail's."""

    def faults(page):
        return [fault for fault in axe(page) if "ns-" in fault]

    return faults


@pytest.fixture
def signed(live, new_page, seeded):
    """A page of an editor who is signed in, with the demo's campaigns."""

    def sign(role="Editor", **how):
        user = person(role, email="nora@northstar.example")
        page = new_page(**how)
        page.goto(f"{live.staff}/admin/")
        page.fill("[name=login]", user.email)
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.fill("[name=code]", code(user))
        page.locator("main button[type=submit]").first.click()
        page.wait_for_url(f"{live.staff}/admin/")
        return page

    yield sign
    caches["local"].clear()


def test_an_editor_comes_from_the_list_to_the_report_and_its_flyers(
    live, make_gift_live, signed, sound
):
    make_gift_live(appeal="MONTHS")
    make_gift_live(appeal="MONTHS", language="es")
    row = Campaign.objects.get(code="MONTHS")
    page = signed()
    page.goto(f"{live.staff}/admin/campaigns/")
    page.get_by_role("link", name="Report: A hundred months").click()
    page.get_by_role("heading", name="For paper").wait_for()
    assert sound(page) == []
    assert page.get_by_text("/c/months/").is_visible()
    assert page.get_by_role("link", name="English, Letter").get_attribute("href") == (
        f"/admin/campaigns/flyer/{row.pk}/en/letter/"
    )
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.goto(f"{live.staff}/admin/challenges/")
    page.get_by_role("link", name="SCHOOL-YEAR-MATCH").first.click()
    page.get_by_role("heading", name="What they promised").wait_for()


def test_words_that_are_not_ours_are_told_below_the_form_and_ask_why(live, signed, sound):
    found = StandardPage.objects.get(slug="privacy")
    found.lead = "Hurry: the victims' fund of the state pays only today."
    found.save_revision()
    page = signed("Publisher")
    page.goto(f"{live.staff}/admin/pages/{found.pk}/edit/")
    page.get_by_text("“victims”: we speak of survivors").wait_for()
    assert sound(page) == []
    page.goto(f"{live.staff}/admin/words/{found.pk}/")
    page.get_by_label("Why it is right here").fill("It is the name of a law")
    assert sound(page) == []
    page.get_by_role("button", name="Keep the reason").click()
    page.get_by_text("Press “Publish” once more").wait_for()


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_a_translator_sees_what_is_to_be_done_and_is_led_to_it(live, signed, sound, size, scheme):
    page = signed("Publisher", size=size, scheme=scheme)
    english = CampaignPage.objects.get(campaign__code="MONTHS", locale__language_code="en")
    spanish = english.get_translation(Locale.objects.get(language_code="es"))
    spanish.summary = english.summary
    spanish.save_revision()
    page.goto(f"{live.staff}/admin/pages/{spanish.pk}/edit/")
    toggle = page.get_by_role("button", name="Toggle the page it is translated from")
    toggle.focus()
    page.keyboard.press("Enter")
    page.get_by_text("1 part is not translated yet").first.wait_for()
    assert sound(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    page.get_by_role("button", name="Only what is to be done").click()
    assert page.locator(".ns-piece:visible").count() == 1
    page.locator(".ns-piece").get_by_role("link", name="Summary").press("Enter")
    page.locator("[name=summary]:focus").wait_for()
    # On a phone the panel makes room for the form.
    assert page.locator(".ns-source").is_visible() == (size == "desktop")
    globe = page.locator('[data-side-panel-toggle="beside"] [data-side-panel-toggle-counter]')
    expect(globe).to_have_text("1")
    page.keyboard.type("Cien meses")
    expect(page.locator(".ns-touched")).to_have_count(1)
    expect(globe).not_to_have_text("1")
    assert sound(page) == []


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "dark"), ("phone", "light")])
def test_the_guide_is_read_on_any_screen(live, signed, sound, size, scheme):
    page = signed(size=size, scheme=scheme)
    page.goto(f"{live.staff}/admin/guide/")
    page.get_by_role("heading", name="1. Sign in").wait_for()
    assert sound(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.get_by_role("navigation", name="On this page").get_by_role("link").last.press("Enter")
    expect(page.get_by_role("heading", name="When something goes wrong")).to_be_in_viewport()
