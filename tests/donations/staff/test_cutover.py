"""The desk of a cut-over: three files, what is wrong with them, taken over, proved, undone."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from donations.models import CutOver, Donor, Upload
from tests.donations.offline.test_cutover import BALANCES, DONORS, PAST
from tests.donations.staff.test_batches import text
from tests.donations.staff.test_desks import url
from tests.donations.staff.test_uploads import how
from tests.offline_made import days_ago
from tests.roles import STAFF

pytestmark = pytest.mark.role(STAFF)


def test_a_cut_over_from_three_files_to_its_proof_and_undone(clerk, lead):
    start = {"origin": "Old Books", "as_of": days_ago(-1).isoformat()}
    start["entity"] = lead.get(url("cutover:add")).context["form"].initial["entity"].pk
    assert "has not come yet" in text(lead.post(url("cutover:add"), start))
    lead.post(url("cutover:add"), {**start, "as_of": days_ago(1).isoformat()})
    row = CutOver.objects.get()
    page = url("cutover:inspect", row.pk)
    assert "Send up the files, the donors first." in text(lead.get(page))
    wrong = PAST + "g9,404,2025-01-01,5,,,\n"
    for kind, content in (
        *(("donors", DONORS), ("past", wrong), ("balances", BALANCES)),
        ("past", PAST),
    ):
        if kind == "past" and content == PAST:
            told = text(lead.get(page))
            assert "Donor&#x27;s number there: No donor has this number." in told
            mend = lead.get(url("cutover:bad", Upload.objects.get(kind="past").pk))
            assert b"g9,404,2025-01-01,5" in mend.content
        file = SimpleUploadedFile(f"{kind}.csv", content.encode())
        answer = lead.post(url("cutover:upload", row.pk, kind), {"file": file})
        upload = Upload.objects.latest("pk")
        assert answer["Location"] == url("cutover:columns", upload.pk)
        answer = lead.post(answer["Location"], how(upload, days="ymd"))
        assert answer["Location"] == page
    told = text(lead.get(page))
    for said in ("Everything can be taken over.", "$1,250.50", "With donor restrictions", "2024"):
        assert said in told
    load = url("cutover:load", row.pk)
    seen = lead.get(load).context["form"].initial["seen"]
    assert "Opening balances" in text(lead.post(load, {"seen": seen}))
    lead.post(load, {"seen": seen, "confirmed": "1"})
    row.refresh_from_db()
    assert row.state == "loaded"
    assert lead.get(url("cutover:proof", row.pk)).content.startswith(b"%PDF")
    told = text(lead.get(url("donors:inspect", Donor.objects.get(name="Ruth Osei").pk)))
    for said in ("From other books, not counted above", "receipted there, no. R-318", "$1,250.00"):
        assert said in told
    assert "done already" in text(lead.get(load, follow=True))
    lead.post(url("cutover:undo", row.pk), {"reason": "wrong year"})
    assert "wrong year" in text(lead.get(page))
    assert lead.get(url("cutover:upload", row.pk, "donors")).status_code == 404
