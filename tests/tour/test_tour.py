"""The tour and the benchmarks are run by `make tour` and `make bench`; here they must only load."""

import importlib
import pkgutil
from collections import Counter

import pytest

import bench
from tests import tour
from tests.tour import donors, needs_people, stories

MODULES = [
    f"{package.__name__}.{module.name}"
    for package in (tour, bench)
    for module in pkgutil.iter_modules(package.__path__)
    if module.name not in ("test_tour", "plain")
]


@pytest.mark.parametrize("module", MODULES)
def test_the_module_loads(module: str) -> None:
    importlib.import_module(module)


def test_eight_wishes_have_eleven_people_behind_them_and_three_have_fewer() -> None:
    regions = {house.key: house.region for house in needs_people.HOUSES}
    behind = Counter(
        (need.kind, need.purpose, regions[key])
        for key in regions
        for need in needs_people.stated(key)
    )
    assert behind.total() == needs_people.NEEDS == 180
    assert [behind[wish.kind, wish.purpose, wish.region] >= 11 for wish in needs_people.WISHES] == [
        wish.level is None for wish in needs_people.WISHES
    ]
    assert len(list(needs_people.stated("thirty"))) == 30


def test_every_story_of_a_round_is_written() -> None:
    assert set(donors.ROUND) <= set(stories.STORIES)
