"""No way leads a story to the public without two people and each consent."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.admin.api.actions.publish import PublishPageAPIAction
from wagtail.models import Locale, Page, Revision
from wagtail.workflows import publish_workflow_state

from accounts.models import User
from campaigns.models import Clearance, StoryPage, StoryTask
from campaigns.stories import gate, words
from tests.campaigns.stories_told import WORDS, body, draft, lists, told
from tests.people import person, signed_in
from tests.vault_made import make_consent

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
SKIP = {"skip_permission_checks": True}


def at_once() -> None:
    """The database's rules that wait for the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def admin_form(page: StoryPage, revision: Revision, by: User) -> None:
    typed = {
        **{"title": page.title, "slug": page.slug, "told_by": page.told_by, "teller": page.teller},
        **{"summary": page.summary, "drawing": "sky", "action-publish": "1"},
        **{"comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0, "body-count": 1},
        **{"body-0-type": "survivor", "body-0-order": 0, "body-0-deleted": ""},
        **{"body-0-id": page.body[0].id, "body-0-value-words": page.body[0].value["words"]},
    }
    signed_in(by).post(f"/admin/pages/{page.pk}/edit/", typed)


def new_in_admin(page: StoryPage, revision: Revision, by: User) -> None:
    typed = {
        **{"title": "Another", "slug": "another", "told_by": "staff", "teller": "Ana"},
        **{"summary": "x", "drawing": "sky", "action-publish": "1", "body-count": 1},
        **{"comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0, "body-0-type": "survivor"},
        **{"body-0-order": 0, "body-0-deleted": "", "body-0-id": "", "body-0-value-words": WORDS},
    }
    at = f"/admin/pages/add/campaigns/storypage/{page.get_parent().pk}/"
    assert signed_in(by).post(at, typed).status_code == 302
    assert StoryPage.objects.filter(slug="another").exists()


def bulk(page: StoryPage, revision: Revision, by: User) -> None:
    signed_in(by).post(f"/admin/bulk/wagtailcore/page/publish/?id={page.pk}", {})


def workflow(page: StoryPage, revision: Revision, by: User) -> None:
    publish_workflow_state(type("State", (), {"content_object": page}), user=by)


def planned(page: StoryPage, revision: Revision, by: User) -> None:
    revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
    revision.save()
    call_command("publish_scheduled")


def shell(page: StoryPage, revision: Revision, by: User) -> None:
    page.live = True
    page.save()


def shell_by_columns(page: StoryPage, revision: Revision, by: User) -> None:
    page.live = True
    page.save(update_fields=["live"])


def plain_page(page: StoryPage, revision: Revision, by: User) -> None:
    plain = Page.objects.get(pk=page.pk)
    plain.live = True
    plain.save()
    at_once()


def update(page: StoryPage, revision: Revision, by: User) -> None:
    StoryPage.objects.filter(pk=page.pk).update(live=True)
    at_once()


def sql(page: StoryPage, revision: Revision, by: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wagtailcore_page SET live = true WHERE id = %s", [page.pk])
    at_once()


def born_live(page: StoryPage, revision: Revision, by: User) -> None:
    other = StoryPage(title="x", slug="x", told_by="staff", teller="Ana", summary="x", live=True)
    other.body = page.body
    page.get_parent().add_child(instance=other)


def copied(page: StoryPage, revision: Revision, by: User) -> None:
    page.copy(update_attrs={"slug": "copy"}, keep_live=True, user=by)


def mirrored(page: StoryPage, revision: Revision, by: User) -> None:
    page.create_alias(update_slug="mirror", user=by)


def translated(page: StoryPage, revision: Revision, by: User) -> None:
    twin = page.copy_for_translation(Locale.objects.get(language_code="es"))
    twin.save_revision(user=page.owner).publish(user=by, **SKIP)


def mirrored_in_spanish(page: StoryPage, revision: Revision, by: User) -> None:
    page.copy_for_translation(Locale.objects.get(language_code="es"), alias=True)


def _serializer(page: StoryPage) -> Any:
    return type("Serializer", (), {"data": {}})


def api(page: StoryPage, revision: Revision, by: User) -> None:
    view: Any = type("View", (), {"action_name": "publish", "get_serializer": _serializer})
    request: Any = type("Request", (), {"user": by, "data": {}})
    PublishPageAPIAction(view, request).execute(page, {})


def action(page: StoryPage, revision: Revision, by: User) -> None:
    PublishPageRevisionAction(revision, user=by).execute(**SKIP)


def import_of_rows(page: StoryPage, revision: Revision, by: User) -> None:
    data = serializers.serialize("json", [Page.objects.get(pk=page.pk), page])
    for row in serializers.deserialize("json", data.replace('"live": false', '"live": true')):
        row.save()
    at_once()


def revision_without_anybody(page: StoryPage, revision: Revision, by: User) -> None:
    revision.publish()


WAYS: list[Callable[[StoryPage, Revision, User], object]] = [
    *(admin_form, new_in_admin, bulk, workflow, planned, shell, shell_by_columns, plain_page),
    *(update, sql, born_live, copied, mirrored, translated, mirrored_in_spanish, api, action),
    *(
        import_of_rows,
        revision_without_anybody,
        lambda page, revision, by: revision.publish(user=by, **SKIP),
        lambda page, revision, by: page.publish(revision, user=by, **SKIP),
    ),
]


IN_ADMIN = (admin_form, new_in_admin, bulk)
# These make another page than the one that was passed, or nothing at all.
OTHERS = (new_in_admin, born_live, copied, mirrored, translated, mirrored_in_spanish)


class Undo(Exception):
    """Back to before."""


def only_words(by: User) -> tuple[StoryPage, Revision]:
    return draft(by, body=body()[1:])


@pytest.mark.role("staff")
def test_each_way_does_publish_what_two_people_and_she_agreed_to() -> None:
    by = person(is_superuser=True)
    page, revision = only_words(person(factor=False))
    make_consent(text=WORDS)
    gate.sign(revision, by=by)
    for way in WAYS:
        if way not in OTHERS:
            with suppress(Undo), transaction.atomic():
                way(StoryPage.objects.get(pk=page.pk), Revision.objects.get(pk=revision.pk), by)
                published = StoryPage.objects.get(pk=page.pk).live
                raise Undo
            assert published, way


@pytest.mark.role("staff")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("lacking", ["consent", "second person"])
def test_no_way_publishes_without(lacking: str, way: Callable[..., object]) -> None:
    by = person(is_superuser=True, factor=way in IN_ADMIN)
    page, revision = only_words(by if lacking == "second person" else person(factor=False))
    if lacking == "second person":
        make_consent(text=WORDS)
    elif way not in (plain_page, update, sql, import_of_rows):
        # Somebody did pass it; only her consent is missing. (What the database alone sees is
        # whether it was passed: it cannot ask the vault.)
        gate.sign(revision, by=person(factor=False))
    with suppress(gate.Refused, DatabaseError), transaction.atomic():
        way(page, revision, by)
    assert not StoryPage.objects.filter(live=True).exists()


def test_with_two_people_and_her_consent_it_is_public_to_the_letter() -> None:
    page, _codes = told()
    at_once()
    cleared = Clearance.objects.get(story=page)
    assert cleared.digest == gate.digest(page)
    page.title = "Another"
    with pytest.raises(gate.Refused):
        page.save()
    # A draft of it is nobody's business but the editors'.
    page.save_revision(user=page.owner)
    page.refresh_from_db()
    assert (page.title, page.draft_title, page.live) == ("The exam", "Another", True)
    with pytest.raises(DatabaseError, match="story_is_cleared"):
        Page.objects.filter(pk=page.pk).update(title="Another")


@pytest.mark.parametrize(
    "words_of_her", [WORDS + " ", WORDS.lower(), WORDS.replace("exam", "test")]
)
def test_another_sign_in_her_words_is_another_text(words_of_her: str) -> None:
    _page, revision = draft(person(factor=False), words_of_her)
    make_consent(text=WORDS)
    with pytest.raises(gate.Refused, match="no consent"):
        revision.publish(user=person(factor=False), **SKIP)


def test_a_consent_for_mail_or_one_that_is_over_does_not_open_the_site() -> None:
    _page, revision = draft(person(factor=False))
    make_consent(text=WORDS, uses=["mail", "social"])
    long_ago = timezone.localdate() - timedelta(days=400)
    make_consent(text=WORDS, given_on=long_ago)
    with pytest.raises(gate.Refused, match="no consent"):
        revision.publish(user=person(factor=False), **SKIP)


def test_her_own_story_needs_a_yes_to_all_of_it_in_one_form() -> None:
    author = person(factor=False)
    page, revision = draft(author, "", told_by="survivor", teller="", seo_title="A long day")
    assert words.telling(page) == (
        "The exam\n\nA day in May.\n\nThe exam\n\nIt was a long day.\n\nA long day"
    )
    with pytest.raises(gate.Refused, match="no consent"):
        revision.publish(user=person(factor=False), **SKIP)
    make_consent(text=words.telling(page).replace("\n", "\r\n"))
    revision.publish(user=person(factor=False), **SKIP)
    assert StoryPage.objects.get(pk=page.pk).live


def test_saving_it_unchanged_makes_nobody_its_writer_but_a_word_does() -> None:
    editor, publisher = person(factor=False), person(factor=False)
    page, _revision = draft(editor, "")
    # The editor of texts gives each paragraph a key when a page is first saved by it.
    page.body[0].value["text"].source = '<p data-block-key="a1b2c">It was a long day.</p>'
    again = page.save_revision(user=publisher)
    assert "a1b2c" in str(again.content)
    assert gate.changed_last(again) == editor.pk
    page.body = body("") + body("")
    changed = page.save_revision(user=publisher)
    with pytest.raises(gate.Refused, match="changed it last"):
        changed.publish(user=publisher, **SKIP)
    with pytest.raises(gate.Refused, match="began"):
        changed.publish(user=editor, **SKIP)


def test_on_its_day_one_without_a_consent_waits_as_a_draft_and_the_others_go_public() -> None:
    then = timezone.now() - timedelta(minutes=1)
    held, first = draft(person(factor=False))
    other, second = draft(person(factor=False), "", slug="other")
    for revision in (first, second):
        gate.sign(revision, by=person(factor=False))
        revision.approved_go_live_at = then
        revision.save()
    call_command("publish_scheduled")
    assert list(StoryPage.objects.live()) == [other]
    task = StoryTask.objects.get()
    assert (task.story, task.kind) == (held, "draft")
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()


@pytest.mark.role("staff")
def test_the_editor_sees_which_texts_need_a_consent_and_who_may_publish() -> None:
    editor, publisher = person("Editor"), person("Publisher", email="second@northstar.example")
    page, _revision = draft(editor)
    shown = signed_in(editor).get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert "No consent on record" in shown
    assert "second@northstar.example" in shown
    make_consent(text=WORDS)
    assert "Her consent is on record" in (
        signed_in(publisher).get(f"/admin/pages/{page.pk}/edit/").content.decode()
    )
    assert lists()["en"].get_children().count() == 1
