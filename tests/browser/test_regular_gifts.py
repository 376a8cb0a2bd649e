"""Regular gifts as donors meet them: each state looked at, by taps, by keyboard, with a passkey."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from donations.models import Plan
from donations.plans import cards, links
from sandbox.control import CARD
from tests import jobs
from tests.accounts.test_signing_in import code_in
from tests.browser.conftest import House
from tests.browser.test_real_pages import Look, signed_in
from tests.chromium import NewPage
from tests.donations.plans.conftest import Standing

NO_MONEY = "4000000000009995"
SEND = "main form [type=submit]"


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
    look.at(f"/plan/{plans[1].reference}/restart/")
    year = f"/account/years/{timezone.now().year}/"
    for path in ("/account/", year, f"{year}impact/", "/account/about-me/"):
        look.at(path)
    look.at("/account/2fa/webauthn/add/")
    look.at("/account/email/")

    assert look.faults == []
    assert look.seen == 18, look.seen


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


def test_by_keyboard_in_spanish_on_a_phone_without_javascript_each_act_is_done(
    house: House, new_page: NewPage, axe: Callable[[Page], list[str]], monkeypatch: Any
) -> None:
    giving = house.giving
    giving.sandbox.fees("at_once")
    standing = Standing(giving, jobs.run)
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) + standing.ahead)
    plan, failing = standing.begun(2500), standing.begun(1500)
    giving.sandbox.card_of(subscription=failing.subscription_id, card=NO_MONEY)
    standing.renew(failing)
    standing.settle()
    page = new_page(size="phone")
    scripts, faults = page.context.new_cdp_session(page), []

    def no_scripts(off: bool) -> None:
        scripts.send("Emulation.setScriptExecutionDisabled", {"value": off})

    def judge() -> None:
        no_scripts(False)  # for the judge, who is one; the page was drawn without
        assert page.locator("html").get_attribute("lang") == "es", page.url
        faults.extend(f"{page.url}: {fault}" for fault in axe(page))
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        faults.extend([f"{page.url}: {wide} px too wide"] if wide > 0 else [])
        no_scripts(True)

    def act(name: str, *, answer: Callable[[], None] | None = None) -> Plan:
        """From the plan's page by its link, through form and confirmation, back to its page."""
        reach(page, f"a[href$='/{name}/']")
        judge()
        if answer:
            answer()
            reach(page, SEND)
            judge()
        reach(page, SEND)
        expect(page.get_by_role("status")).to_be_visible()
        judge()
        return standing.now(plan)

    def type_amount(text: str) -> None:
        reach(page, "[name=amount_choice]", press="ArrowUp")  # the last: another amount
        reach(page, "[name=amount]", press=text)

    no_scripts(True)
    # By the link in a mail: what lowers or stops.
    page.goto(f"{house.public}/es{plan_path(plan)}")
    assert act("amount", answer=lambda: type_amount("20")).amount_minor == 2000

    Look.sign_in_page(page, signed_in("ruth@example.org"), house.public)
    page.goto(f"{house.public}/es/plan/{plan.reference}/")
    assert act("amount", answer=lambda: type_amount("40")).amount_minor == 4000
    was = plan.designation_id
    moved = act("purpose", answer=lambda: reach(page, "[name=designation]", press="ArrowDown"))
    assert moved.designation_id != was
    months = act("pause", answer=lambda: reach(page, "[name=months]", press="ArrowDown"))
    assert months.status == "paused"
    assert act("resume").status == "active"
    act("skip")
    assert standing.last(plan).kind == "skipped"

    reach(page, "form[action$='/card/'] [type=submit]")
    assert page.url.startswith(giving.sandbox.url)
    page.goto(f"{house.public}/es/plan/{plan.reference}/")
    assert act("stop").status == "canceled"
    reach(page, "a[href$='/restart/']")
    judge()
    reach(page, SEND)
    judge()
    assert Plan.objects.get(restarts=plan).amount_minor == 4000

    giving.sandbox.card_of(subscription=failing.subscription_id, card=CARD)
    page.goto(f"{house.public}/es/plan/{failing.reference}/")
    reach(page, "form[action$='/pay/'] [type=submit]")
    judge()
    assert standing.now(failing).status == "active"
    assert faults == []


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
    """Go on by Tab until there; Enter leads to another page, figures are typed."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("what => document.activeElement.matches(what)", what):
            break
    else:
        raise AssertionError(f"not reached by keyboard: {what}")
    if press == "Enter":
        with page.expect_navigation():
            page.keyboard.press(press)
    elif len(press) > 1 and not press.isdigit():
        page.keyboard.press(press)
    else:
        page.keyboard.type(press)
