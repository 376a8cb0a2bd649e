"""Donors with a browser: narrow and wide, light and dark, by keyboard, without JavaScript."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import chromium
from tests.tour.stories import READS_SECONDS

CARD = "4242424242424242"
DECLINED = "4000000000009979"
MOST_TABS = 80
Size = Literal["phone", "desktop"]


@dataclass
class Guest:
    """One person at a browser of her own kind."""

    page: Page
    public: str
    shots: Path
    prefix: str = ""

    @property
    def reference(self) -> str:
        return unquote(urlsplit(self.page.url).path.rstrip("/").rpartition("/")[2])

    def shot(self, name: str) -> None:
        width = (self.page.viewport_size or {"width": 0})["width"]
        self.page.evaluate("scrollTo(0, 0)")  # what sticks to the top would cover the middle
        self.page.screenshot(path=self.shots / f"{name}-{width}.png", full_page=True)

    def fill(self, amount: str, name: str, email: str, designation: str = "education") -> None:
        page = self.page
        page.goto(f"{self.public}{self.prefix}/give/")
        page.locator("label.choice-other").click()
        page.locator("[name=amount]").fill(amount)
        page.locator(f"label:has([name=designation][value={designation}])").click()
        page.locator("[name=name]").fill(name)
        page.locator("[name=email]").fill(email)
        sleep(READS_SECONDS)

    def review(self) -> str:
        """Send the form; the gift's reference."""
        self.page.locator("[data-give] [type=submit]").click()
        self.page.wait_for_url(re.compile("/give/review/"))
        return self.reference

    def to_payment(self) -> None:
        self.page.locator("form[action*='/give/pay/'] [type=submit]").click()
        self.page.wait_for_url(re.compile("/c/pay/"))

    def pay(self, card: str = CARD) -> None:
        """By one of the test cards that the payment page offers."""
        cards = self.page.locator("details.cards")
        if cards.get_attribute("open") is None:  # after a refusal the list is folded
            cards.locator("summary").click()
        cards.locator(f"a[href$='card={card}']").click()
        self.page.locator("button.pay").click()

    def thanked(self) -> str:
        self.page.wait_for_url(re.compile("/give/return/"))
        expect(self.page.locator(".thanks")).to_be_visible()
        return self.reference


@dataclass
class Windows:
    """Opens browsers; what goes wrong in any of them is kept, and fails the tour."""

    browser: Browser
    public: str
    shots: Path
    wrong: list[str] = field(default_factory=list)

    @contextmanager
    def guest(
        self, address: str, size: Size = "phone", *, prefix: str = "", **kind: Any
    ) -> Iterator[Guest]:
        width, height = chromium.WIDTHS[size]
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            extra_http_headers={"X-Forwarded-For": address},
            locale="es-MX" if prefix else "en-US",
            **kind,
        )
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.on("pageerror", lambda error: self.wrong.append(f"{page.url}: {error}"))
        page.on("console", self._listen)
        try:
            yield Guest(page, self.public, self.shots, prefix)
        except Exception:
            page.screenshot(path=self.shots / "failed.png", full_page=True)
            raise
        finally:
            context.close()

    def _listen(self, said: Any) -> None:
        if said.type == "error" and "Content Security Policy" in said.text:
            self.wrong.append(said.text)


@contextmanager
def windows(public: str, shots: Path) -> Iterator[Windows]:
    shots.mkdir(parents=True, exist_ok=True)
    executable = chromium.executable()
    assert executable, "Chromium is not installed: sh deploy/bootstrap.sh tests"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=chromium.ARGUMENTS)
        made = Windows(browser, public, shots)
        yield made
        browser.close()
    assert not made.wrong, "\n".join(made.wrong)


# --- Guests of the tour: each returns the gift's reference and what was paid, in cents -----------
Paid = tuple[str, int]


