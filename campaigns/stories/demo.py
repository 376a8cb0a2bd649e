"""Sample stories: written by one person, passed by another, with the consents they need."""

from collections.abc import Iterable, Sequence
from typing import Any

from campaigns.models import StoryIndexPage, StoryPage
from campaigns.stories import words
from gifts.partners.demo_consents import agreed

LANGUAGES = ("en", "es")


def seed(
    stories: Iterable[Sequence[dict[str, Any]]], *, by: Any, second: Any, keeper: Any
) -> list[str]:
    """Make what is not there yet, below the lists that are there.

    Args:
        stories: of each its words in English and in Spanish.
        keeper: records the consents.

    Returns:
        The titles of survivors' stories, each with the code to take it back.
    """
    codes = []
    lists = {row.locale.language_code: row for row in StoryIndexPage.objects.all()}
    for pair in stories:
        first: StoryPage | None = None
        for language, told in zip(LANGUAGES, pair, strict=True):
            page = StoryPage.objects.child_of(lists[language]).filter(slug=told["slug"]).first()
            if page is None:
                page = StoryPage(locale=lists[language].locale, owner=by, **told)
                page.translation_key = first.translation_key if first else page.translation_key
                lists[language].add_child(instance=page)
                revision = page.save_revision(user=by)
                for text in words.needed(page):
                    if code := agreed(text, language=language, by=keeper):
                        codes.append(f"{page.title}: {code}")
                revision.publish(user=second, skip_permission_checks=True)
            first = first or page
    return codes
