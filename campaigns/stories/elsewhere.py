"""Where else a survivor's words may stand: quoted on other pages, in letters, comments, scratch.

None of these places is one for her words, and nothing there is bound to her consent. So they are
looked for by the words themselves, in the moment in which those go from her story.
"""

import logging
from typing import Any

import pgtrigger
from django.db import models, transaction
from wagtail.admin.models import FormState
from wagtail.contrib.settings.registry import registry
from wagtail.fields import StreamField
from wagtail.models import (
    Comment,
    CommentReply,
    ModelLogEntry,
    Page,
    PageLogEntry,
    Revision,
    TaskState,
    get_page_models,
)
from wagtail.search import index

from campaigns.comments import keeping
from campaigns.downloads import taking_off
from campaigns.letters import sending
from campaigns.models import Download, ImpactReportPage, Letter, Picture, ReportPaper, StoryPage
from campaigns.reports import papers
from campaigns.stories.passages import Passages

logger = logging.getLogger(__name__)
# Of a page: what is no text of anybody's. Its address is changed by nobody but an editor.
NO_TEXT = {"path", "url_path", "slug"}


def clear(passages: Passages) -> int:
    """Safe to repeat; a place that resists does not keep the others.

    Returns:
        How many resisted; the log has why.
    """
    failed = 0
    for place in (_pages, _letters, _downloads, _scratch, _rows, _comments):
        try:
            place(passages)
        except Exception:
            logger.exception("%s could not be cleared", place.__name__)
            failed += 1
    return failed


def texts(row: models.Model) -> dict[str, Any]:
    """What people wrote in a row's own columns, by their names."""
    found = {}
    for field in row._meta.concrete_fields:
        if isinstance(field, StreamField):
            found[field.name] = getattr(row, field.name).get_prep_value()
        elif isinstance(field, (models.CharField, models.TextField)) and not (
            field.choices or field.primary_key or field.name in NO_TEXT
        ):
            found[field.name] = getattr(row, field.name) or ""
    return found


def cut(row: models.Model, passages: Passages) -> list[str]:
    """Take the passages out of a row that is not saved yet; the columns that changed."""
    changed = []
    for name, value in texts(row).items():
        if (cleaned := passages.without(value)) != value:
            field: Any = row._meta.get_field(name)
            is_stream = isinstance(field, StreamField)
            setattr(row, name, field.stream_block.to_python(cleaned) if is_stream else cleaned)
            changed.append(name)
    return changed


def _pages(passages: Passages) -> None:
    """Live ones stay so, with a gap; stories are taken care of by their own rules."""
    for kind in get_page_models():
        if kind in (Page, StoryPage):
            continue
        for page in kind._default_manager.order_by("pk").iterator(chunk_size=20):
            _page(page, passages)


@transaction.atomic
def _page(page: Any, passages: Passages) -> None:
    touched = False
    for revision in page.revisions.order_by("pk").iterator(chunk_size=5):
        content = {
            key: value if key in NO_TEXT else passages.without(value)
            for key, value in revision.content.items()
        }
        if content != revision.content:
            title = passages.without(revision.object_str)
            Revision.objects.filter(pk=revision.pk).update(content=content, object_str=title)
            touched = True
    if cut(page, passages):
        page.save(clean=False)
        touched = True
    if not touched:
        return
    logger.info("page %s quoted words that were taken back", page.pk)
    if isinstance(page, ImpactReportPage):
        with pgtrigger.ignore("campaigns.ReportPaper:report_paper_kept"):
            ReportPaper.objects.filter(page=page.pk).delete()
        papers.draw.defer(page_id=page.pk)


def _letters(passages: Passages) -> None:
    """Off our site, and stopped if it is on its way: a person looks at what is left of it."""
    for letter in Letter.objects.order_by("pk"):
        with transaction.atomic(), pgtrigger.ignore("campaigns.Letter:letter_words_kept"):
            if changed := cut(letter, passages):
                letter.is_on_web = False
                letter.save(update_fields=[*changed, "is_on_web"])
                sending.pause(letter, problem=sending.TAKEN_BACK)


def _downloads(passages: Passages) -> None:
    taking_off.quoting(passages)


def _scratch(passages: Passages) -> None:
    """What editors' previews hold for a day; it comes again with the next keystroke."""
    FormState.objects.all().delete()


def _rows(passages: Passages) -> None:
    """Pictures, names of files, settings, the history and the notes of editors to each other."""
    history = (PageLogEntry, ModelLogEntry, TaskState, Comment, CommentReply)
    kinds = (Picture, Download, *registry, *history)
    for kind in kinds:
        for row in kind._default_manager.order_by("pk").iterator(chunk_size=200):
            changed = cut(row, passages)
            data = getattr(row, "data", None)
            if isinstance(data, dict) and (cleaned := passages.without(data)) != data:
                row.data = cleaned
                changed.append("data")
            if changed:
                new = {name: getattr(row, name) for name in changed}
                kind._default_manager.filter(pk=row.pk).update(**new)
                if isinstance(row, index.Indexed):
                    index.insert_or_update_object(row)


def _comments(passages: Passages) -> None:
    keeping.quoting_erased(passages.are_in)
