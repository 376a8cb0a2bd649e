"""How long words of comments stay, and what the database itself refuses."""

from datetime import timedelta
from unittest import mock

import pytest
from django.db import Error, transaction
from django.utils import timezone

from campaigns.comments import danger, keeping
from campaigns.models import CommentReport, CommentStep, StoryComment, StoryTalk
from campaigns.stories import clearing
from donations.models import Mail
from gifts.vault import consents as consents_kept
from tests.campaigns.comments_made import KIND, make, open_talk, page_of
from tests.campaigns.stories_told import told
from tests.people import person

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


@pytest.fixture
def story():
    page, _codes = told()
    open_talk(page)
    return page


def after(days: float) -> None:
    """The job comes by so many days from now."""
    later = timezone.now() + timedelta(days=days)
    with mock.patch("django.utils.timezone.now", return_value=later):
        keeping.run()


def words(row: StoryComment) -> tuple[str, str]:
    row.refresh_from_db()
    return row.state, row.text


def test_what_was_declined_or_taken_down_is_erased_after_ninety_days(story) -> None:
    declined, down, shown = (make(story, state) for state in ("declined", "down", "approved"))

    after(89)
    assert words(declined) == ("declined", KIND)
    after(91)

    assert words(declined) == ("declined", "")
    assert words(down) == ("down", "")
    assert words(shown) == ("approved", KIND)
    keeping.run()
    assert declined.steps.filter(act="erased").count() == 1


def test_a_doubtful_one_that_nobody_approved_is_declined_after_two_weeks(story) -> None:
    doubtful, plain = make(story, doubts="name"), make(story)

    after(13)
    assert words(doubtful)[0] == "waiting"
    after(15)

    assert (*words(doubtful), doubtful.why) == ("declined", KIND, "nobody")
    assert words(plain) == ("waiting", KIND)
    after(91)
    assert words(doubtful)[1] == ""
    assert words(plain) == ("declined", "")


def test_a_network_is_known_for_a_day(story) -> None:
    row = make(story)
    report = CommentReport.objects.create(
        comment=make(story, "approved"), why="spam", words="x", network="y", form_token="z",
        at=timezone.now(), done_at=timezone.now(),
    )  # fmt: skip

    after(1.1)
    row.refresh_from_db()
    assert row.network == ""
    after(91)
    report.refresh_from_db()
    assert (report.words, report.network) == ("", "")


def test_safeguarding_has_a_deadline_and_its_own_time(story) -> None:
    keeper = person("Safeguarding")
    row = make(story, "safeguarding")
    assert Mail.objects.filter(template="safeguarding").count() == 1

    after(1.1)
    after(1.2)
    assert Mail.objects.filter(template="safeguarding").count() == 2  # late: once more
    after(400)
    assert words(row) == ("safeguarding", KIND)

    danger.close(row, outcome="no_danger", by=keeper)
    after(179)
    assert words(row) == ("safeguarding", KIND)
    after(181)
    assert words(row) == ("declined", "")


def test_words_that_are_taken_back_take_every_comment_along(public_client) -> None:
    page, codes = told()
    open_talk(page)
    rows = [make(page, state) for state in ("waiting", "approved", "declined", "down")]
    concern = make(page, "safeguarding")
    closed = make(page, "safeguarding")
    danger.close(closed, outcome="no_danger", by=person(factor=False))

    consents_kept.withdraw(codes[0], by=person(factor=False))
    clearing.run()

    for row in (*rows, closed):
        assert words(row)[1] == "", row.state
    assert words(concern) == ("safeguarding", KIND)
    assert StoryTalk.objects.get(story=page).state == "off"
    assert KIND not in page_of(public_client, "/stories/the-exam/")
    danger.close(concern, outcome="passed_on", by=person(factor=False))
    keeping.run()
    assert words(concern) == ("declined", "")


@pytest.mark.parametrize(
    ("state", "change"),
    [
        ("waiting", {"text": "Other words"}),
        ("waiting", {"name": "Another"}),
        ("waiting", {"state": "approved"}),  # by nobody
        ("waiting", {"state": "reported"}),
        ("waiting", {"state": "down"}),
        ("waiting", {"state": "declined"}),  # without a reason
        ("waiting", {"doubts": "name"}),
        ("approved", {"text": ""}),
        ("approved", {"state": "declined", "why": "spam"}),
        ("declined", {"state": "approved"}),
        ("declined", {"text": ""}),
        ("down", {"state": "approved"}),
        ("safeguarding", {"state": "approved"}),
    ],
)
def test_the_database_refuses(state, change, story) -> None:
    row = make(story, state)

    with pytest.raises(Error), transaction.atomic():
        StoryComment.objects.filter(pk=row.pk).update(**change)


def test_the_database_lets_nobody_show_what_is_in_doubt_alone(story) -> None:
    row, one, two = make(story, doubts="name"), person(factor=False), person(factor=False)
    shown = StoryComment.objects.filter(pk=row.pk)

    for people in ({"first_by": one}, {"first_by": one, "second_by": one}, {"second_by": one}):
        with pytest.raises(Error), transaction.atomic():
            shown.update(state="approved", **people)
    shown.update(state="approved", first_by=one, second_by=two)
    with pytest.raises(Error), transaction.atomic():
        StoryComment.objects.create(
            story=story, text="x", state="approved", first_by=one, form_token="x",
            written_at=timezone.now(), moved_at=timezone.now(),
        )  # fmt: skip
    own = make(story, written_by=one)
    with pytest.raises(Error), transaction.atomic():
        StoryComment.objects.filter(pk=own.pk).update(state="approved", first_by=one)


def test_what_is_erased_stays_so_and_steps_are_never_rewritten(story) -> None:
    row = make(story, "declined")
    after(91)

    for change in ({"text": "Back"}, {"erased_at": None}, {"state": "waiting", "why": ""}):
        with pytest.raises(Error), transaction.atomic():
            StoryComment.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(Error), transaction.atomic():
        CommentStep.objects.update(act="approved")


def test_a_story_that_is_deleted_takes_its_comments_along(story) -> None:
    make(story, "approved")
    story.unpublish()

    story.delete()

    assert not StoryComment.objects.exists()
