"""The wish list and a wish in every state, in each width, theme and language."""

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
from tests.browser.test_real_pages import SEEN, Look
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


def test_wishes_in_every_state(
    house: House, new_page: NewPage, axe: Callable[[Page], list[str]]
) -> None:
    look = Wishing(house.public, new_page, axe)
    look.at("")  # none at all
    demo.seed(author=person(), reviewer=person())
    opened, covered, near, over = Wish.objects.order_by("position")[:4]
    wishes.end(over, reason="The course was called off.")
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
        for _ in SEEN[:2]:
            look.at("")
        look.at("?kind=laptop")
        look.at("?kind=tablet&region=europe")
        for wish in (opened, covered, near, over):
            look.at(f"{wish.slug}/")
        page = look.open(f"{opened.slug}/")
        page.locator("button[name=units]").click()
        page.wait_for_url("**/basket/?wish=*&units=1")

    assert look.faults == []
    assert look.seen == 9
