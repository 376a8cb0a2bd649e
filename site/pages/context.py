"""What every template may use: the organisation's facts and the menus, read once a second."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from wagtail.models import Page

from donations import periods
from donations.models import LegalEntity
from donations.receipts import disclosing
from pages import findable
from pages.findable import HOME_DEPTH
from pages.models import OrganisationSettings

SECONDS = 1


@dataclass(frozen=True)
class Link:
    title: str
    url: str


@dataclass(frozen=True)
class Organisation:
    """Plain values, so that a template asks the database nothing."""

    name: str
    legal_name: str
    tax_id: str
    # What donors read on a card statement.
    statement_descriptor: str
    # What it is before the law, and what states want told of it.
    standing: str
    stated: list[disclosing.Stated]
    address: str
    email: str
    phone: str
    phone_url: str
    exit_url: str
    hotline_number: str
    hotline_url: str
    hotline_text: str
    footer_text: str
    menu: list[Link]
    footer_menu: list[Link]
    # Of each language that has a home page: its path.
    homes: dict[str, str]
    # Of each page by its key: its path in every language that has it.
    translations: dict[UUID, dict[str, str]]
    home_url: str
    give_url: str
    safety_url: str
    receipt_check_url: str
    disclosures_url: str
    offer_url: str
    contact_url: str
    charge_url: str
    search_url: str
    feed_url: str
    news_url: str
    account_url: str


def organisation(request: HttpRequest) -> dict[str, Any]:
    return {
        "role": settings.ROLE,
        # What the pages around signing in stand in: staff see nothing that is meant for donors.
        "layout": "base.html" if settings.ROLE == "public" else "staff/entrance.html",
        "demo": settings.DEMO,
        "organisation": SimpleLazyObject(facts),
    }


def facts() -> Organisation:
    """The facts in the language of the moment, at most a second old."""
    language = (get_language() or "en")[:2]
    key = f"organisation:{language}"
    known: Organisation | None = caches["local"].get(key)
    if known is None:
        known = _read(language)
        caches["local"].set(key, known, SECONDS)
    return known


def _read(language: str) -> Organisation:
    rows = OrganisationSettings.objects.select_related("legal_entity")
    row = rows.filter(site__is_default_site=True).first() or OrganisationSettings()
    entity = row.legal_entity or LegalEntity.objects.filter(is_default=True).first()
    entity = entity or LegalEntity()
    today = periods.today_of(entity)
    spanish = language == "es"
    # The staff site serves no public page, so it links to none.
    public = settings.ROLE == "public"
    top, bottom, homes, translations = _menus(language) if public else ([], [], {}, {})
    return Organisation(
        name=entity.short_name or "North Star",
        legal_name=entity.name,
        tax_id=entity.tax_id,
        statement_descriptor=entity.statement_descriptor,
        standing=disclosing.standing(entity, on=today, language=language),
        stated=disclosing.stated(entity, on=today),
        address=entity.address,
        email=entity.email,
        phone=entity.phone,
        phone_url=_tel(entity.phone),
        exit_url=row.exit_url,
        hotline_number=row.hotline_number,
        hotline_url=_tel(row.hotline_number),
        hotline_text=(spanish and row.hotline_text_es) or row.hotline_text,
        footer_text=(spanish and row.footer_text_es) or row.footer_text,
        menu=top,
        footer_menu=bottom,
        homes=homes,
        translations=translations,
        home_url=findable.home(language),
        give_url=_url("give"),
        safety_url=_url("safety"),
        receipt_check_url=_url("receipt_check"),
        disclosures_url=_url("disclosures"),
        offer_url=_url("offer"),
        contact_url=_url("contact"),
        charge_url=_url("charge"),
        search_url=_url("search"),
        feed_url=_url("feed"),
        news_url=_url("news"),
        account_url=_url("my_giving"),
    )


def _menus(
    language: str,
) -> tuple[list[Link], list[Link], dict[str, str], dict[UUID, dict[str, str]]]:
    """Main menu and footer: live pages one below the language's home, in the editors' order;
    the training is always in the footer.

    By the same query the languages whose home is live, and each page's paths in all languages.
    """
    pages = (
        Page.objects.live()
        .filter(depth__in=[HOME_DEPTH, HOME_DEPTH + 1])
        .order_by("path")
        .values_list(
            *("depth", "locale__language_code", "title", "slug"),
            *("show_in_menus", "standardpage__in_footer", "trainingindexpage__pk"),
            *("translation_key", "url_path"),
        )
    )
    start = findable.home(language)
    rows = list(pages)
    links = [
        (Link(title, f"{start}{slug}/"), top, low or training)
        for depth, code, title, slug, top, low, training, _, _ in rows
        if depth > HOME_DEPTH and code == language
    ]
    translations: dict[UUID, dict[str, str]] = {}
    for _, code, _, _, _, _, _, key, url_path in rows:
        translations.setdefault(key, {})[code] = url_path
    return (
        [link for link, top, _ in links if top],
        [link for link, _, low in links if low],
        {code: url_path for depth, code, *_, url_path in rows if depth == HOME_DEPTH},
        translations,
    )


def _tel(number: str) -> str:
    digits = "".join(sign for sign in number if sign.isdigit())
    return f"tel:{'+' if number.startswith('+') else ''}{digits}" if digits else ""


def _url(name: str) -> str:
    """The address of a view, or nothing while this role does not serve it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
