"""What everybody may find: live pages behind no lock, and the pages that are code."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import Page
from wagtail.query import PageQuerySet

# Below the tree's root, which is no page of the site.
HOME_DEPTH = 2
# Views by name that are the same for everybody; what hangs on a link or a sign-in is not here.
VIEWS = (
    *("give", "offer", "news", "receipt_check", "training_verify"),
    *("safety", "disclosures", "contact", "charge"),
)


def open_pages(language: str = "") -> PageQuerySet:
    """Pages that are live, not past their end and behind no lock; of one language, or of all.

    The end counts by itself: the job that takes pages down may not have come by yet.
    """
    pages: PageQuerySet = Page.objects.live().public().filter(depth__gte=HOME_DEPTH)
    pages = pages.filter(Q(expire_at=None) | Q(expire_at__gt=timezone.now()))
    return pages.filter(locale__language_code=language) if language else pages


def introduction(page: Page) -> str:
    """One or two sentences about a page of any kind, as its editors wrote them."""
    kinds = (page.search_description, getattr(page, "summary", ""), getattr(page, "lead", ""))
    return next(filter(None, kinds), "")


def name(page: Page) -> str:
    return str(page.seo_title or page.title)


def home(language: str) -> str:
    return "/" if language == settings.LANGUAGE_CODE else f"/{language}/"


def address(page: Page) -> str:
    """Where a page in the language of the moment is."""
    return address_of(get_language() or settings.LANGUAGE_CODE, page.url_path)


def address_of(language: str, url_path: str) -> str:
    """A page's address from its path, whose first part is the language's home.

    Wagtail's own way asks a cache in the database where each site begins; there is one site.
    """
    return home(language) + url_path.split("/", 2)[2]


def specific(pages: Iterable[Page]) -> list[Page]:
    """The same pages in their order, each as its kind: a query for all and one for each kind."""
    order = [page.pk for page in pages]
    found = {page.pk: page for page in Page.objects.filter(pk__in=order).specific()}
    return [found[pk] for pk in order if pk in found]
