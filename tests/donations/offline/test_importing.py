"""A file of rows: what it may look like, what is refused and why, and taken over whole or not."""

import pytest
from django.db import DatabaseError, transaction

from donations import jobs
from donations.models import Donation, OfflineGift, Upload
from donations.offline import entering, importing, reading
from tests.giving import later
from tests.offline_made import days_ago, purpose

PLAIN = "Name,Email,Amount,Date,Fund,Check no,Address\n"


def sent(clerk, text, *, batch=None, days="ymd", decimals="point", **for_all):
    batch = batch or clerk.batch()
    data = text if isinstance(text, bytes) else text.encode()
    upload = importing.receive(data, name="rows.csv", kind="gifts", batch=batch, by=clerk.by)
    return importing.choose(
        upload,
        by_column=upload.columns["by"],
        for_all=for_all,
        decimals=decimals,
        days=days,
        encoding=upload.encoding,
        delimiter=upload.delimiter,
    )


def row(name="Ruth Osei", amount="50.00", day=None, fund="where-needed-most", **more):
    email = more.get("email", "")
    day = day or days_ago(2).isoformat()
    return f"{name},{email},{amount},{day},{fund},{more.get('check', '')},1 Elm Street\n"


def test_rows_are_read_in_their_letters_and_signs(clerk):
    day = days_ago(2)
    heads = "Nombre;Correo;Importe;Fecha;Destino;Dirección\n"
    cells = f'José Núñez;jose@example.org;"1.234,56";{day:%d/%m/%Y};where-needed-most;Calle 1\n'
    for letters in ("utf-8", "utf-8-sig", "cp1252"):
        upload = sent(clerk, (heads + cells).encode(letters), days="dmy", decimals="comma")
        found = importing.read(upload)
        assert not found.bad, found.bad
        (facts,) = found.good
        assert (facts.name, facts.amount_minor, facts.received_on) == ("José Núñez", 123_456, day)
    tabbed = (PLAIN + row()).replace(",", "\t")
    assert importing.read(sent(clerk, tabbed)).total_minor == 5000


def test_the_same_headings_are_read_the_same_way_the_next_time(clerk):
    first = sent(clerk, "Who,Sum\nRuth,1\n", days="dmy", decimals="comma")
    importing.choose(
        first, by_column={"name": 0, "amount": 1}, for_all={}, decimals="comma", days="dmy",
        encoding="utf-8-sig", delimiter=",",
    )  # fmt: skip
    again = importing.receive(
        b"WHO,sum\nAma,2\n", name="x", kind="gifts", batch=clerk.batch(), by=clerk.by
    )
    assert again.columns["by"] == {"name": 0, "amount": 1}
    assert (again.decimals, again.days) == ("comma", "dmy")


BAD = [
    (row(amount="1e9"), "amount: unread_amount"),
    (row(amount="-5"), "amount: unread_amount"),
    (row(amount="=1+1"), "amount: unread_amount"),
    (row(amount="1.005"), "amount: unread_amount"),
    (row(amount='"12,34"'), "amount: unread_amount"),
    (row(amount=""), "amount: amount"),
    (row(amount="999999999999"), "amount: amount"),
    (row(amount="\u0665\u0660"), "amount: unread_amount"),
    (row(day="2026-02-31"), "received_on: unread_day"),
    (row(day="31/01/26"), "received_on: unread_day"),
    (row(day="yesterday"), "received_on: unread_day"),
    (row(day="2999-01-01"), "received_on: future"),
    (row(fund="nowhere"), "designation: designation"),
    (row(name=""), "name: name"),
    (row(name="x" * 300), "name: too_long"),
    (row(email="not an address"), "email: email"),
    (row().rstrip() + ",more,cells\n", ": cells"),
]


def test_each_bad_row_says_why_and_nothing_of_its_file_is_entered(clerk):
    upload = sent(clerk, PLAIN + row() + "".join(text for text, _why in BAD))
    found = importing.read(upload)
    assert len(found.good) == 1
    told = [{f"{one.field}: {one.code}" for one in bad.faults} for bad in found.bad]
    for (text, why), faults in zip(BAD, told, strict=True):
        assert why in faults, (text, faults)
    assert [bad.line for bad in found.bad] == list(range(3, 3 + len(BAD)))
    with pytest.raises(entering.NotPossible, match="bad"):
        importing.take(upload, seen=found.fingerprint, by=clerk.by)
    assert not OfflineGift.objects.exists()


