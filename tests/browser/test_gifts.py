"""Whole gifts in a browser, from the front page to the thanks, through every page between."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from sandbox.control import CARD
from tests import jobs
from tests.browser.conftest import House
from tests.chromium import NewPage
from tests.tour.browsing import tab_to

# The form asks for a human pace, and a test types fast.
READING_MS = 1600
MOST_TAPS = 5


def test_a_gift_by_keyboard_alone(house: House, new_page: NewPage) -> None:
    page = new_page()
    keys = page.keyboard
    page.goto(f"{house.public}/")

    tab_to(page, "main a.button")
    keys.press("Enter")
    page.wait_for_url("**/give/")
    tab_to(page, "[name=amount_choice]")
    keys.press("ArrowRight")  # from $50 to $100
    expect(page.locator("[data-total]")).to_contain_text("$100.00")
    tab_to(page, "[name=cover_fee]")
    keys.press("Space")
    expect(page.locator("[data-total]")).to_contain_text("$103.30")
    tab_to(page, "[name=name]")
    keys.type("Ines Keller")
    tab_to(page, "[name=email]")
    keys.type("ines@example.org")
    page.wait_for_timeout(READING_MS)
    tab_to(page, "[data-give] [type=submit]")
    keys.press("Enter")
    page.wait_for_url("**/give/review/**")
    tab_to(page, "form[action*='/give/pay/'] [type=submit]")
    keys.press("Enter")
    page.wait_for_url("**/c/pay/**")
    type_card(page, lambda name: tab_to(page, f"[name={name}]"))
    keys.press("Enter")

    page.wait_for_url("**/give/return/**")
    expect(page.get_by_role("heading", name="Thank you, Ines Keller.")).to_be_visible()
    expect(page.locator(".facts-total")).to_contain_text("$103.30")


def test_a_gift_in_spanish_without_javascript(house: House, new_page: NewPage) -> None:
    page = new_page(size="phone", javascript=False, locale="es-MX")
    page.goto(f"{house.public}/es/")
    languages = [page.locator("html").get_attribute("lang")]

    page.locator("main a.button").first.click()
    page.wait_for_url("**/es/give/")
    languages.append(page.locator("html").get_attribute("lang"))
    page.get_by_label("Su nombre").fill("Lucía Fernández")
    page.get_by_label("Correo electrónico", exact=True).fill("lucia@example.org")
    page.wait_for_timeout(READING_MS)
    page.get_by_role("button", name="Continuar a la revisión").click()
    page.wait_for_url("**/es/give/review/**")
    languages.append(page.locator("html").get_attribute("lang"))
    expect(page.locator(".facts").first).to_contain_text("Para: Donde más se necesite")
    page.get_by_role("button", name="Pagar $50.00").click()
    page.wait_for_url("**/c/pay/**")
    languages.append(page.locator("html").get_attribute("lang"))
    type_card(page, lambda name: page.locator(f"[name={name}]").focus())
    page.locator("button.pay").click()
    page.wait_for_url("**/es/give/return/**")
    languages.append(page.locator("html").get_attribute("lang"))

    expect(page.get_by_role("heading", name="Gracias, Lucía Fernández.")).to_be_visible()
    assert languages == ["es"] * 5
    house.giving.deliver()
    jobs.run(queue="public")
    (letter,) = mail.outbox
    assert letter.subject == "Su recibo de North Star"
    assert "Hemos recibido su donación de $50.00." in letter.body
    assert "/es/receipts/" in letter.body
    assert '<html lang="es">' in letter.alternatives[0][0]
    for english in ("Thank", "gift", "receipt ", "Questions"):
        assert english not in letter.body


@pytest.mark.parametrize("amount", ["$50", "$25"])
def test_five_taps_and_the_card_are_enough(house: House, new_page: NewPage, amount: str) -> None:
    """A tap that puts the cursor into a field counts; "next" on the phone's keyboard does not."""
    page = new_page(size="phone", has_touch=True, is_mobile=True)
    taps: list[str] = []

    def tap(selector: str) -> None:
        page.locator(selector).first.tap()
        taps.append(selector)

    page.goto(f"{house.public}/")
    tap("main a.button")
    page.wait_for_url("**/give/")
    if amount != "$50":  # that one is chosen already
        tap(f"label.choice:has-text('{amount}')")
    tap("[name=name]")
    page.keyboard.type("Grace Mbeki")
    page.keyboard.press("Tab")
    page.keyboard.type("grace@example.org")
    page.wait_for_timeout(READING_MS)
    tap("[data-give] [type=submit]")
    page.wait_for_url("**/give/review/**")
    tap("form[action*='/give/pay/'] [type=submit]")
    page.wait_for_url("**/c/pay/**")

    expect(page.locator("button.pay")).to_contain_text(f"{amount}.00")
    print(f"{amount}: {len(taps)} taps: {', '.join(taps)}")
    assert len(taps) <= MOST_TAPS


def type_card(page: Page, go_to: Callable[[str], None]) -> None:
    for name, value in (("number", CARD), ("expiry", "12 / 34"), ("cvc", "123"), ("name", "Donor")):
        go_to(name)
        page.keyboard.type(value)
    assert re.search(r"/c/pay/cs_", page.url)
