"""The desk for people, by codes: what we hold about one, told to her, and erased at her word."""

from datetime import timedelta
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from donations.staff.cells import Cell, Notice, Section, Text, day, link, moment
from donations.staff.desk import Act, Desk, Listing, MomentColumn, NotPossible, Reading
from donations.staff.period_forms import DayInput
from gifts import jobs
from gifts.delivery.outbox import carried
from gifts.staff.looks import look_rows
from gifts.staff.needs import find_needs, kinds
from gifts.staff.reading import TAKES, Part, Read
from gifts.vault import erasure, needs, requests
from gifts.vault.models import Access, Need, Partner, Purpose, Recipient, SubjectRequest

GONE = _("Nothing was changed: this is done already.")


class PersonFilter(WagtailFilterSet):
    partner = django_filters.ModelChoiceFilter(label=_("Partner"), queryset=Partner.objects.all())

    class Meta:
        model = Recipient
        fields: ClassVar[list[str]] = ["partner"]


def find_people(rows: QuerySet[Recipient], typed: str) -> QuerySet[Recipient]:
    """By her code, or by that of a need of hers; never by her name."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    hers = find_needs(Need.objects.all(), typed).values("recipient")
    return rows.filter(Q(code=f"{signs[:4]}-{signs[4:]}") | Q(pk__in=hers))


class People(Listing):
    page_title = _("People")
    finder = staticmethod(find_people)

    def get_base_queryset(self) -> QuerySet[Recipient]:
        rows: QuerySet[Recipient] = super().get_base_queryset()
        return rows.select_related("partner").annotate(count=Count("needs", distinct=True))

    @property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column("code"),
            Column("partner", label=_("Partner")),
            Column("count", label=_("Needs")),
            MomentColumn("since", label=_("Since"), sort_key="since"),
            MomentColumn("erased_at", label=_("Erased")),
        ]


class PersonPage(Reading):
    def get_page_subtitle(self) -> str:
        return str(self.object)

    def notices(self) -> list[Notice]:
        return [asked(row) for row in self.object.requests.filter(answered_at=None)]

    def sections(self) -> list[Section]:
        row: Recipient = self.object
        called = kinds()
        facts: list[list[Any]] = [
            [_("Code"), row.code],
            [_("Partner"), link("partners", row.partner)],
            [_("Since"), moment(row.since)],
            [_("Erased"), moment(row.erased_at)],
        ]
        hers = [
            [link("needs", need), called.get(need.kind, need.kind), need.get_state_display(),
             moment(need.moved_at), moment(need.erased_at)]
            for need in row.needs.all()
        ]  # fmt: skip
        consents = [
            [
                link("consents", one, day(one.given_on)),
                day(one.expires_on),
                moment(one.withdrawn_at),
            ]
            for one in row.consents.all()
        ]
        records = [row.pk, *(need.pk for need in row.needs.all())]
        looks, headings = look_rows(Access.objects.filter(record__in=records).order_by("-pk")[:100])
        whose = row.requests.all()
        asks = [[day(one.asked_on), day(one.due_on), moment(one.answered_at)] for one in whose]
        return [
            Section(_("The person"), facts),
            Section(
                _("Needs"),
                hers,
                [_("Code"), _("Kind of thing"), _("State"), _("Since"), _("Erased")],
            ),
            Section(
                _("Consents"),
                consents,
                [_("Given"), _("Ends"), _("Withdrawn")],
                empty=_("None yet."),
            ),
            Section(
                _("Requests to know"),
                asks,
                [_("Asked on"), _("To be answered by"), _("Answered")],
                empty=_("None yet."),
            ),
            Section(_("Who looked"), looks, headings, empty=_("Nobody looked.")),
        ]


def asked(row: SubjectRequest) -> Notice:
    late = row.due_on < timezone.localdate()
    text = gettext("She asked what we hold about her; to be answered by %(day)s.")
    return Notice(text % {"day": day(row.due_on)}, tone="bad" if late else "warn")


class ReadPerson(Read):
    title = _("What we hold about her")
    permission = "vault.view_recipient"

    def parts(self, purpose: Purpose) -> list[Part]:
        """To answer her, all of it: herself, each need, each consent."""
        found = super().parts(purpose)
        if purpose != Purpose.SUBJECT:
            return found
        for need in self.row.needs.filter(erased_at=None, sealed__isnull=False):
            found.append((f"{gettext('Need')} {need}", need, TAKES["need"][Purpose.EMERGENCY]))
        for one in self.row.consents.filter(erased_at=None, sealed__isnull=False):
            title = f"{gettext('Consent')} {day(one.given_on)}"
            found.append((title, one, TAKES["consent"][Purpose.EMERGENCY]))
        return found


class AskForm(forms.Form):
    asked_on = forms.DateField(label=_("Asked on"), widget=DayInput)

    def clean_asked_on(self) -> Any:
        typed = self.cleaned_data["asked_on"]
        if not timezone.localdate() - timedelta(days=30) <= typed <= timezone.localdate():
            raise forms.ValidationError(_("Please choose a day of the last thirty."))
        return typed


class Ask(Act):
    name = "ask"
    title = _("She asks what we hold")
    permission = "vault.add_subjectrequest"
    icon = "help"
    form_class = AskForm

    @classmethod
    def is_possible(cls, row: Recipient) -> bool:
        return not row.requests.filter(answered_at=None).exists()

    def get_initial(self) -> dict[str, Any]:
        return {"asked_on": timezone.localdate()}

    def question(self) -> Text:
        return _("She, or her partner for her, asks. She is answered within thirty days.")

    def perform(self, form: Any) -> Text:
        requests.ask(self.row, by=self.request.user, **form.cleaned_data)
        return _("It is on the list, with its day.")


class Answered(Act):
    name = "answered"
    title = _("She was answered")
    permission = "vault.change_subjectrequest"
    icon = "check"

    @classmethod
    def is_possible(cls, row: Recipient) -> bool:
        return row.requests.filter(answered_at=None).exists()

    def question(self) -> Text:
        return _("She was told, in her language and in a safe way, all that we hold about her.")

    def perform(self, form: Any) -> Text:
        requests.answer(self.row, by=self.request.user)
        return _("The request is answered.")


class EraseForm(forms.Form):
    why = forms.CharField(
        label=_("Reason"), max_length=100, help_text=_("Such as: at her word. Name nobody.")
    )
    sure = forms.BooleanField(label=_("It cannot be undone, and no backup brings it back"))


class Erase(Act):
    name = "erase"
    title = _("Erase all about her")
    permission = "vault.erase_recipient"
    icon = "bin"
    serious = True
    form_class = EraseForm

    @classmethod
    def is_possible(cls, row: Recipient) -> bool:
        left = row.needs.filter(erased_at=None).exists()
        return row.erased_at is None or left or row.consents.filter(erased_at=None).exists()

    def question(self) -> Text:
        open_ones = erasure.living(self.row)
        text = _(
            "Her name, what she needed and what she allowed to be said are gone at once and for "
            "good; consents end. Codes, states and dates stay."
        )
        if not open_ones.exists():
            return text
        codes = ", ".join(need.code for need in open_ones)
        stopped = gettext("First these needs are withdrawn: %(codes)s.") % {"codes": codes}
        return f"{text}\n{stopped}"

    def perform(self, form: Any) -> Text:
        why = form.cleaned_data["why"]
        try:
            with carried():
                for need in erasure.living(self.row).order_by("pk"):
                    needs.move(
                        need,
                        to=Need.State.WITHDRAWN,
                        by=self.request.user,
                        note="erased on request",
                    )
                erasure.forget(self.row, why=why)
        except (needs.CannotMove, erasure.StillOpen):
            raise NotPossible(GONE) from None
        jobs.forget_keys.defer()
        return _("All that was held about her is erased.")


class PeopleDesk(Desk):
    model = Recipient
    name = "people"
    menu_label = _("People")
    icon = "user"
    pk_path_converter = "uuid"
    ordering = ["-since"]
    filterset_class = PersonFilter
    index_view_class = People
    inspect_view_class = PersonPage
    acts = (ReadPerson, Ask, Answered, Erase)


class Requests(Listing):
    page_title = _("Requests to know")

    def get_base_queryset(self) -> QuerySet[SubjectRequest]:
        rows: QuerySet[SubjectRequest] = super().get_base_queryset()
        return rows.select_related("recipient")

    def notices(self) -> list[Notice]:
        late = requests.overdue().count()
        text = gettext("%(count)s were not answered in time") % {"count": late}
        return [Notice(text, tone="bad")] if late else []

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("__str__", lambda row: row.recipient.code),
            Column(lambda row: day(row.asked_on), label=_("Asked on"), sort_key="asked_on"),
            Column(lambda row: day(row.due_on), label=_("To be answered by"), sort_key="due_on"),
            MomentColumn("answered_at", label=_("Answered")),
            Column("answered_who", label=_("By whom")),
        ]


class OneRequest(Reading):
    def get_page_subtitle(self) -> str:
        return str(self.object.recipient.code)

    def notices(self) -> list[Notice]:
        return [] if self.object.answered_at else [asked(self.object)]

    def sections(self) -> list[Section]:
        row: SubjectRequest = self.object
        facts: list[list[Any]] = [
            [_("Person"), link("people", row.recipient)],
            [_("Asked on"), day(row.asked_on)],
            [_("To be answered by"), day(row.due_on)],
            [_("Entered by"), row.made_who],
            [_("Answered"), Cell(moment(row.answered_at), tone="good")],
            [_("Answered by"), row.answered_who],
        ]
        return [Section(_("The request"), facts)]


class RequestsDesk(Desk):
    model = SubjectRequest
    name = "requests"
    menu_label = _("Requests to know")
    icon = "help"
    ordering = ["answered_at", "due_on"]
    index_view_class = Requests
    inspect_view_class = OneRequest
