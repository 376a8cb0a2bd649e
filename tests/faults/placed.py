"""Survivors' words in every place that the product has, in English and Spanish, with their codes.

Each story's words carry the mark MARK, which stands nowhere else, so one search finds them all.
"""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image
from wagtail.admin.models import FormState
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Comment, CommentReply, Locale, PageLogEntry, Workflow

from accounts.models import User
from campaigns.editing import checks_panel
from campaigns.models import (
    CampaignPage,
    Download,
    ImpactIndexPage,
    ImpactReportPage,
    Letter,
    Picture,
    StoryComment,
    StoryPage,
)
from campaigns.reports import editions, papers
from donations import demo as donations_demo
from gifts.trace import calendar
from pages import demo
from pages.demo import reports
from pages.models import HomePage, StandardPage
from tests.campaigns import comments_made
from tests.campaigns.reported import last_quarter
from tests.campaigns.stories_told import body, told
from tests.downloads_made import block as downloads
from tests.downloads_made import make_download
from tests.news_made import make_letter
from tests.people import person
from tests.vault_made import make_consent

MARK = "kestrel"
KEPT = "It was a long day."  # of a colleague's story, and nobody's but his
SAID = {
    "en": f"Nobody at school knew that the {MARK} was mine, number {{}}.",
    "es": f"Nadie en la escuela sabía que el {MARK} era mío, número {{}}.",
}


@dataclass
class Placed:
    """What was made, for later questions."""

    editor: User
    codes: list[str] = field(default_factory=list)
    stories: list[int] = field(default_factory=list)
    # Colleagues' stories: these go on without the quote.
    quoting: list[int] = field(default_factory=list)
    letters: list[int] = field(default_factory=list)
    # A file with all their words, and one with none.
    documents: list[int] = field(default_factory=list)
    paper_of: int = 0