HOSTILE = [
    (b"", "empty"),
    (b" \n\n", "empty"),
    (b"a,b\n1,\x002\n", "binary"),
    ("Name,Sum\nRuth,1\n".encode("utf-16"), "binary"),
    (b"Name,Name\nx,y\n", "twice"),
    (b"Name,\nx,y\n", "no_headings"),
    (b"Name,Note\nx," + b"y" * 3_000 + b"\n", "cell"),
    (b"Name,Note\nx," + b"y" * 140_000 + b"\n", "quotes"),
    (b'Name,Note\nx,"never closed\n', "quotes"),
    (b"Name\n" + b"x\n" * 20_001, "too_many"),
    (b"x" * (reading.MOST_BYTES + 1), "too_large"),
    (",".join(f"h{place}" for place in range(61)).encode(), "no_headings"),
    (b"\x81\x8d,b\n", "letters"),
]


def test_hostile_files_are_refused_as_a_whole(clerk):
    batch = clerk.batch()
    for data, code in HOSTILE:
        with pytest.raises(reading.Unreadable) as caught:
            importing.receive(data, name="x", kind="gifts", batch=batch, by=clerk.by)
        assert caught.value.code == code, data[:30]
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("text", "days", "told"),
    [
        ("01/02/2026", "mdy", (2026, 1, 2)),
        ("01/02/2026", "dmy", (2026, 2, 1)),
        ("31.12.2026", "dmy", (2026, 12, 31)),
        ("2026-12-31", "mdy", (2026, 12, 31)),
        ("12/31/2026", "dmy", None),
        ("31.02.2026", "dmy", None),
        ("1/2/26", "mdy", None),
    ],
)
def test_a_day_is_read_in_the_chosen_order_alone(text, days, told):
    if told is None:
        with pytest.raises(ValueError):
            reading.day(text, days=days)
    else:
        assert reading.day(text, days=days).timetuple()[:3] == told


def test_days_that_can_be_read_both_ways_are_told():
    assert reading.both_ways(["01/02/2026", "3/4/2026"])
    assert not reading.both_ways(["01/02/2026", "3/14/2026"])
    assert not reading.both_ways(["2026-01-02"])


def test_what_is_looked_over_is_what_is_taken_over_once(clerk, run_jobs):
    known = clerk.posted(name="Ama Mensah", email="ama@example.org", received_on=days_ago(9)).donor
    batch = clerk.batch(5000, 7500)
    text = PLAIN + row(check="=cmd|x") + row("Ama", "75", email="AMA@example.org")
    upload = sent(clerk, text, batch=batch)
    found = importing.read(upload)
    assert [facts.donor_id for facts in found.good] == [None, known.pk]
    clerk.posted(name="Ruth Osei", email="", address_line1="2 Oak Street")
    with pytest.raises(entering.NotPossible, match="changed_file"):
        importing.take(upload, seen="something else", by=clerk.by)
    found = importing.read(upload)
    assert [bool(hints) for hints in found.hints] == [True, False]
    for _ in range(2):
        importing.take(upload, seen=found.fingerprint, by=clerk.by)
    assert [gift.line for gift in batch.gifts.all()] == [2, 3]
    upload.refresh_from_db()
    assert (upload.state, bytes(upload.data), upload.rows) == ("taken", b"", 2)
    clerk.post(batch)
    assert Donation.objects.filter(offline__batch=batch).count() == 2
    with pytest.raises(entering.NotPossible, match="not_open"):
        importing.drop(upload)
    with pytest.raises(DatabaseError, match="empty_once_done"), transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(data=b"x")


def test_a_file_let_go_leaves_no_names(clerk):
    upload = sent(clerk, PLAIN + row(), received_on=days_ago(1).isoformat())
    for _ in range(2):
        importing.drop(upload)
    upload.refresh_from_db()
    assert (upload.state, bytes(upload.data)) == ("dropped", b"")


def test_a_file_that_nobody_takes_over_is_forgotten_after_a_month(clerk):
    upload = sent(clerk, PLAIN + row())
    for days, state in ((29, "reading"), (31, "dropped")):
        with later(days=days):
            jobs.forget_unpaid(timestamp=0)
        upload.refresh_from_db()
        assert upload.state == state
    assert bytes(upload.data) == b""


def test_what_the_file_does_not_say_is_said_for_all_rows(clerk):
    text = "Name,Amount,Address\nRuth,50,1 Elm Street\n"
    day = days_ago(2)
    upload = sent(clerk, text, received_on=day.isoformat(), designation="education")
    (facts,) = importing.read(upload).good
    assert (facts.received_on, facts.lines) == (day, ((purpose("education").pk, 5000),))


def test_a_large_file_takes_few_queries(clerk, django_assert_max_num_queries):
    clerk.posted(name="Donor 1", email="d1@example.org", received_on=days_ago(9))
    lines = "".join(row(f"Donor {n}", email=f"d{n}@example.org") for n in range(200))
    upload = sent(clerk, PLAIN + lines, batch=clerk.batch(*[5000] * 200))
    with django_assert_max_num_queries(9):
        found = importing.read(upload)
    with django_assert_max_num_queries(24):
        importing.take(upload, seen=found.fingerprint, by=clerk.by)
