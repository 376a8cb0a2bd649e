"""The whole site over HTTP, seeded, with a sandbox to pay at."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache

from tests import roles
from tests.giving import Giving
from tests.live import Live


@dataclass(frozen=True)
class House:
    """What a visitor meets (origins), and what happens behind it."""

    public: str
    staff: str
    giving: Giving


@pytest.fixture
def house(live: Live, stripe: Any, quick_drawing: Any, seeded: None) -> Iterator[House]:
    roles.install(
        PUBLIC_URL=live.public,
        STAFF_URL=live.staff,
        STRIPE_API_BASE=stripe.api_base,
        STRIPE_CHECKOUT_ORIGIN=stripe.url,
    )
    cache.clear()
    yield House(live.public, live.staff, Giving(stripe))
    cache.clear()
