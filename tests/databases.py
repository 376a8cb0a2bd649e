"""Databases for tests: cloned before Django starts; a throw-away pair for tests that commit.

Each worker has two pairs: a bare one, and, for tests that use the fixture `seeded`, one in
which the demo's first content stands.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.utils import translation

from donations import demo as donations_demo
from pages import demo as pages_demo
from tests import roles, server

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """Nothing left to do: tests/server.py has put this worker's own clones into the settings."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        marker = item.get_closest_marker("django_db")
        names = set(getattr(item, "fixturenames", ()))
        if marker and (marker.kwargs.get("transaction") or any(marker.args)):
            names.add("transactional_db")
        if flushing := names & {"transactional_db", "live_server", "django_db_reset_sequences"}:
            raise pytest.UsageError(
                f"{item.nodeid}: {', '.join(sorted(flushing))} would empty every table afterwards, "
                "Wagtail's root page included; use the fixture own_database."
            )
        if marker and "own_database" in names:
            raise pytest.UsageError(f"{item.nodeid}: own_database needs no django_db mark.")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before any fixture: Django begins a test's transaction in the database it finds named."""
    if "_seeded_once" in getattr(item, "fixturenames", ()):
        _point_to(_demos_own())


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    _point_to(server.run.main)


def _demos_own() -> server.Clone:
    main = server.run.main
    return server.Clone(f"{main.name}_demo", main.server)


def _point_to(clone: server.Clone) -> None:
    """Django's connections, in every thread."""
    for alias, name in (("default", clone.name), ("vault", clone.vault_name)):
        if connections.settings[alias]["NAME"] != name:
            connections[alias].close()
            connections.settings[alias]["NAME"] = name


@pytest.fixture(scope="session")
def _seeded_once(both_roles: None, django_db_setup: None, django_db_blocker: Any) -> None:
    """Makes it, once for each worker: seconds of work that its tests share."""
    clone = _demos_own()
    server.clone(clone.server, server.run.template, clone.name)
    here = roles.acting_as(roles.PUBLIC), translation.override(settings.LANGUAGE_CODE)
    with django_db_blocker.unblock(), here[0], here[1]:
        donations_demo.seed()
        pages_demo.seed()
    connections.close_all()


@pytest.fixture
def seeded(_seeded_once: None) -> None:
    """In this test's database stands what `donations.demo` and `pages.demo` seed."""


@pytest.fixture
def own_database(
    request: pytest.FixtureRequest, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[server.Clone]:
    """A throw-away pair of databases where commits are real: for threads and child processes.

    Django's connections, in every thread, and DATABASE_URL point to it while the test runs.
    """
    run = server.run
    template = run.template
    if "_seeded_once" in request.fixturenames:
        request.getfixturevalue("seeded")
        template = _demos_own().name
    made = server.clone(run.server, template, f"{run.main.name}_{next(_numbers)}")
    monkeypatch.setenv("DATABASE_URL", made.url)
    monkeypatch.setenv("VAULT_DATABASE_URL", made.vault_url)
    _point_to(made)
    try:
        with django_db_blocker.unblock():
            yield made
    finally:
        connections.close_all()
        server.drop(made)
