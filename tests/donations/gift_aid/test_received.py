"""The tax that arrives of a claim: in the books once, to the penny, to what its gifts were for."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.db.models import Sum

from donations.bank import matching
from donations.books.offline import tax_is_booked
from donations.gift_aid import claims, received
from donations.models import (
    BankAccount,
    BankLine,
    Claim,
    Designation,
    Entry,
    LineMove,
    Posting,
)
from tests.donations.bank import made
from tests.donations.gift_aid.conftest import clerk, make_gifts
from tests.donations.gift_aid.test_claims import JUNE, goes_back, make
from tests.donations.gift_aid.test_desks import text_of, url
from tests.roles import STAFF

OCTOBER = date(2026, 10, 7)


@pytest.fixture
def claim(charity, maya, declare, run_jobs):
    """Of £100 for the general fund and £60.01 for education, whose tax is £40.00; it was sent."""
    declare()
    make_gifts(charity, maya, 100_00, on=JUNE)
    make_gifts(charity, maya, 60_01, on=JUNE, to="education")
    claim = make(charity)
    run_jobs()
    return claims.send(claim, on=JUNE, reference="HMRC-1")


def booked():
    entry = Entry.objects.get(kind="tax_received")
    legs = entry.postings.values_list("account", "designation__code", "amount_minor")
    return entry, sorted(legs, key=lambda leg: leg[2])


def test_tax_received_is_booked_once_by_purpose_to_the_penny(claim):
    with pytest.raises(received.NotPossible) as refused:
        received.pay(claim, on=OCTOBER, received_minor=39_99, by=clerk())
    assert refused.value.code == "no_reason"
    assert list(tax_is_booked()) == []
    for minor in (39_99, 1):  # the second press changes nothing
        paid = received.pay(
            claim, on=OCTOBER, received_minor=minor, why="A gift was refused", by=clerk()
        )
    assert (paid.state, paid.received_minor, paid.claimed_minor) == ("paid", 39_99, 40_00)
    entry, legs = booked()
    assert (entry.posted_on, entry.reason) == (OCTOBER, "A gift was refused")
    # 39.99 x 100.00 / 160.01 = 24.992
    assert legs == [
        ("gift_aid_tax", "where-needed-most", -24_99),
        ("gift_aid_tax", "education", -15_00),
        ("bank_account", None, 39_99),
    ]
    assert list(tax_is_booked()) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        Claim.objects.update(received_minor=40_00)


def test_what_was_typed_wrongly_is_taken_back_by_a_new_entry_and_typed_again(claim):
    def refused(reason):
        with pytest.raises(received.NotPossible) as said:
            received.take_back(claim, reason=reason, by=clerk())
        return said.value.code

    assert refused("Mistyped") == "not_paid"
    first = received.pay(claim, on=OCTOBER, received_minor=4_00, why="Less", by=clerk())
    assert refused(" ") == "no_reason"
    waiting = received.take_back(first, reason="Mistyped", by=clerk())
    assert (waiting.state, waiting.received_minor, waiting.why_other) == ("sent", None, "")
    assert (received.booked(waiting), list(tax_is_booked())) == (None, [])
    again = received.pay(claim, on=OCTOBER, received_minor=40_00, by=clerk())
    wrong, back, right = Entry.objects.filter(source__startswith="gift_aid:").order_by("pk")
    assert (back.kind, back.corrects, back.reason) == ("tax_taken_back", wrong, "Mistyped")
    assert received.booked(again) == right
    balance = Posting.objects.filter(account="gift_aid_tax").aggregate(sum=Sum("amount_minor"))
    assert (balance["sum"], list(tax_is_booked())) == (-40_00, [])
    # An entry too many, or too few, is found.
    Claim.objects.filter(pk=claim.pk).update(state="sent", paid_on=None, received_minor=None)
    (problem,) = tax_is_booked()
    assert problem.about == f"entries of gift_aid:{claim.pk}"


def test_what_is_not_booked_or_of_no_claim_is_found(claim):
    for change in ({"why_other": ""}, {"paid_on": None}):
        facts = {"state": "paid", "paid_on": OCTOBER, "received_minor": 1, "why_other": "x"}
        with pytest.raises(DatabaseError), transaction.atomic():
            Claim.objects.update(**facts | change)
    Claim.objects.update(state="paid", paid_on=OCTOBER, received_minor=40_00)
    (problem,) = tax_is_booked()
    assert problem.about == f"Gift Aid claim {claim.pk}"


def test_tax_follows_a_moved_gift_and_what_went_back(claim, charity, maya, run_jobs):
    received.pay(claim, on=OCTOBER, received_minor=40_00, by=clerk())
    education, work = (Designation.objects.get(code=code) for code in ("education", "work"))
    (back, moved) = (claim.lines.order_by("pk")[place].donation for place in (0, 1))
    goes_back(back, 40_00)
    LineMove.objects.bulk_create([
        LineMove(line=moved.lines.get(), origin=education, destination=work, amount_minor=60_01,
                 wish="x", wished_on=JUNE, reason="x", moved_by=clerk())
    ])  # fmt: skip
    make_gifts(charity, maya, 100_00, on=JUNE)
    second = make(charity)
    assert second.claimed_minor == 25_00 - second.adjustment_minor
    shares = received.shares(second, 15_00)
    assert [(purpose.code, minor) for purpose, minor in shares] == [("where-needed-most", 15_00)]
    assert [(one.code, minor) for one, minor in received.shares(claim, 40_00)] == [
        ("where-needed-most", 25_00), ("work", 15_00),
    ]  # fmt: skip


@pytest.mark.role(STAFF)
def test_finance_books_it_after_a_look_and_finds_its_bank_line(claim, charity, finance):
    paid, inspect = (url(f"gift_aid_claims:{name}", claim.pk) for name in ("paid", "inspect"))
    typed = {"on": "2026-10-07", "received": "39.99"}
    assert "£40.00 was claimed: please say why." in text_of(finance.post(paid, typed))
    typed |= {"why": "A gift was refused"}
    assert "£24.99" in text_of(finance.post(paid, typed))
    assert not Entry.objects.filter(kind="tax_received").exists()
    finance.post(paid, {**typed, "confirmed": "1"})
    entry, _legs = booked()
    page = text_of(finance.get(inspect))
    for told in (url("journal:inspect", entry.pk), "A gift was refused", "£24.99", "Not matched"):
        assert told in page
    account = BankAccount.objects.create(
        legal_entity=charity, name="Main", number="DE0212", currency="GBP"
    )
    lines = (("2026-10-08", "39.99", "R9", "HMRC GIFT AID"),)
    finance.post(
        url("bank_statements:new"),
        {"account": account.pk,
         "file": SimpleUploadedFile("x.xml", made.camt(lines, currency="GBP"))},
    )  # fmt: skip
    line = BankLine.objects.get()
    (found,) = matching.suggest([line])
    assert (found.thing, found.is_named, found.is_sure) == (claim, True, True)
    finance.post(url("bank_lines:match", line.pk), {"thing": f"claim-{claim.pk}"})
    assert url("bank_lines:inspect", line.pk) in text_of(finance.get(inspect))
    assert Posting.objects.filter(entry=entry).count() == 3
    back = url("gift_aid_claims:take_back", claim.pk)
    assert "Take it off that first" in text_of(finance.post(back, {"reason": "x"}, follow=True))
    matching.unmatch(line, reason="x", by=clerk())
    assert "Reason" in text_of(finance.get(back))
    finance.post(back, {"reason": "It was less"})
    claim.refresh_from_db()
    assert claim.state == "sent"
    assert url("gift_aid_claims:paid", claim.pk) in finance.get(inspect).content.decode()
