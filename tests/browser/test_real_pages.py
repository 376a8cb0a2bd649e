"""Every page a donor can meet, with real data behind it: no accessibility fault, nothing too wide.

The style guide shows the same templates with made-up data (test_looks.py); here each state is
reached as a donor reaches it.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import cycle
from unittest import mock

from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from donations import checkout, defence
from donations.models import Donation, GivingOptions, Receipt, ReceiptLink
from donations.receipts import book, links
from tests import jobs, people
from tests.browser.conftest import House
from tests.chromium import NewPage
from tests.giving import BANK, DECLINED
from tests.roles import PUBLIC, RoleClient

LONG = "Maximiliana Wilhelmina Featherstonehaugh-Cholmondeley of the Outer Archipelago"
# Width, theme and language are paired off: each state is seen once, each pair often.
SEEN = (("phone", "light", ""), ("desktop", "dark", "/es"), ("tablet", "light", "/es"))
SEEN += (("phone", "dark", "/es"), ("desktop", "light", ""), ("tablet", "dark", ""))


class Look:
    """Opens addresses in turn at each width, theme and language, and collects what is wrong."""

    def __init__(self, origin: str, new_page: NewPage, axe: Callable[[Page], list[str]]) -> None:
        self.origin, self.axe = origin, axe
        self.pages = [
            (new_page(size=size, scheme=scheme), prefix)  # type: ignore[arg-type]
            for size, scheme, prefix in SEEN
        ]
        self.turn: Iterator[tuple[Page, str]] = cycle(self.pages)
        self.faults: list[str] = []
        self.seen = 0

    def open(self, path: str, *, status: int = 200) -> Page:
        page, prefix = next(self.turn)
        where = path if path.startswith("http") else f"{self.origin}{prefix}{path}"
        answer = page.goto(where)
        assert answer
        assert answer.status == status, (where, answer.status)
        return page

    def judge(self, page: Page) -> None:
        self.seen += 1
        self.faults += [f"{page.url}: {fault}" for fault in self.axe(page)]
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        self.faults += [f"{page.url}: {wide} px too wide"] if wide > 0 else []

    def at(self, path: str, *, status: int = 200) -> Page:
        page = self.open(path, status=status)
        self.judge(page)
        return page

    def sign_in(self, client: RoleClient) -> None:
        for page, _prefix in self.pages:
            self.sign_in_page(page, client, self.origin)

    @staticmethod
    def sign_in_page(page: Page, client: RoleClient, origin: str) -> None:
        context: BrowserContext = page.context
        name = "public_session" if client.role == PUBLIC else "staff_session"
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": origin}])


def test_giving_in_every_state(
    house: House, new_page: NewPage, axe: Callable[[Page], list[str]]
) -> None:
    look, giving = Look(house.public, new_page, axe), house.giving
    look.at("/give/")
    page = look.open("/give/")
    page.locator("[name=tribute_kind][value=memory]").evaluate("radio => radio.checked = true")
    page.locator("[data-give] [type=submit]").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look.judge(page)
    page = look.open("/give/")
    page.locator("[name=name]").fill(LONG * 2)
    page.locator("[name=email]").fill(f"{'long' * 12}@{'archipelago' * 5}.example.")
    page.locator("[data-give] [type=submit]").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look.judge(page)

    typed = {"tribute_kind": "memory", "tribute_name": LONG, "tribute_message": LONG * 5}
    long = giving.begin(400_000_00, name=LONG, receipt_name=LONG, message=LONG * 9, **typed)
    look.at(f"/give/review/{long.reference}/")
    page = look.open(f"/give/review/{long.reference}/")
    giving.sandbox.fault("500-before", count=9, match="checkout")
    page.locator("form[action*='/give/pay/'] [type=submit]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    giving.sandbox.clear_faults()
    look.judge(page)
    page = look.open(f"/give/review/{long.reference}/")
    with mock.patch.object(checkout, "send_to_stripe", side_effect=defence.Unproved):
        page.locator("form[action*='/give/pay/']").evaluate(
            "form => { form.append(Object.assign(document.createElement('input'),"
            " {name: 'proof', value: 'by-mail', type: 'hidden'})); form.submit() }"
        )
        page.wait_for_url("**/give/pay/**")
    look.judge(page)
    look.at(f"/give/confirm/{confirmation(long)}/")
    look.at("/give/confirm/nonsense/", status=404)

    giving.open(long)
    look.at(f"/give/back/{long.reference}/")
    waiting = look.open(f"/give/return/{long.reference}/")
    look.judge(waiting)
    waiting.goto("about:blank")  # it asks again every second
    giving.sandbox.expire(giving.session_of(long))
    giving.deliver()
    look.at(f"/give/return/{long.reference}/")
    paid = giving.paid(name=LONG)
    look.at(f"/give/return/{paid.reference}/")
    jobs.run(queue="public")
    look.at(f"/give/return/{paid.reference}/")
    Donation.objects.filter(pk=paid.pk).update(created_at=timezone.now() - timedelta(hours=25))
    page = look.at(f"/give/return/{paid.reference}/")
    assert LONG not in page.content()
    assert "ruth@example.org" not in page.content()
    debit = giving.begin()
    giving.pay(debit, BANK)
    giving.deliver()
    page = look.at(f"/give/return/{debit.reference}/")
    page.goto("about:blank")
    giving.sandbox.fail(giving.session_of(debit))
    giving.deliver()
    look.at(f"/give/return/{debit.reference}/")
    declined = giving.begin()
    giving.pay(declined, DECLINED)
    look.at(f"/give/back/{declined.reference}/")

    with mock.patch.object(defence, "assess", return_value=defence.Heat(hot=True, minutes=40)):
        look.at("/give/", status=429)
    GivingOptions.objects.all().delete()
    look.at("/give/", status=503)

    assert look.faults == []
    assert look.seen == 19, look.seen


def test_receipts_in_every_state(
    house: House, new_page: NewPage, axe: Callable[[Page], list[str]]
) -> None:
    look, giving = Look(house.public, new_page, axe), house.giving
    receipts = [receipt_of(giving.paid()) for _ in range(3)]
    standing, voided, replaced = receipts
    book.void(voided, reason="other")
    book.replace(replaced, reason="name", corrections={"receipt_name": "R. Osei"})

    look.at("/receipts/check/")
    for code in ("", standing.code, voided.code, replaced.code, "7KQ4-M2XD-9RTN"):
        look.at(f"/receipts/check/?code={code}")

    ready = path_of(links.new_link(standing, language="en"))
    look.at(ready)
    ReceiptLink.objects.filter(receipt=standing).update(
        expires_at=timezone.now() - timedelta(days=1)
    )
    page = look.at(ready, status=410)
    page.locator("form[action*='/again/'] [type=submit]").click()
    page.wait_for_url("**/again/")
    look.judge(page)
    fresh = path_of(links.new_link(standing, language="en"))
    links.revoke(standing)
    look.at(fresh, status=410)
    look.at("/receipts/nobody-knows-this-one/", status=404)

    assert look.faults == []
    assert look.seen == 11, look.seen


def test_signing_in_and_what_a_donor_finds_there(
    house: House, new_page: NewPage, axe: Callable[[Page], list[str]]
) -> None:
    look = Look(house.public, new_page, axe)
    for path in ("/account/login/", "/account/signup/", "/account/login/code/"):
        look.at(path)
    page = look.open("/account/login/code/")
    page.locator("[name=email]").fill("nobody@example.org")
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url("**/code/confirm/")
    look.judge(page)
    page.locator("[name=code]").fill("WRONG1")
    page.locator("main form [type=submit]").first.click()
    expect(page.locator(".field-error").first).to_be_visible()
    look.judge(page)

    look.sign_in(signed_in("ruth@example.org"))
    look.at("/account/")
    for _ in range(3):
        house.giving.paid()
    jobs.run(queue="public")
    page = look.at("/account/")
    assert page.locator(".gifts .card").count() == 3
    look.at("/account/logout/")

    for path, status in (("/", 200), ("/safety/", 200), ("/nowhere/", 404)):
        look.at(path, status=status)
    with mock.patch.object(book, "find_by_code", side_effect=RuntimeError("planted")):
        look.at("/receipts/check/?code=7KQ4-M2XD-9RTN", status=500)

    assert look.faults == []
    assert look.seen == 12, look.seen


def test_the_doors_of_the_staff_side(
    house: House, new_page: NewPage, axe: Callable[[Page], list[str]]
) -> None:
    look = Look(house.staff, new_page, axe)
    user = people.person("Finance")
    look.at("/account/login/")
    page = look.open("/account/login/")
    for password in ("wrong", people.PASSWORD):
        page.locator("[name=login]").fill(user.email)
        page.locator("[name=password]").fill(password)
        page.locator("main form [type=submit]").first.click()
        if password == "wrong":
            expect(page.get_by_role("alert")).to_be_visible()
            look.judge(page)
    page.wait_for_url("**/2fa/authenticate/")
    look.judge(page)
    look.at("/account/password/reset/")

    assert look.faults == []
    assert look.seen == 4, look.seen


def signed_in(email: str) -> RoleClient:
    donor = User.objects.create_user(email=email)
    EmailAddress.objects.create(user=donor, email=email, verified=True, primary=True)
    client = RoleClient(PUBLIC)
    client.force_login(donor, backend="django.contrib.auth.backends.ModelBackend")
    return client


def confirmation(donation: Donation) -> str:
    """The part of the mailed link that names the gift."""
    jobs.run(queue="public")
    (letter,) = [letter for letter in mail.outbox if letter.to == [donation.email]]
    found = re.search(r"/give/confirm/([^/]+)/", letter.body)
    assert found
    return found[1]


def receipt_of(donation: Donation) -> Receipt:
    jobs.run(queue="public")
    return Receipt.objects.get(donation=donation)


def path_of(url: str) -> str:
    return "/receipts/" + url.partition("/receipts/")[2]
