"""A file of rows over HTTP: sent up, told how to be read, looked over, mended, taken over."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from donations.models import OfflineGift, Upload
from donations.offline import reading
from tests.donations.staff.test_batches import text
from tests.donations.staff.test_desks import url
from tests.offline_made import days_ago
from tests.roles import STAFF

pytestmark = pytest.mark.role(STAFF)
HEAD = "Name,Amount,Date,Address,Fund\n"


def send(finance, batch, content):
    file = SimpleUploadedFile(
        "rows.csv", content if isinstance(content, bytes) else content.encode()
    )
    return finance.post(url("offline:upload", batch.pk), {"file": file})


def how(upload, **more):
    by = {f"column{place}": name for name, place in upload.columns["by"].items()}
    reads = {"encoding": upload.encoding, "delimiter": upload.delimiter}
    return {**by, **reads, "decimals": "point", "days": "mdy", **more}


def test_a_file_is_looked_over_mended_and_taken_over(clerk, finance):
    batch = clerk.batch(5000, 7500)
    day = days_ago(2)
    good = f'Ruth Osei,50.00,{day:%m/%d/%Y},"1 Elm St, Dayton",education\n'
    bad = f"=HYPERLINK(1),75.00,{day:%m/%d/%Y},1 Elm St,nowhere\n"
    answer = send(finance, batch, HEAD + good + bad)
    upload = Upload.objects.get()
    columns, look = url("offline:columns", upload.pk), url("offline:look", upload.pk)
    assert answer["Location"] == columns
    assert finance.get(look)["Location"] == columns  # nobody has said how days are written
    page = text(finance.get(columns))
    assert "Nobody can tell 01/02/2026 from the file" in page
    assert "1 Elm St, Dayton" in page
    told = text(finance.post(columns, how(upload, days="", column0="")))
    assert "Please say which column is: Name." in told
    assert "Another column is this already" in text(
        finance.post(columns, how(upload, column1="name"))
    )
    assert finance.post(columns, how(upload))["Location"] == look
    page = text(finance.get(look))
    for said in ("1 row can be entered: $50.00", "1 row cannot", "For: This designation"):
        assert said in page
    assert "Take all of it over" not in page
    mend = finance.get(url("offline:bad", upload.pk))
    lines = mend.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Name,Amount,Date,Address,Fund,What is wrong"
    assert lines[1].startswith("'=HYPERLINK(1),75.00,")
    assert len(lines) == 2
    finance.post(look, {"seen": "x", "drop": "1"})
    assert Upload.objects.get().state == "dropped"

    second = f"Ama Mensah,75.00,{day:%m/%d/%Y},2 Oak Street,where-needed-most\n"
    send(finance, batch, HEAD + good + second)
    again = Upload.objects.latest("pk")
    assert again.days == "mdy"  # as the file with the same headings was read
    look = url("offline:look", again.pk)
    page = finance.get(look)
    seen = page.context["form"].initial["seen"]
    if day.day <= 12:
        assert "can be read in two ways" in text(page)
    finance.post(look, {"seen": "another"})
    assert not OfflineGift.objects.exists()
    told = text(finance.post(look, {"seen": seen}, follow=True))
    assert "2 gifts were entered." in told
    assert "Count and total are met" in told
    assert again.sha256[:16] in told
    assert "taken over or let go" in text(finance.get(look, follow=True))


def test_a_file_that_is_no_table_is_refused_with_the_reason(clerk, finance):
    batch = clerk.batch()
    assert "This is no text" in text(send(finance, batch, b"PK\x03\x04\x00\x00"))
    assert "twice" in text(send(finance, batch, "Name,name\nx,y\n"))
    assert "larger than 8 MB" in text(send(finance, batch, b"x" * (reading.MOST_BYTES + 1)))
    assert not Upload.objects.exists()


def test_another_sign_between_columns_asks_for_the_columns_again(clerk, finance):
    send(finance, clerk.batch(), "Name;Amount,old\nRuth;50,x\n")
    upload = Upload.objects.get()
    columns = url("offline:columns", upload.pk)
    answer = finance.post(columns, how(upload, column0="name", delimiter=";"))
    upload.refresh_from_db()
    assert answer["Location"] in (columns, url("offline:look", upload.pk))
    assert upload.delimiter == ";"
    assert upload.columns["by"]["name"] == 0