def on_a_phone(windows: Windows) -> Paid:
    """A mistake first, which the page explains; then all of it by thumb."""
    with windows.guest("10.200.0.1", "phone") as guest:
        guest.fill("1", "", "grace@example", "education")
        guest.page.locator("[data-give] [type=submit]").click()
        expect(guest.page.get_by_role("alert")).to_be_focused()
        guest.shot("give-errors")
        guest.page.locator("[name=amount]").fill("45")
        guest.page.locator("[name=name]").fill("Grace Mbeki")
        guest.page.locator("[name=email]").fill("grace@example.org")
        guest.page.locator("label[for=id_cover_fee]").click()
        sleep(READS_SECONDS)
        guest.shot("give-filled")
        guest.review()
        guest.shot("review")
        guest.to_payment()
        guest.shot("checkout")
        guest.pay()
        reference = guest.thanked()
        guest.shot("thank-you")
        # (45.00 + 0.30) / (1 - 0.029), rounded up to a cent.
        return reference, 4666


def in_spanish_at_night(windows: Windows) -> Paid:
    """Wide, dark and in Spanish; a card is refused first."""
    with windows.guest("10.200.0.2", "desktop", prefix="/es", color_scheme="dark") as guest:
        guest.fill("80", "Lucía Fernández", "lucia@example.org", "work")
        guest.shot("give-spanish-dark")
        guest.review()
        guest.shot("review-spanish-dark")
        guest.to_payment()
        guest.pay(DECLINED)
        expect(guest.page.locator("#refusal")).to_be_visible()
        guest.shot("checkout-declined")
        guest.pay()
        reference = guest.thanked()
        guest.shot("thank-you-spanish-dark")
        return reference, 8000


def without_javascript(windows: Windows) -> Paid:
    with windows.guest("10.200.0.3", "phone", java_script_enabled=False) as guest:
        guest.fill("19.99", "Noor Haddad", "noor@example.org", "where-needed-most")
        guest.shot("give-without-javascript")
        guest.review()
        guest.to_payment()
        guest.pay()
        return guest.thanked(), 1999


def by_keyboard(windows: Windows) -> Paid:
    """Not one touch of the mouse, from the form to the thanks."""
    with windows.guest("10.200.0.4", "desktop") as guest:
        page = guest.page
        keys = page.keyboard
        page.goto(f"{windows.public}/give/")
        tab_to(page, "[name=amount_choice]")
        # From $50 over $100 and $250 to "another amount", and one back.
        for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
            keys.press(key)
        expect(page.locator("[data-total]")).to_contain_text("$250.00")
        tab_to(page, "[name=name]")
        keys.type("Ines Keller")
        tab_to(page, "[name=email]")
        keys.type("ines@example.org")
        sleep(READS_SECONDS)
        guest.shot("give-by-keyboard")
        keys.press("Enter")
        page.wait_for_url(re.compile("/give/review/"))
        tab_to(page, "form[action*='/give/pay/'] [type=submit]")
        keys.press("Enter")
        page.wait_for_url(re.compile("/c/pay/"))
        tab_to(page, "[name=number]")
        keys.type(CARD)
        tab_to(page, "[name=expiry]")
        keys.type("12 / 34")
        tab_to(page, "[name=cvc]")
        keys.type("123")
        tab_to(page, "[name=name]")
        keys.type("Ines Keller")
        keys.press("Enter")
        return guest.thanked(), 25_000


def proving(windows: Windows) -> Paid:
    """While a card tester is at work: the browser solves a proof while the donor reads."""
    with windows.guest("10.200.0.5", "desktop") as guest:
        guest.fill("30", "Tomás Rivera", "tomas@example.org")
        guest.review()
        expect(guest.page.locator("[data-proof]")).to_be_visible()
        guest.to_payment()
        guest.pay()
        return guest.thanked(), 3000


def by_mailed_link(windows: Windows, mailed: Callable[[str], str]) -> Paid:
    """The same without JavaScript: a link by mail stands in for the proof."""
    with windows.guest("10.200.0.6", "phone", java_script_enabled=False) as guest:
        guest.fill("35", "Farah Aziz", "farah@example.org")
        guest.review()
        guest.page.locator("form[action*='/give/pay/'] [type=submit]").click()
        guest.shot("confirm-by-mail")
        guest.page.goto(mailed("farah@example.org"))
        guest.shot("confirm-gift")
        guest.page.locator("main form [type=submit]").click()
        guest.page.wait_for_url(re.compile("/give/review/"))
        guest.to_payment()
        guest.pay()
        return guest.thanked(), 3500


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the thing is focused, as someone without a mouse does."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"the keyboard does not reach {selector}")
