"""The page of the wish list: its words are editors', its wishes come from their table."""

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import RichTextField
from wagtail.models import Page


class WishListPage(RoutablePageMixin, Page):
    """All wishes, and below it a page for each of them. One for each language."""

    lead = models.CharField(_("lead"), max_length=300, blank=True)
    intro = RichTextField(
        _("words above the wishes"), blank=True, features=["bold", "italic", "link"]
    )
    after = RichTextField(
        _("words below the wishes"), blank=True, features=["h3", "bold", "italic", "ul", "link"]
    )

    max_count_per_parent = 1
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        FieldPanel("lead", widget=AdminAutoHeightTextInput),
        FieldPanel("intro"),
        FieldPanel("after"),
    ]
    template = "gifts/wish_list.html"

    class Meta:
        verbose_name = _("wish list")
        verbose_name_plural = _("wish lists")

    @path("")
    def wish_list(self, request: HttpRequest) -> HttpResponse:
        from gifts.pages import listing  # noqa: PLC0415 - it reads these tables

        return self.render(request, context_overrides=listing.context(self, request))

    @path("<slug:slug>/")
    def one_wish(self, request: HttpRequest, slug: str) -> Any:
        from gifts.pages import showing  # noqa: PLC0415 - it reads these tables

        context = showing.context(self, request, slug)
        return self.render(request, context_overrides=context, template="gifts/wish.html")
