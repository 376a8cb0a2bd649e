"""The pages of the made-up organisation "North Star", in English and Spanish."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from wagtail.models import Locale, Page, Site

from campaigns import demo as campaigns_demo
from campaigns.models import (
    CampaignIndexPage,
    CampaignPage,
    ImpactIndexPage,
    StoryIndexPage,
)
from donations.models import LegalEntity
from gifts.models import WishListPage
from pages.demo import campaigns, english, reports, spanish, stories, training
from pages.models import HomePage, OrganisationSettings, StandardPage


@transaction.atomic
def seed() -> int:
    """Create the pages that are missing; what exists is left as editors made it.

    Returns:
        How many pages were created.
    """
    created = 0
    # What Wagtail's first migration left is exactly a Page; never one that an editor wrote.
    Page.objects.filter(
        depth=2, content_type__model="page", content_type__app_label="wagtailcore"
    ).delete()
    home = _home(Locale.objects.get_or_create(language_code="en")[0], None, english.HOME)
    created += home[1]
    site = _site(home[0])
    other = _home(Locale.objects.get_or_create(language_code="es")[0], home[0], spanish.HOME)
    created += other[1]
    for words, translation in zip(english.PAGES, spanish.PAGES, strict=True):
        page, is_new = _page(home[0], None, words)
        _twin, twin_is_new = _page(other[0], page, translation)
        created += is_new + twin_is_new
    page, is_new = _page(home[0], None, english.WISH_LIST, WishListPage)
    _twin, twin_is_new = _page(other[0], page, spanish.WISH_LIST, WishListPage)
    created += is_new + twin_is_new
    created += _campaigns(home[0], other[0])
    page, is_new = _page(home[0], None, stories.INDEX["en"], StoryIndexPage)
    _twin, twin_is_new = _page(other[0], page, stories.INDEX["es"], StoryIndexPage)
    created += is_new + twin_is_new
    created += training.seed(_page, home[0], other[0])
    page, is_new = _page(home[0], None, reports.INDEX["en"], ImpactIndexPage)
    _twin, twin_is_new = _page(other[0], page, reports.INDEX["es"], ImpactIndexPage)
    created += is_new + twin_is_new
    if not OrganisationSettings.objects.filter(site=site).exists():
        OrganisationSettings.objects.create(
            site=site,
            legal_entity=LegalEntity.objects.filter(is_default=True).first(),
            **english.ORGANISATION,
            hotline_text_es=spanish.HOTLINE_TEXT,
            footer_text_es=spanish.FOOTER_TEXT,
        )
    return created


def _home(
    locale: Locale, original: HomePage | None, words: dict[str, Any]
) -> tuple[HomePage, bool]:
    if found := HomePage.objects.filter(locale=locale).first():
        return found, False
    page = HomePage(locale=locale, **_published(), **words)
    if original:
        page.translation_key = original.translation_key
    Page.get_first_root_node().add_child(instance=page)
    return page, True


def _campaigns(home: HomePage, other: HomePage) -> int:
    """The list in both languages, and below it a page for each campaign that has a purpose."""
    index, index_is_new = _page(home, None, campaigns.INDEX["en"], CampaignIndexPage)
    twin, twin_is_new = _page(other, index, campaigns.INDEX["es"], CampaignIndexPage)
    created = index_is_new + twin_is_new
    onward: tuple[Page | None, Page | None] = (None, None)
    for row in campaigns_demo.seed():
        words, translation = campaigns.ENGLISH[row.code], campaigns.SPANISH[row.code]
        facts = {"campaign": row, "next_page": onward[0]}
        page, is_new = _page(index, None, facts | words, CampaignPage)
        facts["next_page"] = onward[1]
        other_page, other_is_new = _page(twin, page, facts | translation, CampaignPage)
        # The newest one is what the ended one leads on to.
        onward = (onward[0] or page, onward[1] or other_page)
        created += is_new + other_is_new
    return created


@transaction.atomic
def revise(*, by: Any) -> None:
    """One page was changed after it had been translated: its translator finds that beside hers."""
    language = Locale.get_default()
    page = CampaignPage.objects.filter(campaign__code="SCHOOL-YEAR", locale=language).first()
    if page is None or page.revisions.exists():
        return
    words = page.summary
    page.summary = words.replace(" at once", "")
    page.save_revision(user=by)
    for twin in page.get_translations():
        twin.save_revision(user=by).publish(user=by)
    page.summary = words
    page.save_revision(user=by).publish(user=by)


def _page(
    home: Page,
    original: Page | None,
    words: dict[str, Any],
    model: type[Page] = StandardPage,
) -> tuple[Page, bool]:
    if found := model.objects.child_of(home).filter(slug=words["slug"]).first():
        return found, False
    page = model(locale=home.locale, **_published(), **words)
    if original:
        page.translation_key = original.translation_key
    home.add_child(instance=page)
    return page, True


def _published() -> dict[str, Any]:
    now = timezone.now()
    return {"first_published_at": now, "last_published_at": now}


def _site(home: HomePage) -> Site:
    """The one site, at the address donors use."""
    address = urlsplit(settings.PUBLIC_URL)
    place = {
        "hostname": address.hostname,
        "port": address.port or (443 if address.scheme == "https" else 80),
        "root_page": home,
    }
    site, _created = Site.objects.update_or_create(is_default_site=True, defaults=place)
    return site
