"""The desk for regular gifts: find one, read its whole story, act for its donor."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.conf import settings
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import ExtractMonth, ExtractYear
from django.urls import URLPattern
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column

from donations.models import Designation, Plan, PlanStep
from donations.models.plans import LIVE
from donations.plans.letters import card_of, each_time
from donations.staff import words
from donations.staff.cells import Cell, Notice, Section, amount, link, moment
from donations.staff.desk import Desk, LinesColumn, Listing, MomentColumn, Reading
from donations.staff.finding import find_plans
from donations.staff.plan_acts import ACTS
from donations.staff.plan_story import changes, story

Status = Plan.Status
TONES = {"active": "good", "paused": "warn", "past_due": "bad"}
BEGUN = [choice for choice in Status.choices if choice[0] != Status.INCOMPLETE]


def at_risk(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Those whose payment fails, and those whose card ends before the next charge."""
    charged = {"year": ExtractYear("next_charge_at"), "month": ExtractMonth("next_charge_at")}
    expires = Q(card_exp_year__lt=charged["year"]) | Q(
        card_exp_year=charged["year"], card_exp_month__lt=charged["month"]
    )
    return plans.filter(
        Q(status=Status.PAST_DUE) | (Q(status__in=LIVE, next_charge_at__isnull=False) & expires)
    )


class PlanFilter(WagtailFilterSet):
    status = django_filters.MultipleChoiceFilter(
        label=_("Status"), choices=BEGUN, widget=forms.CheckboxSelectMultiple
    )
    at_risk = django_filters.BooleanFilter(
        label=_("At risk"), method="only_at_risk", widget=forms.CheckboxInput
    )
    designation = django_filters.ModelChoiceFilter(
        label=_("Purpose"), queryset=Designation.objects.all()
    )
    canceled_by = django_filters.ChoiceFilter(
        label=_("Stopped by"), choices=[row for row in Plan.CanceledBy.choices if row[0]]
    )
    cancel_reason = django_filters.ChoiceFilter(
        label=_("Reason"), choices=[row for row in Plan.Reason.choices if row[0]]
    )
    started_at = django_filters.DateFromToRangeFilter(
        label=_("First gift"), widget=DateRangePickerWidget
    )
    ended_at = django_filters.DateFromToRangeFilter(label=_("Ended"), widget=DateRangePickerWidget)
    currency = django_filters.AllValuesFilter(label=_("Currency"))

    class Meta:
        model = Plan
        fields: ClassVar[list[str]] = [
            *("status", "at_risk", "interval", "designation", "canceled_by", "cancel_reason"),
            *("started_at", "ended_at", "currency", "livemode"),
        ]

    def only_at_risk(self, rows: QuerySet[Plan], name: str, value: bool) -> QuerySet[Plan]:
        return at_risk(rows) if value else rows


class Plans(Listing):
    """Begun ones: a form that was never paid is found among the donations."""

    finder = staticmethod(find_plans)
    page_title = _("Regular gifts")

    def get_base_queryset(self) -> QuerySet[Plan]:
        rows: QuerySet[Plan] = super().get_base_queryset()
        return rows.exclude(status=Status.INCOMPLETE).select_related("designation")

    @property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column("name"),
            LinesColumn(
                lambda plan: each_time(plan.amount_minor, plan),
                lambda plan: plan.designation.public_name,
                label=_("Gift"),
                sort_key="amount_minor",
            ),
            LinesColumn("get_status_display", _ahead, label=_("Status"), sort_key="status"),
            MomentColumn("next_charge_at", label=_("Next gift"), sort_key="next_charge_at"),
            MomentColumn("started_at", label=_("First gift"), sort_key="started_at"),
        ]


def _ahead(plan: Plan) -> str:
    """What the status does not say: until when, tried again when, ended why."""
    if plan.status == Status.PAUSED and plan.paused_until:
        return gettext("until %(date)s") % {"date": moment(plan.paused_until)}
    if plan.status == Status.PAST_DUE:
        return tries(plan)
    return words.ended(plan.status, plan.canceled_by, plan.cancel_reason) if plan.ended_at else ""


