"""Crash, race and outage runs: a few in every test run, the big numbers by `make faults`."""

import os

import pytest

FULL = os.environ.get("FAULTS") == "full"
# Too dear for every day: a mutant is a whole test run in a copy of the tree, LibreOffice is over
# 200 MB, and every look is a thousand.
collect_ignore = [] if FULL else ["test_mutants.py", "test_spreadsheet.py", "test_every_look.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/faults/" in str(item.path):
            item.add_marker(pytest.mark.faults)
