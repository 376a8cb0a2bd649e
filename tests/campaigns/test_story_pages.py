"""Stories as visitors get them."""

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from campaigns.models import StoryPage
from campaigns.stories import demo
from gifts.vault.models import Consent
from pages.demo import stories
from tests.people import person
from tests.roles import RoleClient

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


@pytest.fixture
def people() -> dict[str, User]:
    return {name: person(factor=False) for name in ("by", "second", "keeper")}


@pytest.fixture
def site(people, seeded) -> list[str]:
    return demo.seed(stories.STORIES, **people)


def test_stories_are_read_in_both_languages_by_few_queries_without_a_cookie(
    site, people, public_client: RoleClient
) -> None:
    assert len(site) == 4  # two quotes, and a story in two languages
    assert demo.seed(stories.STORIES, **people) == []
    assert Consent.objects.count() == 4
    for path, told in (
        ("/stories/", "A desk by the window"),
        ("/stories/the-form-that-was-due-on-friday/", "Told by Ana, who looks after courses."),
        ("/stories/a-desk-by-the-window/", "Told by a survivor in her own words."),
        ("/es/historias/un-escritorio-junto-a-la-ventana/", "Pregúntenme qué viene."),
    ):
        caches["local"].clear()
        with CaptureQueriesContext(connection) as cold:
            answer = public_client.get(path)
        with CaptureQueriesContext(connection) as warm:
            public_client.get(path)
        page = answer.content.decode()
        assert told in page
        assert 'method="post"' not in page
        assert not answer.cookies
        assert (len(cold) <= 15, len(warm)) == (True, 0), (path, len(cold), len(warm))
    assert 'href="/es/historias/un-escritorio-junto-a-la-ventana/"' in (
        public_client.get("/stories/a-desk-by-the-window/").content.decode()
    )
    StoryPage.objects.all().delete()
    caches["local"].clear()
    assert "No story is told just now" in public_client.get("/stories/").content.decode()