def everywhere(number: int) -> Placed:
    """So many stories by turns: a quote and her own story, in each language."""
    donations_demo.seed()
    demo.seed()
    placed = Placed(person(factor=False, is_superuser=True))
    reader = person(factor=False)
    said = []
    for turn in range(number):
        language = ("en", "es")[turn // 2 % 2]
        words = SAID[language].format(turn)
        said.append((language, words))
        (_quoted if turn % 2 else _her_own)(placed, turn, language, words, reader)
    _in_documents(placed, said)
    _on_other_pages(placed, said)
    _in_letters(placed, said)
    _in_a_report(placed, said[0][1])
    return placed


def _her_own(placed: Placed, turn: int, language: str, words: str, reader: User) -> None:
    """Her own story with a picture; its address, a redirect and a deleted copy name it, too."""
    facts = {
        "title": f"The {MARK} {turn}",
        "slug": f"kestrel-{turn}",
        "picture": _picture(turn, words),
    }
    facts |= {"told_by": "survivor", "teller": "", "summary": words, "owner": placed.editor}
    page, codes = told("", language=language, **facts, seo_title=f"{MARK} {turn}"[:60])
    page.picture.get_rendition("width-400")
    old = f"/stories/kestrel-{turn}-old"
    Redirect.objects.create(old_path=old, redirect_page=page)
    deleted = page.copy(update_attrs={"slug": f"kestrel-{turn}-gone"}, user=placed.editor)
    deleted.delete(user=placed.editor)
    _around(placed, page, words, reader)
    placed.codes += codes


def _quoted(placed: Placed, turn: int, language: str, words: str, reader: User) -> None:
    """A colleague's story with her quote, and a copy that somebody began to change."""
    facts = {"title": f"The exam {turn}", "slug": f"exam-{turn}", "language": language}
    page, codes = told(words, **facts, owner=placed.editor)
    copy = page.copy(update_attrs={"slug": f"exam-{turn}-copy"}, user=placed.editor)
    copy.summary = f"She said: “{words}”"[:240]
    copy.save_revision(user=placed.editor)
    _around(placed, page, words, reader)
    placed.codes += codes
    placed.quoting.append(page.pk)


def _around(placed: Placed, page: StoryPage, words: str, reader: User) -> None:
    """Drafts, a plan, a translation, notes, a workflow, what readers wrote, a preview."""
    editor = placed.editor
    placed.stories.append(page.pk)
    other = "es" if page.locale.language_code == "en" else "en"
    twin = page.copy_for_translation(Locale.objects.get(language_code=other))
    translated = f"{words[:-1]}, traducido." if other == "es" else f"{words[:-1]}, translated."
    twin.body = body(translated)
    twin.save_revision(user=editor)
    placed.codes.append(make_consent(text=translated)[1])
    draft = page.get_latest_revision_as_object()
    draft.search_description = f"{words} And more."[:240]
    revision = draft.save_revision(user=editor)
    state = Workflow.objects.first().start(draft, editor)
    state.current_task_state.reject(user=reader, comment=f"Is “{words}” right?")
    revision.approved_go_live_at = timezone.now() + timedelta(days=1)
    revision.save()
    note = Comment.objects.create(page=page, user=editor, text=words, contentpath="title")
    CommentReply.objects.create(comment=note, user=reader, text=words)
    comments_made.make(page, "approved", text=f"I will remember: {words}")
    FormState.objects.create(
        user=editor,
        data=urlencode({"body": words}),
        content_type=ContentType.objects.get_for_model(page),
        object_id=str(page.pk),
        parent_object_id="",
        last_updated_at=timezone.now(),
    )


def _picture(turn: int, words: str) -> Picture:
    raw = Image.new("RGB", (800, 600), (turn % 250, 40, 80))
    file = ContentFile(b"", name=f"place-{turn}.jpg")
    raw.save(file, "JPEG")
    file.seek(0)
    return Picture.objects.create(title=words, file=file, shows="nobody", description=words)


def _in_documents(placed: Placed, said: list[tuple[str, str]]) -> None:
    """Printed into a file that visitors may take; its title says them, too."""
    printed = make_download(*(f"Before. {words} After." for _language, words in said))
    Download.objects.filter(pk=printed.pk).update(title=f"As she said: {said[0][1]}")
    placed.documents = [printed.pk, make_download("Dates and prices.", title="Prices").pk]


def _on_other_pages(placed: Placed, said: list[tuple[str, str]]) -> None:
    """Pasted where no words of survivors belong: published, drafted, as text and formatted."""
    for language in ("en", "es"):
        mine = [words for code, words in said if code == language] or [said[0][1]]
        locale = Locale.objects.get(language_code=language)
        home = HomePage.objects.get(locale=locale)
        home.hero_lead = f"Hope. {mine[0]}"
        standard = StandardPage.objects.filter(locale=locale).first()
        standard.lead = mine[-1]
        for page in (home, standard):
            page.body = [("text", _text(words)) for words in mine]
            page.search_description = mine[0]
            page.save_revision(user=placed.editor).publish(user=placed.editor)
        campaign = CampaignPage.objects.filter(locale=locale).first()
        campaign.summary, campaign.thanks = mine[0], mine[0]
        files = Download.objects.filter(pk__in=placed.documents).order_by("pk")
        texts = (("text", _text(words)) for words in mine)
        campaign.body = [*_blocks(mine[0]), downloads(*files, heading=mine[0][:80]), *texts]
        campaign.save_revision(user=placed.editor).publish(user=placed.editor)
        campaign.save_revision(user=placed.editor)
        PageLogEntry.objects.log_action(
            campaign, checks_panel.ACTION, user=placed.editor, data={"reason": mine[0], "told": "x"}
        )
        index = campaign.get_parent().specific
        index.lead = mine[0]
        index.save_revision(user=placed.editor).publish(user=placed.editor)
    other, _codes = told("This one stays, she says.", slug="other", title="Another day")
    for _language, words in said:
        comments_made.make(other, "approved", text=f"As in the other story: {words.upper()}")
    assert StoryComment.objects.filter(story=other).count() == len(said)


def _text(words: str) -> dict[str, str]:
    """Formatted, with its own typography."""
    first, _, rest = words.partition(" ")
    return {"heading": words, "text": f"<p>Before. {first} <b>{rest}</b> After.</p>"}


def _blocks(words: str) -> list[Any]:
    moments = [{"when": "May", "title": "x", "text": words}] * 2
    steps = [{"title": "x", "text": words}] * 2
    figures = [{"value": "1", "label": words[:80]}] * 2
    return [
        ("picture_text", _text(words) | {"drawing": "sky"}),
        ("quote", {"words": words, "name": "Ana", "who": "staff", "office": ""}),
        ("timeline", {"heading": words, "moments": moments}),
        ("steps", {"heading": "x", "steps": steps}),
        ("figures", {"heading": words, "figures": figures[:0] or figures, "source": words}),
        ("progress", {"heading": "x", "text": words}),
        ("questions", {"heading": "", "questions": [{"question": words, "answer": words}]}),
        ("give_box", {"heading": "x", "text": words, "frequency": "once", "meanings": []}),
    ]


def _in_letters(placed: Placed, said: list[tuple[str, str]]) -> None:
    """A draft, and one on its way that is also on the site."""
    text = [{"type": "text", "value": _text(words)} for _language, words in said]
    words = {"body": json.dumps(text), "body_es": json.dumps(text), "subject_es": "x"}
    draft = make_letter(preview=said[0][1][:120], **words)
    away = make_letter(is_on_web=True, **words)
    now = timezone.now()
    queued = {"queued_at": now, "queued_by": placed.editor, "send_at": now}
    Letter.objects.filter(pk=away.pk).update(state="waiting", **queued)
    Letter.objects.filter(pk=away.pk).update(state="sending")
    placed.letters = [draft.pk, away.pk]


def _in_a_report(placed: Placed, words: str) -> None:
    """A page with its papers, as they are drawn."""
    first = last_quarter()
    edition = editions.draft(first=first, last=calendar.last_day(first))
    editions.publish(edition, by=person(factor=False))
    edition.refresh_from_db()
    page = ImpactReportPage(edition=edition, **reports.REPORT["en"])
    page.summary, page.body = words, [("text", _text(words))]
    index = ImpactIndexPage.objects.get(locale__language_code="en")
    index.add_child(instance=page)
    page.save_revision(user=placed.editor).publish(user=placed.editor)
    papers.draw(page.pk)
    placed.paper_of = page.pk
