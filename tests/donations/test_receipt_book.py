"""The receipt book: numbers without a gap, one live receipt a gift, facts and bytes for ever."""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from unittest import mock

import pgtrigger
import pytest
from django.db import IntegrityError, connection, transaction

from donations import jobs
from donations.models import (
    Designation,
    Donation,
    LegalEntity,
    Mail,
    Receipt,
    ReceiptFile,
    ReceiptSeries,
)
from donations.receipts import book, document
from donations.receipts.snapshot import Benefit, Snapshot
from tests.giving import later, wrong_in_the_books

State = Receipt.State
DRAW = document.render  # the real one: `giving` draws quickly


@pytest.fixture
def donation(giving, run_jobs):
    """A paid gift with its receipt."""
    made = giving.paid()
    run_jobs()
    made.refresh_from_db()
    return made


def unnumbered(giving, count: int = 1) -> list[Donation]:
    """Paid gifts whose receipts are still to be issued."""
    made = [giving.begin() for _ in range(count)]
    for donation in made:
        giving.pay(donation)
        giving.client.get(f"/give/return/{donation.reference}/")
    return made


def test_a_receipt_is_numbered_then_drawn_then_mailed(giving, quick_drawing):
    (donation,) = unnumbered(giving)
    receipt = book.number_receipt(donation.pk)
    assert receipt.label.startswith("TEST-US-")
    assert receipt.snapshot["receipt_name"] == "Ruth Osei"
    assert receipt.sha256 is None

    quick_drawing.side_effect = DRAW
    book.draw(receipt)
    receipt.refresh_from_db()
    assert book.stored_bytes(receipt).startswith(b"%PDF-1.7")
    assert donation.mails.get().receipt == receipt


def test_numbers_run_on_when_a_transaction_is_rolled_back(giving):
    first, second, third = unnumbered(giving, 3)
    book.number_receipt(first.pk)
    with transaction.atomic():
        book.number_receipt(second.pk)
        transaction.set_rollback(True)
    book.number_receipt(third.pk)
    book.number_receipt(second.pk)
    numbers = Receipt.objects.order_by("pk").values_list("donation_id", "number")
    assert list(numbers) == [(first.pk, 1), (third.pk, 2), (second.pk, 3)]


def test_a_receipt_that_lacks_a_fact_uses_up_no_number(giving):
    first, second = unnumbered(giving, 2)
    lacking = mock.patch.object(document, "missing", return_value=["tax_id"])
    with lacking, pytest.raises(document.IncompleteReceipt):
        book.number_receipt(first.pk)
    assert book.number_receipt(second.pk).number == 1


def test_issuing_again_gives_the_same_receipt_and_one_mail(donation, run_jobs):
    for _ in range(3):
        book.issue_receipt.defer(donation_id=donation.pk)
    run_jobs()
    assert donation.receipts.count() == ReceiptFile.objects.count() == 1
    assert Mail.objects.filter(template="receipt").count() == 1


