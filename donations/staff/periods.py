"""The desk for the months of the books: what hinders closing, closing, opening again by two."""

from typing import Any, ClassVar

from django.conf import settings
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from donations import chart, closing, periods
from donations.models import Designation, Entry, Period, PeriodStep
from donations.staff.cells import Cell, Notice, Section, Text, amount, moment
from donations.staff.desk import Desk, Listing, MomentColumn, Reading
from donations.staff.hindrances import hindrance
from donations.staff.period_acts import AskToReopen, ClosePeriod, KeepClosed, Reopen

State = Period.State
TONES = {State.CLOSED: "good", State.ASKED: "warn", State.REOPENED: "warn"}
WHAT = {
    State.OPEN: _("Open"),
    State.CLOSED: _("Closed"),
    State.ASKED: _("Asked to open it again"),
    State.REOPENED: _("Opened again"),
}


def fiscal(row: Period) -> str:
    found = periods.fiscal(row)
    return gettext("%(year)d, month %(month)d") % {"year": found.year, "month": found.month}


class PeriodFilter(WagtailFilterSet):
    class Meta:
        model = Period
        fields: ClassVar[list[str]] = ["state", "legal_entity"]


class Periods(Listing):
    page_title = _("Periods")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        periods.keep_up()  # a month begins by itself

    def get_base_queryset(self) -> QuerySet[Period]:
        rows: QuerySet[Period] = super().get_base_queryset()
        of_month = (
            Entry.objects.filter(
                legal_entity=OuterRef("legal_entity"),
                livemode=OuterRef("livemode"),
                posted_on__year=OuterRef("begins_on__year"),
                posted_on__month=OuterRef("begins_on__month"),
            )
            .order_by()
            .values("legal_entity")
        )
        entries = of_month.annotate(found=Count("pk")).values("found")
        mode = rows.filter(livemode=settings.STRIPE_LIVE)
        return mode.select_related("legal_entity").annotate(entries=Subquery(entries))

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("begins_on", str),
            Column(fiscal, label=_("Fiscal year")),
            Column("get_state_display", label=_("State"), sort_key="state"),
            MomentColumn("moved_at", label=_("Since")),
            Column(lambda row: row.entries or 0, label=_("Entries")),
        ]

    def notices(self) -> list[Notice]:
        """The next month to close, and those that wait for a second person."""
        found: list[Notice] = []
        rows = Period.objects.filter(livemode=settings.STRIPE_LIVE).exclude(state=State.CLOSED)
        still = list(rows.select_related("legal_entity").order_by("begins_on"))
        for row in still:
            if row.state == State.ASKED:
                text = gettext("Somebody asks to open %(month)s again; it takes a second person.")
                url = reverse("periods:inspect", args=[row.pk])
                found.append(Notice(text % {"month": row}, url, "warn"))
        due = next((row for row in still if not row.is_closed), None)
        if due and periods.after(due.begins_on) <= periods.today_of(due.legal_entity):
            count = len(closing.hindrances(due))
            text = (
                gettext("%(month)s is the next to close; before that, look at what hinders it.")
                if count
                else gettext("%(month)s can be closed: nothing hinders it.")
            )
            url = reverse("periods:inspect", args=[due.pk])
            found.append(Notice(text % {"month": due}, url, "warn" if count else "good"))
        return found


