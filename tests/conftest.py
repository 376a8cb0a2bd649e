"""Fixtures for every test; docs/development.md lists them. tests/server.py comes before this."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.utils import translation

from tests import jobs, roles

pytest_plugins = [
    *("tests.databases", "tests.live", "tests.chromium"),
    *("tests.sandbox_fixtures", "tests.giving", "tests.donations.visitors"),
    *("tests.offline_made", "tests.gifts_made", "tests.plans_made", "tests.gifts.orders_made"),
]


@pytest.fixture(scope="session", autouse=True)
def both_roles() -> None:
    roles.install()
    # allauth decides on its addresses when first imported: the public side has the most.
    with roles.acting_as(roles.PUBLIC):
        import_module("allauth.urls")


@pytest.fixture(autouse=True)
def role(request: pytest.FixtureRequest) -> Iterator[str]:
    """The side whose settings the test sees: public, unless it is marked `role("staff")`."""
    marker = request.node.get_closest_marker("role")
    name = str(marker.args[0]) if marker else roles.PUBLIC
    with roles.acting_as(name):
        yield name


@pytest.fixture(autouse=True)
def remembered(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process keeps for a second is of another test's rows; within a test it stays.

    A slow machine would else read it anew between two pages and count that among their queries.
    Only before a browser, which waits for what is new, and where a test is about its age
    (`ages`), it lasts as long as on the site.
    """
    caches["local"].clear()
    marks = map(request.node.get_closest_marker, ("browser", "ages"))
    if not any(marks):
        monkeypatch.setattr(LocMemCache, "get_backend_timeout", lambda *_: None)


@pytest.fixture(autouse=True)
def one_stretch(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is limited to so many in ten minutes is counted in one stretch, up to the year 2079.

    Stretches begin by the clock on the wall: a test would else go over the end of one now and
    then, and no limit would be reached. A test that is about them sets its own.
    """
    monkeypatch.setattr("donations.defence.TALLY_TIME", timedelta(days=40_000))


@pytest.fixture(autouse=True)
def own_language() -> None:
    """Each test begins in the site's own language, whatever page the one before it asked for."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def public_client() -> roles.RoleClient:
    return roles.RoleClient(roles.PUBLIC)


@pytest.fixture
def staff_client() -> roles.RoleClient:
    return roles.RoleClient(roles.STAFF)


@pytest.fixture
def run_jobs() -> Callable[..., list[jobs.Ran]]:
    """Runs due jobs in the test's transaction until none is left (tests/jobs.py)."""
    return jobs.run
