"""Taking words back: what no consent covers any more leaves every place that a machine reaches.

The worker that holds the vault runs it each five minutes, and so after a restore, too: it asks the
consents anew each time and trusts nothing that it did before. `docs/stories.md` lists the places.
"""

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import COMMENTS_RELATION_NAME, Comment, PageLogEntry

from campaigns.comments import keeping
from campaigns.models import StoryPage, StoryTask, StoryText
from campaigns.models.stories import SURVIVORS_WORDS
from campaigns.stories import elsewhere, tasks, words
from campaigns.stories.passages import Passages
from campaigns.stories.standing import USE
from core import tokens
from gifts import consents

logger = logging.getLogger(__name__)
ENDED = ("withdrawn", "over")


@dataclass
class Ended:
    """What is to go, found by its fingerprint, by the blocks it stood in, by the story it told."""

    standing: Mapping[str, str]
    # Blocks that held a quote, each with the stories (in all languages) that lose it for good.
    quotes: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    # Blocks of her own story, by which its copies and drafts are known.
    tellings: set[str] = field(default_factory=set)
    # Stories she took back: gone in every language.
    families: set[UUID] = field(default_factory=set)
    # The words themselves, for places that no consent is bound to.
    passages: Passages = field(default_factory=lambda: Passages((), (), ()))

    def is_ended(self, text: str) -> bool:
        return self.standing.get(tokens.of_text(text)) in ENDED

    def is_withdrawn(self, text: str) -> bool:
        return self.standing.get(tokens.of_text(text)) == "withdrawn"

    def lives(self, text: str) -> bool:
        return self.standing.get(tokens.of_text(text)) == "living"


def run() -> int:
    """Safe to repeat; one story that resists does not keep the others.

    Returns:
        How many stories were cleared or taken down.

    Raises:
        gifts.consents.CannotAsk: nobody knows, so nothing is touched.
        RuntimeError: some could not be cleared; the log has why.
    """
    noted = defaultdict[int, set[str]](set)
    for story, fingerprint in StoryText.objects.values_list("story_id", "sha256"):
        noted[story].add(fingerprint)
    live = {page: set(map(tokens.of_text, words.needed(page))) for page in _stories().live()}
    asked = set[str]().union(*noted.values(), *live.values())
    standing = consents.standing(asked, USE) if asked else {}
    over = {text for text, how in standing.items() if how in ENDED}
    held = [pk for pk, texts in noted.items() if texts & over]
    _forget_deleted()
    failed, done = 0, 0
    if held:
        ended = _ended(standing, held)
        # First: the stories are where the words are known from, the next time too.
        failed = places = elsewhere.clear(ended.passages)
        for page in _stories():
            if places:
                done += page.pk in held and take_down(page)
                continue
            try:
                done += _clear(page, ended, noted[page.pk] & over)
            except Exception:
                logger.exception("story %s could not be cleared", page.pk)
                failed += 1
    for page, texts in live.items():
        # There never was a consent, or a restore lost it: down, and a person decides.
        if any(standing[text] == "none" for text in texts) and take_down(page):
            tasks.open_task(page, StoryTask.Kind.DOWN)
            done += 1
    if failed:
        raise RuntimeError(f"{failed} stories or other places could not be cleared")
    return done


def take_down(page: StoryPage) -> bool:
    """Off the site, its words kept. Returns whether it was public."""
    page = StoryPage.objects.get(pk=page.pk)
    if not page.live:
        return False
    page.revisions.update(approved_go_live_at=None)
    page.unpublish()
    return True


def _stories() -> Any:
    return StoryPage.objects.select_related("latest_revision").order_by("pk")


def _versions(page: StoryPage) -> Iterator[StoryPage]:
    """The page as it stands, and as each revision has it."""
    yield page
    for revision in page.revisions.order_by("-pk").iterator(chunk_size=5):
        yield revision.as_object()


def _ended(standing: Mapping[str, str], held: list[int]) -> Ended:
    ended = Ended(standing)
    quotes, tellings = set[str](), set[str]()
    for page in _stories().filter(pk__in=held):
        for version in _versions(page):
            quotes |= {text for text in words.quotes(version) if ended.is_ended(text)}
            if version.told_by == StoryPage.Teller.SURVIVOR:
                telling = words.telling(version)
                if ended.is_ended(telling):
                    tellings |= {*words.hers(version)}
                    ended.tellings |= {part.id for part in version.body}
                if ended.is_withdrawn(telling):
                    ended.families.add(page.translation_key)
            for part in version.body:
                if part.block_type == SURVIVORS_WORDS and ended.is_ended(part.value["words"]):
                    key = {page.translation_key}
                    ended.quotes[part.id] |= (
                        key if ended.is_withdrawn(part.value["words"]) else set()
                    )
    shown = {text for page in _stories() for one in _versions(page) for text in words.needed(one)}
    ended.passages = Passages(quotes, tellings, filter(ended.lives, shown))
    return ended


