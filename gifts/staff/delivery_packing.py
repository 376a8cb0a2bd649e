"""What is matched and not on its way yet, by partner; batches are made here."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from donations.staff.cells import Cell, Section, Text, clock, day
from donations.staff.desk import Act
from gifts.delivery import batches, patience
from gifts.delivery.batches import Refused, Waiting
from gifts.staff.delivery_words import refusal
from gifts.vault.models import Partner

READ = "vault.view_parcel"
SEND = "vault.send_batch"


class DeliveryPage(WagtailAdminTemplateMixin, TemplateView):
    """Sections to read, for whoever may follow parcels."""

    template_name = "donations/staff/inspect.html"
    header_icon = "site"
    permission = READ
    request: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": str(self.page_title)}]

    def sections(self) -> list[Section]:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"sections": self.sections(), "clock": clock()}


class ToSend(DeliveryPage):
    page_title = _("To be sent")

    def sections(self) -> list[Section]:
        found = batches.waiting()
        headings = [_("Partner"), _("To be packed"), _("To be handed over on the spot")]
        rows = [[partner.name, *self._counts(partner, there)] for partner, there in found.items()]
        empty = _("Everything that is matched is on its way.")
        return [
            Section(_("By partner"), rows, headings, empty=empty),
            *(Section(partner.name, _lines(there), HEADINGS) for partner, there in found.items()),
        ]

    def _counts(self, partner: Partner, there: list[Waiting]) -> list[Any]:
        travel = sum(one.travels for one in there)
        if not self.request.user.has_perm(SEND) or not partner.takes_part:
            return [travel, len(there) - travel]
        pack = gettext("%(count)s: make a batch") % {"count": travel}
        give = gettext("%(count)s: hand over") % {"count": len(there) - travel}
        return [
            Cell(pack, reverse("packing:pack", args=[partner.pk])) if travel else "",
            Cell(give, reverse("packing:hand-over", args=[partner.pk]))
            if travel < len(there)
            else "",
        ]


HEADINGS = [_("Thing"), _("Kind of thing"), _("Need"), _("Needed by"), _("Matched")]


def _lines(there: list[Waiting]) -> list[list[Any]]:
    return [
        [
            one.unit.code,
            one.unit.kind.public_name,
            one.match.need.code,
            day(one.match.need.needed_by),
            _since(one),
        ]
        for one in there
    ]


def _since(one: Waiting) -> Cell:
    at = one.match.decided_at
    if at is None:
        return Cell("")
    days = (timezone.now() - at).days
    late = days >= patience.TO_PACK
    text = gettext("%(days)s days ago, not packed") if late else gettext("%(days)s days ago")
    return Cell(text % {"days": days}, tone="warn" if late else "")


class CodesForm(forms.Form):
    codes = forms.MultipleChoiceField(
        label=_("Things"), widget=forms.CheckboxSelectMultiple, required=True
    )

    def __init__(self, *args: Any, there: list[Waiting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes: Any = self.fields["codes"]
        codes.choices = [
            (one.unit.code, f"{one.unit.code} · {one.unit.kind.public_name}") for one in there
        ]
        codes.initial = [one.unit.code for one in there]


class Pack(Act):
    name = "pack"
    title = _("Make a batch")
    permission = SEND
    model = Partner
    namespace = "packing"
    form_class = CodesForm
    travels = True
    row: Partner

    def there(self) -> list[Waiting]:
        found = batches.waiting(partner=self.row).get(self.row, [])
        return [one for one in found if one.travels == self.travels]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "there": self.there()}

    def get_page_subtitle(self) -> str:
        return self.row.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": self.back(), "label": str(ToSend.page_title)},
            {"url": "", "label": str(self.title)},
        ]

    def back(self) -> str:
        return reverse("packing:index")

    def question(self) -> Text:
        return _(
            "Which of these do you pack now? The list to print for the box is on the batch's page. "
            "Nothing in or on it may name a person."
        )

    def perform(self, form: CodesForm) -> Text:
        try:
            batch = batches.pack(self.row, codes=form.cleaned_data["codes"], by=self.request.user)
        except Refused as problem:
            raise refusal(problem) from None
        return gettext("Batch %(code)s is being packed.") % {"code": batch.code}


class HandOver(Pack):
    name = "hand-over"
    title = _("Hand over on the spot")
    travels = False

    def question(self) -> Text:
        return _(
            "The partner bought these itself, or they were paid straight to a school: nothing "
            "travels. Are they there? The partner confirms each later."
        )

    def perform(self, form: CodesForm) -> Text:
        try:
            made = batches.hand_over(
                self.row, codes=form.cleaned_data["codes"], by=self.request.user
            )
        except Refused as problem:
            raise refusal(problem) from None
        return gettext("%(count)s are with the partner.") % {"count": len(made)}


class ForDelivery(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        allowed: bool = request.user.has_perm(READ)
        return allowed


class PackingDesk(ViewSet):
    name = "packing"
    menu_label = _("To be sent")
    icon = "download"
    menu_item_class = ForDelivery

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", ToSend.as_view(), name="index"),
            *(
                path(f"{act.name}/<uuid:pk>/", act.as_view(), name=act.name)
                for act in (Pack, HandOver)
            ),
        ]