def tries(plan: Plan) -> str:
    """How often a failing payment was tried, and whether it will be once more."""
    told = {"count": plan.tries, "date": moment(plan.retry_at)}
    if plan.retry_at:
        return gettext("tried %(count)s times, again %(date)s") % told
    return gettext("tried %(count)s times, not again by itself") % told


class AtRisk(Plans):
    """What somebody may save by a call: the next try first."""

    page_title = _("Regular gifts at risk")

    def get_base_queryset(self) -> QuerySet[Plan]:
        said = PlanStep.objects.filter(plan=OuterRef("pk"), kind=PlanStep.Kind.PAYMENT_FAILED)
        codes = said.order_by("-pk").values("detail__code")[:1]
        return at_risk(super().get_base_queryset()).annotate(code=Subquery(codes))

    def order_queryset(self, queryset: QuerySet[Plan]) -> QuerySet[Plan]:
        if self.request.GET.get("ordering"):
            ordered: QuerySet[Plan] = super().order_queryset(queryset)
            return ordered
        failing_first = Case(When(status=Status.PAST_DUE, then=Value(0)), default=Value(1))
        return queryset.order_by(
            failing_first, F("retry_at").asc(nulls_last=True), "next_charge_at", "pk"
        )

    @property
    def columns(self) -> list[Column]:
        return [
            *super().columns[:2],
            LinesColumn(_risk, _try, label=_("Why")),
            Column("email", label=_("E-mail")),
        ]


def _risk(plan: Any) -> str:
    if plan.status == Status.PAST_DUE:
        return words.decline(plan.code or "", plan.card_brand) or str(words.REFUSED)
    return gettext("The card ends %(month)s, before the next gift.") % {
        "month": f"{plan.card_exp_month:02d}/{plan.card_exp_year}"
    }


def _try(plan: Plan) -> str:
    if plan.status == Status.PAST_DUE:
        return tries(plan)
    return gettext("next gift %(date)s") % {"date": moment(plan.next_charge_at)}


