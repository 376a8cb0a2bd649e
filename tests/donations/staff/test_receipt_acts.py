"""What staff do to a receipt: replace, void, send again, hand out."""

import pytest
from django.contrib.admin.utils import quote
from django.urls import reverse

from donations.models import (
    Mail,
    Receipt,
)
from donations.receipts import document, thanks
from tests.roles import STAFF, acting_as

pytestmark = pytest.mark.role(STAFF)


def url(name, *args):
    with acting_as(STAFF):
        return reverse(name, args=[quote(arg) for arg in args])


def test_a_receipt_is_replaced_after_a_second_look_and_only_once(gift, care, run_jobs):
    receipt = gift.receipts.get()
    typed = {
        "receipt_name": "José Núñez Vega",
        "city": "Portland",
        "reason": "name",
        "note": "rang",
    }

    look = care.post(url("receipts:replace", receipt.pk), typed).content.decode()
    assert "Please look it over" in look
    assert Receipt.objects.count() == 1

    for _ in range(2):
        answer = care.post(url("receipts:replace", receipt.pk), typed | {"confirmed": "1"})
        assert answer.status_code == 302
    run_jobs()
    receipt.refresh_from_db()
    successor = receipt.replaced_by
    assert (receipt.state, receipt.void_reason) == ("replaced", "name")
    assert receipt.voided_by.pk == int(care.session["_auth_user_id"])
    assert successor.snapshot["receipt_name"] == "José Núñez Vega"
    assert successor.sha256
    assert Receipt.objects.count() == 2
    assert Mail.objects.get(receipt=successor).template == "receipt_replaced"


def test_finance_voids_a_receipt_once(gift, finance):
    receipt = gift.receipts.get()
    for reason in ("duplicate", "other"):
        answer = finance.post(url("receipts:void", receipt.pk), {"reason": reason, "note": "x"})
        assert answer.status_code == 302
    receipt.refresh_from_db()
    assert (receipt.state, receipt.void_reason) == ("void", "duplicate")


def test_a_void_without_a_reason_is_refused(gift, finance):
    receipt = gift.receipts.get()
    assert finance.post(url("receipts:void", receipt.pk), {"reason": "whim"}).status_code == 200
    receipt.refresh_from_db()
    assert receipt.state == "issued"


def test_a_fresh_link_is_mailed_once_an_hour(gift, care):
    receipt = gift.receipts.get()
    for _ in range(2):
        assert care.post(url("receipts:resend", receipt.pk)).status_code == 302
    assert Mail.objects.filter(template="receipt_again").count() == 1


def test_the_file_is_handed_out_as_issued_and_a_copy_is_stamped(gift, care):
    receipt = gift.receipts.get()
    original = care.get(url("receipts:original", receipt.pk))
    copy = care.get(url("receipts:duplicate", receipt.pk))
    assert original.content == bytes(receipt.file.data)
    assert copy.content.startswith(b"%PDF-")
    assert copy.content != original.content
    assert copy["Content-Disposition"].endswith('-duplicate.pdf"')


def test_a_receipt_that_would_say_the_same_is_not_replaced(gift, care):
    receipt = gift.receipts.get()
    typed = {"receipt_name": gift.name, "reason": "name", "note": ""}
    page = care.post(url("receipts:replace", receipt.pk), typed | {"confirmed": "1"})
    assert "Nothing was changed" in page.content.decode()
    assert Receipt.objects.count() == 1


def test_a_replacement_stands_in_the_story_with_who_did_it(gift, care, run_jobs):
    receipt = gift.receipts.get()
    typed = {
        "receipt_name": gift.name, "address_line1": "1 Elm Street", "country": "us",
        "reason": "name", "note": "rang", "confirmed": "1",
    }  # fmt: skip
    assert care.post(url("receipts:replace", receipt.pk), typed).status_code == 302
    run_jobs()
    successor = Receipt.objects.get(replaces=receipt)
    assert successor.snapshot["donor_address"] == ["1 Elm Street", "United States"]
    by = gift.timeline.filter(actor_id=care.session["_auth_user_id"]).values_list("kind", flat=True)
    assert list(by) == ["receipt_voided", "receipt_corrected", "receipt_numbered"]
    page = care.get(url("gifts:inspect", gift.pk)).content.decode()
    for told in (
        "Corrected for the receipt: address, country", "Name or address was wrong",
        "Mail sent: Corrected receipt, to", "Stripe", "Donor", "System",
    ):  # fmt: skip
        assert told in page


def test_a_reason_that_a_new_receipt_does_not_mend_is_refused(gift, care):
    receipt = gift.receipts.get()
    typed = {"receipt_name": "Another", "reason": "amount", "confirmed": "1"}
    assert care.post(url("receipts:replace", receipt.pk), typed).status_code == 200
    assert Receipt.objects.count() == 1


def test_the_adviser_of_a_fund_gets_a_letter_and_a_card_giver_none(care, clerk, make_gift):
    fund = clerk.posted(source="advised_fund", name="Lakes Charitable Fund", kind="organisation")
    plain = make_gift()
    with acting_as(STAFF):
        url, other = (reverse("gifts:thanks", args=[gift.pk]) for gift in (fund, plain))
    assert "says nothing about tax" in care.get(url).content.decode()
    answer = care.post(url, {"to": "Maya Lindqvist"})
    assert answer.content.startswith(b"%PDF")
    assert "letter-" in answer["Content-Disposition"]
    assert care.get(other).status_code == 302
    facts = thanks.snapshot(fund, to="Maya Lindqvist")
    assert (facts.receipt_name, facts.giver) == ("Maya Lindqvist", "Lakes Charitable Fund")
    assert document.missing(facts) == []
    with pytest.raises(thanks.NotDue):
        thanks.snapshot(plain, to="Maya Lindqvist")
