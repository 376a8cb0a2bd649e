"""Case workers at the partners' pages: over plain HTTP, and in a browser by keyboard alone."""

import re
from typing import Any

from playwright.sync_api import Page

from tests import chromium
from tests.tour.browsing import Guest, tab_to
from tests.tour.needs_people import Stated
from tests.tour.visitor import Answer, Form, Visitor

SIGN_IN = "/account/login/"
# A page that has just become narrow is not painted to its end yet.
PAINTED_MS = 150
TOKEN = re.compile(r'name="token" value="([^"]+)"')
LANGUAGE = re.compile(r'<html[^>]* lang="([a-z]+)')


class CaseWorker:
    """One person at a partner, signed in by password and a code of her sheet."""

    def __init__(self, staff: str, address: str, sheet: dict[str, Any]) -> None:
        self.visitor = Visitor(staff, address)
        page = self.visitor.get(SIGN_IN)
        form = page.form(to=SIGN_IN)
        answer = self.visitor.send(page, form, login=sheet["email"], password=sheet["password"])
        assert answer.status == 302, answer.complaints
        page = self.visitor.get(answer.location)
        form = next(one for one in page.forms if "code" in one.values)
        answer = self.visitor.send(page, form, code=sheet["codes"][0])
        assert answer.status == 302, answer.complaints
        self.language = LANGUAGE.findall(self.get("/partners/").text)[0]

    def get(self, path: str) -> Answer:
        page = self.visitor.get(path)
        assert page.status == 200, f"{path}: {page.status}"
        return page

    def press(self, path: str, **typed: str) -> Answer:
        """The page's own form, which goes where the page came from."""
        page = self.get(path)
        form = page.forms[-1]
        token = TOKEN.search(page.text)
        values = {"token": token[1]} if token else {}
        form = Form("", "post", {"csrfmiddlewaretoken": form.values["csrfmiddlewaretoken"]})
        return self.visitor.send(page, form, **values, **typed)

    def state(self, stated: Stated) -> str:
        """Six pages; the code of the need."""
        answer = self.press("/partners/requests/new/", kind=stated.kind)
        assert answer.status == 302, answer.complaints
        code = answer.location.rstrip("/").split("/")[-2]
        person = {"known": "", "name": stated.name, "contact": stated.contact}
        steps = stated.steps
        for step, typed in (
            *((name, steps[name]) for name in ("purpose", "details")),
            *(("person", person), ("say", steps["say"]), ("check", {})),
        ):
            answer = self.press(f"/partners/requests/{code}/{step}/", **typed)
            assert answer.status == 302, f"{step}: {answer.complaints}"
        assert len(self.get("/partners/").body) < 40_000
        assert code in self.get("/partners/").text
        assert stated.name not in self.get(f"/partners/requests/{code}/").text
        return code

    def arrived(self, unit: str, outcome: str) -> int:
        """Type the code on a label; the status of the answer."""
        status = self.press("/partners/arrived/", code=unit, outcome=outcome).status
        if status == 302:  # pressed twice it is said once
            again = self.press("/partners/arrived/", code=unit.lower(), outcome=outcome).status
            assert again == 302 or outcome == "received", f"{outcome} twice: {again}"
        return status

    def withdraw(self, code: str) -> None:
        answer = self.press(f"/partners/requests/{code}/withdraw/", why="found")
        assert answer.status == 302, answer.status

    def is_let_in(self) -> bool:
        return self.visitor.get("/partners/").status == 200


# --- In a browser, without a script -------------------------------------------------------------
def by_keyboard(guest: Guest, staff: str, sheet: dict[str, Any], stated: Stated) -> str:
    """From the sign-in to the list, and not one touch of the mouse; the code of the need."""
    page = guest.page
    _enter(page, staff, sheet["email"], sheet["password"], sheet["codes"][0])
    page.wait_for_url("**/partners/")
    assert page.locator("html").get_attribute("lang") == stated.house.language
    _press(page, "main a.button")
    _choose(page, "kind", stated.kind)
    _both(guest, "partners-kind")
    _press(page)
    steps = stated.steps
    _choose(page, "purpose", steps["purpose"]["purpose"])
    _choose(page, "band", steps["purpose"]["band"])
    _write(page, "what_for", steps["purpose"]["what_for"])
    _both(guest, "partners-purpose")
    _press(page)
    _choose(page, "spec_class", steps["details"]["spec_class"])
    _write(page, "note", steps["details"]["note"])
    _press(page)
    _write(page, "name", stated.name)
    _write(page, "contact", stated.contact)
    _press(page)
    for tick in ("say_asked", "say_told", "say_may_refuse"):
        tab_to(page, f"[name={tick}]")
        page.keyboard.press("Space")
    _write(page, "say_language", stated.house.spoken)
    _choose(page, "say_whose", steps["say"]["say_whose"])
    _press(page)
    code = page.url.rstrip("/").split("/")[-2]
    _press(page)
    assert page.url.endswith(f"/requests/{code}/")
    page.goto(f"{staff}/partners/")
    assert code in page.content()
    return code


def enter(guest: Guest, staff: str, told: dict[str, str]) -> None:
    """Somebody of the desks."""
    _enter(guest.page, staff, told["email"], told["password"], told["code"])
    guest.page.wait_for_url("**/admin/")


def see(guest: Guest, name: str, address: str, *, height: int = 0) -> None:
    answer = guest.page.goto(address)
    assert answer
    assert answer.status == 200, f"{address}: {answer.status}"
    _both(guest, name, height=height)


def _both(guest: Guest, name: str, *, height: int = 0) -> None:
    """At 360 and at 1280 px.

    Args:
        height: of the window, for pages that scroll inside of it.
    """
    for size in ("phone", "desktop"):
        width, usual = chromium.WIDTHS[size]
        guest.page.set_viewport_size({"width": width, "height": height or usual})
        guest.page.wait_for_timeout(PAINTED_MS)
        guest.shot(name)


def _enter(page: Page, staff: str, email: str, password: str, code: str) -> None:
    page.goto(f"{staff}{SIGN_IN}")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(password)
    page.keyboard.press("Enter")
    page.locator("[name=code]").fill(code)
    page.keyboard.press("Enter")


def _choose(page: Page, name: str, value: str) -> None:
    """One of several: Tab to the group, then the arrow keys."""
    tab_to(page, f"input[name={name}]")
    page.keyboard.press("Space")
    while page.evaluate("document.activeElement.value") != value:
        page.keyboard.press("ArrowDown")


def _write(page: Page, name: str, text: str) -> None:
    tab_to(page, f"[name={name}]")
    page.keyboard.type(text)


def _press(page: Page, selector: str = "main form [type=submit]") -> None:
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")
