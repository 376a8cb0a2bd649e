"""Figures of other parts of the product that a report tells, each by the function that counts it.

THE TABLE OF SOURCES. A part that is not built yet has none, and its figures are left out.
"""

from collections.abc import Callable, Mapping
from datetime import date

# By the code of a sector: how many people finished awareness training in these days.
# Once `campaigns.training.figures` exists: {"training": figures.finished_by_sector}.
SOURCES: dict[str, Callable[..., Mapping[str, int]]] = {}


def finished_by_sector(*, first: date, last: date) -> Mapping[str, int]:
    source = SOURCES.get("training")
    return source(first=first, last=last) if source else {}
