"""A year's papers: counted, issued exactly as they were counted, and nothing twice."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pgtrigger
import pikepdf
import pytest
from django.core import mail as outgoing
from django.db import connection
from django.db.models import Sum

from donations import demo, jobs, mails
from donations.models import (
    Donation,
    LegalEntity,
    Mail,
    Posting,
    Receipt,
    ReceiptItem,
    Statement,
    StatementRun,
)
from donations.receipts import annual, book, printing, runs, yearly
from tests.donations.receipts.years import SUMMER, YEAR, counted, given, goes_back, issued, quickly
from tests.faults.test_kill_points import Killed, Reaper
from tests.people import person


@pytest.fixture
def fast() -> Iterator[None]:
    with quickly():
        yield


@pytest.fixture
def old(db: None) -> None:
    """A seeded organisation; gifts are of long ago."""
    demo.seed()


@pytest.fixture
def year(old, fast):
    return


@pytest.fixture
def year_for_real(own_database, fast):
    """The same where commits are real."""
    demo.seed()


def test_a_statement_lists_everything_and_comes_to_what_the_ledger_says(
    year, run_jobs, public_client
):
    first = given(5000, at=SUMMER)
    given(2500, at=SUMMER + timedelta(days=30), yearly_receipt=False)
    given(9900, at=SUMMER - timedelta(days=365))  # of the year before
    run_jobs()
    goes_back(first, 1500)
    goes_back(first, 500, at=datetime(2026, 1, 9, tzinfo=UTC))
    other = given(700, name="Ruth and Kofi", email="ruth@example.org")
    run = counted("statement", run_jobs)
    assert (run.state, run.count) == ("ready", 2)

    ruth = run.statements.get(name="Ruth Osei")
    facts = yearly.Yearly.from_dict(ruth.facts)
    assert [(row.kind, row.amount_minor, row.after) for row in facts.rows] == [
        ("gift", 5000, False), ("refund", -1500, False), ("gift", 2500, False),
        ("refund", -500, True),
    ]  # fmt: skip
    receipt = Receipt.objects.get(state="issued", donation__amount_minor=2500)
    assert [row.receipt for row in facts.rows if row.kind == "gift"] == ["", receipt.label]
    assert run.statements.get(name="Ruth and Kofi").amount_minor == other.amount_minor
    booked = Posting.objects.filter(
        account__in=["contributions", "refunds", "disputes"], entry__occurred_at__year=YEAR
    )
    total = -booked.aggregate(sum=Sum("amount_minor"))["sum"]
    assert run.totals == [["USD", 2, total]]

    run = issued(run, run_jobs)
    assert run.state == "done"
    assert Mail.objects.filter(template="statement", status="sent").count() == 2
    assert Receipt.objects.count() == 1  # a statement is none
    link = next(word for word in outgoing.outbox[-1].body.split() if "/receipts/" in word)
    path = link.partition("/receipts/")[2]
    page = public_client.get(f"/receipts/{path}")
    assert f"Your gifts of {YEAR}" in page.text
    assert public_client.post(f"/receipts/{path}").content.startswith(b"%PDF")


def test_an_annual_receipt_is_for_what_has_none_and_only_once(year, run_jobs):
    gifts = [given(1000 * n, at=SUMMER + timedelta(days=n)) for n in (1, 2, 3)]
    single = given(7000, yearly_receipt=False)
    whole = given(400)
    posted = [
        given(800, name=name, email="", postcode=code)
        for name, code in (("Zoe", "04101"), ("Ana", "90001"), ("Abe", "04101"))
    ]
    run_jobs()
    goes_back(whole, 400)
    goes_back(gifts[0], 300)
    run = counted("receipt", run_jobs)
    assert (run.count, run.totals) == (4, [["USD", 4, 5700 + 2400]])
    run = issued(run, run_jobs)
    assert run.state == "done"
    receipt = run.statements.get(name="Ruth Osei").receipt
    assert receipt.snapshot["amount_minor"] == 5700
    assert list(receipt.items.order_by("pk").values_list("donation_id", "amount_minor")) == [
        (gifts[0].pk, 700), (gifts[1].pk, 2000), (gifts[2].pk, 3000),
    ]  # fmt: skip
    assert receipt.label.startswith(f"TEST-US-{YEAR}-")
    assert single.receipts.get().state == "issued"
    numbers = Receipt.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2, 3, 4, 5]
    mail = Mail.objects.get(template="receipt_of_year", status="sent")
    assert mail.to == "ruth@example.org"
    links = receipt.links.count()
    assert mails.context_of(mail, preview=True)["link"] == "…"
    assert receipt.links.count() == links
    assert not Mail.objects.filter(to="").exists()
    assert {gift.receipt_items.count() for gift in posted} == {1}
    assert counted("receipt", run_jobs).count == 0
    for gift in gifts:  # a late job
        book.issue_receipt(gift.pk)
        assert not gift.receipts.exists()


@pytest.mark.parametrize("kind", ["receipt", "statement"])
def test_what_changed_since_it_was_counted_stops_the_run_and_is_named(year, run_jobs, kind):
    changed = given(5000, name="Changed")
    given(5000, name="Same")
    gone = given(2000, name="Gone")
    run = counted(kind, run_jobs)
    goes_back(changed, 1000)
    if kind == "receipt":
        goes_back(gone, 2000)
    given(100, name="Late")
    run = issued(run, run_jobs)
    assert run.state == "stopped"
    named = [["Changed", "changed"], ["Gone", "gone"], ["Late", "new"]]
    assert sorted(run.changed) == [row for row in named if kind == "receipt" or row[0] != "Gone"]
    assert not Receipt.objects.exists()
    assert not Mail.objects.filter(template__in=["receipt_of_year", "statement"]).exists()
    assert issued(counted(kind, run_jobs), run_jobs).state == "done"


def test_what_cannot_be_asked_for_is_refused(year, run_jobs):
    entity = LegalEntity.objects.get(is_default=True)
    with pytest.raises(runs.NotPossible, match="not_over"):
        runs.ask("receipt", entity=entity, year=runs.last_over(entity) + 1, actor=person())
    given(5000)
    run = counted("receipt", run_jobs)
    with pytest.raises(runs.NotPossible, match="other"):
        runs.issue(run, fingerprint="0" * 64, actor=person())
    run = issued(run, run_jobs)
    assert runs.issue(run, fingerprint=run.fingerprint, actor=person()).state == "done"
    empty = counted("receipt", run_jobs)
    with pytest.raises(runs.NotPossible, match="not_ready"):
        runs.issue(empty, fingerprint=empty.fingerprint, actor=person())


def test_a_refund_after_the_annual_receipt_brings_another_for_the_rest(year, run_jobs):
    one, other = given(1000), given(2000)
    run = issued(counted("receipt", run_jobs), run_jobs)
    first = run.statements.get().receipt
    goes_back(one, 400, at=datetime(2026, 2, 1, tzinfo=UTC))
    run_jobs()
    first.refresh_from_db()
    second = first.replaced_by
    assert (first.state, first.void_reason) == ("replaced", "refund")
    assert (second.snapshot["amount_minor"], second.snapshot["replaces"]) == (2600, first.label)
    corrected = annual.replace(second, reason="name", corrections={"receipt_name": "Ruth and Kofi"})
    run_jobs()
    for gift, minor in ((one, 600), (other, 2000)):
        goes_back(gift, minor, at=datetime(2026, 3, 1, tzinfo=UTC))
        run_jobs()
    third = Receipt.objects.get(replaces=corrected)
    assert third.snapshot["receipt_name"] == "Ruth and Kofi"
    assert third.snapshot["amount_minor"] == 2000
    third.refresh_from_db()
    assert third.state == "void"  # nothing is left
    assert Mail.objects.filter(template="receipt_of_year").count() == 4
    assert ReceiptItem.objects.count() == 2 + 2 + 2 + 1


# The cursor of the dead one is left to the garbage collector.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <function ServerCursorMixin")
def test_a_dead_worker_leaves_nothing_half_and_nothing_twice(year_for_real, run_jobs):
    """Killed before many of its statements, one after another, until it comes to its end."""
    for name in ("A", "B", "C"):
        given(1000, name=name, email=f"{name}@example.org")
    given(1000, name="D", email="")
    run_jobs()
    run = counted("receipt", run_jobs)
    runs.issue(run, fingerprint=run.fingerprint, actor=person())
    points = [1, 3, 6, 9, 12, 14, 18, 23, 28, 33, 38, 44, 51]
    died = 0
    for at in points:
        reaper = Reaper(at)
        with suppress(Killed), reaper.watching():
            runs.issue_run(run.pk)
        died += bool(reaper.where)
        assert Receipt.objects.count() in (0, 4)  # all of them have a number, or none
    assert died > 5
    runs.issue_run(run.pk)
    jobs.requeue_orphans(0)
    run_jobs()
    run.refresh_from_db()
    assert run.state == "done"
    assert Receipt.objects.exclude(sha256=None).count() == Receipt.objects.count() == 4
    assert sorted(Mail.objects.filter(receipt__isnull=False).values_list("to", flat=True)) == [
        "A@example.org", "B@example.org", "C@example.org",
    ]  # fmt: skip
    assert len([mail for mail in outgoing.outbox if "receipt" in mail.subject.lower()]) == 3


def test_two_people_and_two_workers_issue_it_once(year_for_real, run_jobs):
    for name in ("A", "B", "C"):
        given(1000, name=name, email=f"{name}@example.org")
    run_jobs()
    run = counted("receipt", run_jobs)
    people = [person(factor=False) for _ in range(4)]
    barrier = threading.Barrier(4)
    wrong: list[BaseException] = []

    def press(actor: object) -> None:
        try:
            barrier.wait()
            runs.issue(
                StatementRun.objects.get(pk=run.pk), fingerprint=run.fingerprint, actor=actor
            )
            runs.issue_run(run.pk)
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[actor]) for actor in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run_jobs()
    assert not wrong
    assert list(Receipt.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    assert Mail.objects.filter(template="receipt_of_year").count() == 3
    run.refresh_from_db()
    assert run.state == "done"


def test_who_wishes_one_receipt_a_year_gets_a_short_word_for_each_gift(year, run_jobs, make_plan):
    plan = make_plan(yearly_receipt=True)
    gift = given(2500, yearly_receipt=False)
    Donation.objects.filter(pk=gift.pk).update(language="es")
    with pgtrigger.ignore("donations.Donation:donation_terms_frozen"):
        Donation.objects.filter(pk=gift.pk).update(plan=plan)
    run_jobs()
    gift.refresh_from_db()
    assert gift.yearly_receipt
    assert not gift.receipts.exists()
    assert gift.mails.get().template == "gift_arrived"
    plan.yearly_receipt = False
    plan.save()
    book.issue_receipt(gift.pk)  # the wish of that day counts
    assert not gift.receipts.exists()
    assert counted("receipt", run_jobs).count == 1


def test_papers_are_drawn_and_letters_merged_in_the_order_of_the_post(old, run_jobs):
    for name, code in (("Zoe", "04101"), ("Ana", "90001"), ("Abe", "04101")):
        given(800, name=name, email="", postcode=code, language="es" if name == "Ana" else "en",
              address_line1="1 Elm Street", city="Portland", region="ME", country="US")  # fmt: skip
    run = counted("receipt", run_jobs)
    statement = run.statements.get(name="Ana")
    assert runs.sample(statement).startswith(b"%PDF-1.7")
    run = issued(run, run_jobs)
    names = []
    with pikepdf.open(BytesIO(printing.letters(run))) as merged:
        assert len(merged.pages) == 3
    for row in run.statements.order_by("postcode", "name"):
        with pikepdf.open(BytesIO(runs.stored_bytes(row))) as one:
            assert one.Root.MarkInfo.Marked
            with one.open_metadata() as meta:
                assert (meta["pdfaid:part"], meta["pdfuaid:part"]) == ("3", "1")
            names.append((row.name, str(one.docinfo["/Title"])))
    number = run.statements.get(name="Ana").receipt.label
    assert [name for name, _title in names] == ["Abe", "Zoe", "Ana"]
    assert names[2][1] == f"Recibo anual de donaciones {YEAR} {number}"
    assert Statement.objects.filter(run=run, receipt__sha256=None).count() == 0
