"""What staff see of a campaign: figures of the books, a file of them, a flyer, a short address."""

import csv
import io
import re
import subprocess
from datetime import timedelta

import pdfua
import pikepdf
import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import flyer
from campaigns.blocks import DRAWINGS
from campaigns.models import Campaign, CampaignPage, Challenge
from donations import appeal_story, appeals
from tests.donations.receipts.test_document import text_of
from tests.giving import Giving
from tests.roles import RoleClient

pytestmark = pytest.mark.django_db
GIFT = {"designation": "education", "appeal": "SCHOOL-YEAR"}


@pytest.fixture
def school(giving: Giving, seeded: None):
    yield Campaign.objects.get(code="SCHOOL-YEAR")
    caches["local"].clear()


def test_the_story_of_an_appeal_agrees_with_its_figure(school, giving: Giving, run_jobs) -> None:
    giving.paid(10_00, email="old@example.org")  # before, and to no appeal
    giving.paid(40_00, email="old@example.org", **GIFT)
    giving.paid(25_00, email="new@example.org", language="es", **GIFT)
    giving.paid(25_00, email="new@example.org", interval="month", **GIFT)
    session = giving.pay(giving.begin(60_00, email="gone@example.org", **GIFT))
    giving.deliver()
    giving.sandbox.refund(session)
    giving.paid(9_00, email="new@example.org", currency="EUR", **GIFT)
    giving.deliver()
    run_jobs()

    with CaptureQueriesContext(connection) as asked:
        story = appeal_story.read(school.code, school.designation_id)
    assert len(asked) == 2
    assert story.currencies == ["USD", "EUR"]
    kept = appeal_story.total(story.of("USD"), lambda one: one.kept_minor)
    found = appeals.raised([(school.code, school.designation_id)])
    assert kept == found[school.code, school.designation_id].amounts_minor["USD"] == 90_00
    assert appeal_story.total(story.of("USD"), lambda one: one.back_minor) == 60_00
    assert {one.rhythm for one in story.lines} == {"once", "month"}
    assert {one.language for one in story.lines} == {"en", "es"}
    assert (story.donors, story.new_donors) == (2, 1)


@pytest.mark.role("staff")
def test_an_editor_reads_how_a_campaign_goes(
    school, giving: Giving, editor: RoleClient, run_jobs
) -> None:
    report = f"/admin/campaigns/report/{school.pk}/"
    assert "No gift has come through this campaign yet." in editor.get(report).content.decode()
    giving.paid(40_00, **GIFT)
    giving.paid(25_00, email="ben@example.org", interval="month", language="es", **GIFT)
    giving.paid(15_00, designation="education", appeal="SCHOOL-YEAR-MATCH")
    run_jobs()
    with CaptureQueriesContext(connection) as asked:
        page = editor.get(report).content.decode()
    assert len(asked) <= 40
    for told in ("$65.00", "$32.50", "2 of them gave to us for the first time", "<svg", "Monthly"):
        assert told in page, told
    # The sponsor's promise: 65 to be matched, 15 of it here.
    assert "Harbor Lamp Foundation" in page
    assert "$15.00" in page
    assert re.search(r'<a href="(http[^"]+/c/school-year/)"[^>]*>\1</a>', page)
    answer = editor.get(f"{report}figures.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert {(row["rhythm"], row["language"], row["stayed"]) for row in rows} == {
        ("once", "en", "40.00"),
        ("month", "es", "25.00"),
    }
    assert "example.org" not in page + answer.content.decode()


@pytest.mark.parametrize(("language", "size"), [("en", "letter"), ("es", "a4")])
def test_a_flyer_is_tagged_and_leads_to_the_short_address(
    school, language: str, size: str, tmp_path
) -> None:
    page = CampaignPage.objects.get(campaign=school, locale__language_code=language)
    file = tmp_path / "flyer.pdf"
    file.write_bytes(flyer.sheet(page, size=size))
    subprocess.run(["qpdf", "--check", str(file)], check=True, capture_output=True)
    assert pdfua.validate(str(file)).findings == ()
    with pikepdf.open(file) as opened:
        assert len(opened.pages) == 1
        width = float(opened.pages[0].mediabox[2])
        assert round(width) == (612 if size == "letter" else 595)
    text = " ".join(text_of(file.read_bytes()).split())
    assert "/c/school-year" in text
    assert page.title.split()[0] in text
    assert page.summary.split(". ")[0][:30] in text


@pytest.mark.parametrize("drawing", [key for key, _name in DRAWINGS])
def test_a_drawing_looks_the_same_in_every_viewer_of_pdf_files(drawing: str) -> None:
    """Light that fades comes out as a disc, and a sky not at all, where it is a gradient."""
    drawn = (settings.ROOT / "site/static/img" / f"{drawing}.svg").read_text()
    assert "Gradient" not in drawn
    assert "url(" not in drawn


@pytest.mark.role("staff")
def test_a_flyer_is_drawn_for_pages_there_are_and_sizes_we_know(school, editor) -> None:
    way = f"/admin/campaigns/flyer/{school.pk}"
    answer = editor.get(f"{way}/en/letter/")
    assert answer["Content-Type"] == "application/pdf"
    assert editor.get(f"{way}/en/a3/").status_code == 404
    assert editor.get(f"{way}/fr/a4/").status_code == 404


def test_the_short_address_leads_on_in_the_visitors_language(
    school, public_client: RoleClient
) -> None:
    def ask(language: str, code: str = "school-year"):
        return public_client.get(f"/c/{code}/", headers={"accept-language": language})

    assert ask("en")["Location"] == "/campaigns/school-year/"
    assert ask("es-MX,es;q=0.9", "SCHOOL-YEAR")["Location"] == "/es/campanas/un-ano-de-estudios/"
    assert ask("th")["Location"] == "/campaigns/school-year/"
    assert "Accept-Language" in ask("es")["Vary"]
    assert not ask("es").cookies
    # Over, its page still thanks.
    Campaign.objects.filter(pk=school.pk).update(
        starts_on=timezone.localdate() - timedelta(days=9),
        ends_on=timezone.localdate() - timedelta(days=1),
    )
    assert ask("en")["Location"] == "/campaigns/school-year/"
    # In the language that has a page, else kindly nowhere: alike for what never was.
    CampaignPage.objects.filter(slug="un-ano-de-estudios").update(live=False)
    assert ask("es")["Location"] == "/campaigns/school-year/"
    CampaignPage.objects.filter(campaign=school).update(live=False)
    gone, never = ask("es"), ask("es", "never-was")
    assert gone.status_code == never.status_code == 404
    assert gone.content == never.content
    assert "/es/campanas/" in gone.content.decode()
    assert 'lang="es"' in gone.content.decode()


def test_the_sponsors_code_is_no_short_address(school, public_client: RoleClient) -> None:
    assert Challenge.objects.filter(code="SCHOOL-YEAR-MATCH").exists()
    assert public_client.get("/c/school-year-match/").status_code == 404
