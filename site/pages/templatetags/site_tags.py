"""What the base layout asks for."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from pages.models import HomePage

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
    is_home: bool  # this page has no counterpart in that language; the link leads to its home


@register.simple_tag(takes_context=True)
def language_links(context: dict[str, Any]) -> list[Language]:
    """This page in each language: a page's translation, a view's other prefix, else the home."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return []
    page = context.get("page")
    translations: dict[str, str] = {}
    if isinstance(page, HomePage):
        translations = {code: _home(code) for code in context["organisation"].homes}
    elif isinstance(page, Page) and page.pk:
        known = context["organisation"].translations.get(page.translation_key)
        if known is None:  # deeper than the menus reach, or new
            others = Page.objects.translation_of(page).live()
            known = dict(others.values_list("locale__language_code", "url_path"))
        translations = {code: _address(code, url_path) for code, url_path in known.items()}
    here = get_language() or settings.LANGUAGE_CODE
    below = ""  # the rest of an address that one page answers in many forms, such as a wish's
    if isinstance(page, Page) and page.pk and not isinstance(page, HomePage):
        own = _address(here, page.url_path)
        below = request.path.removeprefix(own) if request.path.startswith(own) else ""
    query = f"?{request.GET.urlencode()}" if request.method == "GET" and request.GET else ""
    links = []
    for code, _name in settings.LANGUAGES:
        home = _home(code)
        if code == here:
            url: str | None = request.path
        elif isinstance(page, Page):
            url = f"{translations[code]}{below}" if code in translations else None
        elif request.resolver_match:
            url = translate_url(request.path, code)
        else:
            url = None
        links.append(
            Language(
                code=code,
                name=OWN_NAMES.get(code, code),
                url=f"{url}{query}" if url else home,
                absolute_url=f"{settings.OWN_URL}{url or home}",
                is_current=code == here,
                is_home=url is None,
            )
        )
    return links


def _home(code: str) -> str:
    return "/" if code == settings.LANGUAGE_CODE else f"/{code}/"


def _address(code: str, url_path: str) -> str:
    """A page's address from its path, whose first part is the language's home.

    Wagtail's own way asks a cache in the database where each site begins; there is one site.
    """
    return _home(code) + url_path.split("/", 2)[2]


@register.filter
def address(page: Page) -> str:
    """Where a page in the language of the moment is."""
    return _address(get_language() or settings.LANGUAGE_CODE, page.url_path)


@register.filter
def page_title(title: str, name: str) -> str:
    """The title of a browser window: the page, then who we are."""
    return _("%(title)s · %(name)s") % {"title": title, "name": name}
