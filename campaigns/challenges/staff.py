"""The desk of matching challenges: what sponsors promised, what it comes to, what came of it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column

from campaigns.challenges import matching
from campaigns.challenges.matching import Matching
from campaigns.models import Campaign, Challenge
from core import money
from donations import appeals
from donations.appeals import Span
from donations.staff.cells import amount
from donations.staff.desk import MomentColumn
from donations.staff.giving import PlainList, Settings


class ChallengeForm(WagtailAdminModelForm):
    """The sum is typed as people say it; its currency is that of the campaign's goal."""

    cap_minor = forms.CharField(
        label=_("up to, in all"),
        max_length=20,
        help_text=_("Such as 5000, in the currency of the campaign's goal."),
    )

    class Meta:
        model = Challenge
        fields: ClassVar[list[str]] = [
            *("campaign", "code", "sponsor", "agreed_by", "agreed_on"),
            *("adds", "per", "cap_minor", "starts_at", "ends_at"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = self.instance
        self.fields["campaign"].queryset = Campaign.objects.filter(goal_kind=Campaign.Goal.AMOUNT)
        if row.pk:
            self.fields["campaign"].disabled = self.fields["code"].disabled = True
            shown = f"{money.to_decimal(row.cap_minor, row.currency):f}"
            self.initial["cap_minor"] = shown.removesuffix(".00")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        campaign, typed = data.get("campaign"), data.get("cap_minor")
        if campaign:
            self.instance.currency = campaign.goal_currency
        if campaign and typed:
            try:
                data["cap_minor"] = money.parse(typed, campaign.goal_currency)
            except ValueError:
                data["cap_minor"] = 0
            if data["cap_minor"] <= 0:
                del data["cap_minor"]
                self.add_error("cap_minor", _("Please type a number, such as 5000."))
        return data


def received(rows: list[Challenge]) -> Mapping[Span, int]:
    """What these challenges match, and what came from their sponsors; one query."""
    return appeals.within(
        [what(row) for row in rows for what in (matching.span, matching.sponsors)]
    )


class Challenges(PlainList):
    def get_base_queryset(self) -> QuerySet[Challenge]:
        rows: QuerySet[Challenge] = super().get_base_queryset()
        return rows.select_related("campaign")

    @cached_property
    def stayed(self) -> Mapping[Span, int]:
        return received(list(self.get_base_queryset()))

    def _matched(self, row: Challenge) -> str:
        one = Matching(row, self.stayed[matching.span(row)], timezone.now())
        return amount(one.matched_minor, row.currency)

    def _received(self, row: Challenge) -> str:
        return amount(self.stayed[matching.sponsors(row)], row.currency)

    @property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column("__str__"),
            Column("campaign", label=_("Campaign")),
            Column(lambda row: row.sponsor or "—", label=_("Sponsor")),
            Column(lambda row: amount(row.cap_minor, row.currency), label=_("Up to")),
            Column(self._matched, label=_("Matched so far")),
            Column(self._received, label=_("Received from the sponsor")),
            MomentColumn("starts_at", label=_("From")),
            MomentColumn("ends_at", label=_("Until")),
        ]


class ChallengesDesk(Settings):
    """Never deleted: donors gave on their terms."""

    model = Challenge
    form = ChallengeForm
    index_view_class = Challenges
    name = "challenges"
    menu_label = _("Sponsors")
    menu_name = "challenges"
    menu_order = 151
    add_to_admin_menu = True
    icon = "group"
    search_fields: ClassVar[list[str]] = ["code", "sponsor"]
    panels: ClassVar[list[Any]] = [
        HelpPanel(
            content=_(
                "What is left is read from the books and cannot be typed. Once a challenge has "
                "begun, its sum can be raised and its end moved, nothing else."
            )
        ),
        MultiFieldPanel(
            [FieldPanel("campaign"), FieldPanel("code")], heading=_("What it belongs to")
        ),
        MultiFieldPanel(
            [
                FieldPanel("sponsor"),
                FieldRowPanel([FieldPanel("agreed_by"), FieldPanel("agreed_on")]),
            ],
            heading=_("Who promised it"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("adds"), FieldPanel("per")]),
                FieldPanel("cap_minor"),
                FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
            ],
            heading=_("What they promised"),
        ),
    ]
