"""What a survivor takes back is gone from every place within one run; an outage takes nothing."""

from datetime import timedelta
from unittest import mock

import pgtrigger
import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Comment, Locale, Page, PageLogEntry, Revision

from campaigns import jobs
from campaigns.models import StoryPage, StoryTask
from campaigns.stories import clearing, gate, tasks
from gifts import consents as door
from gifts.vault import consents, erasure
from gifts.vault.models import Consent, Tombstone
from tests.campaigns.stories_told import body, draft, told
from tests.people import person, signed_in
from tests.vault_made import make_consent

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


def withdraw(code: str) -> None:
    consents.withdraw(code, by=person(factor=False))


def everywhere(word: str) -> list[str]:
    """The tables of the default database that hold this word."""
    tables = connection.introspection.table_names()
    one = "SELECT '{0}' WHERE EXISTS (SELECT FROM \"{0}\" t WHERE t::text ILIKE %(word)s)"
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(map(one.format, tables)), {"word": f"%{word}%"})
        return [row[0] for row in cursor.fetchall()]


def test_several_stories_are_gone_from_all_places_by_one_run() -> None:
    """Quotes and own stories; drafts, revisions, a copy, a translation, the index, redirects."""
    editor = person(factor=False)
    quoted, [code] = told("My word was kestrel-one.")
    draft_of_it = quoted.get_latest_revision_as_object()
    draft_of_it.summary = "A newer summary."
    draft_of_it.save_revision(user=editor)
    copy = quoted.copy(update_attrs={"slug": "copy"}, user=editor)
    hers, [her_code] = told(
        "", title="Kestrel-two", slug="kestrel-two", told_by="survivor", teller=""
    )
    twin = hers.copy_for_translation(Locale.objects.get(language_code="es"))
    twin.title, twin.body = "Cernícalo kestrel-three", body("")
    twin.save_revision(user=editor)
    Redirect.objects.create(old_path="/stories/kestrel-two-old", redirect_page=hers)
    Comment.objects.create(page=hers, user=editor, text="kestrel-two?", contentpath="title")
    hers.get_latest_revision().publish(user=person(is_superuser=True, factor=False))
    revision = hers.get_latest_revision()
    revision.approved_go_live_at = timezone.now() + timedelta(days=1)
    revision.save()
    other, _codes = told("This stays.", slug="other")
    assert len(everywhere("kestrel")) >= 6
    assert clearing.run() == 0

    withdraw(code)
    withdraw(her_code)
    jobs.take_stories_back(0)

    assert everywhere("kestrel") == []
    assert list(StoryPage.objects.live()) == [other]
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()
    kept = StoryPage.objects.get(pk=quoted.pk)
    assert "It was a long day." in str(kept.body)
    assert kept.get_latest_revision_as_object().summary == "A newer summary."
    assert StoryPage.objects.get(pk=copy.pk).title == "The exam"
    waiting = StoryTask.objects.filter(kind="elsewhere", done_at=None)
    assert {task.story_id for task in waiting} == {quoted.pk, copy.pk, hers.pk, twin.pk}
    assert PageLogEntry.objects.filter(page=hers.pk).exists()
    assert clearing.run() == 0


def test_an_outage_of_the_vault_clears_nothing_and_says_so() -> None:
    page, [code] = told()
    withdraw(code)
    away = mock.patch.object(consents, "standing", side_effect=OperationalError("away"))
    with away, pytest.raises(door.CannotAsk):
        clearing.run()
    assert StoryPage.objects.get(pk=page.pk).live
    assert clearing.run() == 1
    assert not StoryPage.objects.get(pk=page.pk).live


def test_a_consent_that_is_over_takes_its_own_words_and_no_other_language() -> None:
    page, _codes = told()
    twin = page.copy_for_translation(Locale.objects.get(language_code="es"))
    twin.body = body("Hice el examen.")
    twin.save_revision(user=page.owner)
    later = timezone.now() + timedelta(days=367)
    with mock.patch("django.utils.timezone.now", return_value=later):
        make_consent(text="Hice el examen.")
        assert clearing.run() == 2
    assert not StoryPage.objects.get(pk=page.pk).live
    kept = StoryPage.objects.get(pk=twin.pk).get_latest_revision_as_object()
    assert "Hice el examen." in str(kept.body)


def test_a_consent_nobody_knows_of_takes_the_story_down_and_keeps_its_words() -> None:
    """As after a restore that lost the consent: a person decides."""
    page, _codes = told()
    lost = mock.patch.object(
        consents, "standing", side_effect=lambda texts, use: dict.fromkeys(texts, "none")
    )
    with lost:
        assert clearing.run() == 1
        assert clearing.run() == 0
    page.refresh_from_db()
    assert not page.live
    assert len(page.body) == 2
    task = StoryTask.objects.get()
    assert task.kind == "down"
    tasks.done(task, by=person(factor=False))
    assert not StoryTask.objects.filter(done_at=None).exists()


def test_after_a_restore_of_both_databases_the_stone_ends_the_consent_again() -> None:
    page, [code] = told()
    withdraw(code)
    stone = Tombstone.objects.get()
    assert stone.why == "withdrawn"
    # Yesterday's vault has the consent without its withdrawal; the stones are kept apart from it.
    with pgtrigger.ignore("vault.Consent:consent_withdrawn_for_good", databases=["vault"]):
        Consent.objects.filter(pk=stone.record).update(withdrawn_at=None)
    assert consents.standing([Consent.objects.get().text_sha256], "web").popitem()[1] == "living"
    assert clearing.run() == 0

    erasure.replay()

    assert clearing.run() == 1
    assert not Page.objects.get(pk=page.pk).live


@pytest.mark.role("staff")
def test_staff_see_what_no_machine_reaches_until_it_is_done() -> None:
    page, _revision = draft(person(factor=False))
    task = tasks.open_task(page, StoryTask.Kind.ELSEWHERE, "0" * 64)
    client = signed_in(person("Publisher"))
    assert "see to print" in client.get("/admin/story-tasks/").content.decode()
    assert "1 task about stories" in client.get("/admin/").content.decode()
    client.post(f"/admin/story-tasks/done/{task.pk}/")
    task.refresh_from_db()
    assert task.done_at
    assert gate.may_sign(page)
