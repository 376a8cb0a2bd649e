"""From an empty wish list to the basket; the style guide shows each state once more."""

from collections.abc import Callable
from datetime import timedelta
from unittest import mock

from django.core.cache import caches
from django.utils import timezone
from playwright.sync_api import Page

from donations import room
from gifts import demo, wishes
from gifts.models import Wish
from tests.browser.conftest import House
from tests.browser.test_real_pages import Look
from tests.chromium import NewPage
from tests.people import person


class Wishing(Look):
    """The list's address is a word, so it is another one in each language."""

    def open(self, path: str, *, status: int = 200) -> Page:
        caches["local"].clear()
        page, prefix = next(self.turn)
        answer = page.goto(f"{self.origin}{prefix}/{'deseos' if prefix else 'wishes'}/{path}")
        assert answer
        assert answer.status == status, (answer.url, answer.status)
        return page


def test_the_list_and_wishes_as_donors_meet_them(
    house: House, new_page: NewPage, axe: Callable[[Page], list[str]]
) -> None:
    look = Wishing(house.public, new_page, axe)
    look.at("")  # none at all
    demo.seed(author=person(), reviewer=person())
    opened, covered, near = Wish.objects.order_by("position")[:3]
    soon = timezone.now() + timedelta(days=20)
    wishes.rewrite(opened, by=person(), ends_at=soon, position=1)
    goals = {wish.designation_id: wish.designation.target_minor for wish in (covered, near)}
    given = {
        opened.designation_id: 7 * opened.unit_minor,
        covered.designation_id: goals[covered.designation_id],
        near.designation_id: goals[near.designation_id] - 4250,
    }

    def standing(pks: list[int]) -> dict[int, room.Standing]:
        return {pk: room.Standing(given.get(pk, 0), 0) for pk in pks}

    with mock.patch.object(room, "standing", standing):
        for path in ("", "?kind=laptop", f"{opened.slug}/", f"{covered.slug}/"):
            look.at(path)
        page = look.open(f"{opened.slug}/")
        page.locator("button[name=units]").click()
        page.wait_for_url("**/basket/?wish=*&units=1")

    assert look.faults == []
    assert look.seen == 5
