"""Comments as readers write, read and report them."""

import json
from html import unescape

import altcha
import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.comments import writing
from campaigns.models import CommentReport, StoryComment, StoryTalk
from tests.campaigns.comments_made import GUESS, HIDDEN, KIND, make, open_talk, page_of, send
from tests.campaigns.stories_told import draft, told
from tests.donations.visitors import CHALLENGE
from tests.people import person
from tests.roles import RoleClient

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
STORY = "/stories/the-exam/"


@pytest.fixture
def story():
    caches["local"].clear()
    page, _codes = told()
    open_talk(page)
    return page


@pytest.fixture
def form(story) -> str:
    return reverse("comment_write", args=[story.pk])


def test_a_comment_waits_and_shows_once_it_is_approved(story, form, public_client) -> None:
    assert f'href="{form}"' in page_of(public_client, STORY)

    answer = send(public_client, form, text=f"{KIND}\r\nSecond line.", name="Ana")

    assert answer["Location"] == reverse("comment_thanks", args=[story.pk])
    row = StoryComment.objects.get()
    assert (row.state, row.name, row.doubts, row.language) == ("waiting", "Ana", "", "en")
    assert row.text == f"{KIND}\nSecond line."
    assert KIND not in page_of(public_client, STORY)

    from campaigns.comments import deciding  # noqa: PLC0415

    deciding.approve(row, by=person(factor=False))

    page = page_of(public_client, STORY)
    assert KIND in page
    assert f"Ana · {row.written_at:%B %Y}" in page
    assert f"{row.written_at:%H:%M}" not in page
    assert reverse("comment_report", args=[row.pk]) in page


def test_the_storys_page_sets_no_cookie_and_is_kept_ready(story, public_client) -> None:
    for number in range(23):
        make(story, "approved", text=f"{KIND} {number}.")
    caches["local"].clear()
    with CaptureQueriesContext(connection) as cold:
        answer = public_client.get(STORY)
    with CaptureQueriesContext(connection) as warm:
        public_client.get(STORY)

    page = answer.content.decode()
    assert not answer.cookies
    assert 'method="post"' not in page
    assert (len(cold) <= 15, len(warm)) == (True, 0), len(cold)
    assert page.count('class="said"') == 20
    earlier = public_client.get(f"{STORY}?comments=2").content.decode()
    assert earlier.count('class="said"') == 3
    assert public_client.get(f"{STORY}?comments=x").status_code == 200


def test_comments_are_off_until_an_editor_switches_them_on(public_client) -> None:
    page, _codes = told()
    url = reverse("comment_write", args=[page.pk])
    assert StoryTalk.objects.get().state == "off"
    make(page, "approved")

    assert "What readers say" not in page_of(public_client, STORY)
    assert public_client.get(url).status_code == 410

    for state, seen, status in (("open", 1, 200), ("closed", 1, 410), ("hidden", 0, 410)):
        open_talk(page, state)
        assert page_of(public_client, STORY).count('class="said"') == seen
        assert public_client.get(url).status_code == status


def test_what_is_off_the_site_takes_its_comments_along(story, form, public_client) -> None:
    row = make(story, "approved")
    story.unpublish()

    for url in (STORY, form, reverse("comment_report", args=[row.pk])):
        assert public_client.get(url).status_code == 404, url
    page, _revision = draft(person(factor=False), slug="other")
    assert public_client.get(reverse("comment_write", args=[page.pk])).status_code == 404


def test_sent_twice_is_once(story, form, public_client) -> None:
    marks = dict(HIDDEN.findall(public_client.get(form).content.decode()))
    marks["started"] = ""

    send(public_client, form, text=KIND)
    send(public_client, form, text=KIND)

    assert StoryComment.objects.count() == 1
    row = StoryComment.objects.get()
    again = writing.write(
        story, name="", text="Other words", language="en", form_token=row.form_token,
        network="elsewhere", is_proven=True,
    )  # fmt: skip
    assert again == row
    send(public_client, form, text=f"{KIND} And more.")
    assert StoryComment.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "told_why"),
    [
        ({"text": ""}, "Please write something first."),
        ({"text": " \n "}, "Please write something first."),
        ({"text": "x" * 1001}, "This is 1 character too long."),
        ({"text": "Buy at https://spam.example now"}, "comments have no links"),
        ({"text": "See pills.shop for more"}, "comments have no links"),
        ({"text": "Write to me: a.b@example.org"}, "comments have no links"),
        ({"text": "[url=x]y[/url]"}, "comments have no links"),
        ({"text": KIND, "name": "www.spam.example"}, "Please give a first name alone"),
        ({"text": KIND, "name": "x" * 41}, "40"),
        ({"text": KIND, "website": "x"}, "Please leave this field empty."),
    ],
)
def test_what_cannot_be_taken_is_told_beside_what_was_typed(
    typed, told_why, form, public_client
) -> None:
    answer = send(public_client, form, **typed)

    assert answer.status_code == 422
    page = unescape(answer.content.decode())
    assert told_why in page
    assert typed["text"].strip()[:40] in page
    assert not StoryComment.objects.exists()


