"""The page of the wish list: its words are editors', its wishes come from their table."""

from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import RichTextField
from wagtail.models import Page

PICTURE_SECONDS = 3600


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

    class Meta:
        verbose_name = _("wish list")
        verbose_name_plural = _("wish lists")

    def address(self) -> str:
        """Without asking which site it is on: there is one, and a home for each language."""
        language = get_language() or settings.LANGUAGE_CODE
        start = "/" if language == settings.LANGUAGE_CODE else f"/{language}/"
        return start + str(self.url_path).split("/", 2)[2]

    @path("")
    def wish_list(self, request: HttpRequest) -> HttpResponse:
        from gifts.pages import listing  # noqa: PLC0415 - it reads the tables beside this one

        return self._shown(
            request, "gifts/wish_list.html", listing.context(request, self.address())
        )

    @path("<slug:slug>/")
    def one_wish(self, request: HttpRequest, slug: str) -> HttpResponse:
        from gifts.pages import showing  # noqa: PLC0415 - it reads the tables beside this one

        return self._shown(request, "gifts/wish.html", showing.context(self.address(), slug))

    @path("<slug:slug>/picture/")
    def picture(self, request: HttpRequest, slug: str) -> HttpResponse:
        from gifts.pages import share_card  # noqa: PLC0415 - as above

        answer = HttpResponse(share_card.of(slug), content_type="image/png")
        answer.headers["Cache-Control"] = f"public, max-age={PICTURE_SECONDS}"
        return answer

    def _shown(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        return self.render(request, template=template, context_overrides=context)
