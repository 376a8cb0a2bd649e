"""What other books held: taken over whole, never booked twice, undone until the first closing."""

from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from donations import books, periods, spending
from donations.models import (
    CutOver,
    Donation,
    Donor,
    Entry,
    LegalEntity,
    PastGift,
    Period,
    Posting,
    PriorDonor,
    Upload,
)
from donations.offline import cutover, entering, importing, proof
from tests.faults.test_kill_points import Killed, Reaper
from tests.offline_made import days_ago, purpose

DONORS = """Id,Name,Email,Street,City,Zip,Newsletter
7,Ruth Osei,ruth@example.org,1 Elm Street,Dayton,45402,yes
8,Ama Mensah,,2 Oak Street,Dayton,45403,
9,Known Already,known@example.org,,,,no
"""
PAST = """Gift id,Donor id,Date,Amount,Method,Purpose,Receipt no
g1,7,2024-12-31,"1,250.00",check,School fund,R-318
g2,7,2025-03-01,50,card,,
g3,8,2025-04-01,20.00,cash,General,R-400
"""
BALANCES = """Fund,Balance,Restriction
education,"1,000.00",with
where-needed-most,250.50,without
"""


def send(row, kind, text, by):
    upload = importing.receive(text.encode(), name=f"{kind}.csv", kind=kind, cut_over=row, by=by)
    return importing.choose(
        upload, by_column=upload.columns["by"], for_all={}, decimals="point", days="ymd",
        encoding=upload.encoding, delimiter=upload.delimiter,
    )  # fmt: skip


@pytest.fixture
def known(db):
    return Donor.objects.create(name="K", search_name="k", email="Known@example.org")


@pytest.fixture
def draft(clerk, known):
    entity = LegalEntity.objects.get(is_default=True)
    row = cutover.begin(entity=entity, origin="Old Books", as_of=days_ago(1), by=clerk.by)
    for kind, text in (("donors", DONORS), ("past", PAST), ("balances", BALANCES)):
        send(row, kind, text, clerk.by)
    return row


def load(row, clerk):
    return cutover.load(row, seen=cutover.look(row).fingerprint, by=clerk.by)


def left(code):
    pk = purpose(code).pk
    return spending.left_minor([pk], currency="USD")[pk]


def test_everything_comes_in_and_only_balances_are_booked(clerk, draft, known):
    seen = cutover.look(draft).fingerprint
    for _ in range(2):
        cutover.load(draft, seen=seen, by=clerk.by)
    draft.refresh_from_db()
    assert draft.state == "loaded"
    ruth = Donor.objects.get(email="ruth@example.org")
    prior = {row.key: row for row in PriorDonor.objects.select_related("donor")}
    assert (prior["7"].donor, prior["7"].is_new, prior["7"].consents) == (
        ruth, True, {"newsletter": "yes"},
    )  # fmt: skip
    assert (prior["9"].donor, prior["9"].is_new) == (known, False)
    known.refresh_from_db()
    assert known.name == "K"  # who is here is not changed
    first = PastGift.objects.get(key="g1")
    assert (first.donor, first.amount_minor, first.source, first.receipt) == (
        ruth, 125_000, "cheque", "R-318",
    )  # fmt: skip
    assert not Donation.objects.exists()
    entry = Entry.objects.get()
    assert (entry.kind, entry.posted_on) == ("opening", draft.as_of)
    legs = Posting.objects.values_list("account", "designation__code", "amount_minor")
    assert sorted(legs, key=str) == [
        ("bank_account", None, 125_050),
        ("opening_balances", "education", -100_000),
        ("opening_balances", "where-needed-most", -25_050),
    ]
    assert left("education") == 100_000
    assert not any(bytes(row.data) for row in Upload.objects.all())
    assert draft.figures["years"] == [["2024", 1, 125_000], ["2025", 2, 7_000]]
    assert books.verify()["no purpose spends what it has not"] == []
    address = entering.last_addresses([prior["8"].donor_id])[prior["8"].donor_id]
    assert address["address_line1"] == "2 Oak Street"


BAD = [
    ("donors", "7,Again,again@example.org,,,,\n", "key: repeated"),
    ("donors", "10,Twice,ruth@example.org,,,,\n", "email: repeated"),
    ("donors", ",Nobody,,,,,\n", "key: needed"),
    ("donors", "11,,,,,,\n", "name: needed"),
    ("donors", "12,X,nonsense,,,,\n", "email: email"),
    ("donors", "13,X,,,,,perhaps\n", "newsletter: unknown_word"),
    ("past", "g9,404,2024-01-01,5,,,\n", "donor_key: nobody"),
    ("past", "g1,7,2024-01-01,5,,,\n", "key: repeated"),
    ("past", "g9,7,2024-02-31,5,,,\n", "received_on: unread_day"),
    ("past", "g9,7,2999-01-01,5,,,\n", "received_on: after_balances"),
    ("past", "g9,7,2024-01-01,1e9,,,\n", "amount: unread_amount"),
    ("past", "g9,7,2024-01-01,0,,,\n", "amount: amount"),
    ("past", "g9,7,2024-01-01,5,goats,,\n", "source: unknown_word"),
    ("balances", "nowhere,5,\n", "designation: designation"),
    ("balances", "education,5,\n", "designation: repeated"),
    ("balances", "shortfall,5,\n", "designation: designation"),
    ("balances", "where-needed-most,-5,without\n", "balance: unread_amount"),
    ("balances", "where-needed-most,5,with\n", "restriction: restriction"),
]


