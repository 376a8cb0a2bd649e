"""Stories for tests: a list in each language, and pages as editors write them."""

from typing import Any

from wagtail.models import Locale, Page, Revision

from accounts.models import User
from campaigns.models import StoryIndexPage, StoryPage
from campaigns.stories import words
from pages.models import HomePage
from tests.people import person
from tests.vault_made import make_consent

WORDS = "I sat the exam, and I passed it."


def lists() -> dict[str, StoryIndexPage]:
    """The list of each language, made by the first call."""
    made: dict[str, StoryIndexPage] = {}
    for code, slug in (("en", "stories"), ("es", "historias")):
        locale = Locale.objects.get_or_create(language_code=code)[0]
        home = HomePage.objects.filter(locale=locale).first()
        if home is None:
            hero = {"hero_title": "x", "hero_lead": "x", "hero_action": "x"}
            home = HomePage(title="Home", slug=f"front-{code}", locale=locale, **hero)
            Page.get_first_root_node().add_child(instance=home)
        found = StoryIndexPage.objects.child_of(home).first()
        if found is None:
            key = {"translation_key": made["en"].translation_key} if made else {}
            found = StoryIndexPage(title="Stories", slug=slug, locale=locale, **key)
            home.add_child(instance=found)
        made[code] = found
    return made


def body(words_of_her: str = WORDS) -> list[Any]:
    text = ("text", {"heading": "The exam", "text": "<p>It was a long day.</p>"})
    return [text, *([("survivor", {"words": words_of_her})] if words_of_her else [])]


def draft(
    by: User | None, words_of_her: str = WORDS, *, language: str = "en", **facts: Any
) -> tuple[StoryPage, Revision]:
    """A page that nobody has passed, and its one revision."""
    given = {
        **{"title": "The exam", "slug": "the-exam", "told_by": "staff", "teller": "Ana, teacher"},
        **{"summary": "A day in May.", "body": body(words_of_her), "owner": by},
    }
    parent = lists()[language]
    page = StoryPage(locale=parent.locale, **given | facts)
    parent.add_child(instance=page)
    return page, page.save_revision(user=by)


def told(words_of_her: str = WORDS, **facts: Any) -> tuple[StoryPage, list[str]]:
    """A live story with a consent to each text that needs one, and their codes."""
    page, revision = draft(person(factor=False), words_of_her, **facts)
    codes = [make_consent(text=text)[1] for text in words.needed(page)]
    revision.publish(user=person(factor=False), skip_permission_checks=True)
    page.refresh_from_db()
    assert page.live
    return page, codes
