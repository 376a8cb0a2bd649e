"""The hosted page in a real browser, without JavaScript, and over plain HTTP for races."""

import concurrent.futures
import urllib.error
import urllib.parse
import urllib.request

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
FORM = {"method": "card", "number": "4242 4242 4242 4242", "expiry": "12/34", "cvc": "123"}


@pytest.fixture
def page(new_page):
    return new_page(size="phone", javascript=False)


@pytest.fixture
def gift(new_session, shop):
    """A session that leads back to a shop that answers."""

    def create(**changes):
        thanks = shop.origin + "/thanks?session={CHECKOUT_SESSION_ID}"
        return new_session(success_url=thanks, cancel_url=shop.origin + "/back", **changes)

    return create


def test_a_declined_card_then_a_good_one_pays_once_and_goes_back_to_the_shop(
    page, client, shop, gift
):
    session = gift()
    page.goto(session.url)
    expect(page.get_by_text("no real money")).to_be_visible()
    page.get_by_role("link", name="insufficient funds").click()
    page.get_by_role("button", name="Donate $25.00").click()
    expect(page.get_by_role("alert")).to_contain_text("insufficient funds")

    page.get_by_label("Card number").fill("5555 5555 5555 4444")
    page.get_by_role("button", name="Donate $25.00").click()

    page.wait_for_url(f"{shop.origin}/thanks?session={session.id}")
    charges = client.v1.charges.list().data
    assert [charge.status for charge in charges] == ["succeeded", "failed"]
    assert charges[0].billing_details.name == "Test Donor"
    page.goto(session.url)
    expect(page.get_by_role("heading")).to_have_text("This payment is already complete")


def test_the_bank_may_ask_first(page, client, shop, gift):
    session = gift()
    page.goto(session.url)
    page.get_by_role("link", name="3-D Secure each time").click()
    page.get_by_role("button", name="Donate").click()
    page.get_by_role("button", name="Fail").click()
    expect(page.get_by_role("alert")).to_contain_text("unable to authenticate")

    page.get_by_role("link", name="3-D Secure each time").click()
    page.get_by_role("button", name="Donate").click()
    page.get_by_role("button", name="Complete").click()

    page.wait_for_url(f"{shop.origin}/thanks?*")
    assert len(client.v1.charges.list().data) == 1


def test_mistakes_are_named_beside_their_fields(page, new_session):
    page.goto(new_session(customer_email=None).url)
    page.get_by_label("Card number").fill("4242 4242 4242 4241")
    page.get_by_label("Expiry").fill("01/20")
    page.get_by_label("CVC").fill("12")
    page.get_by_role("button", name="Donate").click()

    for field, words in {
        "E-mail": "Enter an e-mail address",
        "Card number": "number is invalid",
        "Expiry": "in the past",
        "CVC": "security code is incomplete",
        "Name": "Enter the name",
    }.items():
        wrong = page.get_by_label(field)
        expect(wrong).to_have_attribute("aria-invalid", "true")
        expect(page.locator("#" + wrong.get_attribute("aria-describedby"))).to_contain_text(words)


def test_a_debit_from_the_page_in_spanish_waits_for_its_bank(page, sandbox, client, shop, gift):
    session = gift(locale="es")
    page.goto(session.url)
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.get_by_label("Cuenta bancaria").check()
    page.get_by_label("Nombre").fill("Ana Prueba")
    page.get_by_role("button", name="Donar $25.00").click()

    page.wait_for_url(f"{shop.origin}/thanks?*")
    page.goto(sandbox.url)
    page.get_by_role("button", name="Settle").click()
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_an_expired_page_leads_back_to_the_shop(page, sandbox, shop, gift):
    session = gift()
    sandbox.expire(session.id)
    page.goto(f"{sandbox.url}/c/pay/{session.id}")
    expect(page.get_by_role("heading")).to_have_text("This payment page has expired")
    page.get_by_role("link", name="Back").click()
    page.wait_for_url(f"{shop.origin}/back")


@pytest.mark.parametrize("look", [("phone", "dark"), ("desktop", "light")])
def test_every_page_is_free_of_axe_findings_and_fits(new_page, axe, sandbox, new_session, look):
    form, secure, done, gone = (new_session() for _ in range(4))
    sandbox.pay(secure.id, "4000002760003184")
    sandbox.pay(done.id)
    sandbox.expire(gone.id)
    # axe is a script; the pages' own policy allows none.
    page = new_page(size=look[0], scheme=look[1], bypass_csp=True)
    for path in (
        "/",
        f"/c/pay/{form.id}?card=4242424242424242",
        f"/c/pay/{secure.id}/authenticate",
        f"/c/pay/{done.id}",
        f"/c/pay/{gone.id}",
        "/c/pay/none",
    ):
        page.goto(sandbox.url + path)
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def submit(session, **changes):
    data = urllib.parse.urlencode(FORM | {"name": "Ada"} | changes).encode()
    opener = urllib.request.build_opener(NoRedirect)
    try:
        with opener.open(session.url, data) as response:
            return response.status, response.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers


def test_many_clicks_at_once_charge_once_and_all_lead_to_the_shop(client, new_session):
    session = new_session()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: submit(session), range(16)))

    assert {status for status, _ in answers} == {303}
    thanks = f"http://localhost:9/thanks?session={session.id}"
    assert {headers["Location"] for _, headers in answers} == {thanks}
    assert len(client.v1.charges.list().data) == 1
    assert len(client.v1.events.list({"type": "checkout.session.completed"}).data) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "4539578763621486"},  # a valid number, but no test card
        {"expiry": "13/34"},
        {"cvc": "1234"},
        {"name": ""},
        {"method": "cheque"},
    ],
)
def test_nothing_is_charged_for_a_wrong_form(client, new_session, changes):
    assert submit(new_session(), **changes)[0] == 422
    assert client.v1.payment_intents.list().data == []


def test_the_page_lets_a_form_lead_to_the_shop_and_nowhere_else(sandbox, new_session):
    with urllib.request.urlopen(new_session().url) as response:  # noqa: S310 - the sandbox
        policy = response.headers["Content-Security-Policy"]
    assert "form-action 'self' http://localhost:9" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
