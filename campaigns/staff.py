"""The desk of campaigns: their facts, kept by editors. Nothing here moves money."""

from typing import Any, ClassVar

from django import forms
from django.db.models import Count, Q, QuerySet
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.models import Locale

from campaigns import campaign_report
from campaigns.editing import behind
from campaigns.models import Campaign, CampaignIndexPage
from core import money
from donations.models import Designation, GivingOptions
from donations.staff.giving import PlainList, Settings
from gifts.models import Wish


class CampaignForm(WagtailAdminModelForm):
    """The goal is typed as people say it: 6,000 or 40; amounts become minor units here."""

    goal = forms.CharField(
        label=_("Goal"),
        required=False,
        max_length=20,
        help_text=_("An amount such as 6000, or how many. Left empty for a wish."),
    )
    goal_currency = forms.ChoiceField(label=_("Currency of the goal"), required=False)

    class Meta:
        model = Campaign
        fields: ClassVar[list[str]] = [
            *("name", "code", "goal_kind", "goal", "goal_currency", "designation", "wish"),
            *("starts_on", "ends_on", "after_end"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = self.instance
        offered = GivingOptions.objects.values_list("currency", flat=True).distinct()
        known = sorted({*offered, *filter(None, [row.goal_currency])})
        self.fields["goal_currency"].choices = [("", "—"), *((one, one) for one in known)]
        takes = Designation.objects.filter(is_public=True, target_minor=None)
        self.fields["designation"].queryset = takes | Designation.objects.filter(
            pk=row.designation_id
        )
        live = Wish.objects.filter(state=Wish.State.PUBLISHED)
        self.fields["wish"].queryset = live | Wish.objects.filter(pk=row.wish_id)
        if row.pk:
            self.fields["code"].disabled = True
        if row.goal_kind == Campaign.Goal.AMOUNT and row.goal:
            shown = f"{money.to_decimal(row.goal, row.goal_currency):f}"
            self.initial["goal"] = shown.removesuffix(".00")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        kind, typed = data.get("goal_kind"), data.get("goal") or ""
        if kind != Campaign.Goal.AMOUNT:
            data["goal_currency"] = ""
        try:
            data["goal"] = _goal(typed, data.get("goal_currency") or "") if typed else None
        except ValueError:
            self.add_error("goal", _("Please type a number, such as 6000 or 40."))
        return data


def _goal(typed: str, currency: str) -> int:
    """Minor units where there is a currency, else a number of people.

    Raises:
        ValueError: it is no number.
    """
    if currency:
        return money.parse(typed, currency)
    return int(typed.replace(",", ""))


def _shown(row: Campaign) -> str:
    if row.goal is None:
        return str(row.get_goal_kind_display())
    if row.goal_currency:
        return money.display_short(row.goal, row.goal_currency, get_language() or "en")
    return f"{row.goal} · {row.get_goal_kind_display()}"


def _followers(row: Any) -> str:
    """How many follow it, leading to a letter to them."""
    text = gettext("%(count)d · write to them") % {"count": row.followers}
    url = f"{reverse('letters:add')}?campaign={row.pk}"
    return format_html('<a href="{}">{}</a>', url, text)


def _report(row: Campaign) -> str:
    """To its figures, short address and flyers."""
    url = reverse("campaigns:report", args=[row.pk])
    told = gettext("Report")
    return format_html('<a href="{}" aria-label="{}: {}">{}</a>', url, told, row, told)


def _pages(row: Any) -> str:
    """To its page in each language; where there is none, to a new one that knows its campaign."""
    pages = sorted(row.pages.all(), key=lambda page: page.locale_id)
    if not pages:
        index = CampaignIndexPage.objects.filter(locale=Locale.get_default()).first()
        if index is None:
            return gettext("The list of campaigns has no page yet: ask an administrator")
        url = reverse("wagtailadmin_pages:add", args=["campaigns", "campaignpage", index.pk])
        return format_html(
            '<a href="{}?campaign={}">{}</a>', url, row.pk, gettext("Write its page")
        )
    links = (
        (
            reverse("wagtailadmin_pages:edit", args=[page.pk]),
            page.locale.get_display_name(),
            "" if page.live else gettext(" (draft)"),
            _behind(row.parts_behind.get(page.pk, 0)),
        )
        for page in pages
    )
    return format_html_join(SafeString("<br>"), '<a href="{}">{}{}</a>{}', links)


def _behind(parts: int) -> str:
    """How much of a translation is still to be done."""
    if not parts:
        return ""
    text = ngettext("%(n)d part to translate", "%(n)d parts to translate", parts)
    return format_html('<br><span class="ns-tone ns-warn">{}</span>', text % {"n": parts})


class Campaigns(PlainList):
    def get_base_queryset(self) -> QuerySet[Campaign]:
        rows: QuerySet[Campaign] = super().get_base_queryset()
        reads = Q(readers__confirmed_at__isnull=False, readers__left_at=None)
        rows = rows.annotate(followers=Count("readers", filter=reads))
        return rows.select_related("designation").prefetch_related("pages__locale")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Of all rows' pages at once: what is still to be translated."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        rows = list(context["object_list"])
        told = behind.of_all(page.pk for row in rows for page in row.pages.all())
        for row in rows:
            row.parts_behind = {key: found.parts for key, (_page, _source, found) in told.items()}
        return context


class CampaignsDesk(Settings):
    """Never deleted: gifts carry their codes."""

    model = Campaign
    form = CampaignForm
    index_view_class = Campaigns
    name = "campaigns"
    menu_label = _("Campaigns")
    menu_name = "campaigns"
    menu_order = 150
    add_to_admin_menu = True
    icon = "pick"
    list_display: ClassVar[list[Any]] = [
        # What may be behind stands where a phone shows it.
        *("name", Column(_pages, label=_("Pages")), "code", Column(_shown, label=_("Goal"))),
        *("designation", "starts_on", "ends_on"),
        Column(_followers, label=_("Followers")),
        Column(_report, label=_("How it goes")),
    ]
    list_filter: ClassVar[list[str]] = ["goal_kind"]
    search_fields: ClassVar[list[str]] = ["name", "code"]
    panels: ClassVar[list[Any]] = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("code")], heading=_("What it is called")),
        MultiFieldPanel(
            [
                FieldPanel("goal_kind"),
                FieldRowPanel([FieldPanel("goal"), FieldPanel("goal_currency")]),
                FieldPanel("designation"),
                FieldPanel("wish"),
            ],
            heading=_("Goal, and what gifts are for"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
                FieldPanel("after_end"),
            ],
            heading=_("From when until when"),
        ),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("report/<int:pk>/", campaign_report.ReportPage.as_view(), name="report"),
            path("report/<int:pk>/figures.csv", campaign_report.figures, name="figures"),
            path(
                "flyer/<int:pk>/<slug:language>/<slug:size>/", campaign_report.sheet, name="flyer"
            ),
        ]
