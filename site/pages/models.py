"""The pages that editors write, and the organisation's own facts."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search.index import SearchField

from campaigns.editing.checks_panel import ChecksPanel
from campaigns.editing.previews import SharePreview
from pages.blocks import SiteBodyBlock


class HomePage(Page):
    """The front door; one for each language."""

    hero_title = models.CharField(_("hero title"), max_length=80)
    hero_lead = models.CharField(_("hero lead"), max_length=300)
    hero_action = models.CharField(_("words on the button"), max_length=40)
    body = StreamField(SiteBodyBlock(), blank=True, verbose_name=_("body"))

    max_count_per_parent = 1
    parent_page_types = ["wagtailcore.Page"]
    content_panels = [
        MultiFieldPanel(
            [
                FieldPanel("hero_title", heading=_("Headline")),
                FieldPanel("hero_lead", widget=AdminAutoHeightTextInput),
                FieldPanel("hero_action"),
            ],
            heading=_("What visitors see first"),
        ),
        FieldPanel("title", help_text=_("In the browser's tab and in search results.")),
        FieldPanel("body"),
        ChecksPanel(heading=_("What may have been overlooked")),
    ]
    search_fields = [
        *Page.search_fields,
        *(SearchField(name) for name in ("hero_title", "hero_lead", "body")),
    ]
    template = "pages/home_page.html"

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")


class StandardPage(SharePreview, Page):
    """Text with questions and answers: how it works, privacy, disclosures and the like."""

    lead = models.CharField(_("lead"), max_length=300, blank=True)
    body = StreamField(SiteBodyBlock(), blank=True, verbose_name=_("body"))
    in_footer = models.BooleanField(
        _("link in the footer"),
        default=False,
        help_text=_("Beside “show in menus”, the main menu."),
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("lead", widget=AdminAutoHeightTextInput),
        FieldPanel("body"),
        ChecksPanel(heading=_("What may have been overlooked")),
    ]
    promote_panels = [*Page.promote_panels, FieldPanel("in_footer")]
    search_fields = [*Page.search_fields, SearchField("lead"), SearchField("body")]
    template = "pages/standard_page.html"
    # The pages it was reached through, where they are at hand.
    above: list[Page] | None = None

    class Meta:
        verbose_name = _("standard page")
        verbose_name_plural = _("standard pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        above = self.above
        if above is None:  # the tree's root is no page of the site
            above = list(self.get_ancestors().filter(depth__gt=1))
        return context | {"ancestors": [page for page in above if page.live]}


@register_setting(icon="home")
class OrganisationSettings(BaseSiteSetting):
    """Quick exit, hotline and footer. Who we are stands with the legal entity, once."""

    legal_entity = models.ForeignKey(
        "donations.LegalEntity",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who we are"),
        help_text=_("Named in the footer. Left empty, it is the one used where none is chosen."),
    )
    exit_url = models.URLField(
        _("quick exit leads to"),
        default="https://www.google.com/",
        help_text=_("A page nobody would wonder about. It is asked for only on a click."),
    )
    hotline_number = models.CharField(_("hotline number"), max_length=30, blank=True)
    hotline_text = models.CharField(_("hotline line, English"), max_length=200, blank=True)
    hotline_text_es = models.CharField(_("hotline line, Spanish"), max_length=200, blank=True)
    footer_text = models.CharField(_("footer line, English"), max_length=240, blank=True)
    footer_text_es = models.CharField(_("footer line, Spanish"), max_length=240, blank=True)

    panels = [
        FieldPanel("legal_entity"),
        MultiFieldPanel(
            [
                FieldPanel(name)
                for name in ("exit_url", "hotline_number", "hotline_text", "hotline_text_es")
            ],
            heading=_("Safety"),
        ),
        MultiFieldPanel(
            [FieldPanel("footer_text"), FieldPanel("footer_text_es")], heading=_("Footer")
        ),
    ]

    class Meta:
        verbose_name = _("safety and footer")

    def __str__(self) -> str:
        return str(_("safety and footer"))
