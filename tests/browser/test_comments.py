"""A comment from the form to the page, and its desk by keyboard, in a real browser."""

from collections.abc import Callable

import pytest
from django.core.cache import caches
from playwright.sync_api import Page, expect

from campaigns.models import StoryComment
from tests.browser.conftest import House
from tests.browser.test_real_pages import Look
from tests.campaigns.comments_made import GUESS, make, open_talk
from tests.campaigns.stories_told import told
from tests.chromium import NewPage
from tests.people import person, signed_in

TEXT = "This stayed with me all day."


@pytest.fixture
def sound(axe: Callable[[Page], list[str]]) -> Callable[[Page], list[str]]:
    """Faults in what we draw; Wagtail's own frame around it is Wagtail's."""
    return lambda page: [fault for fault in axe(page) if "ns-" in fault]


@pytest.mark.parametrize("javascript", [True, False])
def test_a_reader_writes_with_and_without_javascript(
    javascript: bool, house: House, new_page: NewPage
) -> None:
    story, _codes = told()
    open_talk(story)
    caches["local"].clear()
    page = new_page(size="phone", javascript=javascript)
    page.goto(f"{house.public}/stories/the-exam/")
    page.get_by_role("link", name="Write a comment").click()
    if javascript:
        page.get_by_label("Your comment").fill("x" * 900)
        expect(page.get_by_text("100 characters left")).to_be_visible()
    page.get_by_label("Your comment").fill(TEXT)
    page.get_by_label("Name to show").fill("Ana")
    page.wait_for_timeout(1100)  # a person's pace
    page.get_by_role("button", name="Send the comment").click()
    page.wait_for_url("**/thanks/", timeout=30_000)

    row = StoryComment.objects.get()
    assert (row.text, row.name, row.is_proven) == (TEXT, "Ana", javascript)


def test_an_editor_decides_by_keyboard(
    house: House, new_page: NewPage, sound: Callable[[Page], list[str]]
) -> None:
    story, _codes = told()
    open_talk(story)
    doubtful = make(story, text=GUESS, doubts="place name")
    plain = make(story, text=TEXT)
    make(story, text="Another harmless one.")
    editor = person("Editor")
    page = new_page()
    Look.sign_in_page(page, signed_in(editor), house.staff)
    for path in ("", "many/", f"inspect/{doubtful.pk}/", f"decline/{plain.pk}/"):
        page.goto(f"{house.staff}/admin/comments/{path}")
        assert sound(page) == [], path
    page.goto(f"{house.staff}/admin/comments/inspect/{plain.pk}/")
    page.get_by_role("button", name="Approve", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is shown.")).to_be_visible()
    expect(page.get_by_role("link", name="Undo")).to_be_visible()
    plain.refresh_from_db()
    assert plain.state == "approved"

    page.goto(f"{house.staff}/admin/comments/inspect/{doubtful.pk}/")
    page.get_by_role("button", name="Names or guesses who or where somebody is").focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("It is declined.")).to_be_visible()
    doubtful.refresh_from_db()
    assert (doubtful.state, doubtful.why) == ("declined", "findable")
