"""The desk for offers: what people would give, what became of it, and what is owed next."""

from datetime import timedelta
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column

from donations import postal
from donations.staff import words
from donations.staff.cells import Cell, Notice, Section, amount, day, link, moment
from donations.staff.desk import Desk, LinesColumn, Listing, MomentColumn, Reading
from donations.staff.giving import Settings
from gifts.models import Acknowledgment, Disposal, GivenThing, HandoverText, Offer, OfferPhoto, Unit
from gifts.offers import deciding
from gifts.staff import offer_acts
from gifts.staff.offer_acts import OWED

State = Offer.State
TONES = {State.OFFERED: "warn", State.ACCEPTED: "warn", State.CLOSED: "good"}
# What was accepted and has not come for so long is worth a mail.
PATIENCE = timedelta(days=30)


class OfferFilter(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=State.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Offer
        fields: ClassVar[list[str]] = ["state", "kind"]


def find_offers(rows: QuerySet[Offer], typed: str) -> QuerySet[Offer]:
    """By its number, or name or address of whoever offers."""
    typed = typed.strip()
    by_number = rows.filter(reference__istartswith=typed)
    return (
        by_number
        if by_number.exists()
        else rows.filter(name__icontains=typed) | rows.filter(email__iexact=typed)
    )


class Offers(Listing):
    page_title = _("Offers")
    finder = staticmethod(find_offers)

    def get_base_queryset(self) -> QuerySet[Offer]:
        rows: QuerySet[Offer] = super().get_base_queryset()
        return rows.select_related("kind")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("reference", lambda row: row.what),
            LinesColumn("name", below=lambda row: row.get_way_display(), label=_("From")),
            Column("get_condition_display", label=_("Condition")),
            Column("get_state_display", label=_("State"), sort_key="state"),
            MomentColumn("offered_at", label=_("Offered"), sort_key="offered_at"),
        ]


class OneOffer(Reading):
    def get_page_subtitle(self) -> str:
        return str(self.object.what)

    def notices(self) -> list[Notice]:
        row: Offer = self.object
        if row.state != State.RECEIVED:
            return []
        what = deciding.owed(row)
        return [Notice(OWED[what], tone="warn")] if what else []

    def sections(self) -> list[Section]:
        row: Offer = self.object
        countries = dict(postal.countries(get_language() or "en"))
        facts: list[list[Any]] = [
            [_("State"), Cell(row.get_state_display(), tone=TONES.get(State(row.state), ""))],
            [_("What"), row.what],
            [_("Age"), row.get_age_display()],
            [_("Condition"), row.get_condition_display()],
            [_("Charger"), row.get_charger_display()],
            [_("How it comes to us"), row.get_way_display()],
            [_("From"), f"{row.name}, {countries.get(row.country, row.country)}"],
            [_("E-mail"), row.email],
            [_("Language"), words.language(row.language)],
            [_("Message"), row.message],
            [_("Number"), row.code],
            [_("Offered"), moment(row.offered_at)],
        ]
        found = [Section(_("The offer"), facts)]
        if OfferPhoto.objects.filter(offer=row).exists():
            context = {"url": reverse("offers:photo", args=[row.pk]), "alt": row.what}
            found.append(Section(_("Picture"), template="gifts/staff/photo.html", context=context))
        if row.decided_at:
            rows: list[list[Any]] = [
                [_("Decided"), f"{moment(row.decided_at)}, {row.decided_by}"],
                [_("Our answer"), row.answer],
            ]
            found.append(Section(_("The decision"), rows))
        return [*found, *_arrived(row)]


def _arrived(row: Offer) -> list[Section]:
    things = [
        [link("given", thing, thing.unit.code), thing.description, thing.unit.get_state_display()]
        for thing in row.things.select_related("unit").order_by("pk")
    ]
    papers = [
        [paper.label, _("Acknowledgment"), paper.get_state_display(), moment(paper.issued_at)]
        for paper in row.acknowledgments.all()
    ]
    papers += [
        [paper.label, _("Statement of erasure"), "", moment(paper.made_at)]
        for paper in row.statements.all()
    ]
    found = []
    if things:
        found.append(Section(_("What arrived"), things, [_("Code"), _("What"), _("State")]))
    if papers:
        headings = [_("Number"), _("Paper"), _("State"), _("When")]
        found.append(Section(_("Papers"), papers, headings))
    if row.claimed_minor:
        claim: list[list[Any]] = [
            [_("Value claimed by the donor"), amount(row.claimed_minor, "USD")],
            [_("Form 8283 signed"), f"{day(row.form_8283_signed_on)}, {row.form_8283_signed_by}"],
        ]
        found.append(Section(_("For the tax office"), claim))
    return found


