"""Money back and out, at the desks: refunds with a second person, disputes, warnings, payouts."""

import pytest

from donations.models import Payout, Refund
from tests.afterwards import settled
from tests.donations.staff.test_desks import url
from tests.giving import BANK
from tests.people import person, signed_in
from tests.roles import STAFF

pytestmark = pytest.mark.role(STAFF)
ASKED = {"amount": "20.00", "reason": "requested_by_customer", "note": "rang", "left_minor": "5000"}


def text(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_refund_is_looked_over_asked_for_once_and_shown_on_the_gift(giving, finance, run_jobs):
    gift = settled(giving, run_jobs)
    look = text(finance.post(url("gifts:refund", gift.pk), ASKED))
    assert "Please look it over" in look
    assert "$30.00" in look  # what remains
    assert not Refund.objects.exists()
    for _ in range(2):  # pressed twice
        answer = finance.post(url("gifts:refund", gift.pk), ASKED | {"confirmed": "1"})
        assert answer.status_code == 302
        run_jobs()
    row = Refund.objects.get()
    assert (row.status, row.amount_minor, row.note) == ("succeeded", 2000, "rang")
    page = text(finance.get(url("gifts:inspect", gift.pk)))
    for told in ("Refunded in part", "Refunds to donors", "A refund was asked for: $20.00"):
        assert told in page
    assert row.stripe_id in text(finance.get(url("refunds:inspect", row.pk)))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"amount": "50.01"}, "So much is not left of the gift."),
        ({"amount": "1.001"}, "fractions"),
        ({"reason": "whim"}, "Select a valid choice"),
    ],
)
def test_a_wrong_refund_is_refused_beside_its_field(gift, finance, typed, told):
    assert told in text(finance.post(url("gifts:refund", gift.pk), ASKED | typed))
    assert not Refund.objects.exists()


def test_a_large_refund_is_approved_by_somebody_else(giving, run_jobs, settings):
    settings.REFUND_SECOND_PERSON_MINOR = 1000
    ada, ben = (signed_in(person("Finance")) for _ in range(2))
    gift = settled(giving, run_jobs)
    ada.post(url("gifts:refund", gift.pk), ASKED | {"confirmed": "1"})
    row = Refund.objects.get()
    assert "1 refund waits for a second person" in text(ben.get("/admin/"))
    assert "It takes a second person" in text(ada.post(url("refunds:approve", row.pk), follow=True))
    assert "rang" in text(ben.get(url("refunds:approve", row.pk)))
    ben.post(url("refunds:approve", row.pk))
    run_jobs()
    row.refresh_from_db()
    assert row.status == "succeeded"


def test_a_dispute_says_what_to_do_and_until_when(giving, finance, run_jobs):
    gift = settled(giving, run_jobs)
    giving.sandbox.dispute(giving.session_of(gift))
    giving.deliver()
    run_jobs()
    assert "1 dispute to answer, the first by" in text(finance.get("/admin/"))
    page = text(finance.get(url("disputes:inspect", gift.disputes.get().pk)))
    for told in ("Do not refund", "did not make this payment", "$50.00", "Answer by"):
        assert told in page
    assert "Disputed" in text(finance.get(url("gifts:inspect", gift.pk)))
    answer = finance.post(url("gifts:refund", gift.pk), ASKED | {"confirmed": "1"})
    assert answer.status_code == 302
    assert not Refund.objects.exists()


def test_a_warning_leads_to_the_refund_or_is_left(giving, finance, run_jobs):
    gift = settled(giving, run_jobs)
    giving.sandbox.command("warn", session=giving.session_of(gift))
    giving.deliver()
    run_jobs()
    alert = gift.alerts.get()
    page = text(finance.get(url("alerts:inspect", alert.pk)))
    assert "Left minor" not in text(finance.get(url("gifts:refund", gift.pk)))
    there = f"{url('gifts:refund', gift.pk)}?reason=fraudulent"
    assert f'href="{there}"' in page
    assert '<option value="fraudulent" selected>' in text(finance.get(there))
    finance.post(url("alerts:leave", alert.pk))
    alert.refresh_from_db()
    assert alert.handled_by is not None
    assert "Ruth Osei" in text(finance.get(url("alerts:index")))
    assert "Ruth Osei" not in text(finance.get(url("alerts:index") + "?work=on"))


def test_a_payouts_page_adds_up_to_what_the_bank_got(giving, finance, run_jobs):
    gift = settled(giving, run_jobs, 10_000)
    settled(giving, run_jobs, 4000, card=BANK)
    giving.sandbox.refund(giving.session_of(gift), 1500)
    giving.sandbox.command("stripe_fee", amount=37)
    giving.sandbox.pay_out()
    giving.deliver()
    run_jobs()
    page = text(finance.get(url("payouts:inspect", Payout.objects.get().pk)))
    for told in (
        "$140.00",
        "-$3.52",
        "-$15.00",
        "-$0.37",
        "Total",
        "$121.11",
        "Difference",
        "$0.00",
    ):
        assert told in page, told


def test_the_lists_take_few_queries_however_long(
    giving, lead, run_jobs, django_assert_max_num_queries
):
    def happen():
        gift = settled(giving, run_jobs)
        giving.sandbox.refund(giving.session_of(gift), 100)
        giving.sandbox.command("warn", session=giving.session_of(gift))
        giving.sandbox.dispute(giving.session_of(gift), amount=100)
        giving.sandbox.pay_out(100)
        giving.deliver()
        run_jobs()

    counts = {}
    happen()
    for desk in ("refunds", "disputes", "alerts", "payouts"):
        lead.get(url(f"{desk}:index"))
        with django_assert_max_num_queries(20) as few:
            lead.get(url(f"{desk}:index"))
        counts[desk] = len(few)
    happen()
    for desk, count in counts.items():
        with django_assert_max_num_queries(count):
            lead.get(url(f"{desk}:index"))
