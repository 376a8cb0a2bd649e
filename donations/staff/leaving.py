"""Who left, and why: counts by reason, and the donors' own words."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import BigIntegerField, Case, Count, F, Sum, When
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet

from donations.models import Plan
from donations.staff.cells import Cell, amount, clock, day, link
from donations.staff.charts import Chart, lines
from donations.staff.pages import ForReaders, Page
from donations.staff.words import LEAVING, leaving

DAYS = (30, 90, 365)
MOST_NOTES = 50


@dataclass(frozen=True)
class LeftRow:
    """Plans that ended for one reason: how many by whose wish, and their value by currency."""

    code: str
    by: Counter[str]
    minor: Counter[str]

    @property
    def count(self) -> int:
        return self.by.total()


def chart_of(rows: list[LeftRow]) -> Chart | None:
    """Nothing where nobody left."""
    if not rows:
        return None
    total = sum(row.count for row in rows)
    cells = [
        [
            Cell(LEAVING[row.code]),
            Cell(row.by["donor"]),
            Cell(row.by["staff"]),
            Cell(row.count - row.by["donor"] - row.by["staff"]),
            Cell(row.count),
            Cell(f"{100 * row.count / total:.0f} %"),
            Cell("\n".join(amount(minor, of) for of, minor in sorted(row.minor.items()))),
        ]
        for row in rows
    ]
    headings = [
        *(_("Reason"), _("By the donor"), _("By staff"), _("Otherwise"), _("All"), _("Share")),
        _("Would bring a month"),
    ]
    return lines(
        _("Ended regular gifts by reason"),
        [str(LEAVING[row.code]) for row in rows],
        [row.count for row in rows],
        table=(headings, cells),
    )


class LeavingPage(Page):
    """Who stopped and why, counted from the plans themselves as they are now."""

    template_name = "donations/staff/leaving.html"
    page_title = _("Who left, and why")
    header_icon = "group"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        days = self.chosen("days", DAYS)
        since = timezone.now() - timedelta(days=days)
        gone = Plan.objects.filter(livemode=settings.STRIPE_LIVE, ended_at__gte=since)
        noted = gone.exclude(cancel_note="").select_related("designation").order_by("-ended_at")
        return context | {
            "days": days,
            "spans": [(one, f"?days={one}") for one in DAYS],
            "chart": chart_of(_rows(gone)),
            "notes": [
                [Cell(day(timezone.localdate(plan.ended_at))), link("plans", plan, plan.name),
                 Cell(plan.get_cancel_reason_display()), Cell(plan.cancel_note)]
                for plan in noted[:MOST_NOTES]
            ],
            "clock": clock(),
        }  # fmt: skip


def _rows(gone: Any) -> list[LeftRow]:
    """By reason: how many by whose wish, and what they would bring a month."""
    monthly = Case(
        When(interval="year", then=F("amount_minor") / 12),
        default=F("amount_minor"),
        output_field=BigIntegerField(),
    )
    groups = gone.values("status", "canceled_by", "cancel_reason", "currency").annotate(
        count=Count("pk"), minor=Sum(monthly)
    )
    rows: dict[str, LeftRow] = {}
    for group in groups.order_by():
        code = leaving(group["status"], group["canceled_by"], group["cancel_reason"])
        row = rows.setdefault(code, LeftRow(code, Counter(), Counter()))
        row.by[group["canceled_by"] or "stripe"] += group["count"]
        row.minor[group["currency"]] += group["minor"]
    return sorted(rows.values(), key=lambda row: -row.count)


class LeavingDesk(ViewSet):
    name = "leaving"
    menu_label = _("Who left")
    icon = "group"
    menu_item_class = ForReaders

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", LeavingPage.as_view(), name="index")]
