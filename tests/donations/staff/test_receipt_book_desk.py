"""The register, the series with "why is this number missing", and gifts without a receipt."""

import html
import re

import pytest
from django.contrib.admin.utils import quote
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from donations.models import Donation, Receipt, ReceiptVoiding
from donations.receipts import book
from tests.roles import STAFF, acting_as

pytestmark = pytest.mark.role(STAFF)
# Of Wagtail's frame around any page: session, person, rights, menu.
FRAME = 10


def url(name, *args):
    with acting_as(STAFF):
        return reverse(name, args=[quote(arg) for arg in args])


def text_of(answer):
    assert answer.status_code == 200
    return html.unescape(" ".join(re.sub("<[^>]+>", " ", answer.content.decode()).split()))


def test_the_register_asks_little_and_its_filters_narrow_it(gift, make_gift, finance):
    book.void(make_gift().receipts.get(), reason="duplicate")
    year = gift.receipts.get().series.year
    finance.get(url("receipts:index"))
    with CaptureQueriesContext(connection) as made:
        page = text_of(finance.get(url("receipts:index")))
    assert len(made) <= 10 + FRAME
    assert "TEST-US" in page
    for query, shown in (
        ("state=void", 1), (f"year={year}", 2), (f"year={year - 1}", 0), ("live=true", 0),
        ("country=us", 2), ("of_year=true", 0), ("second=on", 0),
    ):  # fmt: skip
        found = finance.get(f"{url('receipts:index')}?{query}").content.decode()
        assert found.count("receipts/inspect/") == shown, query


def test_why_a_number_is_missing(gift, finance, care):
    receipt = gift.receipts.get()
    successor = book.replace(receipt, reason="name", note="she rang")
    with CaptureQueriesContext(connection) as made:
        page = text_of(finance.get(url("series:index")))
    assert len(made) <= 10 + FRAME
    assert str(receipt.series) in page
    at = url("series:inspect", receipt.series_id)
    page = text_of(finance.get(f"{at}?number={receipt.number}"))
    for words in (f"replaced by {successor.label}", "Name or address was wrong. she rang"):
        assert words in page
    assert f"replaced by {successor.label}" in text_of(
        finance.get(f"{at}?number={receipt.label.lower()}")
    )
    assert "has not been drawn yet" in text_of(finance.get(f"{at}?number=999"))
    assert "Numbers begin with 1" in text_of(finance.get(f"{at}?number=0"))
    assert "Enter a whole number" in text_of(finance.get(f"{at}?number=x"))
    assert care.get(at).status_code == 302


def test_a_large_receipt_is_void_by_two(gift, finance, lead, settings):
    settings.RECEIPT_SECOND_PERSON_MINOR = 1
    receipt = gift.receipts.get()
    typed = {"reason": "other", "note": "asked by telephone"}
    answer = finance.post(url("receipts:void", receipt.pk), typed, follow=True)
    page = text_of(answer)
    assert "A second person has to approve this" in page
    assert "wants it void: Another reason. asked by telephone" in page
    assert "second person: you asked" in text_of(
        finance.post(url("receipts:approve", receipt.pk), follow=True)
    )
    waiting = finance.get(f"{url('receipts:index')}?second=on").content.decode()
    assert waiting.count("receipts/inspect/") == 1
    page = text_of(lead.get(url("receipts:approve", receipt.pk)))
    assert "asked by telephone" in page
    assert lead.post(url("receipts:approve", receipt.pk)).status_code == 302
    receipt.refresh_from_db()
    assert receipt.state == "void"
    assert ReceiptVoiding.objects.get().state == "approved"
    assert "By two people" in text_of(lead.get(url("receipts:inspect", receipt.pk)))


def test_a_gift_whose_receipt_was_declared_void_leads_to_its_replacement(gift, finance, run_jobs):
    receipt = gift.receipts.get()
    at, replace = url("receipts:inspect", receipt.pk), url("receipts:replace", receipt.pk)
    finance.post(url("receipts:void", receipt.pk), {"reason": "duplicate"})
    assert f'href="{at}"' in finance.get(url("unreceipted:index")).text
    assert f'href="{replace}"' in finance.get(at).text
    page = finance.get(replace)
    assert "This receipt stays void" in text_of(page)
    typed = {key: value or "" for key, value in page.context["form"].initial.items()}
    typed |= {"reason": "other", "note": "voided by mistake"}
    assert "Name and address stay as they were" in text_of(finance.post(replace, typed))
    done = text_of(finance.post(replace, typed | {"confirmed": "1"}, follow=True))
    assert "replaces it" in done
    run_jobs()
    assert "Valid" in text_of(finance.get(url("receipts:inspect", gift.receipts.latest("pk").pk)))
    assert "None." in text_of(finance.get(url("unreceipted:index")))
    assert f'href="{replace}"' not in finance.get(at).text


def test_gifts_without_a_receipt_are_shown_and_issued_as_shown(gift, giving, finance, run_jobs):
    other = giving.begin(name="Ana Gil")
    giving.pay(other)
    giving.client.get(f"/give/return/{other.reference}/")
    connection.cursor().execute("DELETE FROM procrastinate_jobs")
    page = finance.get(url("unreceipted:index"))
    assert "Nothing speaks against it" in text_of(page)
    shown = page.context["form"].initial["shown"]
    Donation.objects.filter(pk=other.pk).update(receipt_name="Ana Gil and Sons")
    stale = text_of(finance.post(url("unreceipted:index"), {"shown": shown}, follow=True))
    assert f"these gifts changed meanwhile: {other.reference[:8].upper()}" in stale
    shown = finance.get(url("unreceipted:index")).context["form"].initial["shown"]
    done = text_of(finance.post(url("unreceipted:index"), {"shown": shown}, follow=True))
    assert "1 receipt is numbered" in done
    assert "every gift that can have one has it" in done
    run_jobs()
    assert Receipt.objects.get(donation=other).sha256
    for wrong in ("", "x", "7", '["x"]'):
        assert finance.post(url("unreceipted:index"), {"shown": wrong}).status_code == 302
