"""Regular gifts as donors meet them: each state looked at, by taps, by keyboard, with a passkey."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from donations.models import Plan
from donations.plans import cards, links
from tests import jobs
from tests.accounts.test_signing_in import code_in
from tests.browser.conftest import House
from tests.browser.test_real_pages import Look, signed_in
from tests.chromium import NewPage
from tests.donations.plans.conftest import Standing

NO_MONEY = "4000000000009995"


def test_regular_gifts_in_every_state(
    house: House, new_page: NewPage, axe: Callable[[Page], list[str]], monkeypatch: Any
) -> None:
    look, giving = Look(house.public, new_page, axe), house.giving
    giving.sandbox.fees("at_once")
    standing = Standing(giving, jobs.run)
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) + standing.ahead)
    plans = [standing.begun(2500), standing.begun(1000, interval="year", fee_cover_minor=60)]
    failing = standing.begun(1500)
    giving.sandbox.card_of(subscription=failing.subscription_id, card=NO_MONEY)
    standing.renew(failing)
    running, yearly, failing, *_ = [plan_path(plan) for plan in (*plans, failing)]

    look.at(failing)
    look.at(f"{failing}skip/")
    look.at(running)
    for step in ("amount/", "amount/?amount_choice=500", "pause/", "pause/?months=3", "stop/"):
        look.at(running + step)
    look.at(f"{running}amount/?amount_choice=other&amount=1", status=422)
    look.at(f"{running}amount/?amount_choice=5000")  # a code first
    back = cards.return_url(plans[0], running.split("/")[2])
    look.at("/plan/" + back.partition("/plan/")[2])
    page = look.open(f"{running}pause/?months=2")
    page.locator("main form [type=submit]").click()
    expect(page.get_by_role("status")).to_be_visible()
    look.judge(page)
    page = look.open(f"{yearly}stop/")
    page.locator("main form [type=submit]").click()
    expect(page.get_by_role("status")).to_be_visible()
    look.judge(page)
    look.at("/plan/")
    look.at("/plan/nobody-knows-this/", status=404)
    page = look.open("/plan/")
    page.locator("[name=email]").fill("nobody@example.org")
    page.locator("main form [type=submit]").click()
    expect(page.locator("[name=email]")).to_have_count(0)
    look.judge(page)

    look.sign_in(signed_in("ruth@example.org"))
    look.at(f"/plan/{plans[0].reference}/purpose/")
    look.at(f"/plan/{plans[1].reference}/restart/")
    for path in ("/account/", f"/account/years/{timezone.now().year}/", "/account/about-me/"):
        look.at(path)
    look.at("/account/2fa/webauthn/add/")
    look.at("/account/email/")

    assert look.faults == []
    assert look.seen == 23, look.seen


def test_five_dollars_a_month_take_six_taps_and_the_card(house: House, new_page: NewPage) -> None:
    page = new_page(size="phone")
    taps = 0

    def tap(what: Any) -> None:
        nonlocal taps
        taps += 1
        what.click()

    page.goto(f"{house.public}/")
    tap(page.locator(".give-box").get_by_role("button", name="$5", exact=True))
    expect(page.get_by_label("$5", exact=True)).to_be_checked()
    tap(page.locator("[name=name]"))
    page.keyboard.type("Ruth Osei")
    tap(page.locator("[name=email]"))
    page.keyboard.type("ruth@example.org")
    page.wait_for_timeout(1100)  # nobody types faster than a second
    tap(page.locator("[data-give] [type=submit]"))
    tap(page.locator("form[action*='/give/pay/'] [type=submit]"))
    page.wait_for_url(f"{house.giving.sandbox.url}/**")
    assert taps <= 6
    plan = Plan.objects.get()
    assert (plan.amount_minor, plan.interval) == (500, "month")


def test_by_keyboard_alone_a_gift_is_lowered_and_stopped(house: House, new_page: NewPage) -> None:
    standing = Standing(house.giving, jobs.run)
    plan = standing.begun(2500)
    page = new_page()
    page.goto(house.public + plan_path(plan))
    reach(page, "a[href$='/amount/']")
    reach(page, "[name=amount_choice]", press="Space")
    reach(page, "main form [type=submit]")
    reach(page, "main form [type=submit]")
    expect(page.get_by_role("status")).to_contain_text("$5.00 a month")
    reach(page, "a[href$='/stop/']")
    reach(page, "main form [type=submit]")
    expect(page.get_by_role("status")).to_contain_text("has stopped")
    assert standing.now(plan).status == "canceled"


def test_a_passkey_signs_in_and_its_loss_locks_nobody_out(house: House, new_page: NewPage) -> None:
    house.giving.paid()
    client, page = signed_in("ruth@example.org"), new_page()
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device = {
        **{"protocol": "ctap2", "transport": "internal", "hasResidentKey": True},
        **{"hasUserVerification": True, "isUserVerified": True},
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    Look.sign_in_page(page, client, house.public)
    page.goto(f"{house.public}/account/2fa/webauthn/add/")
    page.get_by_role("button", name="Create the passkey").click()
    page.wait_for_url("**/account/about-me/")
    expect(page.locator("a[href*='/keys/']")).to_be_visible()

    page.context.clear_cookies()
    page.goto(f"{house.public}/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/account/")
    mail.outbox.clear()
    page.context.clear_cookies()
    page.goto(f"{house.public}/account/login/")
    page.locator("[name=email]").fill("ruth@example.org")
    page.get_by_role("button", name="Send me a code").click()
    page.locator("[name=code]").fill(code_in(mail.outbox[-1]))
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url("**/account/")


def plan_path(plan: Plan) -> str:
    return "/plan/" + links.new_link(plan).partition("/plan/")[2]


def reach(page: Page, what: str, *, press: str = "Enter") -> None:
    """Go on by Tab until there; Enter leads to another page."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("what => document.activeElement.matches(what)", what):
            break
    else:
        raise AssertionError(f"not reached by keyboard: {what}")
    if press == "Enter":
        with page.expect_navigation():
            page.keyboard.press(press)
    else:
        page.keyboard.press(press)
