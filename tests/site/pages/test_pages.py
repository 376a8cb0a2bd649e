"""The public pages: what they show, what they cost, and what they never set."""

import re
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from wagtail.models import PageViewRestriction

from pages import demo
from pages.models import HomePage, OrganisationSettings, StandardPage
from tests.roles import RoleClient

pytestmark = pytest.mark.django_db
READ_ONLY = ["/", "/es/", "/how-it-works/", "/es/como-funciona/", "/safety/", "/es/safety/"]
READ_ONLY += ["/disclosures/", "/es/disclosures/", "/contact/", "/charge/", "/our-partners/"]
FOCUSABLE = re.compile(r"<(?:a\s[^>]*href|button|input|select|textarea|summary)[^>]*>")


def test_seeding_again_changes_nothing(db: None) -> None:
    first = demo.seed()
    StandardPage.objects.filter(slug="privacy").update(title="Edited by hand")

    assert demo.seed() == 0
    assert first == 50
    assert StandardPage.objects.get(slug="privacy").title == "Edited by hand"
    assert HomePage.objects.count() == 2


def test_a_page_to_read_sets_no_cookie_and_varies_by_none(
    seeded: None, public_client: RoleClient
) -> None:
    for path in READ_ONLY:
        answer = public_client.get(path)

        assert answer.status_code == 200, path
        assert not answer.cookies, path
        assert "cookie" not in answer.headers.get("Vary", "").lower(), path
        assert "csrfmiddlewaretoken" not in answer.content.decode(), path


def test_the_second_element_one_can_focus_is_the_quick_exit(
    seeded: None, public_client: RoleClient
) -> None:
    for path in [*READ_ONLY, "/nowhere/", "/es/nowhere/"]:
        focusable = FOCUSABLE.findall(public_client.get(path).content.decode())

        assert 'href="#content"' in focusable[0], path
        assert "data-quick-exit" in focusable[1], path
        assert 'href="https://www.google.com/"' in focusable[1], path


def test_the_language_switch_stays_on_the_page(seeded: None, public_client: RoleClient) -> None:
    page = public_client.get("/how-it-works/").content.decode()
    assert '<a href="/es/como-funciona/" lang="es" hreflang="es">' in page

    view = public_client.get("/es/safety/?from=mail").content.decode()
    assert '<a href="/safety/?from=mail" lang="en" hreflang="en">' in view


def test_a_page_without_a_translation_leads_to_the_other_languages_home(
    seeded: None, public_client: RoleClient
) -> None:
    StandardPage.objects.get(slug="como-funciona").delete()

    page = public_client.get("/how-it-works/").content.decode()

    assert '<a href="/es/" lang="es"' in page
    assert 'rel="alternate" hreflang="es"' not in page


def test_spanish_pages_are_spanish_throughout(seeded: None, public_client: RoleClient) -> None:
    page = public_client.get("/es/").content.decode()

    assert '<html lang="es">' in page
    assert "Salir de este sitio" in page
    assert "Cómo funciona" in page
    assert "Línea Nacional contra la Trata" in page


def test_the_footer_names_the_legal_entity_and_the_exit_leads_where_staff_say(
    seeded: None, public_client: RoleClient
) -> None:
    settings = OrganisationSettings.objects.get()
    settings.exit_url = "https://weather.example/"
    settings.save()

    page = public_client.get("/safety/").content.decode()

    assert 'href="https://weather.example/"' in page
    assert "EIN\u00a012-3456789" in page


def test_a_page_costs_few_queries_and_none_the_second_time(
    seeded: None, public_client: RoleClient
) -> None:
    for path in READ_ONLY:
        caches["local"].clear()
        with CaptureQueriesContext(connection) as cold:
            public_client.get(path)
        with CaptureQueriesContext(connection) as warm:
            public_client.get(path)

        # Most of them are Wagtail's, to find the page: one for each step of its path.
        assert len(cold) <= {"/": 8, "/es/": 9}.get(path, 12), path
        assert len(warm) == 0, path


@pytest.mark.parametrize("path", ["/give/", "/es/give/"])
def test_the_give_page_asks_the_database_little(
    seeded: None, public_client: RoleClient, path: str
) -> None:
    with CaptureQueriesContext(connection) as cold:
        assert public_client.get(path).status_code == 200

    assert len(cold) <= 8, [query["sql"][:100] for query in cold]


def test_a_page_behind_a_password_is_never_kept_for_the_next_visitor(seeded: None) -> None:
    page = StandardPage.objects.get(slug="how-it-works")
    lock = PageViewRestriction.objects.create(
        page=page, restriction_type=PageViewRestriction.PASSWORD, password="letmein"
    )
    insider, stranger = RoleClient("public"), RoleClient("public")
    session = insider.session
    session[PageViewRestriction.passed_view_restrictions_session_key] = [lock.pk]
    session.save()
    insider.cookies["public_session"] = session.session_key

    seen = insider.get("/how-it-works/").content.decode()
    refused = stranger.get("/how-it-works/").content.decode()

    assert "Questions people ask" in seen
    assert "Questions people ask" not in refused


def test_a_missing_page_answers_404_in_the_sites_own_voice(
    seeded: None, public_client: RoleClient
) -> None:
    answer = public_client.get("/nowhere/")

    assert answer.status_code == 404
    assert "This path ends in the dark." in answer.content.decode()
    assert not answer.cookies


def test_the_error_page_shows_while_the_database_does_not_answer(rf: Any) -> None:
    """No `db` fixture: a query here would fail the test."""
    from pages.errors import server_error  # noqa: PLC0415 - after Django is set up

    caches["local"].clear()
    with translation.override("en"):
        answer = server_error(rf.get("/give/"))

    assert answer.status_code == 500
    assert "A cloud went over the star." in answer.content.decode()


def test_a_form_without_its_cookie_says_so_kindly(seeded: None) -> None:
    client = RoleClient("public", enforce_csrf_checks=True)

    answer = client.post("/account/login/", {"login": "ada@example.org"})

    assert answer.status_code == 403
    assert "Nothing was sent and nothing was charged." in answer.content.decode()


def test_the_style_guide_is_closed_in_production(seeded: None, public_client: RoleClient) -> None:
    assert public_client.get("/styleguide/").status_code == 404
    assert public_client.get("/styleguide/give/").status_code == 404
    with override_settings(DEMO=True):
        assert public_client.get("/styleguide/").status_code == 200
        assert public_client.get("/styleguide/no-such-state/").status_code == 404


def test_what_is_kept_for_one_language_is_not_shown_in_the_other(
    seeded: None, public_client: RoleClient
) -> None:
    english = public_client.get("/safety/").content.decode()
    spanish = public_client.get("/es/safety/").content.decode()

    assert "How it works" in english
    assert "How it works" not in spanish
