"""The desk for donors: who gives, what they gave each year, what was changed and by whom."""

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import django_filters
from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Max, QuerySet, Sum
from django.db.models.functions import ExtractYear
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic

from core.headers import as_file
from donations.donors import searchable
from donations.models import Donor, StaffNote
from donations.plans.letters import each_time
from donations.receipts import enclosing
from donations.staff import cutover, notes, reversing, words
from donations.staff.cells import Cell, Section, amount, link, moment
from donations.staff.desk import Desk, Listing, MomentColumn, Reading
from donations.staff.finding import find_donors

TRACKED = ("kind", "name", "email", "country", "region", "language")


class DonorForm(WagtailAdminModelForm):
    """Facts of a donor that staff may put right; gifts and receipts keep what was typed."""

    class Meta:
        model = Donor
        fields: ClassVar[list[str]] = [
            *("kind", "name", "email", "country", "region", "postcode", "language"),
        ]
        widgets: ClassVar[dict[str, Any]] = {
            "language": forms.Select(choices=settings.LANGUAGES),
        }

    def clean_email(self) -> str | None:
        email = (self.cleaned_data["email"] or "").lower() or None
        if email and Donor.objects.filter(email__iexact=email).exclude(pk=self.instance.pk):
            raise ValidationError(_("Another donor has this e-mail address."))
        return email

    def save(self, commit: bool = True) -> Donor:
        self.instance.search_name = searchable(self.cleaned_data["name"])
        donor: Donor = super().save(commit)
        return donor


class DonorFilter(WagtailFilterSet):
    created_at = django_filters.DateFromToRangeFilter(
        label=_("Since"), widget=DateRangePickerWidget
    )
    country = django_filters.AllValuesFilter(label=_("Country"))
    language = django_filters.ChoiceFilter(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = Donor
        fields: ClassVar[list[str]] = ["kind", "created_at", "country", "language"]


class Donors(Listing):
    finder = staticmethod(find_donors)
    page_title = _("Donors")

    def get_base_queryset(self) -> QuerySet[Donor]:
        rows: QuerySet[Donor] = super().get_base_queryset()
        return rows.annotate(gifts=Count("donations"), latest=Max("donations__paid_at"))

    @property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column("name"),
            Column("email", label=_("E-mail"), sort_key="email"),
            Column(
                lambda donor: f"{donor.postcode} {donor.country}".strip(),
                label=_("Place"),
                sort_key="country",
            ),
            Column("gifts", label=_("Gifts"), sort_key="gifts"),
            MomentColumn("latest", label=_("Latest gift"), sort_key="latest"),
        ]


