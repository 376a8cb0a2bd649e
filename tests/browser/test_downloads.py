"""An editor puts a file on a page where she writes, and a visitor takes it along."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches

from campaigns.models import CampaignPage
from tests.downloads_made import paper
from tests.people import PASSWORD, code, person

# Where screens go, for whoever wants to look at them.
SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture
def editors_page(live: Any, new_page: Any, seeded: None) -> Any:
    user = person("Publisher", email="nora@northstar.example")
    page = new_page(size="desktop")
    page.goto(f"{live.staff}/admin/")
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.fill("[name=code]", code(user))
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(f"{live.staff}/admin/")
    yield page
    caches["local"].clear()


def shot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def test_a_file_goes_from_the_page_form_to_a_visitor(
    live: Any, editors_page: Any, new_page: Any, axe: Any, tmp_path: Path
) -> None:
    sent = tmp_path / "Interview with Maria.pdf"
    sent.write_bytes(paper("What a year costs."))
    campaign = CampaignPage.objects.get(slug="school-year")
    page = editors_page
    page.goto(f"{live.staff}/admin/pages/{campaign.pk}/edit/")
    page.get_by_role("button", name="Insert a block").last.click()
    page.get_by_role("option", name="Downloads: files to take along").click()
    block = page.get_by_role("region", name="Downloads: files to take along")
    block.get_by_label("heading").fill("To take along")
    block.get_by_role("button", name="Choose a document", exact=True).click()
    page.get_by_role("tab", name="Upload").click()
    form = page.locator("form[data-chooser-modal-creation-form]")
    form.locator("[type=file]").set_input_files(sent)
    form.get_by_label("Title").fill("What a year costs")
    form.get_by_label("Language").select_option("en")
    shot(page, "upload")
    form.get_by_label("Who is in it").select_option("nobody")
    form.get_by_role("button", name="Upload").click()
    page.get_by_text("What a year costs").first.wait_for()
    shot(page, "form")
    page.get_by_role("button", name="Publish", exact=True).first.click()
    page.wait_for_load_state()

    visitor = new_page(size="phone")
    visitor.goto(f"{live.public}/campaigns/school-year/")
    assert axe(visitor) == []
    shot(visitor, "phone")
    with visitor.expect_download() as coming:
        visitor.get_by_role("link", name="What a year costs").click()
    assert coming.value.suggested_filename == "what-a-year-costs.pdf"
    assert Path(coming.value.path()).read_bytes().startswith(b"%PDF-")

    page.goto(f"{live.staff}/admin/documents/")
    page.get_by_role("link", name="What a year costs").first.click()
    shot(page, "document")
