"""Fixtures for tests that need Stripe: a sandbox of the worker's own, held to Stripe's contract.

A plugin: name it in `pytest_plugins`. Every exchange and event of a test that uses `sandbox` is
checked against Stripe's description when the test ends; nothing more needs to be done for it.
"""

import functools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.control import SandboxProcess
from tests.contract.contract import Contract
from tests.contract.spec import spec_path


@functools.cache
def the_contract() -> Contract:
    return Contract(spec_path())


class Record:
    """What the sandbox wrote since it was last looked at; each shape comes once per process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read = 0

    def complaints(self) -> list[str]:
        with self.path.open("rb") as file:
            file.seek(self._read)
            lines = file.readlines()
            self._read = file.tell()
        return [
            complaint for line in lines for complaint in the_contract().check_line(json.loads(line))
        ]


@pytest.fixture(scope="session")
def contract() -> Contract:
    return the_contract()


@pytest.fixture(scope="session")
def sandbox_record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return Record(tmp_path_factory.mktemp("record") / "exchanges.jsonl")


@pytest.fixture(scope="session")
def sandbox_process(
    tmp_path_factory: pytest.TempPathFactory, sandbox_record: Record
) -> Iterator[SandboxProcess]:
    """The worker's sandbox, as other tests left it; most tests want `sandbox`."""
    process = SandboxProcess(tmp_path_factory.mktemp("sandbox"), record=sandbox_record.path).start()
    yield process
    process.stop()
    assert not sandbox_record.complaints()


@pytest.fixture
def sandbox(sandbox_process: SandboxProcess, sandbox_record: Record) -> Iterator[SandboxProcess]:
    """An empty sandbox; its exchanges in this test are held against Stripe's contract."""
    sandbox_process.reset()
    sandbox_process.payouts("manual")  # a test that goes on in time wants no rows in between
    yield sandbox_process
    complaints = sandbox_record.complaints()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def own_sandbox(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., SandboxProcess]]:
    """Starts sandboxes with flags of the test's own, to be killed and started again."""
    started: list[tuple[SandboxProcess, Record]] = []

    def start(**flags: object) -> SandboxProcess:
        record = Record(tmp_path_factory.mktemp("record") / "exchanges.jsonl")
        folder = tmp_path_factory.mktemp("sandbox")
        process = SandboxProcess(folder, record=record.path, **flags).start()  # type: ignore[arg-type]
        started.append((process, record))
        return process

    yield start
    for process, record in started:
        process.stop()
        complaints = record.complaints()
        assert not complaints, "\n".join(complaints)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if any("Stripe CLI" in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(
            "NOT TESTED: Stripe's own scripts, because the Stripe CLI is not installed.", red=True
        )
