"""Bank lines: payouts and deposits by amount and day, confirmed, taken back; the desk."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from donations import demo, months
from donations.audit import chain
from donations.bank import camt, matching, statements
from donations.ledger import Account
from donations.models import BankLine, BankMatch, Designation, LegalEntity, Payout
from donations.offline import entering, posting
from donations.offline.facts import Facts
from tests.donations.bank import made
from tests.donations.bank.test_statements import account, ada
from tests.donations.staff.test_books_desks import text
from tests.donations.staff.test_desks import url
from tests.donations.test_months import book
from tests.roles import STAFF

__all__ = ["account", "ada"]
pytestmark = pytest.mark.role(STAFF)


@pytest.fixture
def line(account, ada):
    taken, _new = statements.take(camt.read(made.camt())[0], account, by=ada)
    return taken.lines.select_related("account").get(amount_minor=12_345)


def payout(name="po_1", amount=12_345, arrives_on=date(2026, 10, 3), **facts):
    given = {"legal_entity": LegalEntity.objects.get(), "currency": "USD", "status": "paid"}
    return Payout.objects.create(
        stripe_id=name, amount_minor=amount, livemode=False, arrives_on=arrives_on,
        created_at=None, **given | facts,
    )  # fmt: skip


def test_a_payout_of_the_same_money_near_the_day_is_suggested(line):
    good = payout()
    payout("po_far", arrives_on=line.day + timedelta(days=6))
    payout("po_other", amount=12_346)
    payout("po_under_way", status="in_transit")
    (found,) = matching.suggest([line])
    assert (found.thing, found.days_apart, found.is_named, found.is_sure) == (good, 2, True, True)
    payout("po_2", arrives_on=line.day)
    again = matching.suggest([line])
    assert [one.thing.stripe_id for one in again] == ["po_2", "po_1"]
    assert not any(one.is_sure for one in again)


def test_a_line_is_one_thing_and_a_payout_on_one_line_until_taken_back(line, ada):
    good = payout()
    made_once = matching.match(line, to=good, by=ada)
    assert matching.match(line, to=good, by=ada) == made_once
    other = line.statement.lines.exclude(pk=line.pk).first()
    for code, work in (
        ("is_another", lambda: matching.match(line, note="rent", by=ada)),
        ("not_open", lambda: matching.match(other, to=good, by=ada)),
        ("other_money", lambda: matching.match(other, to=payout("po_2"), by=ada)),
        ("nothing_said", lambda: matching.match(other, note=" ", by=ada)),
        ("no_reason", lambda: matching.unmatch(line, by=ada, reason=" ")),
    ):
        with pytest.raises(matching.NotPossible) as refused:
            work()
        assert refused.value.code == code
    assert matching.unmatch(line, by=ada, reason="the wrong one")
    assert not matching.unmatch(line, by=ada, reason="again")
    matching.match(line, to=good, by=ada)
    assert [one.end_reason for one in line.matches.all()] == ["", "the wrong one"]


def test_the_database_holds_the_rules_of_a_match(line, ada):
    other, open_one = payout("po_other", amount=1), batch(ada, posted=False)
    for broken in (
        lambda: BankMatch.objects.create(line=line, payout=other, by=ada),
        lambda: BankMatch.objects.create(line=line, by=ada),
        lambda: BankMatch.objects.create(line=line, payout=payout(), note="x", by=ada),
        lambda: BankMatch.objects.create(line=line, payout=payout(), batch=open_one, by=ada),
        # Not at the bank: nothing of it can be on a line.
        lambda: BankMatch.objects.create(line=line, batch=open_one, by=ada),
        lambda: [BankMatch.objects.create(line=line, note="x", by=ada) for _ in range(2)],
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            broken()
    matching.match(line, note="rent", by=ada)
    for change in ({"note": "food"}, {"ended_by": ada}):
        with pytest.raises(DatabaseError), transaction.atomic():
            BankMatch.objects.update(**change)


def batch(by, *, amount=12_345, posted=True):
    """A check of this amount, taken to the bank two days before the line."""
    demo.seed()
    day = date(2026, 10, 3)
    made = entering.begin(
        entity=LegalEntity.objects.get(), source="cheque", currency="USD", by=by, expected_count=1,
        expected_minor=amount, deposited_on=day, bank_reference="R1",
    )  # fmt: skip
    purpose = Designation.objects.get(is_default=True).pk
    facts = Facts(name="Ana", amount_minor=amount, received_on=day, lines=((purpose, amount),),
                  email="ana@donors.example")  # fmt: skip
    entering.add_all(made, [facts], by=by)
    return posting.post(made, by=by, seen=posting.fingerprint(made)) if posted else made


def test_a_deposit_is_suggested_confirmed_shown_on_both_pages_and_taken_back(line, ada, finance):
    slip = batch(ada)
    (found,) = matching.suggest([line])
    assert (found.thing, found.days_apart, found.is_named, found.is_sure) == (slip, 2, True, True)
    finance.post(url("bank_lines:match", line.pk), {"thing": f"giftbatch-{slip.pk}"})
    assert line.matches.get().batch == slip
    assert not matching.open_batches().exists()
    assert url("bank_lines:inspect", line.pk) in text(finance.get(url("offline:inspect", slip.pk)))
    assert url("offline:inspect", slip.pk) in text(finance.get(url("bank_lines:inspect", line.pk)))
    told = chain.of(slip.gifts.get().donation_id)
    assert [one.line for one in told.matches] == [line]

    finance.post(url("bank_lines:unmatch", line.pk), {"reason": "another slip"})
    told = chain.of(slip.gifts.get().donation_id)
    assert f"No bank line: batch {slip.pk} is matched with none." in told.missing
    good = payout()
    assert {one.thing for one in matching.suggest([line])} == {good, slip}
    assert not any(one.is_sure for one in matching.suggest([line]))


def test_what_is_sure_is_matched_at_once_and_the_rest_is_counted(line, account, ada):
    payout()
    payout("po_a", amount=50_000, arrives_on=date(2026, 10, 7))
    payout("po_b", amount=50_000, arrives_on=date(2026, 10, 8))
    assert matching.match_sure(account, by=ada) == 1
    assert matching.explained(account) == (1, 3)
    assert {one.stripe_id for one in matching.open_payouts()} == {"po_a", "po_b"}
    entity, today = account.legal_entity, date(2026, 10, 13)
    assert [one.stripe_id for one in matching.late_payouts(entity, today)] == ["po_a"]
    assert not matching.late_payouts(LegalEntity(pk=0), today)


def test_the_desk_brings_in_matches_explains_and_takes_back(finance, account):
    payout()

    def bring(content, **typed):
        file = SimpleUploadedFile("x.xml", content)
        return finance.post(
            url("bank_statements:new"), {"account": account.pk, "file": file, **typed}
        )

    assert "off by -$0.01" in text(bring(made.camt(closing="1603.44")))
    assert "no camt.053" in text(bring(b"<a></a>"))
    assert "needs both balances" in text(bring(made.CSV.encode()))
    answer = bring(made.camt())
    assert "STRIPE PAYOUT" in text(finance.get(answer["Location"]))
    assert bring(made.camt())["Location"] == answer["Location"]
    assert BankLine.objects.count() == 3
    stripes = BankLine.objects.get(amount_minor=12_345)
    fee = BankLine.objects.get(amount_minor=-2_000)
    page = text(finance.get(url("bank_lines:inspect", stripes.pk)))
    assert url("bank_lines:match", stripes.pk) in page
    finance.post(
        url("bank_lines:match", stripes.pk), {"thing": f"payout-{Payout.objects.get().pk}"}
    )
    assert url("bank_lines:match", fee.pk) not in text(
        finance.get(url("bank_lines:inspect", fee.pk))
    )
    finance.post(url("bank_lines:explain", fee.pk), {"note": "The bank's fee"})
    page = text(finance.get(url("bank_lines:index")))
    assert "Main: 66.7 % explained (2 of 3 lines)" in page
    finance.post(url("bank_lines:unmatch", fee.pk), {"reason": "it was rent"})
    listed = text(finance.get(url("bank_lines:index") + "?unmatched=on"))
    assert "Monthly fee" in listed
    assert "STRIPE PAYOUT" not in listed
    assert "it was rent" in text(finance.get(url("bank_lines:inspect", fee.pk)))


def test_a_payout_that_is_on_no_line_after_five_days_shows_on_the_dashboard(finance, account):
    book("a", (Account.CASH, 1, "USD"), (Account.FEES, -1, "USD"))
    months.rebuild()
    payout(arrives_on=date(2026, 9, 1), amount=77_700)
    page = text(finance.get(url("finance:index")))
    assert "Payouts on no bank line" in page
    assert "$777.00" in page
    assert "$777.00" in text(finance.get(url("payouts:index") + "?unbanked=true"))
