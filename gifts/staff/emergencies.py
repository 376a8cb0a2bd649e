"""The desk for emergencies: declared with a reason, told to two people at once, reviewed after."""

from typing import Any

from django import forms
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column

from donations.staff.asking import Ask
from donations.staff.cells import Cell, Notice, Section, Text, moment
from donations.staff.desk import Act, Desk, Listing, MomentColumn, NotPossible, Reading
from gifts import alarms
from gifts.staff.looks import look_rows
from gifts.staff.reading import emergency_of, names, signers
from gifts.vault import emergencies
from gifts.vault.models import BreakGlass

TOLD_AT_LEAST = 2


def leads(without: Any) -> list[Any]:
    """The privacy leads who hear of an emergency; never whoever declares it."""
    return signers("vault.review_access", without=[without.pk], roots=False)


class Emergencies(Listing):
    page_title = _("Emergencies")
    add_item_label = _("Declare an emergency")

    def get_base_queryset(self) -> QuerySet[BreakGlass]:
        rows: QuerySet[BreakGlass] = super().get_base_queryset()
        if not self.request.user.has_perm("vault.review_access"):
            rows = rows.filter(user_id=self.request.user.pk)
        return rows.annotate(count=Count("looks"))

    def notices(self) -> list[Notice]:
        found = []
        if late := emergencies.overdue().count():
            text = gettext("%(count)s were not reviewed within seven days") % {"count": late}
            found.append(Notice(text, tone="bad"))
        if mine := emergency_of(self.request.user):
            text = gettext("You may read in an emergency until %(until)s.")
            found.append(Notice(text % {"until": moment(mine.until)}, tone="warn"))
        return found

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("__str__", lambda row: row.who),
            MomentColumn("at", label=_("Declared"), sort_key="at"),
            MomentColumn("until", label=_("Until")),
            Column("count", label=_("Looks")),
            Column(reviewed, label=_("Reviewed by")),
        ]


def reviewed(row: BreakGlass) -> str:
    return row.reviewed_who or gettext("Not yet")


class Emergency(Reading):
    def get_page_subtitle(self) -> str:
        return str(self.object.who)

    def notices(self) -> list[Notice]:
        row: BreakGlass = self.object
        if row.reviewed_at:
            return []
        who = signers("vault.review_access", without=[row.user_id])
        text = gettext("Who can review it: %(who)s") % {"who": names(who) or gettext("nobody yet")}
        late = emergencies.overdue().filter(pk=row.pk).exists()
        return [Notice(text, tone="bad" if late else "warn")]

    def sections(self) -> list[Section]:
        row: BreakGlass = self.object
        facts: list[list[Any]] = [
            [_("Declared by"), row.who],
            [_("Declared"), moment(row.at)],
            [_("Until"), moment(row.until)],
            [_("Reason"), row.reason],
            [_("Reviewed by"), Cell(reviewed(row), tone="" if row.reviewed_at else "warn")],
            [_("Reviewed"), moment(row.reviewed_at)],
            [_("Finding"), row.finding],
        ]
        rows, headings = look_rows(row.looks.order_by("pk"))
        return [
            Section(_("The emergency"), facts),
            Section(_("Looks"), rows, headings, empty=_("Nothing was looked at.")),
        ]


class FindingForm(forms.Form):
    finding = forms.CharField(
        label=_("Finding"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000
    )


class Review(Act):
    name = "review"
    title = _("Review")
    permission = "vault.review_access"
    icon = "check"
    form_class = FindingForm

    @classmethod
    def is_possible(cls, row: BreakGlass) -> bool:
        return row.reviewed_at is None and row.until <= timezone.now()

    def question(self) -> Text:
        return _("Was it an emergency, and was nothing looked at that it did not take?")

    def perform(self, form: Any) -> Text:
        try:
            emergencies.review(self.row, by=self.request.user, **form.cleaned_data)
        except emergencies.SamePerson:
            raise NotPossible(
                gettext("It takes somebody else: this emergency is your own.")
            ) from None
        return _("The emergency is reviewed.")


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=_("What happened, and what you have to know. Name nobody: codes are enough."),
    )


class Declare(Ask):
    page_title = _("Declare an emergency")
    header_icon = "warning"
    permission = "vault.add_breakglass"
    namespace, desk_title = "emergencies", _("Emergencies")
    form_class = ReasonForm
    button = page_title
    serious = True

    def question(self) -> Text:
        return gettext(
            "Somebody is in danger, and nobody who may read is there. For an hour you may; "
            "these hear of it at once, by name: %(who)s. Each look is on record under this "
            "emergency, and somebody else reviews it."
        ) % {"who": names(leads(self.request.user)) or gettext("nobody yet")}

    def make(self, data: dict[str, Any]) -> BreakGlass:
        by, at = self.request.user, timezone.now()
        told = leads(by)
        if len(told) < TOLD_AT_LEAST:
            raise forms.ValidationError(
                gettext("It takes two privacy leads who hear of it; tell them.")
            )
        # First they are told, then it is open: the two databases share no transaction.
        alarms.tell(told, by=by, at=at)
        made = emergencies.declare(by=by, at=at, **data)
        messages.warning(
            self.request,
            gettext("For an hour you may read. Told by mail: %(who)s.") % {"who": names(told)},
        )
        return made

    def after(self, row: BreakGlass) -> str:
        return reverse("emergencies:index")


class EmergenciesDesk(Desk):
    model = BreakGlass
    name = "emergencies"
    menu_label = _("Emergencies")
    icon = "warning"
    ordering = ["-pk"]
    index_view_class = Emergencies
    inspect_view_class = Emergency
    add_view_class = Declare
    acts = (Review,)
