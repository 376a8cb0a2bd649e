"""The desk for needs: what waits for whom, by codes and plain columns alone."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from donations.staff.cells import Cell, Notice, Section, day, link, moment
from donations.staff.desk import Desk, LinesColumn, Listing, MomentColumn, Reading
from gifts.models import ItemKind, Purpose, Region
from gifts.staff import need_acts as acts
from gifts.staff.reading import names, signers
from gifts.vault.models import Need, Partner

State = Need.State
TONES = {State.OPEN: "good", State.WITHDRAWN: "bad", State.EXPIRED: "bad", State.DRAFT: "warn"}
# Days after which a state stands still. Drafts that were not sent are their case worker's.
PATIENCE: dict[str, int] = {
    State.DRAFT: 7,
    State.VERIFIED: 14,
    State.OPEN: 90,
    State.MATCHED: 30,
    State.DELIVERED: 30,
}
PURPOSES: dict[str, Any] = dict(Purpose.choices)
REGIONS: dict[str, Any] = dict(Region.choices)


def stuck() -> Q:
    now, found = timezone.now(), Q()
    for state, days in PATIENCE.items():
        late = now - timedelta(days=days)
        since = Q(sent_at__lt=late) if state == State.DRAFT else Q(moved_at__lt=late)
        found |= Q(state=state) & since
    return found


def kinds() -> dict[str, str]:
    """Kinds of things by their codes, as this reader calls them."""
    return {kind.code: kind.public_name for kind in ItemKind.objects.all()}


class NeedFilter(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=State.choices, widget=forms.CheckboxSelectMultiple
    )
    region = django_filters.ChoiceFilter(label=_("Region"), choices=Region.choices)
    partner = django_filters.ModelChoiceFilter(label=_("Partner"), queryset=Partner.objects.all())
    stuck = django_filters.BooleanFilter(
        label=_("Stuck"), method="only_stuck", widget=forms.CheckboxInput
    )

    class Meta:
        model = Need
        fields: ClassVar[list[str]] = ["state", "region", "partner"]

    def only_stuck(self, rows: QuerySet[Need], name: str, value: Any) -> QuerySet[Need]:
        return rows.filter(stuck()) if value else rows


def find_needs(rows: QuerySet[Need], typed: str) -> QuerySet[Need]:
    """By its code, with or without its dash; nothing else of it can be searched."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    return rows.filter(code=f"{signs[:4]}-{signs[4:]}")


class Needs(Listing):
    page_title = _("Needs")
    finder = staticmethod(find_needs)

    def get_base_queryset(self) -> QuerySet[Need]:
        rows: QuerySet[Need] = super().get_base_queryset()
        # A draft that was not sent is nobody's business but its case worker's.
        return rows.exclude(state=State.DRAFT, sent_at=None).select_related("partner")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.kinds = kinds()
        return super().get_context_data(**kwargs)

    def notices(self) -> list[Notice]:
        found = []
        if count := Need.objects.filter(state=State.DRAFT, sent_at__isnull=False).count():
            text = gettext("%(count)s to verify") % {"count": count}
            found.append(Notice(text, "?state=draft&ordering=moved_at", "warn"))
        still = Need.objects.exclude(state=State.DRAFT, sent_at=None).filter(stuck()).count()
        if still:
            text = gettext("%(count)s stand still for longer than they should.") % {"count": still}
            found.append(Notice(text, "?stuck=on&ordering=moved_at", "warn"))
        return found

    @property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column("code"),
            LinesColumn(
                lambda row: self.kinds.get(row.kind, row.kind),
                below=lambda row: str(PURPOSES.get(row.purpose, row.purpose)),
                label=_("Kind of thing"),
            ),
            LinesColumn(
                lambda row: row.get_state_display(),
                below=lambda row: waits_for(row, short=True),
                label=_("State"),
                sort_key="state",
            ),
            LinesColumn(
                lambda row: row.partner.code,
                below=lambda row: str(REGIONS.get(row.region, row.region)),
                label=_("Partner"),
            ),
            Column("priority", label=_("Priority"), sort_key="priority"),
            MomentColumn("moved_at", label=_("In this state since"), sort_key="moved_at"),
            Column(lambda row: str((timezone.now() - row.moved_at).days), label=_("Days")),
        ]