def test_two_workers_at_one_gift_issue_one_receipt(giving_for_real):
    (donation,) = unnumbered(giving_for_real)
    barrier = threading.Barrier(4)

    def issue() -> None:
        barrier.wait()
        book.issue_receipt(donation.pk)
        connection.close()

    threads = [threading.Thread(target=issue) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert donation.receipts.get().number == ReceiptSeries.objects.get().last_number == 1
    assert Mail.objects.filter(template="receipt").count() == 1


def test_an_unpaid_gift_gets_none(giving):
    with pytest.raises(book.NotReceiptable):
        book.number_receipt(giving.begin().pk)


def test_later_changes_of_names_do_not_reach_an_issued_receipt(donation):
    receipt = donation.receipts.get()
    before = book.stored_bytes(receipt)
    LegalEntity.objects.update(name="Another Name")
    Designation.objects.update(name="Another purpose")
    receipt.refresh_from_db()
    assert receipt.snapshot["entity"]["name"] == "North Star Foundation, Inc."
    assert receipt.snapshot["lines"][0]["designation"] == "Where it is needed most"
    book.draw(receipt)
    assert book.stored_bytes(receipt) == before


def test_the_year_is_the_organisations_not_the_servers(giving):
    giving.books_are_damaged = True  # paid long ago, and no fee since
    (donation,) = unnumbered(giving)
    # 03:00 in London on New Year's Day is still the old year in New York.
    turn = datetime(2026, 1, 1, 3, tzinfo=UTC)
    with pgtrigger.ignore("donations.Donation:donation_payment_frozen_once_paid"):
        Donation.objects.filter(pk=donation.pk).update(paid_at=turn)
    receipt = book.number_receipt(donation.pk)
    assert receipt.label == "TEST-US-2025-000001"
    assert receipt.snapshot["received_on"] == "2025-12-31"


def test_each_year_counts_from_one(giving):
    giving.books_are_damaged = True
    one, other = unnumbered(giving, 2)
    with pgtrigger.ignore("donations.Donation:donation_payment_frozen_once_paid"):
        Donation.objects.filter(pk=other.pk).update(paid_at=datetime(2024, 7, 1, tzinfo=UTC))
    assert [book.number_receipt(d.pk).number for d in (one, other)] == [1, 1]
    assert ReceiptSeries.objects.count() == 2


def test_a_void_receipt_keeps_number_reason_and_bytes(donation, django_user_model):
    staff = django_user_model.objects.create(email="finance@northstar.example")
    receipt = donation.receipts.get()
    for reason in ("duplicate", "other"):
        book.void(receipt, reason=reason, note="by telephone", actor=staff)
    receipt.refresh_from_db()
    assert (receipt.state, receipt.void_reason) == (State.VOID, "duplicate")
    assert (receipt.void_note, receipt.voided_by) == ("by telephone", staff)
    assert book.stored_bytes(receipt)
    assert donation.timeline.filter(kind="receipt_voided").count() == 1


def test_a_late_job_does_not_issue_again_what_was_declared_void(donation, run_jobs):
    book.void(donation.receipts.get(), reason="duplicate")
    book.issue_receipt.defer(donation_id=donation.pk)
    run_jobs()
    assert donation.receipts.count() == 1


def test_a_receipt_void_before_it_was_drawn_stays_so(giving, run_jobs):
    (donation,) = unnumbered(giving)
    book.void(book.number_receipt(donation.pk), reason="duplicate")
    with later(minutes=20):
        jobs.finish_receipts(0)
    run_jobs()
    assert donation.receipts.get().state == State.VOID
    assert not Mail.objects.exists()


def test_a_replaced_receipt_names_its_successor_and_the_other_way_round(donation, run_jobs):
    first = donation.receipts.get()
    second = book.replace(
        first, reason="name", corrections={"receipt_name": "Ruth and Kofi Osei", "city": "Accra"}
    )
    run_jobs()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.REPLACED, State.ISSUED)
    assert first.replaced_by == second
    assert second.snapshot["replaces"] == first.label
    assert second.snapshot["receipt_name"] == "Ruth and Kofi Osei"
    assert first.snapshot["receipt_name"] == "Ruth Osei"
    assert [first.number, second.number] == [1, 2]
    assert Mail.objects.latest("pk").template == "receipt_replaced"


def test_replacing_twice_gives_the_same_successor(donation):
    first = donation.receipts.get()
    assert book.replace(first, reason="name") == book.replace(first, reason="name")
    assert donation.receipts.count() == 2


def test_a_chain_of_replacements_has_one_live_end(donation, run_jobs):
    receipt = donation.receipts.get()
    for name in ("One", "Two", "Three"):
        receipt = book.replace(receipt, reason="name", corrections={"receipt_name": name})
    run_jobs()
    assert donation.receipts.get(state=State.ISSUED).snapshot["receipt_name"] == "Three"
    assert donation.receipts.filter(state=State.REPLACED).count() == 3


def test_what_follows_from_the_payment_is_not_for_correction(donation):
    with pytest.raises(ValueError, match="amount_minor"):
        book.replace(donation.receipts.get(), reason="name", corrections={"amount_minor": "1"})
    assert donation.receipts.get().state == State.ISSUED


def test_damaged_bytes_are_never_handed_out(giving, donation):
    giving.books_are_damaged = True
    receipt = donation.receipts.get()
    with pgtrigger.ignore("donations.ReceiptFile:receipt_file_row_written_once"):
        ReceiptFile.objects.filter(pk=receipt.pk).update(data=b"%PDF other")
    with pytest.raises(book.DamagedReceipt):
        book.stored_bytes(Receipt.objects.get(pk=receipt.pk))


