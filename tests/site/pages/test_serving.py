"""Pages kept ready for everybody: how old they are, who gets them, and what they cost."""

import threading
import time
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, PageViewRestriction

from accounts.models import User
from campaigns import giving, progress
from core.logs import request_log
from gifts.pages import board
from pages import context, serving
from pages.models import HomePage, OrganisationSettings, StandardPage
from tests.roles import RoleClient
from tests.things_made import make_wish

PAGES = ("/", "/es/", "/campaigns/school-year/", "/wishes/", "/how-it-works/")


@pytest.fixture
def site(seeded: None, db: None) -> None:
    make_wish(state="published", slug="laptops")


def test_a_page_is_the_same_for_two_visitors_and_made_anew_for_who_is_signed_in(
    site: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "FRESH", 60)
    first, second, donor = (RoleClient("public") for _ in range(3))
    donor.force_login(User.objects.create(email="ruth@example.org"))
    for path in PAGES:
        caches["local"].clear()
        made = first.get(path)
        assert made.templates
        with CaptureQueriesContext(connection) as queries:
            kept = second.get(path, headers={"Accept-Language": "es", "Cookie": "public_csrf=x"})
        assert (len(queries), kept.content) == (0, made.content)
        assert kept.headers == made.headers
        assert kept["Cache-Control"] == "public, no-cache"
        assert "default-src 'none'" in kept["Content-Security-Policy"]
        has = second.get(path, headers={"If-None-Match": f'W/{made["ETag"]}, "x"'})
        assert (has.status_code, has.content, has["ETag"]) == (304, b"", made["ETag"])
        own = donor.get(path)
        assert own.templates
        assert not kept.templates
        assert (own["Cache-Control"], "ETag" in own) == ("private, no-cache", False)
    # What asks who is there, or holds a form's token, is kept for nobody.
    for path in ("/give/", "/account/login/", "/search/"):
        assert "ETag" not in first.get(path), path


def test_a_fresh_page_is_answered_before_django_begins_to_whoever_asks_plainly(
    site: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "FRESH", 60)
    lines: list[str] = []
    monkeypatch.setattr(request_log, "info", lambda _, extra: lines.append(extra["path"]))
    for signal in (request_started, request_finished):  # these close the test's own connection
        monkeypatch.setattr(signal, "receivers", [])
    django, reached = get_wsgi_application(), []

    def counted(environ: dict[str, Any], start_response: Any) -> Any:
        reached.append(environ["PATH_INFO"])
        return django(environ, start_response)

    def visit(**asks: str) -> tuple[str, dict[str, str], bytes]:
        said: list[Any] = []
        environ = {"HTTP_HOST": "localhost:8000", **asks}
        setup_testing_defaults(environ)
        body = b"".join(serving.AtOnce(counted)(environ, lambda *told: said.extend(told)))
        return said[0], dict(said[1]), body

    page = StandardPage.objects.get(slug="programa")
    page.slug = "año"
    page.save()
    # A server hands the bytes of an address on as if they were Latin-1.
    for number, path in enumerate(("/", "/campaigns/", "/es/año/".encode().decode("latin-1")), 1):
        made = visit(PATH_INFO=path)
        assert made == visit(PATH_INFO=path, HTTP_COOKIE="seen=1", HTTP_ACCEPT_LANGUAGE="es")
        assert (made[0], len(made[2])) == ("200 OK", int(made[1]["Content-Length"]))
        assert len(reached) == number
    assert lines == ["/", "/", "/campaigns/", "/campaigns/", "/es/año/", "/es/año/"]
    etag = visit()[1]["ETag"]
    for asks in (
        {"HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}=x"},
        {"QUERY_STRING": "page=2"},
        {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "0"},
        {"HTTP_IF_NONE_MATCH": etag},
        {"HTTP_HOST": "127.0.0.1"},
        {"PATH_INFO": "/give/"},
    ):
        before = len(reached)
        visit(**asks)
        assert len(reached) == before + 1, asks
    monkeypatch.setattr(serving, "FRESH", 0)
    visit()
    assert len(reached) == before + 2


@pytest.mark.ages
def test_what_editors_change_is_seen_soon_and_what_is_taken_down_is_gone(
    site: None, public_client: RoleClient
) -> None:
    seen = {path: public_client.get(path).content.decode() for path in ("/", "/program/")}
    assert public_client.get("/privacy/").status_code == 200
    assert public_client.get("/how-it-works/").status_code == 200
    home = HomePage.objects.get(slug="home")
    home.hero_title = "Planted headline"
    home.save_revision().publish()
    StandardPage.objects.get(slug="privacy").unpublish()
    StandardPage.objects.get(slug="programa").unpublish()
    PageViewRestriction.objects.create(
        page=StandardPage.objects.get(slug="how-it-works"), restriction_type="login"
    )
    OrganisationSettings.objects.update(exit_url="https://weather.example/")

    time.sleep(max(serving.FRESH, context.SECONDS) + 0.05)

    now = {path: public_client.get(path).content.decode() for path in ("/", "/program/")}
    assert "Planted headline" in now["/"]
    assert "https://weather.example/" in now["/program/"]
    assert 'hreflang="es" href="http://localhost:8000/es/programa/"' in seen["/program/"]
    assert 'hreflang="es" href="http://localhost:8000/es/programa/"' not in now["/program/"]
    assert public_client.get("/privacy/").status_code == 404
    assert public_client.get("/how-it-works/").status_code == 302
    # At the latest: kept at the end of the second for which its parts were remembered.
    assert serving.OLDEST + max(each.SECONDS for each in (board, context, giving, progress)) < 2


def test_in_a_rush_one_makes_the_page_and_the_others_get_the_old_one(
    rf: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    caches["local"].clear()
    made: list[str] = []

    def view(request: Any) -> HttpResponse:
        request.session = type("Session", (), {"accessed": False})
        made.append(threading.current_thread().name)
        time.sleep(0.15 * (len(made) > 1))
        response = HttpResponse(f"turn {len(made)}")
        response.same_for_all = True  # type: ignore[attr-defined]
        return response

    pages = serving.KeptPages(view)
    bodies = [pages(rf.get("/")).content]
    monkeypatch.setattr(serving, "FRESH", 0.0)

    def visit() -> None:
        bodies.append(pages(rf.get("/")).content)

    threads = [threading.Thread(target=visit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(bodies) == [b"turn 1"] * 8 + [b"turn 2"]


def test_a_page_that_is_made_anew_asks_the_database_six_times_at_most(
    site: None, public_client: RoleClient
) -> None:
    paths = {page.get_url() for page in Page.objects.live().filter(depth__gt=1)}
    assert len(paths) > len(PAGES)
    for path in sorted(paths):
        caches["local"].clear()
        public_client.get("/es/safety/" if path.startswith("/es/") else "/safety/")  # the facts
        facts = {
            f"organisation:{code}": caches["local"].get(f"organisation:{code}")
            for code in ("en", "es")
        }
        caches["local"].clear()
        caches["local"].set_many(facts, 60)
        with CaptureQueriesContext(connection) as queries:
            assert public_client.get(path).status_code == 200
        assert len(queries) <= 6, (path, [query["sql"][:100] for query in queries])
