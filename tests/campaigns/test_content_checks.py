"""What editors may have overlooked is told, and dignity's words are published with a reason."""

import json

import pytest
from wagtail.models import Page, PageLogEntry

from campaigns.editing import content_checks
from campaigns.models import Campaign, CampaignPage, StoryPage
from donations.models import Designation
from pages.models import StandardPage
from tests.people import person, signed_in
from tests.roles import RoleClient

pytestmark = pytest.mark.django_db


def school(language: str = "en", **changes: object) -> CampaignPage:
    page = CampaignPage.objects.get(campaign__code="SCHOOL-YEAR", locale__language_code=language)
    for name, value in changes.items():
        setattr(page, name, value)
    return page


def told(page: Page) -> str:
    return "\n".join(one.text for one in content_checks.overlooked(page))


def text(html: str) -> str:
    return json.dumps([{"type": "text", "value": {"heading": "", "text": html}}])


def test_our_own_pages_need_no_reason(seeded) -> None:
    pages = [*CampaignPage.objects.all(), *StandardPage.objects.all(), *StoryPage.objects.all()]
    assert len(pages) >= 20
    red = {
        (page.slug, one.text)
        for page in pages
        for one in content_checks.overlooked(page)
        if one.asks_reason
    }
    assert red == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"summary": "We rescue victims of this trade, day after day."}, "“rescue”, “victims”"),
        ({"summary": "Hurry: this is your last chance to pay for a course."}, "presses people"),
        ({"title": "A very long title that no search engine shows to anybody whole"}, "62 letters"),
        ({"summary": "Short."}, "no introduction"),
        ({"body": text("<h4>Small</h4><p>x</p>")}, "A small heading"),
        ({"body": text("<h3>Large</h3><h4>Small</h4>")}, ""),
        ({"body": text('<p>For fees <a href="/x/">click here</a>.</p>')}, "“click here”"),
        ({"body": text(f"<p>{'word ' * 70}.</p>")}, "words on average"),
    ],
)
def test_each_is_told_where_it_is_so_and_not_before(seeded, changes, expected) -> None:
    before, after = told(school()), told(school(**changes))
    assert before == ""
    assert expected in after
    assert bool(after) == bool(expected)


def test_spanish_has_its_own_words(seeded) -> None:
    page = school("es", summary="Rescatamos víctimas. ¡Última oportunidad, dese prisa, por favor!")
    assert "“rescatamos”, “víctimas”" in told(page)
    assert "última oportunidad" in told(page)
    assert "victim" not in told(school("es", summary="The word victims in a Spanish page says it."))


def test_a_page_knows_its_translation_and_its_campaign(seeded) -> None:
    Page.objects.filter(pk=school("es").pk).delete()
    assert told(school()) == "It has no translation yet."
    Designation.objects.filter(code="education").update(is_public=False)
    assert "shows no give box" in told(school())
    Campaign.objects.filter(code="SCHOOL-YEAR").update(starts_on="2020-01-01", ends_on="2020-01-02")
    assert "The campaign is over." in told(school())


def test_a_survivors_words_are_hers_alone(seeded) -> None:
    page = StoryPage(title="x", locale=school().locale, told_by="survivor", summary="y" * 50)
    page.body = json.dumps([{"type": "survivor", "value": {"words": "I was no victim."}}])
    assert not any(one.asks_reason for one in content_checks.overlooked(page))


@pytest.mark.role("staff")
def test_such_words_are_published_with_a_reason_that_the_history_keeps(
    seeded, editor: RoleClient
) -> None:
    publisher = signed_in(person("Publisher"))
    page = StandardPage.objects.get(slug="privacy")
    page.lead = "The victims' fund of the state pays this, and it is called so by its law."
    page.save_revision()
    edit = f"/admin/pages/{page.pk}/edit/"
    assert "“victims”" in publisher.get(edit).content.decode()
    typed = {
        "title": page.title, "slug": page.slug, "lead": page.lead, "action-publish": "1",
        "body-count": "0", "seo_title": "", "search_description": "", "in_footer": "on",
        "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0",
    }  # fmt: skip
    answer = publisher.post(edit, typed)
    way = f"/admin/words/{page.pk}/"
    assert answer["Location"] == way, answer.content.decode()[:500]
    page.refresh_from_db()
    assert "victims" not in page.lead
    assert "“victims”" in publisher.get(way).content.decode()
    assert editor.get(way).status_code in (302, 403)
    assert publisher.post(way, {"reason": ""}).status_code == 200
    answer = publisher.post(way, {"reason": "It is the name of a law"})
    assert answer["Location"] == edit

    publisher.post(edit, typed)

    page.refresh_from_db()
    assert "victims" in page.lead
    entry = PageLogEntry.objects.get(page=page.pk, action="northstar.published_anyway")
    assert entry.data["reason"] == "It is the name of a law"
    history = publisher.get(f"/admin/pages/{page.pk}/history/").content.decode()
    assert "It is the name of a law" in history
    # What was taken back from a story's history is gone from there.
    PageLogEntry.objects.filter(pk=entry.pk).update(data={})
    assert (
        "Publish these words" in publisher.get(f"/admin/pages/{page.pk}/history/").content.decode()
    )
    PageLogEntry.objects.filter(pk=entry.pk).update(data=entry.data)
    # Another such word asks again.
    assert publisher.post(edit, typed | {"lead": "Hurry, victims."})["Location"] == way
