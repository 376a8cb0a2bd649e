"""A large receipt is void only if two people want it; the database holds the second."""

import pytest
from django.db import DatabaseError, transaction

from donations.models import Receipt, ReceiptVoiding
from donations.receipts import book, voiding
from tests.people import person


@pytest.fixture
def receipt(giving, run_jobs, settings) -> Receipt:
    settings.RECEIPT_SECOND_PERSON_MINOR = 5000
    gift = giving.paid(5000)
    run_jobs()
    found: Receipt = gift.receipts.get()
    return found


def test_below_the_sum_one_person_is_enough(receipt, settings):
    settings.RECEIPT_SECOND_PERSON_MINOR = 5001
    done = voiding.ask(receipt, reason="duplicate", actor=person())
    assert done is not None
    assert done.state == "void"
    assert not ReceiptVoiding.objects.exists()


def test_from_the_sum_on_a_second_person_decides_once(receipt, run_jobs):
    first, second = person(), person()
    corrections = {"receipt_name": "Ruth and Kofi Osei"}
    assert (
        voiding.ask(receipt, reason="name", actor=first, reissue=True, corrections=corrections)
        is None
    )
    receipt.refresh_from_db()
    assert receipt.state == "issued"
    with pytest.raises(voiding.NotVoidable, match="under_way"):
        voiding.ask(receipt, reason="other", actor=second)
    asked = ReceiptVoiding.objects.get()
    with pytest.raises(voiding.NotVoidable, match="same_person"):
        voiding.approve(asked, actor=first)
    successor = voiding.approve(asked, actor=second)
    assert voiding.approve(asked, actor=second).pk == receipt.pk  # pressed twice
    run_jobs()
    receipt.refresh_from_db()
    assert (receipt.state, receipt.voided_by) == ("replaced", first)
    assert successor.snapshot["receipt_name"] == "Ruth and Kofi Osei"
    assert Receipt.objects.count() == 2


def test_what_was_declared_void_by_hand_is_replaced_by_two_as_well(receipt, run_jobs):
    first, second = person(), person()
    voiding.ask(receipt, reason="duplicate", actor=first)
    voiding.approve(ReceiptVoiding.objects.get(), actor=second)
    with pytest.raises(voiding.NotVoidable, match="not_valid"):
        voiding.ask(receipt, reason="other", actor=first)
    assert voiding.ask(receipt, reason="other", actor=first, reissue=True) is None
    successor = voiding.approve(ReceiptVoiding.objects.latest("pk"), actor=second)
    run_jobs()
    receipt.refresh_from_db()
    assert (receipt.state, receipt.void_reason) == ("replaced", "duplicate")
    assert (successor.state, successor.replaces) == ("issued", receipt)
    assert Receipt.objects.get(pk=successor.pk).sha256
    with pytest.raises(voiding.NotVoidable, match="not_valid"):
        voiding.ask(receipt, reason="other", actor=first, reissue=True)


def test_nothing_stands_in_place_of_a_gift_that_went_back(receipt):
    void = book.void(receipt, reason="duplicate")
    assert void.donation is not None
    assert voiding.is_open_to(void, reissue=True)
    void.donation.refunded_minor = 5000
    assert not voiding.is_open_to(void, reissue=True)


def test_declined_or_taken_back_it_stays_valid(receipt):
    first, second = person(), person()
    for actor in (second, first):
        voiding.ask(receipt, reason="other", actor=first)
        asked = ReceiptVoiding.objects.latest("pk")
        voiding.decline(asked, actor=actor)
        with pytest.raises(voiding.NotVoidable, match="not_asked"):
            voiding.approve(asked, actor=second)
    receipt.refresh_from_db()
    assert receipt.state == "issued"
    voiding.ask(receipt, reason="other", actor=first)  # and may be asked for again


def test_the_database_waits_for_the_second_person_too(receipt):
    first = person()
    voiding.ask(receipt, reason="other", actor=first)
    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        book.void(receipt, reason="other", actor=first)
    with pytest.raises(DatabaseError, match="two_people"), transaction.atomic():
        ReceiptVoiding.objects.update(
            state="approved", decided_by=first, decided_at=receipt.issued_at
        )
    # What a refund brings with it asks nobody.
    assert book.void(receipt, reason="refund").state == "void"
