"""Finance gives money back and reads a payout: by hand, on a narrow and a dark screen too."""

import pytest

from donations import programme
from donations.models import Payout, Refund
from donations.reconciliation import run as reconciliation
from tests.afterwards import settled
from tests.people import PASSWORD, code, person


@pytest.fixture
def sound(axe):
    """Faults in what we draw; Wagtail's own frame around it is Wagtail's."""

    def faults(page):
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        return [fault for fault in axe(page) if "ns-" in fault] + ["too wide"] * wide

    return faults


def sign_in(page, origin, user):
    page.goto(f"{origin}/admin/")
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.fill("[name=code]", code(user))
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(f"{origin}/admin/")


def test_finance_refunds_a_gift_answers_what_waits_and_reads_the_payout(
    house, new_page, sound, run_jobs
):
    giving = house.giving
    gift, other = (settled(giving, run_jobs, name=name) for name in ("Ruth Osei", "Ben Adler"))
    page = new_page(size="phone", scheme="dark")
    sign_in(page, house.staff, person("Finance", email="fin@northstar.example"))

    page.goto(f"{house.staff}/admin/gifts/inspect/{gift.pk}/")
    page.get_by_role("link", name="Refund", exact=True).first.click()
    page.get_by_label("Amount").fill("12.50")
    assert sound(page) == []
    page.get_by_role("button", name="Look it over").click()
    page.get_by_text("Please look it over").wait_for()
    assert sound(page) == []
    page.get_by_role("button", name="Refund").click()
    page.get_by_text("The refund is on its way to Stripe.").wait_for()
    run_jobs()
    assert Refund.objects.get().status == "succeeded"

    giving.sandbox.dispute(giving.session_of(other), amount=1000)
    giving.sandbox.pay_out()
    giving.deliver()
    run_jobs()
    for path, told in (
        (f"gifts/inspect/{gift.pk}/", "Refunded in part"),
        (f"disputes/inspect/{other.disputes.get().pk}/", "Do not refund"),
        (f"payouts/inspect/{Payout.objects.get().pk}/", "Difference"),
    ):
        page.goto(f"{house.staff}/admin/{path}")
        page.locator("main").get_by_text(told).first.wait_for()
        assert sound(page) == [], path
    end = page.locator("tfoot tr").last.inner_text()
    assert end.split() == ["Difference", "$0.00"]

    standing = giving.paid(2500, interval="month", name="Mina Okoro")
    run_jobs()
    programme.rebuild()
    compared = reconciliation.reconcile()
    for path in (
        *("plans/", f"plans/inspect/{standing.plan_id}/", "plans_at_risk/", "leaving/"),
        *("programme/", "refunds/", "disputes/", "payouts/", "reconciliation/"),
        f"reconciliation/inspect/{compared.pk}/",
    ):
        answer = page.goto(f"{house.staff}/admin/{path}")
        assert answer.status == 200, path
        assert sound(page) == [], path
