"""Paid gifts without a receipt: each with its reason, issued as the set that was shown or not."""

from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from donations.models import Donation, Receipt
from donations.receipts import book, document, explaining, lacking
from tests.donations.test_receipt_book import unnumbered
from tests.people import person


def reasons() -> dict[str, str]:
    rows = lacking.known(lacking.gifts(livemode=False))
    return {lack.donation.name: lack.why for lack in map(lacking.why, rows)}


def test_each_says_why_and_those_that_can_be_are_issued_as_shown(giving, run_jobs):
    one, other, void, yearly = unnumbered(giving, 4)
    for gift, name in ((other, "Other"), (void, "Void"), (yearly, "Yearly")):
        Donation.objects.filter(pk=gift.pk).update(name=name)
    Donation.objects.filter(pk=yearly.pk).update(yearly_receipt=True)
    book.void(book.number_receipt(void.pk), reason="duplicate")
    connection.cursor().execute("DELETE FROM procrastinate_jobs")  # they died
    assert reasons() == {
        "Ruth Osei": "due", "Other": "due", "Void": "void", "Yearly": "yearly",
    }  # fmt: skip
    with mock.patch.object(document, "missing", return_value=["the amount"]):
        assert reasons()["Other"] == "lacks"
        assert lacking.set_to_issue(livemode=False) == []

    with CaptureQueriesContext(
        connection,
    ) as made:
        shown = [lack.line for lack in lacking.set_to_issue(livemode=False)]
    assert len(made) <= 8
    assert len(shown) == 2
    Donation.objects.filter(pk=other.pk).update(receipt_name="The Others")
    with pytest.raises(lacking.SetChanged) as changed:
        lacking.issue(livemode=False, shown=shown, actor=person())
    assert changed.value.rows == [other.reference[:8].upper()]
    assert Receipt.objects.count() == 1

    shown = [lack.line for lack in lacking.set_to_issue(livemode=False)]
    assert lacking.issue(livemode=False, shown=shown, actor=person()) == 2
    with pytest.raises(lacking.SetChanged):  # a second person pressed as well
        lacking.issue(livemode=False, shown=shown, actor=person())
    run_jobs()
    assert one.receipts.get().sha256
    assert set(reasons().values()) == {"void", "yearly"}
    assert one.mails.count() == 1


def test_a_gift_that_the_rule_gives_none_for_is_never_in_the_set(giving, monkeypatch):
    nobody, bought, due = unnumbered(giving, 3)
    rows = Donation.objects
    rows.filter(pk=nobody.pk).update(name="", receipt_name="")
    rows.filter(pk=bought.pk).update(
        name="Bought", benefit="Dinner", benefit_kind="goods", benefit_minor=bought.amount_minor
    )
    told = {"": "none", "Bought": "none", "Ruth Osei": "due"}
    assert reasons() == told
    monkeypatch.setattr(lacking, "MOST", 1)
    (only,) = lacking.set_to_issue(livemode=False)
    assert only.donation == due, "behind those that are due none, it is not kept waiting"
    assert lacking.issue(livemode=False, shown=[only.line], actor=person()) == 1


def test_every_number_has_an_answer(giving, run_jobs):
    gift, void = unnumbered(giving, 2)
    first = book.number_receipt(gift.pk)
    series = first.series
    assert explaining.explain(series, 1).state == "waiting"
    run_jobs()
    second = book.replace(first, reason="name")
    book.void(void.receipts.get(), reason="duplicate")
    series.refresh_from_db()
    answers = [explaining.explain(series, number) for number in (0, 1, 2, 3, 4)]
    assert [answer.state for answer in answers] == [
        "never",
        "replaced",
        "void",
        "waiting",
        "not_yet",
    ]
    assert answers[1].successor == second
    assert answers[2].receipt is not None
