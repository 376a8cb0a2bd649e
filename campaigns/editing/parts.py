"""A page as its parts: each field and each block of it that is words, in the order of its form.

Read from what is stored, without a query, so that many pages can be read at once.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html import unescape
from typing import Any

from django.db import models
from django.utils.text import capfirst
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import Page

# An address is not translated from its English one; who agreed is for our records alone.
NOT_WORDS = ("slug", "agreed_by")
NAMES = ("name",)
TAG = re.compile(r"<[^>]+>")
BLOCK_END = re.compile(r"</(?:p|li|h\d)>|<br\s*/?>", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """A field, or a block of the body, as text."""

    key: str
    label: str
    text: str
    # The anchor of the same field or block in a form.
    anchor: str
    # Lines of it that are the same in every language.
    names: tuple[str, ...] = ()


def pieces(page: Page, content: Mapping[str, Any] | None = None) -> Iterator[Piece]:
    """Of the page as it is, or of a version of it by that version's content."""
    model: Any = type(page)
    for field in _fields(model):
        value = getattr(page, field.name) if content is None else content.get(field.name)
        if isinstance(field, StreamField):
            yield from _of_body(field, value)
        elif value:
            label = capfirst(str(field.verbose_name))
            yield Piece(field.name, label, str(value), f"id_{field.name}")


@cache
def _fields(model: Any) -> tuple[Any, ...]:
    # The form has more than fields of the page: a box for notifications, for one.
    fields = {field.name: field for field in model._meta.get_fields()}
    names = model.get_edit_handler().get_form_options()["fields"]
    return tuple(fields[name] for name in names if name in fields and _is_words(fields[name]))


def _is_words(field: Any) -> bool:
    if isinstance(field, StreamField):
        return True
    kinds = (models.CharField, models.TextField)
    return isinstance(field, kinds) and not field.choices and field.name not in NOT_WORDS


def _of_body(field: Any, value: Any) -> Iterator[Piece]:
    raw = json.loads(value or "[]") if isinstance(value, str | None) else value.raw_data
    kinds = field.stream_block.child_blocks
    for child in raw:
        block = kinds.get(child["type"])
        found = list(_words(block, child["value"])) if block else []
        if found:
            key, anchor = f"{field.name}:{child.get('id')}", f"block-{child.get('id')}-section"
            text = "\n".join(words for _name, words in found)
            names = tuple(words for name, words in found if name in NAMES)
            yield Piece(key, str(block.label), text, anchor, names)


def _words(block: Any, value: Any, called: str = "") -> Iterator[tuple[str, str]]:
    """Each with the name of its field."""
    if isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            if name not in NOT_WORDS:
                yield from _words(child, (value or {}).get(name), name)
    elif isinstance(block, blocks.ListBlock):
        for one in value or []:
            yield from _words(block.child_block, one["value"] if _is_item(one) else one, called)
    elif isinstance(block, blocks.RichTextBlock) and value:
        yield called, unescape(TAG.sub("", BLOCK_END.sub("\n", value))).strip()
    elif isinstance(block, blocks.CharBlock | blocks.TextBlock) and value:
        yield called, str(value)


def _is_item(one: Any) -> bool:
    """Lists were kept without keys before."""
    return isinstance(one, Mapping) and one.get("type") == "item"
