"""An audit pack: what is in it, the same sample by the same seed, whole or not at all, erased."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from zipfile import ZipFile

import pikepdf
import pytest
from django.utils import timezone

from donations import demo, periods
from donations.audit import chain, making, sampling, sheets
from donations.bank import camt, matching, statements
from donations.books import anchors
from donations.ledger import Account
from donations.models import (
    AuditPack,
    BalanceTransaction,
    BankAccount,
    Entry,
    LegalEntity,
    Payout,
    Period,
)
from donations.receipts import book as receipts
from tests.donations.bank import made
from tests.donations.receipts import years
from tests.donations.staff.test_books_desks import text
from tests.donations.staff.test_desks import url
from tests.donations.test_months import book
from tests.people import person, signed_in
from tests.roles import STAFF

pytestmark = pytest.mark.role(STAFF)


@pytest.fixture
def actor(db):
    return person("Finance lead")


@pytest.fixture
def today(make_gift):
    return timezone.localdate()


def span(today):
    return sampling.Span(LegalEntity.objects.get(), False, today - timedelta(days=20), today)


def asked(today, actor, **how):
    how = {"sample_size": 2, "seed": "spring"} | how
    return making.ask(
        LegalEntity.objects.get(), first_day=today - timedelta(days=20), last_day=today,
        actor=actor, **how,
    )  # fmt: skip


def opened(pack):
    pack.refresh_from_db()
    assert pack.state == "ready", pack.problem
    return ZipFile(io.BytesIO(bytes(pack.file.data)))


def table(archive, name):
    return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


def paid_out(gift):
    """Its charge's movement, paid out and on a bank line: the whole way of the money."""
    payout = Payout.objects.create(
        stripe_id="po_1", legal_entity=gift.legal_entity, amount_minor=12_345, currency="USD",
        livemode=False, status="paid", arrives_on=date(2026, 10, 5),
    )  # fmt: skip
    BalanceTransaction.objects.create(
        pk="txn_1", kind="charge", source=gift.charge_id, amount_minor=gift.amount_minor,
        fee_minor=175, net_minor=gift.amount_minor - 175, currency="USD", livemode=False,
        created_at=gift.paid_at, available_at=gift.paid_at, payout=payout,
    )  # fmt: skip
    account = BankAccount.objects.create(
        legal_entity=gift.legal_entity, name="Main", number="DE0212"
    )
    actor = person(factor=False)
    taken, _new = statements.take(camt.read(made.camt())[0], account, by=actor)
    matching.match(taken.lines.get(amount_minor=12_345), to=payout, by=actor)
    return payout


def test_a_pack_has_balances_a_sample_with_papers_and_what_was_done(
    make_gift, today, actor, run_jobs
):
    whole, other = make_gift(name="=Ruth Osei"), make_gift(amount=7_000)
    paid_out(whole)
    gone = make_gift(amount=9_000).receipts.get()
    receipts.void(gone, reason="duplicate", note="twice", actor=actor)
    pack = asked(today, actor, sample_size=3)
    run_jobs()
    archive = opened(pack)
    manifest = json.loads(archive.read("manifest.json"))
    assert set(manifest) == set(archive.namelist()) - {"manifest.json"}
    for name, digest in manifest.items():
        assert sha256(archive.read(name)).hexdigest() == digest
    (row,) = table(archive, "roll-forward.csv")
    assert (row["given"], row["closing"], row["in the ledger"], row["difference"]) == (
        "210.00", "210.00", "210.00", "0.00",
    )  # fmt: skip
    (void,) = table(archive, "receipts-void-or-replaced.csv")
    assert (void["receipt"], void["reason"], void["note"]) == (gone.label, "duplicate", "twice")
    told = {row["reference"]: row["missing"] for row in table(archive, "sample.csv")}
    assert told[whole.reference] == ""
    assert "No balance transaction" in told[other.reference]
    assert "No valid receipt" in told[gone.donation.reference]
    papers = [name for name in archive.namelist() if name.endswith(".pdf")]
    assert len(papers) == 3
    with pikepdf.open(io.BytesIO(archive.read(papers[0]))) as paper:
        assert paper.Root.MarkInfo.Marked
        assert paper.Root.Lang == "en-US"
    readme = archive.read("README.txt").decode()
    for said in (
        "Seed: spring",
        sampling.fingerprint(span(today))[1],
        "1 of 3",
        "3 of 3 gifts",
        "NOT CLOSED",
    ):
        assert said in readme
    assert "roles.csv" in archive.namelist()
    held = [row["role"] for row in table(archive, "roles.csv") if row["person"] == actor.email]
    assert held == ["Finance lead"]
    assert "gifts-in-kind.csv" in archive.namelist()
    kept = anchors.kept_outside(archive.read("fingerprints.csv").decode("utf-8-sig"))
    assert len(kept) == 1
    assert list(anchors.anchors_hold(kept)) == []


def test_the_same_books_and_seed_give_the_same_bytes_and_another_seed_other_gifts(
    make_gift, today, actor
):
    for number in range(12):
        make_gift(amount=1_000 + number)
    first, again, other = (
        asked(today, actor, seed=seed) for seed in ("spring", "spring", "autumn")
    )
    digest = sampling.fingerprint(span(today))[1]
    drawn = [
        sampling.draw(span(today), seed=pack.seed, digest=digest, size=5)
        for pack in (first, again, other)
    ]
    assert drawn[0] == drawn[1] != drawn[2]
    assert sampling.draw(span(today), seed="spring", digest=digest, size=2) == drawn[0][:2]
    assert making.write(first) == making.write(again)
    # Drawn again by hand, from what the pack prints.
    of = span(today)
    booked = Entry.objects.filter(kind="charge", posted_on__range=(of.first_day, of.last_day))
    references = dict(booked.values_list("donation_id", "donation__reference"))
    by_hand = sorted(
        references, key=lambda pk: sha256(f"spring:{digest}:{references[pk]}".encode()).digest()
    )
    assert by_hand[:5] == drawn[0]