def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """Drawn by ourselves; for those who read offers, and kept by no cache."""
    if not request.user.has_perm("gifts.view_offer"):
        raise PermissionDenied
    row = get_object_or_404(OfferPhoto, pk=pk)
    response = HttpResponse(bytes(row.data), content_type=row.mime)
    response["Cache-Control"] = "no-store"
    return response


class OffersDesk(Desk):
    model = Offer
    name = "offers"
    menu_label = _("Offers of things")
    icon = "mail"
    ordering = ["-offered_at", "-pk"]
    filterset_class = OfferFilter
    index_view_class = Offers
    inspect_view_class = OneOffer
    acts = (
        *(offer_acts.Accept, offer_acts.Decline, offer_acts.Receive, offer_acts.Acknowledge),
        *(offer_acts.StateErasure, offer_acts.VoidPaper, offer_acts.SignForm8283),
        offer_acts.Close,
    )

    def extra_urls(self) -> list[URLPattern]:
        return [path("photo/<int:pk>/", photo, name="photo")]


class InstructionsForm(WagtailAdminModelForm):
    class Meta:
        model = HandoverText
        fields: ClassVar[list[str]] = ["way", "text", "text_es"]


class InstructionsDesk(Settings):
    """Where things are sent or brought; proposed in the answer to an offer."""

    model = HandoverText
    form = InstructionsForm
    name = "instructions"
    menu_label = _("Where things go")
    icon = "site"
    list_display = ["way", "text"]


def waiting(user: Any) -> list[Notice]:
    """What waits about given things, as far as this person may see it."""
    found: list[Notice] = []

    def add(count: int, one: str, tone: str, desk: str, query: str = "") -> None:
        if count:
            found.append(Notice(one % {"n": count}, reverse(f"{desk}:index") + query, tone))

    if user.has_perm("gifts.view_offer"):
        count = Offer.objects.filter(state=State.OFFERED).count()
        words = ngettext("%(n)d offer to decide", "%(n)d offers to decide", count)
        add(count, words, "warn", "offers", "?state=offered")
        late = Offer.objects.filter(
            state=State.ACCEPTED, decided_at__lt=timezone.now() - PATIENCE
        ).count()
        words = ngettext(
            "%(n)d accepted thing has not come for 30 days",
            "%(n)d accepted things have not come for 30 days",
            late,
        )
        add(late, words, "warn", "offers", "?state=accepted")
        live = Acknowledgment.objects.filter(offer=OuterRef("pk"), state="issued")
        kept = GivenThing.objects.filter(offer=OuterRef("pk"), disposal=None).exclude(
            unit__state=Unit.State.DECLINED
        )
        owed = Offer.objects.filter(~Exists(live), Exists(kept), state=State.RECEIVED).count()
        words = ngettext("%(n)d acknowledgment to write", "%(n)d acknowledgments to write", owed)
        add(owed, words, "warn", "offers", "?state=received")
    if user.has_perm("gifts.view_giventhing"):
        count = GivenThing.objects.filter(
            unit__state__in=deciding.IN_WORK, unit__kind__is_device=True
        ).count()
        words = ngettext("%(n)d given device to check", "%(n)d given devices to check", count)
        add(count, words, "warn", "given", "?work=on")
    if user.has_perm("gifts.sign_form_8283"):
        due = Disposal.objects.filter(form_8282_due_on__isnull=False, form_8282_filed_on=None)
        first = due.order_by("form_8282_due_on").values_list("form_8282_due_on", flat=True).first()
        if first:
            count = due.count()
            text = ngettext(
                "%(n)d Form 8282 due, by %(day)s",
                "%(n)d Forms 8282 due, the first by %(day)s",
                count,
            )
            tone = "bad" if first < timezone.localdate() + PATIENCE else "warn"
            url = reverse("given:index") + "?form_8282=on"
            found.append(Notice(text % {"n": count, "day": day(first)}, url, tone))
    return found
