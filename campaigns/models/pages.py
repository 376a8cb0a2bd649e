"""The pages of campaigns: an index, and below it one page for each campaign and language."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search.index import SearchField

from campaigns.blocks import DRAWINGS, CampaignBodyBlock
from campaigns.editing.checks_panel import ChecksPanel
from campaigns.editing.previews import SharePreview


class CampaignIndexPage(Page):
    """All campaigns with their progress. One for each language."""

    lead = models.CharField(_("lead"), max_length=300, blank=True)

    max_count_per_parent = 1
    parent_page_types = ["pages.HomePage"]
    subpage_types = ["campaigns.CampaignPage"]
    content_panels = [*Page.content_panels, FieldPanel("lead", widget=AdminAutoHeightTextInput)]
    search_fields = [*Page.search_fields, SearchField("lead")]
    template = "campaigns/index.html"

    class Meta:
        verbose_name = _("list of campaigns")
        verbose_name_plural = _("lists of campaigns")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from campaigns import progress  # noqa: PLC0415 - it reads the tables beside this one

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        pages = CampaignPage.objects.child_of(self).live().select_related(*CampaignPage.TOLD_WITH)
        pages = list(pages.prefetch_related("picture__renditions"))
        told = progress.lately(page.campaign for page in pages)
        cards = [{"page": page, "progress": told[page.campaign_id]} for page in pages]
        order = ("running", "first", "reached", "over", "upcoming", "closed")
        cards.sort(key=lambda card: (order.index(card["progress"].state), card["page"].path))
        return context | {"cards": cards}


class CampaignChoice(FieldPanel):
    """A new page that was asked for from a campaign (`?campaign=`) begins with that campaign."""

    class BoundPanel(FieldPanel.BoundPanel):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            asked = self.request.GET.get("campaign", "") if self.request else ""
            if self.instance.pk is None and asked.isdecimal():
                self.form.initial["campaign"] = int(asked)


class CampaignPage(SharePreview, Page):
    """A campaign in the words of one language; its facts stand once, in `campaign`."""

    # What is read with it by the same query.
    TOLD_WITH = ("campaign__designation", "campaign__wish", "picture", "next_page")

    campaign = models.ForeignKey(
        "campaigns.Campaign",
        models.PROTECT,
        related_name="pages",
        verbose_name=_("campaign"),
        help_text=_("Goal, dates and purpose stand there, once for all languages."),
    )
    summary = models.CharField(
        _("summary"),
        max_length=240,
        help_text=_("One or two sentences, also shown on the list and where the page is shared."),
    )
    picture = models.ForeignKey(
        "campaigns.Picture",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
        help_text=_("A place, an object or light. Without one the drawing is shown."),
    )
    picture_in_words = models.CharField(
        _("the picture in words"),
        max_length=200,
        blank=True,
        help_text=_("What it shows, for who does not see it. Empty if it only decorates."),
    )
    drawing = models.CharField(_("drawing"), max_length=8, choices=DRAWINGS, default="sky")
    body = StreamField(CampaignBodyBlock(), blank=True, verbose_name=_("body"))
    thanks = models.TextField(
        _("thanks"),
        max_length=500,
        blank=True,
        help_text=_("Shown in place of the give box once the campaign is closed."),
    )
    next_page = models.ForeignKey(
        "wagtailcore.Page",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("leads on to"),
        help_text=_("Where visitors can go after the end, in the same language."),
    )

    # The pages it was reached through, where they are at hand.
    above: list[Page] | None = None

    parent_page_types = ["campaigns.CampaignIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        CampaignChoice("campaign"),
        FieldPanel("summary", widget=AdminAutoHeightTextInput),
        MultiFieldPanel(
            [FieldPanel("picture"), FieldPanel("picture_in_words"), FieldPanel("drawing")],
            heading=_("What visitors see first"),
        ),
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel("thanks", widget=AdminAutoHeightTextInput), FieldPanel("next_page")],
            heading=_("After the end"),
        ),
        ChecksPanel(heading=_("What may have been overlooked")),
    ]
    search_fields = [*Page.search_fields, SearchField("summary"), SearchField("body")]
    # Told in the site's feed.
    is_news = True
    template = "campaigns/campaign.html"

    class Meta:
        verbose_name = _("campaign page")
        verbose_name_plural = _("campaign pages")

    def clean(self) -> None:
        """The way on stays in the reader's language.

        Raises:
            ValidationError: beside the field.
        """
        super().clean()
        if self.next_page and self.next_page.locale_id != self.locale_id:
            raise ValidationError({"next_page": _("Choose a page in the same language.")})

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from campaigns import giving, progress  # noqa: PLC0415 - they read the tables beside this
        from gifts.models import WishListPage  # noqa: PLC0415 - as above

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        told = progress.lately([self.campaign])[self.campaign.pk]
        wishes = None
        if told.takes and self.campaign.wish:
            wishes = WishListPage.objects.filter(locale_id=self.locale_id).live().first()
        return context | {
            "index": self.above[-1] if self.above else self.get_parent(),
            "progress": told,
            "box": giving.give_box(told.frequency, told.toward) if told.toward else None,
            "wish_list": wishes,
            "next_page": self.next_page if self.next_page and self.next_page.live else None,
        }
