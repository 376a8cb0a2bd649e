"""The customer portal and the page of an invoice, in a browser without JavaScript."""

import time
import urllib.error
import urllib.request

import pytest
import stripe
from playwright.sync_api import expect

from tests.site.sandbox.conftest import programme
from tests.site.sandbox.plans import DAY, invoices_of, kinds, last_event, refreshed, renew

LAPTOP = {
    "price_data": {"currency": "usd", "unit_amount": 5000, "product_data": {"name": "A laptop"}},
    "quantity": 1,
}
pytestmark = pytest.mark.browser


@pytest.fixture
def page(new_page):
    return new_page(size="phone", javascript=False)


@pytest.fixture
def begun(subscribe):
    return subscribe()


@pytest.fixture
def portal(client, shop, begun):
    def link(**changes):
        after = {"type": "redirect", "redirect": {"return_url": shop.origin + "/thanks"}}
        given = {
            "customer": begun.customer,
            "return_url": shop.origin + "/back",
            "flow_data": {"type": "payment_method_update", "after_completion": after},
            "locale": "en",
        }
        kept = {key: value for key, value in (given | changes).items() if value is not None}
        return client.v1.billing_portal.sessions.create(kept)

    return link


def test_a_new_card_becomes_the_one_that_is_charged_and_leads_back(
    page, client, sandbox, portal, begun
):
    since = last_event(sandbox)
    page.goto(portal().url)
    page.get_by_role("link", name="insufficient funds").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("insufficient funds")
    page.get_by_label("Card number").fill("4000 0027 6000 3184")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Complete").click()
    page.wait_for_url("**/thanks")

    after = client.v1.subscriptions.retrieve(begun.id, {"expand": ["customer"]})
    assert after.default_payment_method != begun.default_payment_method
    assert after.customer.invoice_settings.default_payment_method == after.default_payment_method
    assert kinds(sandbox, since)[-4:] == [
        "setup_intent.succeeded",
        "payment_method.attached",
        "customer.updated",
        "customer.subscription.updated",
    ]


def test_the_portal_shows_invoices_and_an_open_one_is_paid_on_its_page(
    page, client, sandbox, portal, begun
):
    sandbox.card_of(subscription=begun.id, card="4000002760003184")
    renew(sandbox, begun)
    session = portal(flow_data=None, locale="es")
    page.goto(session.url)
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.get_by_role("heading", name="Facturas")).to_be_visible()
    expect(page.get_by_role("link", name="Volver")).to_have_attribute("href", session.return_url)

    open_one = invoices_of(client, begun)[0]
    assert open_one.hosted_invoice_url == f"{sandbox.url}/i/{open_one.id}"
    page.goto(open_one.hosted_invoice_url)
    page.get_by_role("button", name="Fail").click()
    expect(page.get_by_role("alert")).to_contain_text("unable to authenticate")
    page.get_by_role("link", name="Visa, succeeds").click()
    page.get_by_role("button", name="Pay $25.00").click()

    expect(page.get_by_text("This invoice is paid.")).to_be_visible()
    assert refreshed(client, begun).status == "active"


@pytest.fixture
def addresses(client, sandbox, portal, begun):
    """A page of each kind."""
    sandbox.card_of(subscription=begun.id, card="4000000000009995")
    renew(sandbox, begun)
    home = portal(flow_data=None).url
    invoices = [invoice.hosted_invoice_url for invoice in invoices_of(client, begun)]
    return [home, home + "/method?card=4242424242424242", *invoices, join(client).url]


@pytest.mark.parametrize("look", [("phone", "dark"), ("desktop", "light")])
def test_portal_and_invoice_pages_are_free_of_axe_findings_and_fit(new_page, axe, addresses, look):
    page = new_page(size=look[0], scheme=look[1], bypass_csp=True)
    for url in addresses:
        page.goto(url)
        assert axe(page) == [], url
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), url


def status_of(url):
    try:
        with urllib.request.urlopen(url) as response:  # noqa: S310 - the sandbox
            return response.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def join(client):
    """A session that begins a subscription later, with something bought at once."""
    return client.v1.checkout.sessions.create(
        programme(
            line_items=programme()["line_items"] + [LAPTOP],
            subscription_data={"trial_end": int(time.time()) + 90 * DAY},
        )
    )


def test_a_link_ends_with_its_hour_and_a_flow_must_be_allowed(client, sandbox, portal):
    closed = client.v1.billing_portal.configurations.create(
        {"features": {"invoice_history": {"enabled": True}}, "name": "Look only"}
    )
    assert not closed.features.payment_method_update.enabled
    with pytest.raises(stripe.InvalidRequestError, match="disabled"):
        portal(configuration=closed.id)
    portal()
    found = client.v1.billing_portal.configurations.list({"is_default": True}).data
    assert [one.features.payment_method_update.enabled for one in found] == [True]
    link = portal().url
    assert status_of(link) == 200
    sandbox.set_clock(advance=3601)
    assert status_of(link) == 404
    assert kinds(sandbox)[-1] == "billing_portal.session.created"
