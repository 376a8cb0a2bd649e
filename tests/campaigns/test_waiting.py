"""The first page counts what waits for an editor, and says kindly when nothing does."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, Workflow

from campaigns.editing import behind, waiting
from campaigns.models import Campaign, CampaignPage, Letter
from tests.campaigns.stories_told import draft
from tests.news_made import make_letter
from tests.people import person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.role("staff")]


@pytest.fixture
def publisher(seeded):
    yield person("Publisher")
    caches["local"].clear()


def told(user) -> str:
    return "\n".join(str(notice.text) for notice in waiting.waiting(user))


def test_what_waits_is_counted_and_leads_to_where_it_is_done(publisher) -> None:
    assert told(publisher) == ""
    today = timezone.localdate()
    Campaign.objects.filter(code="SCHOOL-YEAR").update(ends_on=today + timedelta(days=14))
    Campaign.objects.filter(code="MONTHS").update(ends_on=today + timedelta(days=15))
    author = person("Editor", factor=False)
    page = Page.objects.get(slug="privacy").specific
    page.save_revision(user=author)
    Workflow.objects.get().start(page, author)
    soon = timezone.now() + timedelta(days=2)
    other = Page.objects.get(slug="how-it-works").specific
    other.go_live_at = soon
    other.save_revision(user=author, approved_go_live_at=soon).publish()
    draft(author, "", title="The first lesson")
    decided = {"queued_at": soon, "queued_by": author, "send_at": soon}
    for steps in (("waiting", "paused"), ("waiting", "sending")):
        letter = make_letter()
        for state in steps:
            Letter.objects.filter(pk=letter.pk).update(state=state, **decided)

    school = CampaignPage.objects.get(campaign__code="SCHOOL-YEAR", locale__language_code="en")
    twin = school.get_translations().get()
    behind.learn_all()
    school.summary = "These are other words than those that were translated."
    school.save_revision(user=author).publish()
    # Nobody reads it yet, so nothing waits.
    months = CampaignPage.objects.get(campaign__code="MONTHS", locale__language_code="en")
    CampaignPage.objects.filter(pk=months.pk).update(live=False, summary="These are others.")

    text = told(publisher)

    assert f"1 translation is behind its page ({twin.title})" in text
    assert "1 page waits for your yes" in text
    assert "1 page is planned for a day (How it works)" in text
    assert "1 campaign ends within two weeks (School year)" in text
    assert "1 story is not public" in text
    assert "(The first lesson)" in text
    assert "1 letter is paused" in text
    assert "1 letter is on its way" in text
    for notice in waiting.waiting(publisher):
        answer = signed_in(publisher).get(notice.url)
        assert answer.status_code == 200, notice
    home = signed_in(publisher).get("/admin/").content.decode()
    assert "1 campaign ends within two weeks" in home
    # Who wrote it is not asked to pass it, and finance is asked nothing of this.
    assert "waits for your yes" not in told(author)
    assert told(person("Finance", factor=False)) == ""


def test_it_costs_few_queries_however_much_waits(publisher) -> None:
    client = signed_in(publisher)
    assert "Nothing. A quiet moment." in client.get("/admin/").content.decode()
    publisher.get_all_permissions()
    behind.learn_all()
    counts = []
    for kept in (0, 12):
        today = timezone.localdate()
        Campaign.objects.update(ends_on=today + timedelta(days=kept))
        english = CampaignPage.objects.filter(locale__language_code="en").order_by("pk")
        for page in english[: 1 + kept]:
            page.summary = f"Other words than were translated, number {kept}."
            page.save_revision().publish()
        with CaptureQueriesContext(connection) as asked:
            text = "\n".join(str(notice.text) for notice in waiting.waiting(publisher))
        counts.append(len(asked))
    assert f"{len(english)} translations are behind their pages" in text
    # Two for each kind of page there is, and ten.
    assert counts[1] <= counts[0] <= 30, [one["sql"][:120] for one in asked]
