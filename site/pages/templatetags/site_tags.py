"""What the base layout asks for."""

from dataclasses import dataclass, field
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from pages import findable, serving, structured

register = template.Library()
# Each language in its own words.
OWN_NAMES = {"en": "English", "es": "Español"}


@dataclass(frozen=True)
class Language:
    code: str
    name: str
    url: str
    absolute_url: str
    is_current: bool
    # This page itself is in that language; else the link leads to the nearest one above that is.
    is_same: bool
    # Said of a link that leads elsewhere, in the language it leads to.
    note: str = ""


@dataclass(frozen=True)
class Head:
    """What a page's head says to machines; the same for every visitor."""

    canonical: str
    # Addresses of all languages that have this page, if more than one does.
    alternates: list[Language]
    otherwise: str
    feed_url: str
    # Of a page that may be shared: the words and the picture.
    title: str = ""
    text: str = ""
    picture_url: str = ""
    structured: SafeString = field(default_factory=SafeString)


@register.simple_tag(takes_context=True)
def language_links(context: dict[str, Any]) -> list[Language]:
    """This page in each language: a page's translation, a view's other prefix, else what is near.

    Near is the page above it that has a translation, in the end the home.
    """
    request: HttpRequest | None = context.get("request")
    if request is None:
        return []
    page = context.get("page")
    page = page if isinstance(page, Page) and page.pk else None
    here = get_language() or settings.LANGUAGE_CODE
    paths = _translations(page, context["organisation"]) if page else {}
    below = ""  # the rest of an address that one page answers in many forms, such as a wish's
    if page:
        own = findable.address(page)
        below = request.path.removeprefix(own) if request.path.startswith(own) else ""
    query = f"?{request.GET.urlencode()}" if request.method == "GET" and request.GET else ""
    links = []
    for code, _name in settings.LANGUAGES:
        url: str | None = None
        if code == here:
            url = request.path
        elif code in paths:
            url = findable.address_of(code, paths[code]) + below
        elif page is None and request.resolver_match and _is_view(request):
            url = translate_url(request.path, code)
        with translation.override(code):
            note = "" if url else _("This page has no English: here is the nearest one that does.")
        near = url or _nearest(page, code, here, context["organisation"])
        links.append(
            Language(
                code=code,
                name=OWN_NAMES.get(code, code),
                url=f"{url}{query}" if url else near,
                absolute_url=f"{settings.OWN_URL}{near}",
                is_current=code == here,
                is_same=url is not None,
                note=note,
            )
        )
    return links


def _is_view(request: HttpRequest) -> bool:
    """Not the pages' own door, which found nothing here."""
    match = request.resolver_match
    return match is not None and match.func is not serving.serve


def _translations(page: Page, organisation: Any) -> dict[str, str]:
    """By language the path of each live translation."""
    known: dict[str, str] | None = organisation.translations.get(page.translation_key)
    if known is None:  # deeper than the menus reach, or new
        known = getattr(page, "translated", None)
    if known is None:  # a preview
        others = Page.objects.translation_of(page).live()
        known = dict(others.values_list("locale__language_code", "url_path"))
    return known


def _nearest(page: Page | None, code: str, here: str, organisation: Any) -> str:
    """Of the pages that the menus know the deepest one above, in that language."""
    above = [
        known
        for known in organisation.translations.values()
        if page and code in known and page.url_path.startswith(known.get(here, "\0"))
    ]
    deepest = max(above, key=lambda known: len(known[here]), default=None)
    return findable.address_of(code, deepest[code]) if deepest else findable.home(code)


@register.inclusion_tag("components/page_head.html", takes_context=True)
def page_head(context: dict[str, Any], languages: list[Language]) -> dict[str, Any]:
    """Nothing for what hangs on a link, a sign-in or a mistyped address."""
    request: HttpRequest | None = context.get("request")
    page = context.get("page")
    is_page = isinstance(page, Page) and bool(page.pk)
    match = request.resolver_match if request else None
    if request is None or not (is_page or (match and match.url_name in findable.VIEWS)):
        return {"head": None}
    same = [language for language in languages if language.is_same]
    of_default = [one.absolute_url for one in same if one.code == settings.LANGUAGE_CODE]
    told: dict[str, Any] = {}
    if is_page and isinstance(page, Page):
        here = get_language() or settings.LANGUAGE_CODE
        told = {
            "title": findable.name(page),
            "text": findable.introduction(page),
            "picture_url": f"{settings.OWN_URL}{findable.home(here)}share/{page.pk}.png",
            "structured": structured.block(context),
        }
        if card := context.get("card"):  # a wish, which has its own
            picture_url = context["picture_url"]
            told |= {"title": card.name, "text": card.text, "picture_url": picture_url}
    head = Head(
        canonical=f"{settings.OWN_URL}{request.path}",
        alternates=same if len(same) > 1 else [],
        otherwise=of_default[0] if of_default and len(same) > 1 else "",
        feed_url=context["organisation"].feed_url,
        **told,
    )
    return {"head": head, "organisation": context["organisation"]}


register.filter("address", findable.address)


@register.filter
def page_title(title: str, name: str) -> str:
    """The title of a browser window: the page, then who we are."""
    return _("%(title)s · %(name)s") % {"title": title, "name": name}
