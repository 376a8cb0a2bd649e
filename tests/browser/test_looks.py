"""The pages and every state of the giving flow, in a real browser."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.test import override_settings
from playwright.sync_api import Page, expect

from pages.styleguide.states import STATES
from tests.chromium import NewPage
from tests.live import Live

CONTENT = ["", "how-it-works/", "program/", "privacy/", "accessibility/"]
CONTENT += ["abolitionist/", "ways-to-help/", "our-partners/"]
CONTENT += ["training/", "training/hotel/", "training/hotel/signs/"]
SPANISH = [
    "",
    "como-funciona/",
    "programa/",
    "privacidad/",
    "accesibilidad/",
    "abolicionista/",
    "maneras-de-ayudar/",
    "nuestros-aliados/",
    *("formacion/", "formacion/hotel/", "formacion/hotel/senales/"),
]
EVERYTHING = [
    *[f"/{path}" for path in CONTENT],
    *[f"/es/{path}" for path in SPANISH],
    *["/safety/", "/es/safety/", "/disclosures/", "/es/disclosures/", "/nowhere/", "/styleguide/"],
    "/c/nowhere/",
    *[
        "/contact/",
        "/es/contact/",
        "/charge/",
        "/es/charge/",
        "/search/?q=gift",
        "/search/?q=qwertz",
    ],
    *[f"/styleguide/{name}/" for name in STATES],
]


@pytest.fixture
def site(live: Live, seeded: None) -> Iterator[str]:
    """The public side's origin, seeded, with the style guide open."""
    with override_settings(DEMO=True):
        yield live.public
    caches["local"].clear()


@pytest.mark.parametrize(
    "seen",
    [(0, "phone", "dark"), (1, "tablet", "light"), (2, "desktop", "dark"), (3, "phone", "light")],
)
def test_no_page_and_no_state_has_an_accessibility_fault(
    site: str,
    new_page: NewPage,
    axe: Callable[[Page], list[str]],
    seen: tuple[int, Any, Any],
) -> None:
    """Width, theme and language are paired off: each page and state is seen once."""
    turn, size, scheme = seen
    paths = [
        f"/es{path}" if number % 2 and path.startswith("/styleguide/") else path
        for number, path in enumerate(EVERYTHING[turn::4])
    ]
    assert faults_of(new_page(size=size, scheme=scheme), axe, site, paths) == []


def faults_of(
    page: Page, axe: Callable[[Page], list[str]], site: str, paths: list[str]
) -> list[str]:
    """Of the page as its size and theme are."""
    found: list[str] = []
    for path in paths:
        page.goto(f"{site}{path}")
        found += [f"{path}: {fault}" for fault in axe(page)]
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found += [f"{path}: {wide} px too wide"] if wide > 0 else []
    return found


def test_every_page_fits_320_pixels(site: str, new_page: NewPage) -> None:
    page = new_page(size="phone")
    page.set_viewport_size({"width": 320, "height": 640})
    wide = []
    for path in EVERYTHING:
        page.goto(f"{site}{path}")
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(path)

    assert wide == []


def test_nothing_moves_while_a_page_loads(site: str, new_page: NewPage) -> None:
    page = new_page(size="phone")
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach("
        "entry => window.moved += entry.value)).observe({type: 'layout-shift', buffered: true})"
    )
    for path in ["/styleguide/give-errors/", "/styleguide/status-paid/"]:
        page.goto(f"{site}{path}", wait_until="networkidle")
        assert page.evaluate("window.moved") == 0, path


@pytest.mark.parametrize("javascript", [True, False])
def test_the_quick_exit_is_second_by_keyboard_and_leaves(
    site: str, new_page: NewPage, javascript: bool
) -> None:
    page = new_page(javascript=javascript)
    page.route("https://www.google.com/**", lambda route: route.fulfill(body="elsewhere"))
    page.goto(f"{site}/safety/")

    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("[data-quick-exit]")).to_be_focused()
    page.keyboard.press("Enter")

    page.wait_for_url("https://www.google.com/")


def test_shift_three_times_leaves_and_back_does_not_return(site: str, new_page: NewPage) -> None:
    page = new_page()
    page.route("https://www.google.com/**", lambda route: route.fulfill(body="elsewhere"))
    page.goto(f"{site}/")
    page.goto(f"{site}/safety/")

    page.keyboard.press("Shift")
    page.keyboard.press("a")  # starts over
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    assert page.url == f"{site}/safety/"
    page.keyboard.press("Shift")

    page.wait_for_url("https://www.google.com/")
    page.go_back()
    assert page.url == f"{site}/"


def test_leaving_blanks_the_page_before_the_other_one_answers(site: str, new_page: NewPage) -> None:
    page = new_page()
    page.route("https://www.google.com/**", lambda route: route.fulfill(body="elsewhere"))
    page.goto(f"{site}/safety/")

    left = page.evaluate(
        "document.querySelector('[data-quick-exit]').click();"
        "[document.body.childNodes.length, document.title]"
    )

    assert left == [0, ""]
    page.wait_for_url("https://www.google.com/")


def test_the_total_follows_what_is_chosen_and_typed(site: str, new_page: NewPage) -> None:
    page = new_page(size="phone")
    page.goto(f"{site}/styleguide/give/")
    total = page.locator("[data-total]")
    expect(total).to_be_hidden()

    page.get_by_text("$50", exact=True).click()
    expect(total).to_contain_text("$50.00")

    page.get_by_text("Other amount").click()
    expect(page.get_by_label("Amount in dollars")).to_be_focused()
    page.get_by_label("Amount in dollars").fill("1,234.5")
    expect(total).to_contain_text("$1,234.50")

    page.get_by_text("Add a little to cover the payment costs").click()
    expect(total).to_contain_text("$1,262.58")


def test_the_free_amount_can_be_typed_without_javascript(site: str, new_page: NewPage) -> None:
    page = new_page(size="phone", javascript=False)
    page.goto(f"{site}/styleguide/give/")
    expect(page.get_by_label("Amount in dollars")).to_be_hidden()

    page.get_by_text("Other amount").click()

    page.get_by_label("Amount in dollars").fill("30")


def test_an_error_leads_to_its_field(site: str, new_page: NewPage) -> None:
    page = new_page(size="phone")
    page.goto(f"{site}/styleguide/give-errors/")
    expect(page.get_by_role("alert")).to_be_focused()

    page.get_by_role("link", name="Write the name of the person").click()

    expect(page.get_by_label("Their name")).to_be_focused()


def test_main_actions_are_large_enough_for_a_thumb(site: str, new_page: NewPage) -> None:
    page = new_page(size="phone")
    small = []
    for path in ["/", "/styleguide/give-filled/", "/styleguide/review/", "/styleguide/sign-in/"]:
        page.goto(f"{site}{path}")
        for thing in page.locator(
            ".button, .choice, .check, summary, .exit, .nav a, .languages a, .footer li a, "
            "input:not([type=hidden], [type=radio], [type=checkbox], [name=website]), select"
        ).all():
            box = thing.bounding_box()
            if box and box["height"] < 44:
                small.append(f"{path}: {thing.inner_text()} {box['height']}")

    assert small == []
