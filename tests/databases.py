"""Databases for tests: cloned before Django starts; a throw-away pair for tests that commit."""

import itertools
from collections.abc import Iterator

import pytest
from django.db import connections

from tests import server

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


@pytest.fixture
def own_database(
    django_db_blocker: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[server.Clone]:
    """A throw-away pair of databases where commits are real: for threads and child processes.

    Django's connections, in every thread, and DATABASE_URL point to it while the test runs.
    """
    run = server.run
    made = server.clone(run.server, run.template, f"{run.main.name}_{next(_numbers)}")
    names = {"default": made.name, "vault": made.vault_name}
    monkeypatch.setenv("DATABASE_URL", made.url)
    monkeypatch.setenv("VAULT_DATABASE_URL", made.vault_url)
    for alias, name in names.items():
        connections[alias].close()
        monkeypatch.setitem(connections.settings[alias], "NAME", name)
    try:
        with django_db_blocker.unblock():  # type: ignore[attr-defined]
            yield made
    finally:
        connections.close_all()
        server.drop(made)
