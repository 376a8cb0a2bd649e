"""An editor sees the picture that goes with a page where it is shared, before it is public."""

import pytest

from campaigns.models import CampaignPage

pytestmark = [pytest.mark.django_db, pytest.mark.role("staff")]


def test_the_picture_for_sharing_is_drawn_from_what_is_written_so_far(rf, seeded):
    page = CampaignPage.objects.first()
    assert page

    def shown() -> bytes:
        return page.serve_preview(rf.get("/"), "shared").content

    before = shown()
    page.title = "Another title"

    assert b"data:image/png;base64," in before
    assert shown() != before


def test_a_give_box_begins_without_an_amount_that_would_have_to_be_filled():
    give_box = CampaignPage._meta.get_field("body").stream_block.child_blocks["give_box"]

    assert len(give_box.get_default()["meanings"]) == 0
