"""The desk of Gift Aid claims: looked over first, then made, taken, sent and paid."""

from collections import Counter
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column

from core.headers import as_file
from donations.gift_aid import claims, looking
from donations.models import Claim, ClaimFile, LegalEntity
from donations.staff.asking import Ask
from donations.staff.cells import Notice, Section, Text, day, link
from donations.staff.desk import Act, Listing, MomentColumn, NotPossible
from donations.staff.gift_aid import DayForm, entities
from donations.staff.gift_aid_received import ASK, Paid, TakeBack, arrived, pounds
from donations.staff.gift_aid_words import REFUSALS, state_of
from donations.staff.made import Made, MadeDesk, Told
from donations.staff.period_forms import DaysForm

State = Claim.State
SEE = "donations.view_claim"
SHOWN = 200


class ClaimForm(DaysForm):
    """Whose gifts of which days; then the same once more with what was looked over."""

    entity = forms.ModelChoiceField(
        label=_("Legal entity"), queryset=LegalEntity.objects.none(), empty_label=None
    )
    together = forms.BooleanField(
        label=_("Put gifts of up to £30 together on lines of up to £1,000"), required=False
    )
    fingerprint = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    field_order = ("entity",)

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        entity: Any = self.fields["entity"]
        entity.queryset = entities()
        entity.initial = entity.queryset.first()


class NewClaim(Ask):
    """First a dry run with every gift that is left out and why; pressed again, exactly that."""

    page_title = _("New claim")
    header_icon = "form"
    permission = ASK
    namespace, desk_title = "gift_aid_claims", _("Gift Aid claims")
    form_class = ClaimForm
    button = _("Look it over")

    def question(self) -> Text:
        return _(
            "First you see what can be claimed, and of every other gift why not. A claim is "
            "for gifts of people with a declaration that covers them."
        )

    def form_valid(self, form: forms.Form) -> HttpResponse:
        data = form.cleaned_data
        days = {"first_day": data["first_day"], "last_day": data["last_day"]}
        if "confirmed" in self.request.POST:
            try:
                claim = claims.make(
                    data["entity"],
                    **days,
                    together=data["together"],
                    fingerprint=data["fingerprint"],
                    actor=self.request.user,
                )
            except claims.Changed:
                text = _("Nothing was claimed: the gifts changed meanwhile. Look it over again.")
                messages.error(self.request, text)
            except claims.NotPossible:
                messages.error(self.request, _("There is nothing to claim."))
            else:
                return redirect("gift_aid_claims:inspect", claim.pk)
        found = looking.look(data["entity"], **days)
        # The same choices, with the fingerprint of what is shown.
        again = ClaimForm({**self.request.POST.dict(), "fingerprint": found.fingerprint})
        again.is_valid()
        context = self.get_context_data(form=again, summary=shown(found))
        return self.render_to_response(context)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if "summary" not in context:
            return context
        text = _("Nothing is claimed yet. What is shown here is claimed, or nothing.")
        return context | {"question": text, "button": _("Make the claim")}