class Story(Reading):
    def get_object(self, queryset: QuerySet[Plan] | None = None) -> Plan:
        found: Plan = super().get_object(queryset)
        return found

    def get_page_subtitle(self) -> str:
        plan: Plan = self.object
        who = plan.name or plan.reference[:8].upper()
        return f"{who}, {each_time(plan.amount_minor, plan)}"

    def notices(self) -> list[Notice]:
        plan: Plan = self.object
        found = []
        if plan.livemode != settings.STRIPE_LIVE or not plan.livemode:
            found.append(Notice(_("A test: no money moves."), tone="warn"))
        if plan.status == Status.PAST_DUE:
            found.append(Notice(f"{_risk(self._with_code(plan))} {tries(plan)}", tone="bad"))
        elif plan.is_live and at_risk(Plan.objects.filter(pk=plan.pk)).exists():
            found.append(Notice(_risk(plan), tone="warn"))
        if plan.changes.filter(state="asked").exists():
            found.append(Notice(_("A change is under way: Stripe has not confirmed it yet.")))
        return found

    def _with_code(self, plan: Plan) -> Any:
        failed = plan.steps.filter(kind=PlanStep.Kind.PAYMENT_FAILED).last()
        row: Any = plan
        row.code = failed.detail.get("code", "") if failed else ""
        return row

    def sections(self) -> list[Section]:
        plan: Plan = self.object
        shown = [
            self._facts(plan),
            self._ended(plan) if plan.ended_at else None,
            changes(plan),
            self._gifts(plan),
            self._mails(plan),
            story(plan),
        ]
        return [section for section in shown if section]

    def _facts(self, plan: Plan) -> Section:
        card = card_of(plan) if plan.status != Status.INCOMPLETE else ""
        if plan.card_exp_year:
            card = f"{card} ({plan.card_exp_month:02d}/{plan.card_exp_year})"
        rows: list[list[Any]] = [
            [_("Status"), Cell(plan.get_status_display(), tone=TONES.get(plan.status, "bad"))],
            [_("Gift"), each_time(plan.amount_minor, plan)],
            [_("Part of it toward the fee"), amount(plan.fee_cover_minor, plan.currency)],
            [_("Brings a month as it stands"), amount(plan.monthly_minor, plan.currency)],
            [_("Purpose"), plan.designation.name],
            [_("Next gift"), moment(plan.next_charge_at)],
            [_("Paused until"), moment(plan.paused_until)],
            [_("Donor"), link("donors", plan.donor)],
            [_("Name as typed"), plan.name],
            [_("E-mail"), plan.email],
            [_("Language"), words.language(plan.language)],
            [_("Card"), card],
            [_("First gift"), moment(plan.started_at)],
            [_("Takes up again"), link("plans", plan.restarts)],
            [_("Our reference"), plan.reference[:8].upper()],
            [_("At Stripe"), _at_stripe(plan)],
        ]
        return Section(_("The regular gift"), [row for row in rows if _says(row[1])])

    def _ended(self, plan: Plan) -> Section:
        again = plan.restarted_by.exclude(status=Status.INCOMPLETE).order_by("-pk").first()
        rows: list[list[Any]] = [
            [_("Ended"), moment(plan.ended_at)],
            [_("Why"), words.ended(plan.status, plan.canceled_by, plan.cancel_reason)],
            [_("In the donor's words"), plan.cancel_note],
            [_("Taken up again"), link("plans", again)],
        ]
        return Section(_("The end"), rows)

    def _gifts(self, plan: Plan) -> Section | None:
        if not self.may_see("donation"):
            return None
        rows = [
            [
                link("gifts", gift, moment(gift.paid_at or gift.created_at)),
                amount(gift.amount_minor, gift.currency),
                gift.get_status_display(),
            ]
            for gift in plan.donations.order_by("-pk")[:120]
        ]
        headings = [_("Paid"), _("Amount"), _("Status")]
        return Section(_("Its gifts"), rows, headings, empty=_("No gift has arrived."))

    def _mails(self, plan: Plan) -> Section | None:
        if not self.may_see("mail"):
            return None
        rows = [
            [
                link("mails", row, row.step.get_kind_display() if row.step else _("Fresh link")),
                row.to,
                row.get_status_display(),
                moment(row.sent_at),
            ]
            for row in plan.mails.select_related("step").order_by("-pk")[:120]
        ]
        headings = [_("Mail"), _("To"), _("Status"), _("Sent")]
        return Section(_("Mails"), rows, headings, empty=_("No mail has been written."))


def _says(value: Any) -> bool:
    return bool(value.text if isinstance(value, Cell) else value)


def _at_stripe(plan: Plan) -> Cell:
    if not plan.subscription_id:
        return Cell("")
    part = "" if plan.livemode else "test/"
    url = f"https://dashboard.stripe.com/{part}subscriptions/{plan.subscription_id}"
    return Cell(plan.subscription_id, url)


class PlansDesk(Desk):
    model = Plan
    name = "plans"
    menu_label = _("Regular gifts")
    icon = "calendar-check"
    ordering = ["-started_at", "-pk"]
    filterset_class = PlanFilter
    index_view_class = Plans
    inspect_view_class = Story
    acts = ACTS


class AtRiskDesk(Desk):
    """The same rows as a work list; each is read and acted on at its own page."""

    model = Plan
    name = "plans_at_risk"
    menu_label = _("At risk")
    icon = "warning"
    ordering = ["retry_at"]
    index_view_class = AtRisk

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_index_view_kwargs(**kwargs) | {"inspect_url_name": "plans:inspect"}

    def get_urlpatterns(self) -> list[URLPattern]:
        return [line for line in super().get_urlpatterns() if str(line.name).startswith("index")]
