"""Each page and each state in every size, theme and language; every test run sees each once."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import House, house
from tests.browser.test_looks import EVERYTHING, faults_of, site
from tests.browser.test_visits import every_address
from tests.chromium import NewPage

__all__ = ["house", "site"]
SIZES: tuple[Any, ...] = ("phone", "tablet", "desktop")
SCHEMES: tuple[Any, ...] = ("light", "dark")
STATES = [path for path in EVERYTHING if path.startswith("/styleguide/")]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES)
def test_no_page_and_no_state_has_an_accessibility_fault_in_any_look(
    site: str, new_page: NewPage, axe: Callable[[Page], list[str]], size: Any, scheme: Any
) -> None:
    paths = [*EVERYTHING, *(f"/es{path}" for path in STATES)]
    assert faults_of(new_page(size=size, scheme=scheme), axe, site, paths) == []


def test_nothing_that_a_link_leads_to_has_an_accessibility_fault_in_any_look(
    house: House, new_page: NewPage, axe: Callable[[Page], list[str]]
) -> None:
    addresses = list(every_address(house, new_page))
    assert len(addresses) > 100
    found = [
        f"{size} {scheme} {fault}"
        for size in SIZES
        for scheme in SCHEMES
        for fault in faults_of(new_page(size=size, scheme=scheme), axe, "", addresses)
    ]
    assert found == []
