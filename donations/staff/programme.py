"""How the giving programme does, month by month, on a page and as a file."""

import csv
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton

from core import money
from core.headers import as_file
from donations import programme
from donations.staff.cells import clock, moment
from donations.staff.pages import PERMISSION, ForReaders, Page
from donations.staff.programme_charts import charts, tiles

SPANS = (12, 24, 60)


class ProgrammePage(Page):
    template_name = "donations/staff/programme.html"
    page_title = _("Abolitionist programme")
    header_icon = "calendar-check"

    @property
    def header_buttons(self) -> list[HeaderButton]:
        return [
            HeaderButton(_("Figures as a file"), reverse("programme:figures"), icon_name="download")
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        found = {one.currency: one for one in programme.read()}
        if not found:
            return context | {"charts": (), "clock": clock()}
        currency = self.chosen("currency", sorted(found, key=lambda one: -_size(found[one])))
        span = self.chosen("months", SPANS)
        shown = found[currency].months[-span:]
        return context | {
            "currency": currency,
            "currencies": [(one, f"?currency={one}&months={span}") for one in sorted(found)],
            "span": span,
            "spans": [(one, f"?currency={currency}&months={one}") for one in SPANS],
            "tiles": tiles(shown[-1], currency),
            "charts": charts(shown, currency),
            "computed": moment(found[currency].computed_at),
            "clock": clock(),
        }


def _size(one: programme.Programme) -> int:
    return one.months[-1].live


def figures(request: HttpRequest) -> HttpResponse:
    """Every figure of every month as CSV: codes, plain numbers and dates, safe in a spreadsheet."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    answer = as_file(b"", "programme.csv", "text/csv; charset=utf-8")
    out = csv.writer(answer)
    out.writerow(["month", "currency", "figure", "reason", "count", "amount", "computed_at"])
    for one in programme.read():
        for month in one.months:
            rows = [
                ("active_at_end", "", month.giving, month.monthly_minor),
                ("resting_at_end", "", month.resting, 0),
                *(
                    (measure, "", month.counts[measure], month.amounts_minor[measure])
                    for measure in programme.Measure
                    if measure not in (programme.Measure.GIVING, programme.Measure.LOST)
                ),
                ("other_changes", "", "", month.other_minor),
                *(
                    ("lost", reason, count, -month.lost_minor[reason])
                    for reason, count in sorted(month.lost.items())
                ),
            ]
            for name, reason, count, minor in rows:
                value = f"{money.to_decimal(minor, one.currency):f}"
                stamp = one.computed_at.isoformat(timespec="seconds")
                out.writerow(
                    [f"{month.month:%Y-%m}", one.currency, name, reason, count, value, stamp]
                )
    return answer


class ProgrammeDesk(ViewSet):
    name = "programme"
    menu_label = _("Programme")
    icon = "calendar-check"
    menu_item_class = ForReaders

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", ProgrammePage.as_view(), name="index"),
            path("figures.csv", figures, name="figures"),
        ]
