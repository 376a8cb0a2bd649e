"""The desk for partners: who they are by code and name, how far they are, who enters for them."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from donations import postal
from donations.staff.cells import Cell, Notice, Section, day, moment
from donations.staff.desk import Desk, LinesColumn, Listing, MomentColumn, Reading
from gifts.models import Region
from gifts.staff import case_workers
from gifts.staff import partner_acts as acts
from gifts.staff.needs import REGIONS, steps_of
from gifts.staff.reading import names, signers
from gifts.vault import partners, workers
from gifts.vault.models import Assessment, Need, Partner

State = Partner.State
TONES = {
    State.ACTIVE: "good",
    State.REVIEW_DUE: "warn",
    State.SUSPENDED: "bad",
    State.CLOSED: "bad",
}
LIVING = [Need.State.VERIFIED, Need.State.OPEN, Need.State.MATCHED, Need.State.DELIVERED]


class PartnerFilter(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=State.choices, widget=forms.CheckboxSelectMultiple
    )
    region = django_filters.ChoiceFilter(label=_("Region"), choices=Region.choices)

    class Meta:
        model = Partner
        fields: ClassVar[list[str]] = ["state", "region"]


def find_partners(rows: QuerySet[Partner], typed: str) -> QuerySet[Partner]:
    return rows.filter(Q(name__icontains=typed.strip()) | Q(code__iexact=typed.strip()))


class Partners(Listing):
    page_title = _("Partners")
    add_item_label = _("New partner")
    finder = staticmethod(find_partners)

    def get_base_queryset(self) -> QuerySet[Partner]:
        rows: QuerySet[Partner] = super().get_base_queryset()
        living = Count("needs", filter=Q(needs__state__in=LIVING), distinct=True)
        people = Count("users", filter=Q(users__ended_at=None), distinct=True)
        return rows.annotate(living=living, people=people)

    def notices(self) -> list[Notice]:
        found = []
        if due := Partner.objects.filter(state=State.REVIEW_DUE).count():
            text = gettext("%(count)s are due for a review") % {"count": due}
            found.append(Notice(text, "?state=review_due", "warn"))
        waiting = Assessment.objects.filter(second_at=None).exclude(first_by=self.request.user.pk)
        for one in waiting.exclude(partner__state=State.CLOSED).select_related("partner"):
            text = gettext("%(partner)s waits for a second signature") % {"partner": one.partner}
            found.append(Notice(text, f"inspect/{one.partner_id}/", "warn"))
        return found

    @property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column("name"),
            Column("code", label=_("Code")),
            LinesColumn(
                lambda row: row.get_state_display(),
                below=lambda row: str(REGIONS.get(row.region, row.region)),
                label=_("State"),
                sort_key="state",
            ),
            Column("living", label=_("Needs"), sort_key="living"),
            Column("people", label=_("Case workers")),
            MomentColumn("moved_at", label=_("In this state since"), sort_key="moved_at"),
        ]


class PartnerPage(Reading):
    def get_page_subtitle(self) -> str:
        return str(self.object.name)

    def notices(self) -> list[Notice]:
        row: Partner = self.object
        found = []
        if waiting := partners.unsigned(row):
            who = signers("vault.assess_partner", without=[waiting.first_by])
            text = gettext("Who can sign second: %(who)s") % {
                "who": names(who) or gettext("nobody yet")
            }
            found.append(Notice(text, tone="warn"))
        late = [one for one in row.users.filter(ended_at=None) if workers.is_overdue(one)]
        if late:
            text = gettext("Not confirmed for a quarter: %(who)s")
            found.append(Notice(text % {"who": names(late)}, tone="warn"))
        return found

    def sections(self) -> list[Section]:
        row: Partner = self.object
        countries = dict(postal.countries(get_language() or "en"))
        facts: list[list[Any]] = [
            [_("Name"), row.name],
            [_("Code"), row.code],
            [_("State"), Cell(row.get_state_display(), tone=TONES.get(State(row.state), ""))],
            [_("In this state since"), moment(row.moved_at)],
            [_("Region"), REGIONS.get(row.region, row.region)],
            [_("Country"), countries.get(row.country, row.country)],
            [_("Language"), dict(acts.LANGUAGES).get(row.language, row.language)],
            [_("Mains voltage"), dict(acts.VOLTAGES).get(row.voltage, row.voltage)],
        ]
        return [
            Section(_("The partner"), facts),
            self._needs(row),
            self._assessments(row),
            self._workers(row),
            steps_of(row.steps.all()),
            self._changes(row),
        ]

    def _needs(self, row: Partner) -> Section:
        counts = dict(row.needs.order_by().values_list("state").annotate(Count("pk")))
        rows = [[label, counts[state]] for state, label in Need.State.choices if state in counts]
        return Section(_("Its needs"), rows, empty=_("None yet."))

    def _assessments(self, row: Partner) -> Section:
        rows = [
            [
                day(one.made_on),
                day(one.agreement_on),
                day(one.review_on),
                one.first_who,
                one.second_who or Cell(gettext("Not yet"), tone="warn"),
                f"{sum(map(bool, one.checklist.values()))} / {len(one.checklist)}",
            ]
            for one in row.assessments.all()
        ]
        headings = [
            *(_("Assessed on"), _("Data agreement of"), _("Next review"), _("First signature")),
            *(_("Second signature"), _("Answered with yes")),
        ]
        return Section(_("Assessments"), rows, headings, empty=_("None yet."))

    def _workers(self, row: Partner) -> Section:
        rows = [
            [
                one.who,
                moment(one.since),
                f"{moment(one.confirmed_at)} {one.confirmed_who}".strip(),
                f"{moment(one.ended_at)} {one.ended_who}".strip(),
            ]
            for one in row.users.all()
        ]
        headings = [_("Case worker"), _("Since"), _("Confirmed"), _("Ended")]
        return Section(_("Case workers"), rows, headings, empty=_("None yet."))

    def _changes(self, row: Partner) -> Section:
        rows = [
            [moment(one.at), one.get_what_display(), one.about, one.who]
            for one in row.changes.all()
        ]
        headings = [_("When"), _("What"), _("About"), _("By whom")]
        return Section(_("Changes"), rows, headings, empty=_("None yet."))


class PartnersDesk(Desk):
    """Entered by a form, then taken from state to state by acts of two people."""

    model = Partner
    name = "partners"
    menu_label = _("Partners")
    icon = "group"
    pk_path_converter = "uuid"
    ordering = ["name"]
    filterset_class = PartnerFilter
    index_view_class = Partners
    inspect_view_class = PartnerPage
    add_view_class = acts.EnterPartner
    acts = (
        *(acts.ReadPartner, acts.Amend, acts.Assess, acts.Sign, acts.Activate),
        *(case_workers.AddWorker, case_workers.Vouch, case_workers.EndWorker),
        *(acts.Suspend, acts.WindUp, acts.Close),
    )
