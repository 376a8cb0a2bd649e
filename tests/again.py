"""Who is tried a second time, and why: told at the end, to be mended like a failure."""

import re
from typing import Any

import pytest

from tests import server

# Of the throw-away server, which says nothing of what is tested.
LOST = (
    "server closed the connection|connection failed|the connection is (closed|lost)"
    "|terminating connection"
)
FALLEN = re.compile("terminated by signal|PANIC|recovery mode|unexpected postmaster exit")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A real browser on a busy machine draws when it can; all others try again for lost ground."""
    for item in items:
        drives = "browser" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.flaky(reruns=1, **({} if drives else {"only_rerun": LOST})))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for again in terminalreporter.stats.get("rerun", []):
        terminalreporter.write_line(f"TRIED TWICE: {again.nodeid}", yellow=True, bold=True)
        terminalreporter.write_line(again.longreprtext)
    log = server.run.server.data / "cluster" / "server.log"
    said = log.read_text(errors="replace") if log.exists() else ""
    for line in filter(FALLEN.search, said.rpartition("starting PostgreSQL")[2].splitlines()):
        terminalreporter.write_line(f"POSTGRESQL FELL: {line[:300]}", red=True, bold=True)