def test_a_programs_pace_is_refused_and_many_such_tries_have_to_rest(form, public_client) -> None:
    answer = send(public_client, form, wait=0, text=KIND)
    assert "That was very quick" in answer.content.decode()
    for _ in range(20):
        answer = send(public_client, form, text="https://spam.example")

    assert answer.status_code == 429
    assert not StoryComment.objects.exists()


def test_a_whole_class_may_write_from_one_address(form, public_client) -> None:
    for number in range(40):
        assert send(public_client, form, text=f"{KIND} {number}").status_code == 302

    assert StoryComment.objects.count() == 40


def test_what_the_rules_find_makes_it_doubtful(form, public_client) -> None:
    send(public_client, form, text=GUESS)
    send(public_client, form, text=KIND, name="Ana Lucía Pérez")

    first, second = StoryComment.objects.order_by("pk")
    assert first.doubts.split() == ["place", "name"]
    assert second.doubts == "full_name"


def test_a_solved_proof_counts_once_and_none_waits_at_the_end(story, form, public_client) -> None:
    page = public_client.get(form).content.decode()
    marks = dict(HIDDEN.findall(page))
    challenge = altcha.Challenge.from_dict(json.loads(unescape(CHALLENGE.findall(page)[0])))
    solution = altcha.solve_challenge(challenge)
    assert solution
    proof = altcha.Payload(challenge, solution).to_base64()
    marks["started"] = ""
    answer = public_client.post(form, {**marks, "text": KIND, "proof": proof})
    assert answer.status_code == 422  # its age is not ours: sent once more
    marks |= dict(HIDDEN.findall(answer.content.decode()))

    from unittest import mock  # noqa: PLC0415

    with mock.patch("campaigns.comments.forms.CommentForm.check_pace"):
        public_client.post(form, {**marks, "text": KIND, "proof": proof})
    assert StoryComment.objects.get().is_proven

    send(public_client, form, text="Without JavaScript", proof=proof)
    assert not StoryComment.objects.get(text="Without JavaScript").is_proven


def test_a_flood_without_proof_ends(story, form, public_client, monkeypatch) -> None:
    monkeypatch.setattr(writing, "UNPROVEN", 2)
    for number in range(3):
        answer = send(public_client, form, text=f"{KIND} {number}")

    assert answer.status_code == 429
    assert StoryComment.objects.count() == 2


def test_whose_comments_were_advertising_has_to_prove_work(story, form, public_client) -> None:
    for number in range(3):
        send(public_client, form, text=f"{KIND} {number}")
    StoryComment.objects.update(state="declined", why="spam")

    assert send(public_client, form, text=KIND).status_code == 429


def test_forms_are_in_spanish_and_show_the_hotline(story, form, public_client, settings) -> None:
    row = make(story, "approved")
    for url in (
        form,
        reverse("comment_report", args=[row.pk]),
        reverse("comment_thanks", args=[story.pk]),
        reverse("comment_reported", args=[story.pk]),
    ):
        english, spanish = (
            public_client.get(f"{prefix}{url}").content.decode() for prefix in ("", "/es")
        )
        assert "Messages are not read round the clock" in english
        assert "comentario" in spanish
        assert "Messages are not read" not in spanish


def test_reports_come_once_from_each_network_and_three_hide_the_comment(
    story, public_client
) -> None:
    row = make(story, "approved")
    url = reverse("comment_report", args=[row.pk])
    for address in ("192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.3"):
        public_client.defaults["REMOTE_ADDR"] = address
        answer = send(public_client, url, why="findable", words="It says where.")
        assert answer["Location"] == reverse("comment_reported", args=[story.pk])
        row.refresh_from_db()
        assert (row.state == "reported") == (address == "192.0.2.3")

    assert CommentReport.objects.count() == 3
    assert KIND not in page_of(public_client, STORY)
    assert public_client.get(url).status_code == 404
    assert row.steps.get(act="reported").by is None
    assert not CommentReport.objects.filter(network__contains="192").exists()


def test_a_report_needs_a_reason(story, public_client) -> None:
    row = make(story, "approved")

    answer = send(public_client, reverse("comment_report", args=[row.pk]), words="x")

    assert answer.status_code == 422
    assert "Please choose what is wrong with it." in answer.content.decode()


def test_words_are_shown_as_text_and_never_as_code(story, public_client: RoleClient) -> None:
    make(story, "approved", text="<script>alert(1)</script> *bold*", name="<b>")

    page = page_of(public_client, STORY)

    assert "&lt;script&gt;alert(1)&lt;/script&gt; *bold*" in page
    assert "<b>" not in page


def test_a_colleague_who_is_signed_in_is_on_record_and_a_donor_is_not(
    story, form, public_client
) -> None:
    for user, expected in ((person("Editor"), True), (person(), False)):
        public_client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        send(public_client, form, text=f"{KIND} {user.pk}")
        row = StoryComment.objects.get(text__endswith=str(user.pk))
        assert (row.written_by == user) == expected
