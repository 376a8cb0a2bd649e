"""The board's page: figures to read and print, each with a file. It changes nothing."""

import csv
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet

from campaigns.models import ReportEdition
from campaigns.reports import board, drawing, staff
from core.headers import as_file
from donations.exports import disarm
from donations.staff.cells import clock
from donations.staff.pages import ForReaders, Page

SEE = "campaigns.view_board"


class ForTheBoard(ForReaders):
    permission = SEE


class BoardPage(Page):
    permission = SEE
    template_name = "campaigns/reports/board.html"
    page_title = _("Board")
    header_icon = "doc-full"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        reports = board.times()
        context |= {"clock": clock()}
        if not reports:
            return context
        keys = [row.pk for row in reports]
        edition = reports[keys.index(self.chosen("report", keys))]
        tables = board.tables(edition, reports)
        return context | {
            "edition": edition,
            "time": staff.time_of(edition),
            "times": [(row.pk, staff.time_of(row), f"?report={row.pk}") for row in reports],
            "headlines": drawing.headlines(edition.figures),
            "tables": [(table, _file(table, edition)) for table in tables],
        }


def _file(table: board.Table, edition: ReportEdition) -> str:
    return f"{reverse('board:figures', args=[table.key])}?report={edition.pk}"


def figures(request: HttpRequest, key: str) -> HttpResponse:
    """One table as CSV, by default of the newest report: plain numbers, safe in a spreadsheet."""
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    reports = board.times()
    typed = request.GET.get("report", "")
    edition = next((row for row in reports if typed in ("", str(row.pk))), None)
    if edition is None:
        raise Http404
    table = next((one for one in board.tables(edition, reports) if one.key == key), None)
    if table is None:
        raise Http404
    name = f"{key}-{edition.first:%Y-%m}-{edition.last:%Y-%m}.csv"
    answer = as_file(b"", name, "text/csv; charset=utf-8")
    out = csv.writer(answer)
    out.writerow([disarm.text(str(one)) for one in table.headings])
    for row in table.rows:
        out.writerow([disarm.text(str(one.plain)) for one in row])
    return answer


class BoardDesk(ViewSet):
    name = "board"
    menu_label = _("Board")
    menu_order = 154
    add_to_admin_menu = True
    icon = "doc-full"
    menu_item_class = ForTheBoard

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", BoardPage.as_view(), name="index"),
            path("<slug:key>.csv", figures, name="figures"),
        ]
