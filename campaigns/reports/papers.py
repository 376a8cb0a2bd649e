"""A report as a PDF: drawn once for each size from the page's words and the frozen figures."""

import hashlib
from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import override
from django.views.decorators.http import require_safe
from procrastinate.contrib.django import app

from campaigns.models import ImpactReportPage, ReportPaper
from campaigns.reports import drawing
from core import pdf
from core.headers import as_file
from donations.models import LegalEntity

Size = ReportPaper.Size


@app.task(queue="public")
def draw(page_id: int) -> None:
    """After a page was published: what is not drawn yet of its words and figures."""
    page = ImpactReportPage.objects.select_related("edition", "locale").filter(pk=page_id).first()
    if page is None or not page.live or not page.edition.is_published:
        return
    for size in Size:
        html = document(page, size=size)
        source = hashlib.sha256(html.encode()).hexdigest()
        if page.papers.filter(size=size, source_sha256=source).exists():
            continue
        content = render(page, html)
        try:
            with transaction.atomic():
                ReportPaper.objects.create(
                    page=page,
                    edition=page.edition,
                    language=page.locale.language_code,
                    size=size,
                    source_sha256=source,
                    sha256=hashlib.sha256(content).hexdigest(),
                    content=content,
                )
        except IntegrityError:
            continue  # drawn by another worker meanwhile: the same words, the same bytes


def draw_missing() -> None:
    for key in ImpactReportPage.objects.live().values_list("pk", flat=True):
        draw(key)


def document(page: ImpactReportPage, *, size: str, organisation: LegalEntity | None = None) -> str:
    """What is drawn, in the page's language; by default under the organisation's own name."""
    figures = page.edition.figures
    with override(page.locale.language_code):
        exhibits = drawing.exhibits(figures)
        placed = {block.value["chart"] for block in page.body if block.block_type == "chart"}
        return render_to_string(
            "pdf/report.html",
            {
                "page": page,
                "lang": page.locale.language_code,
                "size": size,
                "organisation": organisation or LegalEntity.objects.order_by("pk").first(),
                "headlines": drawing.headlines(figures),
                "exhibits": exhibits,
                "rest": [one for one in exhibits if one.table not in placed],
                "has_things": bool(figures["delivered"]),
            },
        )


def render(page: ImpactReportPage, html: str) -> bytes:
    """The same words and figures give the same bytes."""
    assert page.edition.published_at
    return pdf.render(
        html,
        stylesheet="report.css",
        title=page.title,
        lang=page.locale.language_code,
        created=page.edition.published_at,
    )


@require_safe
def report_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper as it was drawn, while its page is public."""
    row: Any = (
        ReportPaper.objects.filter(pk=pk, page__live=True).select_related("edition", "page").first()
    )
    if row is None or row.page.get_view_restrictions().exists():
        raise Http404
    name = f"report-{row.edition.first:%Y-%m}-{row.edition.last:%Y-%m}-{row.language}.pdf"
    answer: HttpResponse = as_file(bytes(row.content), name, "application/pdf")
    answer["ETag"] = f'"{row.sha256}"'
    return answer