def test_what_dead_jobs_left_undone_is_finished(giving, run_jobs):
    numbered, neither = unnumbered(giving, 2)
    book.number_receipt(numbered.pk)
    connection.cursor().execute("DELETE FROM procrastinate_jobs")
    jobs.finish_receipts(0)
    assert run_jobs() == []  # too early to say that they died
    with later(minutes=20):
        jobs.finish_receipts(0)
    run_jobs()
    for donation in (numbered, neither):
        assert donation.receipts.get().sha256
    assert Mail.objects.filter(template="receipt", status="sent").count() == 2


def test_the_check_code_is_found_however_it_is_typed(donation):
    receipt = donation.receipts.get()
    plain = receipt.code.replace("-", "")
    for typed in (receipt.code, plain, plain.lower(), f" {receipt.code} "):
        assert book.find_by_code(typed) == receipt
    assert book.find_by_code("AAAA-AAAA-AAAA") is None


def test_the_headline_thanks_the_giver_and_ends_with_one_full_stop(giving, run_jobs):
    given = giving.paid(name="José Núñez", receipt_name="Panadería Núñez S.L.", language="es")
    run_jobs()
    snapshot = Snapshot.from_dict(given.receipts.get().snapshot)
    assert "Gracias, José Núñez." in document.html(snapshot)
    assert "S.L.<" in document.html(replace(snapshot, thanks_name=""))
    assert "S.L.." not in document.html(replace(snapshot, thanks_name=""))


def test_a_test_receipt_is_never_called_valid(giving, run_jobs, public_client):
    given = giving.paid()
    run_jobs()
    page = public_client.get(f"/receipts/check/?code={given.receipts.get().code}").text
    assert "Test receipt: no money was received" in page
    assert "This receipt is valid" not in page


def test_the_rule_of_the_country_decides_what_a_gift_gets(giving, clerk, run_jobs):
    fund = clerk.posted(
        100_000, source="advised_fund", name="Lakes Charitable Fund", kind="organisation"
    )
    shares = clerk.posted(
        401_250, source="stock", symbol="EXMP", shares=Decimal(25),
        high=Decimal("161.00"), low=Decimal("160.00"),
    )  # fmt: skip
    dinner = giving.paid(12_000, benefit="a dinner", benefit_minor=4_500)
    run_jobs()
    kinds = [Snapshot.from_dict(one.receipts.get().snapshot) for one in (fund, shares, dinner)]
    assert [one.kind for one in kinds] == ["acknowledgment", "official", "official"]
    assert [one.amount_minor for one in kinds] == [100_000, 0, 12_000]
    assert [one.payment_method for one in kinds][:2] == ["Donor-advised fund", "Shares of stock"]
    assert kinds[2].benefit == Benefit("a dinner", 4_500)
    assert kinds[1].given == "25 shares of EXMP"
    told = kinds[1].to_json()
    for by_chance in (kinds[1].code, kinds[1].donation_reference):
        told = told.replace(by_chance, "")
    assert "401" not in told
    assert document.missing(kinds[1]) == []


def test_what_was_a_purchase_gets_no_receipt_and_the_books_are_right(giving, run_jobs):
    bought = giving.paid(4_500, benefit="a dinner", benefit_minor=4_500)
    run_jobs()
    assert not bought.receipts.exists()
    with pytest.raises(book.NoneDue, match="a purchase"):
        book.number_receipt(bought.pk)
    with later(days=2):
        assert "receipts_are_right" not in wrong_in_the_books()


def test_something_given_back_must_be_described(giving):
    with pytest.raises(IntegrityError, match="donation_benefit_says_what_it_was"):
        giving.begin(benefit_minor=500)


def test_a_states_sentence_holds_our_number_there(giving, run_jobs):
    LegalEntity.objects.update(registrations="MD 123\nFL CH12345")
    address = {"address_line1": "1 Bay Road", "city": "Miami", "postcode": "33101", "country": "US"}
    florida = giving.paid(region="FL", **address)
    run_jobs()
    (sentence,) = florida.receipts.get().snapshot["disclosures"]
    assert "REGISTRATION NO. CH12345." in sentence