def shown(found: looking.Look) -> list[Section]:
    """The dry run."""
    facts: list[list[Any]] = [
        [_("Gifts that can be claimed"), len(found.gifts)],
        [_("Their amount"), pounds(found.gifts_minor)],
        [_("Tax to claim"), pounds(found.gifts_minor // 4)],
        [_("Tax to give back for gifts that went back"), pounds(found.adjustment_minor)],
        [_("Gifts that are left out"), len(found.refused)],
    ]
    reasons = Counter(refusal for _gift, refusal in found.refused)
    counted = [[REFUSALS[refusal], count] for refusal, count in reasons.most_common()]
    refused = [
        [link("gifts", gift), day(gift.paid_at), str(gift.donor or ""), REFUSALS[refusal]]
        for gift, refusal in found.refused[:SHOWN]
    ]
    claimed = [
        [
            link("gifts", one.donation),
            day(one.day),
            str(one.donation.donor),
            pounds(one.amount_minor),
        ]
        for one in found.gifts[:SHOWN]
    ]
    return [
        Section(_("The claim"), facts),
        Section(
            _("Why gifts are left out"), counted, [_("Reason"), _("Gifts")], empty=_("None is.")
        ),
        Section(
            _("Left out, the first 200"),
            refused,
            [_("Gift"), _("Paid"), _("Donor"), _("Reason")],
            empty=_("None is."),
        ),
        Section(
            _("Claimed, the first 200"),
            claimed,
            [_("Gift"), _("Paid"), _("Donor"), _("Amount")],
            empty=_("There is nothing to claim."),
        ),
    ]


class Claims(Listing):
    page_title = _("Gift Aid claims")
    add_item_label = _("New claim")

    def get_base_queryset(self) -> QuerySet[Claim]:
        rows: QuerySet[Claim] = super().get_base_queryset()
        return rows.select_related("legal_entity", "made_by")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled(
                "first_day", lambda row: f"{day(row.first_day)} \u2013 {day(row.last_day)}"
            ),
            Column("state", label=_("State"), accessor="get_state_display"),
            Column("gifts", label=_("Gifts")),
            Column(lambda row: pounds(row.gifts_minor), label=_("Amount")),
            Column(lambda row: pounds(row.tax_minor), label=_("Tax")),
            MomentColumn("made_at", label=_("Made"), sort_key="made_at"),
        ]

    def notices(self) -> list[Notice]:
        if entities().exists():
            return []
        return [Notice(_("No legal entity has the receipt rules of the United Kingdom."))]


class OneClaim(Made):
    def told(self) -> Told:
        return state_of(self.object)

    def has_file(self) -> bool:
        return ClaimFile.objects.filter(claim=self.object).exists()

    def sections(self) -> list[Section]:
        row: Claim = self.object
        split: list[Section] = []
        facts: list[list[Any]] = [
            [_("Legal entity"), row.legal_entity],
            [_("Money"), gettext("Live") if row.livemode else gettext("Test")],
            [_("Gifts"), row.gifts],
            [_("Their amount"), pounds(row.gifts_minor)],
            [_("Tax to claim"), pounds(row.tax_minor)],
            [_("To type into the form as adjustment"), pounds(row.adjustment_minor)],
            [_("Fingerprint of the claim"), row.fingerprint],
            [_("Reference"), row.reference],
            [_("Sent"), day(row.sent_on)],
            [_("Paid"), day(row.paid_on)],
        ]
        if row.received_minor is not None:
            told, split = arrived(row, self.may_see)
            facts += told
        file = ClaimFile.objects.filter(claim=row).defer("data").first()
        if file:
            facts.append([_("Schedules"), file.schedules])
            facts.append([_("SHA-256"), file.sha256])
        back = [
            [link("gifts", line.donation), day(line.received_on), pounds(line.amount_minor)]
            for line in row.lines.filter(kind="adjustment").select_related("donation")[:SHOWN]
        ]
        return [
            self.state(),
            Section(_("The claim"), facts),
            *split,
            Section(
                _("Gifts of earlier claims that went back"),
                back,
                [_("Gift"), _("Received"), _("Went back")],
                empty=_("None."),
            ),
        ]


class SentForm(DayForm):
    reference = forms.CharField(
        label=_("Reference"), max_length=40, required=False, help_text=_("As HMRC shows it.")
    )


class Sent(Act):
    name = "sent"
    title = _("It was sent")
    permission = ASK
    icon = "mail"
    form_class = SentForm

    @classmethod
    def is_possible(cls, row: Claim) -> bool:
        return row.state == State.MADE

    def question(self) -> Text:
        return _("Say so once HM Revenue and Customs has taken the schedules of this claim.")

    def perform(self, form: Any) -> Text:
        data = form.cleaned_data
        try:
            claims.send(self.row, on=data["on"], reference=data["reference"])
        except claims.Changed:
            text = _("A gift in it went back meanwhile. Discard this claim and make another.")
            raise NotPossible(text) from None
        except claims.NotPossible:
            raise NotPossible(_("Its schedule is not written yet.")) from None
        return _("It is marked as sent.")


class Discard(Act):
    name = "discard"
    title = _("Discard it")
    permission = ASK
    icon = "bin"
    serious = True

    @classmethod
    def is_possible(cls, row: Claim) -> bool:
        return row.state == State.MADE

    def question(self) -> Text:
        return _("It was not sent and will not be. Its gifts can be claimed again.")

    def perform(self, form: Any) -> Text:
        try:
            claims.discard(self.row)
        except claims.NotPossible:
            raise NotPossible(_("It was sent meanwhile.")) from None
        return _("The claim is discarded.")


def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The schedules as one ZIP, exactly as they were written."""
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    file = get_object_or_404(ClaimFile.objects.select_related("claim__legal_entity"), pk=pk)
    return as_file(bytes(file.data), f"{claims.name_of(file.claim)}.zip", "application/zip")


class ClaimsDesk(MadeDesk):
    model = Claim
    name = "gift_aid_claims"
    menu_label = _("Gift Aid claims")
    icon = "form"
    ordering: ClassVar[list[str]] = ["-made_at", "-pk"]
    index_view_class = Claims
    add_view_class = NewClaim
    inspect_view_class = OneClaim
    acts = [Sent, Paid, TakeBack, Discard]

    def extra_urls(self) -> list[URLPattern]:
        return [
            *super().extra_urls(),
            path("download/<int:pk>/", download, name="download"),
        ]
