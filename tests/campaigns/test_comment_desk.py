"""Comments at their desk: approved, by two where in doubt, declined, taken down, restricted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from campaigns.comments import danger
from campaigns.models import CommentConcern, CommentReport, StoryComment, StoryTalk
from donations import demo as donations_demo
from donations.models import Mail
from tests.campaigns.comments_made import GUESS, KIND, make, open_talk, page_of
from tests.campaigns.stories_told import told
from tests.people import person, signed_in
from tests.roles import STAFF, RoleClient, acting_as

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
STORY = "/stories/the-exam/"


@pytest.fixture
def story():
    page, _codes = told()
    open_talk(page)
    return page


@pytest.fixture
def editor() -> User:
    return person("Editor")


@pytest.fixture
def desk(editor) -> RoleClient:
    return signed_in(editor)


def staff_url(name: str, *, args: list[int] | None = None) -> str:
    with acting_as(STAFF):
        return reverse(name, args=args)


def act(client: RoleClient, name: str, row: StoryComment, **typed: str) -> str:
    """Press the button; what the page after it says. The row is read anew."""
    answer = client.post(staff_url(f"comments:{name}", args=[row.pk]), typed, follow=True)
    row.refresh_from_db()
    return answer.content.decode()


def steps(row: StoryComment) -> list[tuple[str, object]]:
    return [(step.act, step.by) for step in row.steps.select_related("by")]


def test_one_press_approves_and_the_next_that_waits_is_shown(story, editor, desk) -> None:
    row, other = make(story), make(story, text="Another one.")
    page = desk.get(staff_url("comments:inspect", args=[row.pk])).content.decode()
    assert KIND in page
    assert "It was a long day." in page  # the story beside it

    after = act(desk, "approve", row)

    assert (row.state, row.first_by, row.second_by) == ("approved", editor, None)
    assert steps(row) == [("approved", editor)]
    assert "Another one." in after
    assert staff_url("comments:again", args=[row.pk]) in after  # undo
    assert other.state == "waiting"


def test_a_doubtful_one_takes_two_different_people(story, editor, desk, public_client) -> None:
    row, second = make(story, text=GUESS, doubts="place name"), person("Publisher")
    url = staff_url("comments:inspect", args=[row.pk])
    page = desk.get(url).content.decode()
    assert "The rules found: a place, a name." in page
    assert f"Who else can approve: {second}" in page

    act(desk, "approve", row)
    assert (row.state, row.first_by) == ("waiting", editor)
    assert "You cannot approve it: it takes somebody else." in desk.get(url).content.decode()
    assert "It takes a second person" in act(desk, "approve", row)
    assert row.state == "waiting"
    assert GUESS not in page_of(public_client, STORY)

    act(signed_in(second), "approve", row)

    assert (row.state, row.second_by) == ("approved", second)
    assert steps(row) == [("first", editor), ("approved", second)]
    assert GUESS in page_of(public_client, STORY)


def test_one_press_declines_and_it_can_be_looked_at_again(story, editor, desk) -> None:
    row = make(story, text=GUESS, doubts="place")

    act(desk, "decline", row, why="findable")
    assert (row.state, row.why) == ("declined", "findable")

    act(desk, "again", row)
    assert (row.state, row.why) == ("waiting", "")
    assert steps(row) == [("declined", editor), ("again", editor)]


def test_declining_asks_for_a_reason(story, desk) -> None:
    row = make(story)

    assert "This field is required" in act(desk, "decline", row)
    act(desk, "decline", row, why="nobody")
    assert row.state == "waiting"


def test_one_press_takes_down_at_once(story, desk, public_client) -> None:
    row = make(story, "approved")
    assert KIND in page_of(public_client, STORY)

    act(desk, "take-down", row)

    assert row.state == "down"
    assert KIND not in page_of(public_client, STORY)
    act(desk, "again", row)
    assert (row.state, row.first_by) == ("waiting", None)


def test_nobody_approves_her_own_comment(story, editor, desk) -> None:
    row = make(story, written_by=editor)

    assert "You wrote it yourself" in act(desk, "approve", row)

    assert row.state == "waiting"
    act(signed_in(person("Editor")), "approve", row)
    assert row.state == "approved"


def test_somebody_may_ask_for_a_second_person_where_the_rules_see_nothing(
    story, editor, desk
) -> None:
    row = make(story)

    act(desk, "doubt", row)
    act(desk, "approve", row)

    assert (row.state, row.doubted_by) == ("waiting", editor)
    act(signed_in(person("Publisher")), "approve", row)
    assert row.state == "approved"


def test_reported_ones_come_first_and_are_kept_or_taken_down(story, editor, desk) -> None:
    make(story, text="Waits.")
    row = make(story, "approved", text="Was reported.")
    CommentReport.objects.create(
        comment=row, why="unkind", words="Look at it", at=row.written_at, form_token="x"
    )
    page = desk.get(staff_url("comments:index")).content.decode()
    assert page.index("Was reported.") < page.index("Waits.")
    assert "1 report" in page
    assert "Look at it" in desk.get(staff_url("comments:inspect", args=[row.pk])).content.decode()

    act(desk, "keep", row)

    assert row.state == "approved"
    assert CommentReport.objects.get().done_by == editor
    assert "Was reported." not in (
        desk.get(staff_url("comments:index"), {"show": "reported"}).content.decode()
    )


@pytest.mark.parametrize(
    ("show", "found"),
    [
        ("waiting", {"waiting", "doubtful"}),
        ("doubtful", {"doubtful"}),
        ("approved", {"approved"}),
        ("declined", {"declined"}),
        ("down", {"down"}),
        ("safeguarding", set()),
        ("", {"waiting", "doubtful", "approved", "declined", "down"}),
    ],
)
def test_the_queue_can_be_narrowed(show, found, story, desk) -> None:
    for state in ("waiting", "approved", "declined", "down", "safeguarding"):
        make(story, state, text=f"It is {state}.")
    make(story, text="It is doubtful.", doubts="name")

    page = desk.get(staff_url("comments:index"), {"show": show}).content.decode()

    states = ("waiting", "doubtful", "approved", "declined", "down", "safeguarding")
    assert {state for state in states if f"It is {state}." in page} == found


def test_the_queue_costs_the_same_for_any_number(story, desk) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            desk.get(staff_url("comments:index"))
        return len(queries)

    make(story)
    cost()
    few = cost()
    for number in range(8):
        make(story, "approved", text=f"{number}")
    assert cost() <= few + 1


def test_several_are_approved_at_once_but_no_doubtful_one(story, desk) -> None:
    plain, unticked = make(story, text="Plain."), make(story, text="Unticked.")
    doubtful = make(story, text="Doubtful.", doubts="name")
    unproven = make(story, text="Unproven.", is_proven=False)
    url = staff_url("comments:many")
    page = desk.get(url).content.decode()
    assert [text in page for text in ("Plain.", "Doubtful.", "Unproven.")] == [True, False, False]

    desk.post(url, {"comment": [plain.pk, doubtful.pk, unproven.pk]})

    states = {row.text: row.state for row in StoryComment.objects.all()}
    assert states.pop("Plain.") == "approved"
    assert set(states.values()) == {"waiting"}
    assert unticked.pk


def test_safeguarding_is_read_by_named_people_alone(story, editor, desk, public_client) -> None:
    keeper, admin = person("Safeguarding"), person("Administrator")
    row = make(story, "approved", text="He comes back on Friday. I am afraid.")
    question = desk.get(staff_url("comments:safeguarding", args=[row.pk])).content.decode()
    assert str(keeper) in question

    act(desk, "safeguarding", row)

    assert row.state == "safeguarding"
    assert row.text not in page_of(public_client, STORY)
    assert public_client.get(reverse("comment_report", args=[row.pk])).status_code == 404
    inspect = staff_url("comments:inspect", args=[row.pk])
    for client in (desk, signed_in(admin), signed_in(person(is_superuser=True))):
        assert client.get(inspect).status_code == 404
        for name in ("approve", "decline", "take-down", "again", "safeguarding", "erase"):
            url = staff_url(f"comments:{name}", args=[row.pk])
            assert client.post(url).status_code in (302, 403, 404), name
        for query in ({}, {"show": "safeguarding"}):
            page = client.get(staff_url("comments:index"), query).content.decode()
            assert "afraid" not in page
    row.refresh_from_db()
    assert row.state == "safeguarding"
    hers = signed_in(keeper)
    page = hers.get(inspect).content.decode()
    assert "I am afraid" in page
    assert "Please see to it by" in page
    assert "afraid" in hers.get(staff_url("comments:index")).content.decode()

    queued = Mail.objects.get(template="safeguarding")
    assert queued.to == keeper.email
    donations_demo.seed()
    context = danger.mail_of(queued, preview=False)
    assert inspect in context["link"]
    assert "afraid" not in str(context)

    desk.post(staff_url("comments:close", args=[row.pk]), {"outcome": "mistake"})
    assert CommentConcern.objects.get().closed_at is None
    act(hers, "close", row, outcome="passed_on")
    concern = CommentConcern.objects.get()
    assert (concern.outcome, concern.closed_by, row.state) == ("passed_on", keeper, "safeguarding")
    assert desk.get(inspect).status_code == 404


def test_what_was_marked_by_mistake_goes_back_to_the_queue(story, desk) -> None:
    row = make(story, "safeguarding")

    act(signed_in(person("Safeguarding")), "close", row, outcome="mistake")

    assert (row.state, row.first_by) == ("waiting", None)
    assert KIND in desk.get(staff_url("comments:index")).content.decode()


def test_a_named_person_decides_nothing_else(story) -> None:
    row = make(story)
    hers = signed_in(person("Safeguarding"))

    assert hers.post(staff_url("comments:approve", args=[row.pk])).status_code in (302, 403)
    row.refresh_from_db()
    assert row.state == "waiting"


def test_words_are_erased_for_whoever_asks_and_it_cannot_be_undone(story, public_client) -> None:
    row = make(story, "approved", name="Ana")
    client = signed_in(person("Publisher"))

    act(client, "erase", row)

    assert (row.state, row.text, row.name, row.text_sha256) == ("down", "", "", "")
    assert KIND not in page_of(public_client, STORY)
    act(client, "again", row)
    assert row.state == "down"


def test_comments_are_switched_for_each_story_at_its_desk(story, editor, desk) -> None:
    talk = StoryTalk.objects.get(story=story)
    for name, state in (("hide", "hidden"), ("open", "open"), ("close", "closed")):
        desk.post(staff_url(f"comments-by-story:{name}", args=[talk.pk]))
        talk.refresh_from_db()
        assert (talk.state, talk.changed_by) == (state, editor)
    assert "The exam" in desk.get(staff_url("comments-by-story:index")).content.decode()
    page = desk.get(staff_url("comments-by-story:inspect", args=[talk.pk])).content.decode()
    assert "Closed, comments shown" in page


def test_a_storys_form_says_whether_readers_may_write_and_leads_to_the_switch(story, desk) -> None:
    page = desk.get(f"/admin/pages/{story.pk}/edit/").content.decode()

    assert "Comments of readers: Open." in page
    assert f"/admin/comments-by-story/inspect/{story.talk.pk}/" in page


def test_the_first_page_counts_what_waits(story, desk) -> None:
    make(story)
    make(story, "safeguarding")

    assert "1 comment waits" in desk.get("/admin/").content.decode()
    hers = signed_in(person("Safeguarding")).get("/admin/").content.decode()
    assert "1 message marked as safeguarding" in hers
    assert "comment waits" not in hers