class OnePeriod(Reading):
    def get_queryset(self) -> QuerySet[Period]:
        rows: QuerySet[Period] = super().get_queryset()
        return rows.select_related("legal_entity")

    @cached_property
    def closing(self) -> PeriodStep | None:
        """The closing that is in force; none while the month is open."""
        return periods.last_closing(self.object) if self.object.is_closed else None

    def get_page_subtitle(self) -> str:
        return str(self.object)

    def notices(self) -> list[Notice]:
        row: Period = self.object
        if row.is_closed:
            return []
        found = [hindrance(one) for one in closing.hindrances(row)]
        if all(one.tone != "bad" for one in found):
            text = (
                _("It can be closed if you write a reason for what is overlooked.")
                if found
                else _("Nothing hinders closing it.")
            )
            found.append(Notice(text, tone="good"))
        return found

    def sections(self) -> list[Section]:
        row: Period = self.object
        journal = (
            f"{reverse('journal:index')}?posted_on_from={row.begins_on}"
            f"&posted_on_to={periods.last_day(row)}"
        )
        kept = self.closing.figures if self.closing else None
        totals = kept["totals"] if kept else periods.totals(row)
        count = kept["entries"] if kept else periods.entries(row).count()
        facts: list[list[Any]] = [
            [_("State"), Cell(row.get_state_display(), tone=TONES.get(State(row.state), ""))],
            [_("Legal entity"), str(row.legal_entity)],
            [_("Fiscal year"), fiscal(row)],
            [_("Entries"), Cell(count, journal)],
        ]
        if self.closing:
            facts.append([_("Fingerprint of the closing"), self.closing.sha256])
        rows = self._steps(row)
        headings = [_("When"), _("What"), _("By"), _("Reason")]
        return [
            Section(_("The month"), facts),
            *balances(totals),
            Section(_("What was done"), rows, headings, empty=_("Nothing yet: it is open.")),
        ]

    def _steps(self, row: Period) -> list[list[Any]]:
        return [
            [moment(step.at), what(step), step.by, why(step)]
            for step in row.steps.select_related("by", "asked_by")
        ]


def what(step: PeriodStep) -> Text:
    if step.state == State.CLOSED and step.sha256 is None:
        return _("It stays closed")
    return WHAT[State(step.state)]


def why(step: PeriodStep) -> str:
    """The reason, with what was overlooked."""
    texts = [step.reason] if step.reason else []
    texts += [
        str(hindrance(closing.Hindrance(code, about)).text) for code, about in step.overlooked
    ]
    return "\n".join(texts)


def balances(totals: list[list[Any]]) -> list[Section]:
    """Debits and credits by account and designation, and the movement of each restriction class."""
    purposes = Designation.objects.in_bulk([row[1] for row in totals if row[1]])
    book = chart.Chart.load()
    rows, sums, classes = [], dict[str, list[int]](), dict[tuple[str, str], int]()
    for account, purpose_id, currency, debit, credit in totals:
        purpose = purposes.get(purpose_id)
        line = book.line(account, purpose_id)
        rows.append(
            [
                line.number,
                line.name,
                purpose.name if purpose else "",
                amount(debit, currency) if debit else "",
                amount(credit, currency) if credit else "",
            ]
        )
        total = sums.setdefault(currency, [0, 0])
        total[0], total[1] = total[0] + debit, total[1] + credit
        if account not in chart.BALANCES:
            key = (chart.class_of(account, purpose), currency)
            classes[key] = classes.get(key, 0) + credit - debit
    headings = [_("Number"), _("Account"), _("Designation"), _("Debit"), _("Credit")]
    whole = [
        [gettext("Total"), "", "", amount(debit, code), amount(credit, code)]
        for code, (debit, credit) in sorted(sums.items())
    ]
    moved = [[name, amount(minor, code)] for (name, code), minor in sorted(classes.items())]
    return [
        Section(
            _("Totals"),
            rows,
            headings,
            empty=_("Nothing was booked."),
            totals=whole if rows else [],
        ),
        Section(
            _("Change of net assets by restriction"),
            moved,
            [_("Restriction"), _("Change")],
            empty=_("Nothing changed."),
        ),
    ]


class PeriodsDesk(Desk):
    model = Period
    name = "periods"
    menu_label = _("Periods")
    icon = "calendar-alt"
    ordering = ["-begins_on", "-pk"]
    filterset_class = PeriodFilter
    index_view_class = Periods
    inspect_view_class = OnePeriod
    acts = [ClosePeriod, AskToReopen, Reopen, KeepClosed]