class Profile(Reading):
    def sections(self) -> list[Section]:
        donor: Donor = self.object
        shown = [
            self._profile(donor),
            self._years(donor),
            self._plans(donor),
            self._gifts(donor),
            reversing.credits(donor),
            cutover.history(donor),
            notes.section(self.request.user, donor.notes.all()),
            self._changes(donor),
        ]
        return [section for section in shown if section]

    def _profile(self, donor: Donor) -> Section:
        place = " ".join(part for part in (donor.postcode, donor.region, donor.country) if part)
        rows: list[list[Any]] = [
            [_("Kind"), donor.get_kind_display()],
            [_("Name"), donor.name],
            [_("E-mail"), donor.email],
            [_("Place"), place],
            [_("Language"), words.language(donor.language)],
            [_("Since"), moment(donor.created_at)],
        ]
        return Section(_("Profile"), rows)

    def _years(self, donor: Donor) -> Section:
        years = (
            donor.donations.annotate(
                year=ExtractYear("paid_at", tzinfo=ZoneInfo(settings.TIME_ZONE))
            )
            .values("year", "currency", "livemode")
            .annotate(count=Count("pk"), total=Sum("amount_minor"), back=Sum("refunded_minor"))
            .order_by("-year", "currency")
        )
        rows = [
            [
                f"{row['year']}{'' if row['livemode'] else ' (test)'}",
                row["count"],
                amount(row["total"], row["currency"]),
                amount(row["back"], row["currency"]),
                Cell(_("PDF"), reverse("donors:year", args=[donor.pk, row["year"]]))
                if row["year"] and self.may_see("donation")
                else "",
            ]
            for row in years
        ]
        headings = [_("Year"), _("Gifts"), _("Given"), _("Refunded"), _("What became of the gifts")]
        return Section(_("By year"), rows, headings, empty=_("No gift has arrived."))

    def _plans(self, donor: Donor) -> Section | None:
        if not self.may_see("plan"):
            return None
        rows = [
            [
                link("plans", plan, each_time(plan.amount_minor, plan)),
                plan.get_status_display(),
                plan.designation.name,
                moment(plan.started_at),
                moment(plan.next_charge_at),
            ]
            for plan in donor.plans.select_related("designation").order_by("-pk")
        ]
        headings = [_("Gift"), _("Status"), _("Purpose"), _("First gift"), _("Next gift")]
        return Section(_("Regular gifts"), rows, headings) if rows else None

    def _gifts(self, donor: Donor) -> Section | None:
        if not self.may_see("donation"):
            return None
        latest = donor.donations.order_by("-paid_at")[:200]
        rows = [
            [
                link("gifts", gift, moment(gift.paid_at)),
                amount(gift.amount_minor, gift.currency),
                gift.get_status_display(),
                gift.name,
            ]
            for gift in latest
        ]
        headings = [_("Paid"), _("Amount"), _("Status"), _("Name as typed")]
        return Section(_("Gifts"), rows, headings, empty=_("No gift has arrived."))

    def _changes(self, donor: Donor) -> Section:
        """Each stored row is the donor as it was; beside the next one it tells the change."""
        history = list(_history(donor))
        people = get_user_model().objects.in_bulk(
            {row.pgh_context.metadata.get("user") for row in history if row.pgh_context} - {None}
        )
        rows = []
        for older, newer in zip(history, [*history, donor][1:], strict=True):
            user = older.pgh_context and people.get(older.pgh_context.metadata.get("user"))
            rows += [
                [
                    moment(older.pgh_created_at),
                    Donor._meta.get_field(name).verbose_name,  # type: ignore[union-attr]
                    Cell(getattr(older, name)),
                    Cell(getattr(newer, name)),
                    str(user or _("the program")),
                ]
                for name in TRACKED
                if getattr(older, name) != getattr(newer, name)
            ]
        headings = [_("When"), _("What"), _("Before"), _("After"), _("By")]
        return Section(_("Changes"), rows, headings, empty=_("Nothing has been changed."))


def year_of(request: HttpRequest, pk: int, year: int) -> HttpResponse:
    """What the donor herself reads of a year under "my giving", for whoever helps her with it."""
    if not request.user.has_perms(["donations.view_donor", "donations.view_donation"]):
        raise PermissionDenied
    donor = get_object_or_404(Donor, pk=pk)
    zone = ZoneInfo(settings.TIME_ZONE)
    paid = donor.donations.filter(status="paid").annotate(year=ExtractYear("paid_at", tzinfo=zone))
    gifts = list(paid.filter(year=year).select_related("legal_entity").order_by("paid_at", "pk"))
    data = enclosing.of_year(gifts, year) if gifts else None
    if data is None:
        raise Http404
    return as_file(data, f"gifts-{year}-{donor.pk}.pdf")


def _history(donor: Donor) -> QuerySet[Any]:
    events = Donor.pgh_event_model.objects  # type: ignore[attr-defined]
    found: QuerySet[Any] = events.filter(pgh_obj=donor).select_related("pgh_context")
    return found.order_by("pgh_id")


class NoteOnDonor(notes.AddNote):
    def save(self, data: dict[str, Any]) -> None:
        StaffNote.objects.create(donor=self.row, author=self.request.user, **data)


class EditDonor(generic.EditView):
    """Wagtail's form without its delete, usage and copy, which a donor does not have."""

    def get_success_url(self) -> str:
        url: str = self.get_inspect_url()
        return url


class DonorsDesk(Desk):
    model = Donor
    name = "donors"
    menu_label = _("Donors")
    icon = "group"
    ordering = ["-created_at", "-pk"]
    filterset_class = DonorFilter
    index_view_class = Donors
    inspect_view_class = Profile
    edit_view_class = EditDonor
    acts = [NoteOnDonor]

    def get_form_class(self, for_update: bool = False) -> type[DonorForm]:
        return DonorForm

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(**kwargs) | {"edit_url_name": "donors:edit"}

    def extra_urls(self) -> list[URLPattern]:
        return [
            path("edit/<int:pk>/", self.edit_view, name="edit"),
            path("year/<int:pk>/<int:year>/", year_of, name="year"),
        ]