def waits_for(row: Need, *, short: bool = False) -> str:
    """Who can take it on; by name on its own page."""
    if row.state == State.DRAFT:
        if short:
            return gettext("waits for a second person")
        who = signers("vault.verify_need", without=(row.stated_by, row.typed_by))
        if not who:
            return gettext("Nobody who may verify it is there: a second needs keeper is needed.")
        return gettext("Who can verify it: %(who)s") % {"who": names(who)}
    if row.state == State.VERIFIED and not row.partner.takes_part:
        return gettext("waits for its partner to take part")
    return ""


class NeedPage(Reading):
    def get_page_subtitle(self) -> str:
        return str(self.object)

    def notices(self) -> list[Notice]:
        row: Need = self.object
        found = []
        if text := waits_for(row):
            found.append(Notice(text, tone="warn"))
        if row.state == State.DRAFT and (what := acts.lacking(row)):
            text = gettext("It cannot be verified. Missing: %(what)s.") % {"what": what}
            found.append(Notice(text, tone="bad"))
        return found

    def sections(self) -> list[Section]:
        row: Need = self.object
        tone = TONES.get(State(row.state), "")
        facts: list[list[Any]] = [
            [_("Code"), row.code],
            [_("State"), Cell(row.get_state_display(), tone=tone)],
            [_("In this state since"), moment(row.moved_at)],
            [_("Kind of thing"), kinds().get(row.kind, row.kind)],
            [_("Purpose"), PURPOSES.get(row.purpose, row.purpose)],
            [_("Education"), row.get_band_display()],
            [_("At least"), row.get_spec_class_display()],
            [_("Keyboard"), row.keyboard],
            [_("Mains voltage"), row.voltage],
            [_("Priority"), row.priority],
            [_("Needed by"), day(row.needed_by)],
            [_("Region"), REGIONS.get(row.region, row.region)],
            [_("Partner"), link("partners", row.partner) if self._sees_partners else row.partner],
            [_("Answer to the partner"), row.answer],
            [_("Erased"), moment(row.erased_at)],
        ]
        yes, no = Cell(gettext("Yes"), tone="good"), Cell(gettext("No"), tone="bad")
        said: list[list[Any]] = [
            [_("She asked for it"), yes if row.say_asked else no],
            [_("She was told how it is used"), yes if row.say_told else no],
            [_("She may refuse without losing any service"), yes if row.say_may_refuse else no],
            [_("In which language"), row.say_language],
            [_("Whose word"), row.get_say_whose_display()],
        ]
        people: list[list[Any]] = [
            [_("Stated by"), row.stated_who],
            [_("Typed by"), row.typed_who],
            [_("Sent"), moment(row.sent_at)],
            [_("Verified by"), row.verified_who],
            [_("Verified"), moment(row.verified_at)],
        ]
        return [
            Section(_("The need"), facts),
            Section(_("The person's say"), said),
            Section(_("By whom"), people),
            steps_of(row.steps.all()),
        ]

    @property
    def _sees_partners(self) -> bool:
        allowed: bool = self.request.user.has_perm("vault.view_partner")
        return allowed


def steps_of(steps: Iterable[Any]) -> Section:
    rows: list[list[Any]] = [
        [moment(step.at), step.get_state_display(), step.who or gettext("System"), step.note]
        for step in steps
    ]
    headings = [_("When"), _("State"), _("By whom"), _("Note")]
    return Section(_("Steps"), rows, headings, empty=_("None yet."))


class NeedsDesk(Desk):
    """Stated by case workers; read by code, moved by acts."""

    model = Need
    name = "needs"
    menu_label = _("Needs")
    icon = "list-ul"
    pk_path_converter = "uuid"
    ordering = ["-moved_at", "-pk"]
    filterset_class = NeedFilter
    index_view_class = Needs
    inspect_view_class = NeedPage
    acts = (acts.ReadNeed, acts.Verify, acts.Open, acts.Refuse, acts.Withdraw)
