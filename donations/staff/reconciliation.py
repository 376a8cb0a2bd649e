"""The desk for reconciliation: did the books and Stripe agree last night, and if not, where."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column

from donations.models import Difference, Reconciliation
from donations.reconciliation import run
from donations.staff.cells import Cell, Notice, Section, Text, moment
from donations.staff.desk import Act, Desk, LinesColumn, Listing, MomentColumn, Reading
from donations.staff.words import yes_no


class RunFilter(WagtailFilterSet):
    started_at = django_filters.DateFromToRangeFilter(
        label=_("Started"), widget=DateRangePickerWidget
    )

    class Meta:
        model = Reconciliation
        fields: ClassVar[list[str]] = ["started_at", "repairs", "livemode"]


class Runs(Listing):
    page_title = _("Reconciliation")

    def get_base_queryset(self) -> QuerySet[Reconciliation]:
        rows: QuerySet[Reconciliation] = super().get_base_queryset()
        return rows.annotate(
            found=Count("differences"),
            left=Count("differences", filter=Q(differences__repaired=False)),
        )

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("started_at", lambda row: moment(row.started_at)),
            LinesColumn(outcome, lambda row: row.problem, label=_("Outcome")),
            Column("found", label=_("Differences")),
            Column("left", label=_("Left")),
            MomentColumn("since", label=_("From")),
            MomentColumn("until", label=_("Until")),
        ]

    def notices(self) -> list[Notice]:
        if found := alarms():
            return found
        if Reconciliation.objects.exists():
            return []
        return [Notice(_("Stripe was not compared with the books yet: the next night does it."))]


def outcome(row: Any) -> str:
    if row.problem:
        return gettext("Broken off")
    if row.finished_at is None:
        return gettext("Under way")
    return gettext("Differences") if row.left else gettext("Agreed")


class OneRun(Reading):
    def sections(self) -> list[Section]:
        row: Reconciliation = self.object
        differences = list(row.differences.all())
        left = sum(not one.repaired for one in differences)
        facts: list[list[Any]] = [
            [_("From"), moment(row.since)],
            [_("Until"), moment(row.until)],
            [_("Live"), yes_no(row.livemode)],
            [_("With repair"), yes_no(row.repairs)],
            [_("Started"), moment(row.started_at)],
            [_("Finished"), moment(row.finished_at)],
            [_("Problem"), row.problem],
            [_("Differences left"), Cell(left, tone="bad" if left else "good")],
            *([_family(name), count] for name, count in row.compared.items()),
        ]
        return [
            Section(_("The run"), facts),
            Section(
                _("Differences"),
                [
                    [
                        one.get_cause_display(),
                        one.about,
                        ", ".join(f"{key}: {value}" for key, value in one.detail.items()),
                        Cell(
                            gettext("Repaired") if one.repaired else gettext("Open"),
                            tone="good" if one.repaired else "bad",
                        ),
                    ]
                    for one in differences
                ],
                headings=[_("Cause"), _("About"), _("Both sides"), _("State")],
                empty=_("The books and Stripe say the same."),
            ),
        ]


def _family(name: str) -> str:
    """What was compared, in words."""
    words = {
        "events": gettext("Events compared"),
        "plans": gettext("Regular gifts compared"),
        "charges": gettext("Charges compared"),
        "refunds": gettext("Refunds compared"),
        "disputes": gettext("Disputes compared"),
        "payouts": gettext("Payouts compared"),
        "movements": gettext("Movements compared"),
    }
    return words.get(name, name)


class RunNow(Act):
    name = "again"
    title = _("Compare once more")
    permission = "donations.run_reconciliation"
    icon = "rotate"

    def question(self) -> Text:
        return _(
            "The same stretch of time is compared again, and what can be mended safely is mended. "
            "It runs beside your work; the outcome appears in the list."
        )

    def perform(self, form: forms.Form) -> Text:
        row: Reconciliation = self.row
        run.compare_stretch.defer(since=row.since.isoformat(), until=row.until.isoformat())
        return _("It waits for the next worker.")


class ReconciliationDesk(Desk):
    model = Reconciliation
    name = "reconciliation"
    menu_label = _("Reconciliation")
    icon = "check"
    ordering = ["-started_at", "-pk"]
    filterset_class = RunFilter
    index_view_class = Runs
    inspect_view_class = OneRun
    acts = [RunNow]


def alarms() -> list[Notice]:
    """What finance must hear of: differences that are left, or nights without a run."""
    found: list[Notice] = []
    if run.overdue():
        text = gettext("The books have not been compared with Stripe for more than a day.")
        found.append(Notice(text, reverse("reconciliation:index"), "bad"))
    latest = run.last()
    if latest is None:
        return found
    count = Difference.objects.filter(run=latest, repaired=False).count()
    if count:
        words = ngettext(
            "%(n)d difference between the books and Stripe",
            "%(n)d differences between the books and Stripe",
            count,
        )
        url = reverse("reconciliation:inspect", args=[latest.pk])
        found.append(Notice(words % {"n": count}, url, "bad"))
    return found
