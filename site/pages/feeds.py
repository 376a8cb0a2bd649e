"""What is new, as Atom: pages of every kind that calls itself news, the newest first."""

from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page, get_page_models

from pages import findable
from pages.context import facts
from pages.serving import same_for_all

SHOWN = 20


class News(Feed):  # type: ignore[type-arg]  # Django's class takes none while it runs
    """A kind of page takes part by `is_news = True`; it is told by its title and introduction."""

    feed_type = Atom1Feed

    def items(self) -> list[Page]:
        kinds = [kind for kind in get_page_models() if getattr(kind, "is_news", False)]
        pages = findable.open_pages(get_language() or settings.LANGUAGE_CODE).type(*kinds)
        newest = pages.exclude(first_published_at=None).order_by("-first_published_at", "-pk")
        return findable.specific(newest[:SHOWN])

    def title(self) -> str:
        return _("News of %(name)s") % {"name": facts().name}

    def subtitle(self) -> str:
        return facts().footer_text

    def author_name(self) -> str:
        return facts().name

    def link(self) -> str:
        return f"{settings.PUBLIC_URL}{facts().home_url}"

    def feed_url(self) -> str:
        return f"{settings.PUBLIC_URL}{reverse('feed')}"

    def item_title(self, item: Page) -> str:
        return str(item.title)

    def item_description(self, item: Page) -> str:
        return findable.introduction(item)

    def item_link(self, item: Page) -> str:
        return f"{settings.PUBLIC_URL}{findable.address(item)}"

    def item_pubdate(self, item: Page) -> datetime | None:
        at: datetime | None = item.first_published_at
        return at

    def item_updateddate(self, item: Page) -> datetime | None:
        at: datetime | None = item.last_published_at or item.first_published_at
        return at


@same_for_all
def feed(request: HttpRequest) -> HttpResponse:
    return News()(request)