def test_each_bad_row_says_why_and_nothing_comes_in(clerk, draft):
    texts = {"donors": DONORS, "past": PAST, "balances": BALANCES}
    for kind, rows in texts.items():
        wanted = [(row, why) for one, row, why in BAD if one == kind]
        send(draft, kind, rows + "".join(row for row, _why in wanted), clerk.by)
        found = cutover.look(draft).bad[kind]
        told = [{f"{one.field}: {one.code}" for one in bad.faults} for bad in found]
        for (row, why), faults in zip(wanted, told, strict=True):
            assert why in faults, (row, faults)
    with pytest.raises(entering.NotPossible, match="bad"):
        load(draft, clerk)
    assert not PriorDonor.objects.exists()


def test_what_was_not_looked_over_does_not_come_in(clerk, draft):
    seen = cutover.look(draft).fingerprint
    send(draft, "past", PAST + "g4,8,2025-05-01,1,,,\n", clerk.by)
    with pytest.raises(entering.NotPossible, match="changed_file"):
        cutover.load(draft, seen=seen, by=clerk.by)


def test_a_process_that_dies_while_it_takes_over_leaves_nothing(clerk, draft):
    kills = 0
    while True:
        reaper = Reaper(at=1 + kills * 5)
        try:
            with transaction.atomic(), connection.execute_wrapper(reaper.statement):
                load(draft, clerk)
        except Killed:
            kills += 1
            assert not PriorDonor.objects.exists()
            assert not Entry.objects.exists()
            continue
        break
    assert kills > 2
    assert PastGift.objects.count() == 3


def test_undone_all_goes_but_who_gave_since_and_the_entries(clerk, draft, known, run_jobs):
    load(draft, clerk)
    ama = Donor.objects.get(name="Ama Mensah")
    clerk.posted(name=ama.name, donor_id=ama.pk)
    run_jobs()
    with pytest.raises(entering.NotPossible, match="no_reason"):
        cutover.undo(draft, reason=" ", by=clerk.by)
    for _ in range(2):
        cutover.undo(draft, reason="wrong year", by=clerk.by)
    assert set(Donor.objects.values_list("name", flat=True)) == {"K", "Ama Mensah"}
    assert not PastGift.objects.exists()
    assert left("education") == 0
    back = Entry.objects.get(kind="opening_undone")
    assert (back.corrects.kind, back.reason) == ("opening", "wrong year")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no foreign key leads nowhere
    again = cutover.begin(
        entity=draft.legal_entity, origin="Old Books", as_of=draft.as_of, by=clerk.by
    )
    send(again, "donors", DONORS, clerk.by)
    load(again, clerk)
    assert Donor.objects.count() == 4  # Ama has no address by which she is known


def test_after_the_first_closing_it_stays_also_for_the_database(clerk, draft):
    load(draft, clerk)
    month = Period.objects.create(
        legal_entity=draft.legal_entity,
        livemode=False,
        begins_on=(timezone.localdate().replace(day=1) - timedelta(days=90)).replace(day=1),
    )
    periods.hold(draft.legal_entity)
    periods.write_closing(month, by=clerk.by, reason="", overlooked=[])
    with pytest.raises(entering.NotPossible, match="closed"):
        cutover.undo(draft, reason="too late", by=clerk.by)
    rows = CutOver.objects.filter(pk=draft.pk)
    facts = {"state": "undone", "reason": "x", "undone_by": clerk.by, "undone_at": timezone.now()}
    for act, told in (
        (lambda: rows.update(**facts), "what was taken over stays"),
        (lambda: rows.update(fingerprint="x"), "frozen_once_loaded"),
        (lambda: PastGift.objects.all().delete(), "only when it is undone"),
        (lambda: PastGift.objects.update(amount_minor=1), "written once"),
        (lambda: Donor.objects.filter(name="Ama Mensah")._raw_delete("default"), "Cannot delete"),
    ):
        with pytest.raises(DatabaseError, match=told), transaction.atomic():
            act()


def test_a_balance_that_was_spent_cannot_be_undone(clerk, draft):
    clerk.books_are_damaged = True  # money set aside by no order
    load(draft, clerk)
    cause = spending.Cause("order:1", draft.legal_entity)
    spending.commit({purpose("education"): 100}, currency="USD", cause=cause)
    with pytest.raises(entering.NotPossible, match="spent"):
        cutover.undo(draft, reason="x", by=clerk.by)
    assert PastGift.objects.count() == 3


def test_the_proof_is_one_page_with_totals_and_fingerprint(clerk, draft):
    load(draft, clerk)
    draft.refresh_from_db()
    data = proof.page(draft)
    assert data == proof.page(draft)
    draft.figures["years"] = [[str(year), 1, 100] for year in range(1980, 2026)]
    draft.figures["balances"] *= 20
    data = proof.page(draft)
    with pikepdf.open(BytesIO(data)) as whole:
        assert len(whole.pages) == 1
