"""What is left with each partner, and the end of the work with one."""

from typing import Any

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet

from donations.staff.cells import Cell, Section, Text, link
from donations.staff.desk import Act, NotPossible
from gifts.delivery import batches, closing
from gifts.staff.delivery_packing import DeliveryPage, ForDelivery
from gifts.staff.delivery_words import standing, state_of
from gifts.vault import partners
from gifts.vault.models import Partner

CLOSE = "vault.settle_parcel"
State = Partner.State
CLOSING = (State.SUSPENDED, State.ACTIVE, State.REVIEW_DUE)


class Closings(DeliveryPage):
    page_title = _("What is left with partners")

    def sections(self) -> list[Section]:
        rows = []
        for partner in Partner.objects.filter(state__in=CLOSING).order_by("-state", "name"):
            left = partners.left(partner)
            rows.append(
                [
                    Cell(partner.name, reverse("closing:inspect", args=[partner.pk])),
                    Cell(
                        partner.get_state_display(),
                        tone="warn" if partner.state == State.SUSPENDED else "",
                    ),
                    left.needs.count(),
                    left.parcels.count(),
                    left.users.count(),
                ]
            )
        headings = [_("Partner"), _("State"), _("Needs"), _("Things"), _("Case workers")]
        empty = _("No partner takes part yet.")
        return [
            Section(_("Needs under way, and things of ours there"), rows, headings, empty=empty)
        ]


class Checklist(DeliveryPage):
    """All that stands between one partner and its end."""

    page_title = _("Before a partner is closed")

    def get_page_subtitle(self) -> str:
        return str(self.partner.name)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.partner = get_object_or_404(Partner, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("closing:index"), "label": str(Closings.page_title)},
            {"url": "", "label": self.partner.name},
        ]

    def sections(self) -> list[Section]:
        left = partners.left(self.partner)
        on_the_way = list(left.parcels.order_by("unit_code"))
        bound = batches.waiting(partner=self.partner).get(self.partner, [])
        return [
            Section(_("What to do"), self._acts()),
            Section(
                _("Needs under way"),
                [[need.code, need.get_state_display()] for need in left.needs],
                [_("Need"), _("State")],
                empty=_("None."),
            ),
            Section(
                _("Matched and not on its way"),
                [[one.unit.code, one.unit.kind.public_name] for one in bound],
                [_("Thing"), _("Kind of thing")],
                empty=_("None."),
            ),
            Section(
                _("Things on the way or with the partner"),
                [
                    [link("parcels", one, one.unit_code), state_of(one), standing(one)]
                    for one in on_the_way
                ],
                [_("Thing"), _("State"), _("Since")],
                empty=_("None."),
            ),
            Section(
                _("Case workers"),
                [[user.who] for user in left.users],
                [_("Case worker")],
                empty=_("None."),
            ),
        ]

    def _acts(self) -> list[list[Any]]:
        if self.partner.state == State.CLOSED:
            return [[_("State"), Cell(self.partner.get_state_display(), tone="good")]]
        rows: list[list[Any]] = [[_("State"), self.partner.get_state_display()]]
        if self.request.user.has_perm(CLOSE):
            key = [self.partner.pk]
            rows.append(
                [_("First"), Cell(WindUp.title, reverse(f"closing:{WindUp.name}", args=key))]
            )
            rows.append(
                [_("At last"), Cell(Close.title, reverse(f"closing:{Close.name}", args=key))]
            )
        return rows


class ClosingAct(Act):
    permission = CLOSE
    model = Partner
    namespace = "closing"
    serious = True
    row: Partner

    def get_page_subtitle(self) -> str:
        return self.row.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": self.back(), "label": self.row.name},
            {"url": "", "label": str(self.title)},
        ]


class ReasonForm(forms.Form):
    because = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("The partner reads it beside each need. No name, no place."),
    )


class WindUp(ClosingAct):
    name = "wind-up"
    title = _("Withdraw its needs")
    form_class = ReasonForm

    @classmethod
    def is_possible(cls, row: Partner) -> bool:
        return partners.left(row).needs.exists()

    def question(self) -> Text:
        return gettext(
            "%(count)s needs are withdrawn for good. What had not left is ready for others; what "
            "is on its way is to come back."
        ) % {"count": partners.left(self.row).needs.count()}

    def perform(self, form: ReasonForm) -> Text:
        because = form.cleaned_data["because"]
        count = closing.wind_up(self.row, because=because, by=self.request.user)
        return gettext("%(count)s needs were withdrawn.") % {"count": count}


class Close(ClosingAct):
    name = "close"
    title = _("Close the partner")

    @classmethod
    def is_possible(cls, row: Partner) -> bool:
        return row.state != State.CLOSED

    def question(self) -> Text:
        return _("The work with this partner ends for good, and with it the access of its users.")

    def perform(self, form: forms.Form) -> Text:
        try:
            closing.close(self.row, by=self.request.user)
        except partners.HasLeft:
            raise NotPossible(
                gettext("Nothing was changed: it has needs under way, or things of ours.")
            ) from None
        except partners.CannotMove:
            raise NotPossible(gettext("Nothing was changed: it moved meanwhile.")) from None
        return _("The partner is closed.")


class ClosingDesk(ViewSet):
    name = "closing"
    menu_label = _("Closing partners")
    icon = "lock"
    menu_item_class = ForDelivery

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", Closings.as_view(), name="index"),
            path("<uuid:pk>/", Checklist.as_view(), name="inspect"),
            *(
                path(f"{act.name}/<uuid:pk>/", act.as_view(), name=act.name)
                for act in (WindUp, Close)
            ),
        ]