def _forget_deleted() -> None:
    """Of a story that is gone nobody knows whose words its title was: the history keeps none."""
    kind = ContentType.objects.get_for_model(StoryPage)
    rows = PageLogEntry.objects.filter(content_type=kind).exclude(label="", data={})
    rows.exclude(page__in=StoryPage.objects.values("pk")).update(label="", data={})


@transaction.atomic
def _clear(page: StoryPage, ended: Ended, fingerprints: set[str]) -> bool:
    """Strip the page and its newest draft; everything older of it goes."""
    if not fingerprints and not any(_strip(version, ended) for version in _versions(page)):
        return False
    page = _stories().select_for_update(of=["self", "page_ptr"]).get(pk=page.pk)
    latest = page.latest_revision
    draft: StoryPage = latest.as_object() if latest else page
    was_live, slug, is_stripped = page.live, page.slug, _strip(page, ended)
    is_emptied = _strip(draft, ended) and not draft.body
    for text in fingerprints or {""}:
        tasks.open_task(page, StoryTask.Kind.ELSEWHERE, text)
    keeping.words_taken_back(page)
    page.texts.all().delete()
    page.workflow_states.all().delete()
    Comment.objects.filter(page=page.pk).delete()
    page.revisions.all().delete()
    PageLogEntry.objects.filter(page=page.pk).update(label=draft.title, data={})
    if is_stripped:
        page.clearances.all().delete()
        page.live, page.go_live_at, page.expire_at = False, None, None
    page.latest_revision = page.live_revision = None
    page.has_unpublished_changes = not page.live
    page.draft_title = page.title
    if is_emptied or not page.body or page.slug != slug:
        # Its address may name what it was about; a redirect would keep it.
        Redirect.objects.filter(redirect_page=page.pk).delete()
        parent = page.get_parent()
        page.url_path = f"{parent.url_path}{page.slug}/"
        StoryPage.objects.filter(pk=page.pk).update(
            live=page.live, slug=page.slug, url_path=page.url_path
        )
    page.save(clean=False)
    if latest and (not page.live or draft.has_unpublished_changes):
        draft.live, draft.latest_revision, draft.live_revision = page.live, None, None
        draft.slug, draft.url_path, draft.draft_title = page.slug, page.url_path, draft.title
        draft.go_live_at = None
        setattr(draft, COMMENTS_RELATION_NAME, [])
        draft.save_revision(user=latest.user, clean=False)
    if was_live and not page.live:
        logger.info("story %s was taken off the site: a consent ended", page.pk)
    return True


def _strip(page: StoryPage, ended: Ended) -> bool:
    """Take out of this version what may not stay. Returns whether there was something."""
    if page.told_by == StoryPage.Teller.SURVIVOR:
        telling = words.telling(page)
        is_hers = bool({part.id for part in page.body} & ended.tellings)
        is_kin = page.translation_key in ended.families
        if is_kin or ended.is_ended(telling) or (is_hers and not ended.lives(telling)):
            return _empty(page)
    kept = [part for part in page.body.get_prep_value() if not _goes(page, part, ended)]
    is_less = len(kept) < len(page.body)
    if is_less:
        page.body = page.body.stream_block.to_python(kept)
    if ended.passages.are_in(page.slug):
        page.slug, is_less = f"story-{page.pk}", True
    return bool(elsewhere.cut(page, ended.passages)) or is_less


def _goes(page: StoryPage, part: dict[str, object], ended: Ended) -> bool:
    value = part["value"]
    if part["type"] != SURVIVORS_WORDS or not isinstance(value, dict):
        return False
    if ended.is_ended(value["words"]):
        return True
    families = ended.quotes.get(str(part["id"]))
    if families is None:
        return False
    return page.translation_key in families or not ended.lives(value["words"])


def _empty(page: StoryPage) -> bool:
    """Nothing is left but that there was a story."""
    if page.picture:
        page.picture.renditions.all().delete()
    was = (page.title, len(page.body))
    page.title = f"Story {page.pk}"
    page.slug = f"story-{page.pk}"
    page.summary = page.seo_title = page.search_description = page.picture_in_words = ""
    page.picture = None
    page.body = page.body.stream_block.to_python([])
    return was != (page.title, 0)
