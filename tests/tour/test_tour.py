"""The tour and the benchmarks are run by `make tour` and `make bench`; here they must only load."""

import importlib
import pkgutil

import pytest

import bench
from tests import tour
from tests.tour import donors, stories

MODULES = [
    f"{package.__name__}.{module.name}"
    for package in (tour, bench)
    for module in pkgutil.iter_modules(package.__path__)
    if module.name not in ("test_tour", "plain")
]


@pytest.mark.parametrize("module", MODULES)
def test_the_module_loads(module: str) -> None:
    importlib.import_module(module)


def test_every_story_of_a_round_is_written() -> None:
    assert set(donors.ROUND) <= set(stories.STORIES)
