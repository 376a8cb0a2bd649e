"""Impact reports as visitors read and print them, and as staff open each figure's source."""

import hashlib
import re
from io import BytesIO

import pdfua
import pikepdf
import pytest
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from campaigns.models import ImpactIndexPage, ImpactReportPage, ReportEdition, ReportPaper
from campaigns.reports import demo, editions, papers
from gifts.trace import calendar
from pages.demo import reports
from tests.campaigns.reported import last_quarter, told
from tests.people import person, signed_in
from tests.roles import RoleClient
from tests.things_made import make_kind, make_wish

pytestmark = pytest.mark.django_db
PLACES = ("/impact/last-quarter/", "/es/impacto/ultimo-trimestre/")


@pytest.fixture
def site(monkeypatch, giving, run_jobs, seeded):
    """A published report with things and gifts, told in both languages."""
    quarter = calendar.start_of(calendar.today())
    monkeypatch.setattr(calendar, "today", lambda: calendar.published_on(quarter))
    wish = make_wish(state="published", kind=make_kind(is_device=False), wanted=50)
    told(wish, count=25, ready=40, cost_minor=None)
    for purpose in ["education"] * 11 + ["work"] * 3 + ["where-needed-most"] * 12:
        giving.paid(2500, designation=purpose)
    run_jobs()
    demo.seed(reports.REPORT, by=person(factor=False))
    return ReportEdition.objects.get(published_at__isnull=False)


def test_a_report_is_read_in_both_languages_by_few_queries_without_a_cookie(
    site, public_client: RoleClient
) -> None:
    for path, words in (
        ("/impact/", "quarter by quarter"),
        (PLACES[0], "things reached people, at least"),
        (PLACES[1], "cosas llegaron a las personas, por lo menos"),
    ):
        caches["local"].clear()
        with CaptureQueriesContext(connection) as cold:
            answer = public_client.get(path)
        with CaptureQueriesContext(connection) as warm:
            public_client.get(path)
        page = answer.content.decode()
        assert words in page
        assert not answer.cookies
        assert (len(cold) <= 15, len(warm)) == (True, 0), (path, len(cold), len(warm))
    page = public_client.get(PLACES[0]).content.decode()
    assert page.count('<section class="chart"') == 3
    assert "Laptops, Latin America" in page
    assert re.search(r'<th scope="row">Laptops, Latin America</th><td>22</td>', page)
    assert "Told together" in page  # three gifts to work stand with others
    assert "/admin/" not in page
    assert site.sha256[:16] in page


def test_a_page_waits_until_its_figures_are_published(site, public_client: RoleClient) -> None:
    index = ImpactIndexPage.objects.get(locale__language_code="en")
    draft = ReportEdition.objects.filter(published_at=None).first() or editions.draft(
        first=last_quarter(), last=calendar.last_day(last_quarter()), kinds=["laptop"]
    )
    page = ImpactReportPage(title="Draft", slug="draft", summary="x", edition=draft, live=False)
    index.add_child(instance=page)
    with pytest.raises(ValidationError), transaction.atomic():
        page.save_revision().publish()
    page.refresh_from_db()
    assert not page.live
    with pytest.raises(DatabaseError, match="published figures"), transaction.atomic():
        ReportPaper.objects.create(
            page=page, edition=draft, language="en", size="A4", source_sha256="",
            sha256=hashlib.sha256(b"x").hexdigest(), content=b"x",
        )  # fmt: skip


def test_its_papers_are_drawn_once_tagged_and_kept(
    site, public_client: RoleClient, tmp_path
) -> None:
    rows = list(ReportPaper.objects.order_by("pk"))
    assert [(row.language, row.size) for row in rows] == [
        ("en", "A4"), ("en", "Letter"), ("es", "A4"), ("es", "Letter"),
    ]  # fmt: skip
    page = rows[0].page
    papers.draw(page.pk)
    assert ReportPaper.objects.count() == 4
    assert papers.render(page, papers.document(page, size="A4")) == bytes(rows[0].content)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReportPaper.objects.filter(pk=rows[0].pk).update(content=b"other")

    answer = public_client.get(f"/reports/papers/{rows[0].pk}.pdf")
    assert hashlib.sha256(answer.content).hexdigest() == rows[0].sha256
    widths = {}
    for row in rows:
        with pikepdf.open(BytesIO(bytes(row.content))) as document:
            root = document.Root
            assert str(root.Lang) == row.language
            assert root.MarkInfo.Marked
            assert "/Outlines" in root
            widths[row.size] = round(float(document.pages[0].MediaBox[2]))
            figures = [
                str(item.get("/Alt", ""))
                for item in document.objects
                if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"
            ]
            cells = [
                item.A
                for item in document.objects
                if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/TD"
            ]
        assert cells
        assert all(len(cell.Headers) >= 2 for cell in cells)
        assert len(figures) == 3
        path = tmp_path / f"{row.pk}.pdf"
        path.write_bytes(bytes(row.content))
        found = {one.rule_id for one in pdfua.validate(str(path)).findings}
        # It looks for a scope alone; our cells name their headers, which is as good (PDF/UA, 7.5).
        assert found <= {"UA-15-003"}
        assert all(len(text) > 20 for text in figures)
    assert widths == {"A4": 595, "Letter": 612}

    page.unpublish()
    assert public_client.get(f"/reports/papers/{rows[0].pk}.pdf").status_code == 404


@pytest.mark.role("staff")
def test_staff_open_each_figure_and_publish_or_forget_a_draft(site) -> None:
    staff_client = signed_in(person("Publisher"))
    page = staff_client.get(f"/admin/impact/inspect/{site.pk}/").content.decode()
    assert "/admin/journal/?posted_on_from=" in page
    assert "/admin/units/?kind=" in page
    assert staff_client.get("/admin/impact/").status_code == 200

    quarter = last_quarter().isoformat()
    made = staff_client.post("/admin/impact/new/", {"first": quarter, "last": quarter})
    draft = ReportEdition.objects.latest("pk")
    assert made["Location"] == f"/admin/impact/inspect/{draft.pk}/"
    told_of = staff_client.get(made["Location"]).content.decode()
    assert "make a correction of it" in told_of
    staff_client.post(f"/admin/impact/publish/{draft.pk}/", {})
    draft.refresh_from_db()
    assert not draft.is_published
    gone = staff_client.post(f"/admin/impact/discard/{draft.pk}/", {})
    assert gone["Location"] == "/admin/impact/"
    staff_client.post(f"/admin/impact/correct/{site.pk}/", {})
    correction = ReportEdition.objects.latest("pk")
    staff_client.post(f"/admin/impact/publish/{correction.pk}/", {})
    correction.refresh_from_db()
    assert correction.is_published
    assert correction.corrects == site
