"""A case worker's whole way on a phone-wide window, by keyboard alone, without a script."""

from collections.abc import Callable

from django.core.cache import cache
from playwright.sync_api import Page

from gifts.vault.models import Need
from tests.browser.test_real_pages import Look
from tests.chromium import NewPage
from tests.gifts.partners.visiting import DETAILS, PERSON, PURPOSE, desk_of, make_kinds, make_worker
from tests.live import Live

MOST_TABS = 60


def reach(page: Page, selector: str) -> None:
    """Press Tab until this has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by Tab on {page.url}")


def choose(page: Page, name: str, value: str) -> None:
    """One of several: Tab to the group, then the arrow keys."""
    reach(page, f"input[name={name}]")
    page.keyboard.press("Space")
    while page.evaluate("document.activeElement.value") != value:
        page.keyboard.press("ArrowDown")


def write(page: Page, name: str, text: str) -> None:
    reach(page, f"[name={name}]")
    page.keyboard.type(text)


def press(page: Page, selector: str = "main form [type=submit]") -> None:
    reach(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_request_by_keyboard_alone_at_360_px(
    live: Live, new_page: NewPage, axe: Callable[[Page], list[str]]
) -> None:
    cache.clear()
    make_kinds()
    desk = desk_of(make_worker())
    # Axe runs in a second window that may run scripts; the walk itself needs none.
    plain = new_page(size="phone", javascript=False)
    looks = [new_page(size="phone", scheme="dark"), new_page(size="desktop")]
    faults: list[str] = []
    for page in (plain, *looks):
        Look.sign_in_page(page, desk, live.staff)

    def judge(path: str) -> None:
        for page in looks:
            page.goto(f"{live.staff}{path}")
            faults.extend(f"{path}: {fault}" for fault in axe(page))
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            faults.extend([f"{path}: {wide} px too wide"] if wide > 0 else [])

    plain.goto(f"{live.staff}/partners/")
    press(plain, "main a.button")
    choose(plain, "kind", "laptop")
    press(plain)
    press(plain)  # nothing was chosen: it is said
    assert plain.locator("[role=alert] a").count() == 3
    choose(plain, "purpose", PURPOSE["purpose"])
    choose(plain, "band", PURPOSE["band"])
    write(plain, "what_for", PURPOSE["what_for"])
    press(plain)
    choose(plain, "spec_class", DETAILS["spec_class"])
    write(plain, "note", DETAILS["note"])
    press(plain)
    write(plain, "name", PERSON["name"])
    write(plain, "contact", PERSON["contact"])
    press(plain)
    for tick in ("say_asked", "say_told", "say_may_refuse"):
        reach(plain, f"[name={tick}]")
        plain.keyboard.press("Space")
    write(plain, "say_language", "Spanish")
    choose(plain, "say_whose", "adult")
    press(plain)
    need = Need.objects.get()
    draft = f"/partners/requests/{need.code}/"
    for step in ("purpose", "details", "person", "say", "check", "withdraw"):
        judge(f"{draft}{step}/")
    press(plain)
    need.refresh_from_db()
    assert need.sent_at
    press(plain, "form[action$='/name/'] [type=submit]")
    assert plain.get_by_text(PERSON["name"]).is_visible()

    for path in (
        "",
        "team/",
        "arrived/",
        "requests/new/",
        f"requests/{need.code}/",
        "requests/none/",
    ):
        judge(f"/partners/{path}")
    judge("/partners/?language=th")
    judge("/partners/requests/new/")
    assert faults == []