def test_a_chain_names_each_link_that_lacks(make_gift):
    gift = make_gift()
    assert chain.of(gift.pk).missing == [
        "No balance transaction: Stripe has not told the movement of this charge."
    ]
    payout = paid_out(gift)
    found = chain.of(gift.pk)
    assert (found.missing, found.payouts, len(found.matches)) == ([], [payout], 1)
    matching.unmatch(found.matches[0].line, by=person(factor=False), reason="wrong")
    assert chain.of(gift.pk).missing == ["No bank line: payout po_1 is matched with none."]


def test_a_chain_ends_in_the_receipt_of_the_year_that_a_gift_stands_on(db, run_jobs):
    demo.seed()
    gift = years.given(5000)
    assert "No valid receipt for what we have of this gift." in chain.of(gift.pk).missing
    with years.quickly():
        run = years.issued(years.counted("receipt", run_jobs), run_jobs)
    receipt = run.statements.get().receipt
    found = chain.of(gift.pk)
    assert found.receipts == [receipt]
    assert [text for text in found.missing if "eceipt" in text] == []
    receipts.void(receipt, reason="duplicate", note="twice", actor=person(factor=False))
    (told,) = (text for text in chain.of(gift.pk).missing if "eceipt" in text)
    assert told == f"No valid receipt for what we have of this gift. {receipt.label} is void."


def test_months_opened_again_stand_in_the_pack_with_who_and_why(make_gift, actor):
    ben = person(factor=False)
    book("a", (Account.BANK, 700, "USD"), (Account.CASH, -700, "USD"),
         at=datetime(2026, 8, 10, tzinfo=UTC))  # fmt: skip
    entity = LegalEntity.objects.get()
    month = Period.objects.create(legal_entity=entity, livemode=False, begins_on=date(2026, 8, 1))
    periods.write_closing(month, by=actor, reason="as agreed", overlooked=[["payout", "po_9"]])
    periods.ask(month, by=actor, reason="a bill is missing")
    periods.reopen(month, by=ben)
    of = sampling.Span(entity, False, date(2026, 8, 1), date(2026, 8, 31))
    _headings, rows = sheets.month_steps(of)
    told = [(row[1], row[3], row[4], row[5]) for row in rows]
    assert told == [
        ("closed", actor.email, "", "as agreed"),
        ("asked", actor.email, "", "a bill is missing"),
        ("reopened", ben.email, actor.email, "a bill is missing"),
    ]
    assert sheets.open_months(of) == [date(2026, 8, 1)]
    _headings, marks = sheets.fingerprints(of)
    assert [mark[0] for mark in marks][:2] == ["2026-08 closing", "2026-08 its entries"]


def test_a_pack_that_fails_says_so_and_is_made_again(
    make_gift, today, actor, run_jobs, monkeypatch
):
    make_gift()
    pack = asked(today, actor)

    def broken(_span):
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setitem(sheets.SHEETS, "accounts", broken)
        with pytest.raises(ZeroDivisionError):
            making.make_pack.func(pack.pk)
    pack.refresh_from_db()
    assert (pack.state, pack.problem) == ("failed", "ZeroDivisionError")
    assert making.ask_again(pack)
    making.make_pack.func(pack.pk)
    assert opened(pack).testzip() is None
    making.make_pack.func(pack.pk)  # a job that comes twice changes nothing
    assert not making.ask_again(pack)


def test_an_auditor_takes_the_pack_and_it_is_erased_with_its_time(
    make_gift, today, actor, run_jobs
):
    make_gift()
    desk, auditor = signed_in(actor), signed_in(person("Auditor"))
    assert auditor.get(url("audit_packs:add")).status_code in (302, 403)
    form = {
        "first_day": today - timedelta(days=3), "last_day": today, "sample_size": 1, "seed": "",
        "entity": LegalEntity.objects.get().pk,
    }  # fmt: skip
    late = {**form, "last_day": today + timedelta(days=1)}
    assert "today or an earlier day" in text(desk.post(url("audit_packs:add"), late))
    desk.post(url("audit_packs:add"), form)
    pack = AuditPack.objects.get()
    assert len(pack.seed) == 16
    assert auditor.get(url("audit_packs:progress", pack.pk)).json()["state"] == "waiting"
    assert auditor.get(url("audit_packs:download", pack.pk)).status_code == 302
    run_jobs()
    page = text(auditor.get(url("audit_packs:inspect", pack.pk)))
    assert pack.seed in page
    answer = auditor.get(url("audit_packs:download", pack.pk))
    pack.refresh_from_db()
    assert sha256(answer.content).hexdigest() == pack.sha256
    assert pack.downloads.get().actor.groups.get().name == "Auditor"
    AuditPack.objects.update(kept_until=timezone.now() - timedelta(hours=1))
    making.erase_audit_packs.func(0)
    pack.refresh_from_db()
    assert pack.state == "erased"
    assert not hasattr(AuditPack.objects.get(), "file")


def test_a_check_is_of_the_sample_too_and_says_where_its_paper_is(clerk, today):
    check = clerk.posted()
    days = span(today)
    drawn = sampling.draw(days, seed="s", digest=sampling.fingerprint(days)[1], size=60)
    assert check.pk in drawn
    assert len(drawn) == sampling.population(days)
    (told,) = chain.of(check.pk).missing[:1]
    assert f"batch {check.offline.batch_id}" in told
    assert not any("journal" in one for one in chain.of(check.pk).missing)
