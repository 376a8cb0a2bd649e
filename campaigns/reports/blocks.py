"""The pieces an impact report's page is put together from, around its generated figures."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from campaigns.blocks import (
    GiveBoxBlock,
    PartnerBlock,
    PictureBlock,
    QuestionsBlock,
    QuoteBlock,
    TextBlock,
    TimelineBlock,
)


class ReportChartBlock(blocks.StructBlock):
    """One of the report's own charts at this place, with a word to it."""

    chart = blocks.ChoiceBlock(
        choices=[
            ("delivered", _("Things that reached people")),
            ("purposes", _("Given, by purpose")),
            ("ways", _("Given, by the way it came")),
            ("training", _("Awareness training, by sector")),
        ],
        label=_("chart"),
    )
    text = blocks.CharBlock(required=False, max_length=400, label=_("a word to it"))

    def get_context(
        self, value: dict[str, Any], parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """One chart for each currency; none where nothing may be told."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        found = context.get("exhibits") or []
        return context | {"shown": [one for one in found if one.table == value["chart"]]}

    class Meta:
        template = "campaigns/reports/chart_block.html"
        icon = "order"
        label = _("Chart with its table")


class ReportHeadlinesBlock(blocks.StructBlock):
    """The report's headline figures once more."""

    heading = blocks.CharBlock(required=False, label=_("heading"))

    class Meta:
        template = "campaigns/reports/headlines_block.html"
        icon = "list-ol"
        label = _("Headline figures")


class ReportBodyBlock(blocks.StreamBlock):
    """What an impact report says around its figures. A survivor's words have no block here."""

    text = TextBlock()
    headlines = ReportHeadlinesBlock()
    chart = ReportChartBlock()
    picture = PictureBlock()
    quote = QuoteBlock()
    timeline = TimelineBlock()
    partner = PartnerBlock()
    questions = QuestionsBlock()
    give_box = GiveBoxBlock()
