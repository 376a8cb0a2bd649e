"""The proof of work in a real browser, and the way without JavaScript."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from donations import demo
from donations.models import CheckoutAttempt, Donation, PaymentFailure, UsedChallenge
from tests import jobs, roles


@pytest.fixture
def hot_site(live, stripe):
    """The site over HTTP, careful with everybody: one card has failed for three addresses."""
    roles.install(
        PUBLIC_URL=live.public,
        STAFF_URL=live.staff,
        STRIPE_API_BASE=stripe.api_base,
        STRIPE_CHECKOUT_ORIGIN=stripe.url,
    )
    demo.seed()
    for number in range(3):
        gift = Donation.objects.create(
            reference=f"r{number}", form_token=f"f{number}", livemode=False, currency="USD",
            legal_entity=demo.LegalEntity.objects.get(), amount_minor=500, name="x",
            email=f"{number}@example.org",
        )  # fmt: skip
        PaymentFailure.objects.create(
            charge_id=f"ch_{number}", donation=gift, card="card", failed_at=timezone.now()
        )
    return live


def fill_in(page, origin: str) -> None:
    page.goto(f"{origin}/give/")
    page.get_by_text("$25", exact=True).click()
    page.get_by_label("Your name").fill("Ruth Osei")
    page.get_by_label("E-mail", exact=True).fill("ruth@example.org")
    page.wait_for_timeout(1600)  # people take longer than the pace that programs have
    page.get_by_role("button", name="Continue to review").click()
    page.get_by_role("heading", name="Is everything right?").wait_for()


def test_the_browser_solves_it_while_the_donor_reads(hot_site, stripe, new_page, axe):
    page = new_page(size="phone")
    fill_in(page, hot_site.public)
    assert axe(page) == []
    # Pressed at once: it says why it waits, and goes on by itself.
    page.get_by_role("button", name="Pay").click()
    page.wait_for_url(f"{stripe.url}/c/pay/**", timeout=60_000)
    assert UsedChallenge.objects.count() == 1
    # Back and once more: the same page, nothing to prove again.
    page.go_back()
    page.get_by_role("button", name="Pay").click()
    page.wait_for_url(f"{stripe.url}/c/pay/**", timeout=60_000)
    assert CheckoutAttempt.objects.count() == 1


def test_a_page_drawn_before_it_was_hot_solves_and_goes_on(hot_site, stripe, new_page):
    PaymentFailure.objects.update(failed_at=timezone.now() - timedelta(hours=2))
    page = new_page()
    fill_in(page, hot_site.public)
    assert page.locator("[data-proof]").count() == 0
    PaymentFailure.objects.update(failed_at=timezone.now())
    page.get_by_role("button", name="Pay").click()
    page.wait_for_url(f"{stripe.url}/c/pay/**", timeout=60_000)


def test_without_javascript_the_link_in_the_mail_leads_on(hot_site, stripe, new_page):
    page = new_page(javascript=False)
    fill_in(page, hot_site.public)
    assert page.get_by_text("we first send a link to your e-mail address").is_visible()
    page.get_by_role("button", name="Pay").click()
    assert page.get_by_role("heading", name="Check your e-mail").is_visible()

    jobs.run(queue="public")
    (letter,) = mail.outbox
    link = next(word for word in letter.body.split() if "/give/confirm/" in word)
    page.goto(link)
    page.get_by_role("button", name="Yes, go on").click()
    page.get_by_role("button", name="Pay").click()
    page.wait_for_url(f"{stripe.url}/c/pay/**")
