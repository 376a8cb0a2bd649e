"""The desk for consents: recorded with each use ticked, withdrawn by code, asked again in time."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from donations.staff.asking import Ask
from donations.staff.cells import Cell, Notice, Section, Text, day, link, moment
from donations.staff.desk import Desk, Listing, MomentColumn, Reading
from donations.staff.period_forms import DayInput
from gifts import jobs
from gifts.staff.looks import look_rows
from gifts.staff.reading import Read
from gifts.vault import consents
from gifts.vault.models import Access, Consent, Need, Recipient
from gifts.vault.models.consents import MONTHS, MOST_MONTHS


class ConsentFilter(WagtailFilterSet):
    again = django_filters.BooleanFilter(
        label=_("To be asked again"), method="only_again", widget=forms.CheckboxInput
    )

    class Meta:
        model = Consent
        fields: ClassVar[list[str]] = ["again"]

    def only_again(self, rows: QuerySet[Consent], name: str, value: Any) -> QuerySet[Consent]:
        return rows.filter(pk__in=consents.to_ask_again().values("pk")) if value else rows


def state_of(row: Consent) -> Cell:
    if row.erased_at:
        return Cell(gettext("Erased"), tone="bad")
    if row.withdrawn_at:
        return Cell(gettext("Withdrawn"), tone="bad")
    if row.expires_on < timezone.localdate():
        return Cell(gettext("Over"), tone="bad")
    return Cell(gettext("Holds"), tone="good")


def uses_of(row: Consent) -> str:
    return ", ".join(str(label) for code, label in Consent.Use.choices if code in row.uses)


class Consents(Listing):
    page_title = _("Consents")
    add_item_label = _("Record a consent")

    def notices(self) -> list[Notice]:
        found = []
        if again := consents.to_ask_again().count():
            text = gettext("%(count)s are to be asked again") % {"count": again}
            found.append(Notice(text, "?again=on", "warn"))
        if soon := consents.near_their_end().count():
            text = gettext("%(count)s end within a month") % {"count": soon}
            found.append(Notice(text, "?ordering=expires_on", "warn"))
        return found

    @property
    def header_buttons(self) -> list[HeaderButton]:
        buttons = list(super().header_buttons)
        if self.request.user.has_perm("vault.change_consent"):
            url = reverse("consents:withdraw")
            buttons.append(HeaderButton(_("Withdraw by code"), url, icon_name="undo"))
        return buttons

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("__str__", lambda row: str(row.pk)[:8]),
            Column(lambda row: state_of(row).text, label=_("State")),
            Column(uses_of, label=_("Uses")),
            Column(lambda row: day(row.given_on), label=_("Given"), sort_key="given_on"),
            Column(lambda row: day(row.expires_on), label=_("Ends"), sort_key="expires_on"),
            MomentColumn("withdrawn_at", label=_("Withdrawn")),
        ]


class ConsentPage(Reading):
    def get_page_subtitle(self) -> str:
        return str(self.object.pk)[:8]

    def sections(self) -> list[Section]:
        row: Consent = self.object
        facts: list[list[Any]] = [
            [_("State"), state_of(row)],
            [_("Uses"), uses_of(row)],
            [_("Whose word"), row.get_by_whom_display()],
            [_("Asked in"), row.language],
            [_("Given"), day(row.given_on)],
            [_("Ends"), day(row.expires_on)],
            [_("Person"), link("people", row.recipient) if row.recipient else ""],
            [_("Fingerprint of the text"), row.text_sha256[:16]],
            [_("Risk checked by"), row.risk_checked_who],
            [_("Recorded by"), f"{moment(row.made_at)} {row.made_who}"],
            [_("Withdrawn"), f"{moment(row.withdrawn_at)} {row.withdrawn_who}".strip()],
            [_("Erased"), moment(row.erased_at)],
        ]
        looks, headings = look_rows(Access.objects.filter(record=row.pk).order_by("-pk"))
        return [
            Section(_("The consent"), facts),
            Section(_("Who looked"), looks, headings, empty=_("Nobody looked.")),
        ]


class ReadConsent(Read):
    permission = "vault.view_consent"


class RecordForm(forms.Form):
    text = forms.CharField(
        label=_("The exact text"),
        widget=forms.Textarea(attrs={"rows": 8}),
        strip=False,
        help_text=_("As it will be shown, to the letter. Only its fingerprint is kept."),
    )
    uses = forms.MultipleChoiceField(
        label=_("What she said yes to, each by itself"),
        choices=Consent.Use.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    by_whom = forms.ChoiceField(
        label=_("Whose word"), choices=Need.Whose.choices, widget=forms.RadioSelect
    )
    who = forms.CharField(label=_("Who"), max_length=120, help_text=_("Kept confidential."))
    contact = forms.CharField(
        label=_("How she is asked again"), max_length=200, help_text=_("Kept confidential.")
    )
    language = forms.CharField(label=_("Asked in"), max_length=40)
    interpreter = forms.CharField(
        label=_("Interpreter"), max_length=120, required=False, help_text=_("Kept confidential.")
    )
    person = forms.CharField(
        label=_("Code of the person"),
        max_length=9,
        required=False,
        help_text=_("If we hold something about her otherwise."),
    )
    given_on = forms.DateField(label=_("Given on"), widget=DayInput)
    months = forms.IntegerField(
        label=_("For how many months"), min_value=1, max_value=MOST_MONTHS, initial=MONTHS
    )
    independent = forms.BooleanField(
        label=_("She was told that no service depends on it, and that she may take it back")
    )
    risk = forms.BooleanField(
        label=_("I checked with her what could happen to her or others through it")
    )

    def clean_person(self) -> Recipient | None:
        typed = self.cleaned_data["person"].strip().upper()
        found = Recipient.objects.filter(code=typed, erased_at=None).first() if typed else None
        if typed and found is None:
            raise forms.ValidationError(_("There is nobody with this code."))
        return found

    def clean_given_on(self) -> Any:
        if self.cleaned_data["given_on"] > timezone.localdate():
            raise forms.ValidationError(_("Please choose a day that has been."))
        return self.cleaned_data["given_on"]


class OfConsents(Ask):
    header_icon = "openquote"
    namespace, desk_title = "consents", _("Consents")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        answer = super().dispatch(request, *args, **kwargs)
        answer["Cache-Control"] = "no-store, private"
        return answer


class Record(OfConsents):
    page_title = button = _("Record a consent")
    permission = "vault.add_consent"
    form_class = RecordForm

    def question(self) -> Text:
        return _("A survivor's yes to one exact text. Another word in it, and it is another text.")

    def get_initial(self) -> dict[str, Any]:
        return {"given_on": timezone.localdate()}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        data = dict(form.cleaned_data)
        sealed = {name: data.pop(name) for name in Consent.CONFIDENTIAL}
        del data["independent"], data["risk"]
        consent, code = consents.record(
            recipient=data.pop("person"), sealed=sealed, by=self.request.user, **data
        )
        context = self.get_context_data(form=form)
        context |= {"code": code, "back": reverse("consents:inspect", args=[consent.pk])}
        self.template_name = "gifts/staff/withdrawal_code.html"
        return self.render_to_response(context)


class CodeForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=20)


class Withdraw(OfConsents):
    page_title = button = _("Withdraw by code")
    permission = "vault.change_consent"
    form_class = CodeForm

    def question(self) -> Text:
        return _("Whoever has the code may withdraw. From now on nothing shows this text any more.")

    def make(self, data: dict[str, Any]) -> Consent:
        try:
            row = consents.withdraw(data["code"], by=self.request.user)
        except consents.NoSuchCode:
            raise forms.ValidationError({"code": _("No consent has this code.")}) from None
        # The keys' copy has the stone that a restore plays again.
        jobs.forget_keys.defer()
        messages.success(self.request, _("The consent is withdrawn."))
        return row


class ConsentsDesk(Desk):
    model = Consent
    name = "consents"
    menu_label = _("Consents")
    icon = "openquote"
    pk_path_converter = "uuid"
    ordering = ["-made_at"]
    filterset_class = ConsentFilter
    index_view_class = Consents
    inspect_view_class = ConsentPage
    add_view_class = Record
    acts = (ReadConsent,)

    def extra_urls(self) -> list[URLPattern]:
        return [path("withdraw/", Withdraw.as_view(), name="withdraw")]
