"""A story's words as plain text: what a consent is given to, to the letter."""

import html
import re
from collections.abc import Iterator
from typing import Any

from wagtail import blocks

from campaigns.models import StoryPage, StoryText
from campaigns.models.stories import SURVIVORS_WORDS
from core import tokens

# Blocks whose words are the house's own also in her story.
HOUSE_BLOCKS = ("give_box", "partner", "questions")
_ENDS = re.compile(r"</(?:p|h\d|li)>|<(?:br|hr)\s*/?>")
_TAG = re.compile(r"<[^>]*>")


def needed(page: StoryPage) -> list[str]:
    """The texts of this page that are a survivor's: each must have a consent of its own."""
    whole = [telling(page)] if page.told_by == StoryPage.Teller.SURVIVOR else []
    return [*whole, *quotes(page)]


def note(page: StoryPage) -> None:
    """Remember which texts lie in this page, so that each can be taken back."""
    rows = [StoryText(story_id=page.pk, sha256=tokens.of_text(text)) for text in needed(page)]
    StoryText.objects.bulk_create(rows, ignore_conflicts=True)


def quotes(page: StoryPage) -> list[str]:
    return [part.value["words"] for part in page.body if part.block_type == SURVIVORS_WORDS]


def hers(page: StoryPage) -> Iterator[str]:
    """Of a story that a survivor tells, what she says in it: without calls to give and partners."""
    yield from (page.title, page.summary, page.picture_in_words)
    for part in page.body:
        if part.block_type not in HOUSE_BLOCKS:
            yield from _pieces(part.block, part.value)
    yield from (page.seo_title, page.search_description)


def telling(page: StoryPage) -> str:
    """All that the page shows as text, in its order, with an empty line between any two pieces.

    The title, the summary, what the picture shows in words, the body's headings, paragraphs and
    captions, and last what only search engines read. Formatting and the targets of links are not
    in it; the second person answers for those.
    """
    pieces = [page.title, page.summary, page.picture_in_words]
    for part in page.body:
        pieces += _pieces(part.block, part.value)
    pieces += [page.seo_title, page.search_description]
    return "\n\n".join(piece.strip() for piece in pieces if piece.strip())


def _pieces(block: Any, value: Any) -> Iterator[str]:
    """The text of a block of any kind, also of kinds that come later."""
    if isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            yield from _pieces(child, value.get(name))
    elif isinstance(block, blocks.ListBlock):
        for item in value:
            yield from _pieces(block.child_block, item)
    elif isinstance(block, blocks.RichTextBlock):
        for line in _ENDS.sub("\n", value.source).splitlines():
            yield html.unescape(_TAG.sub("", line))
    elif isinstance(block, (blocks.CharBlock, blocks.TextBlock, blocks.URLBlock)):
        yield str(value or "")
