"""Blocks of pages: what an editor may not write into them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from wagtail.blocks import StructBlockValidationError

from campaigns.blocks import PartnerBlock

AGREED = {
    "heading": "Learning", "name": "Second Shelf Library Fund", "text": "Lends course books.",
    "website": "", "agreed_by": "Their board", "agreed_on": date(2026, 9, 1),
}  # fmt: skip


def faults(**changed: Any) -> set[str]:
    try:
        PartnerBlock().clean(AGREED | changed)
    except StructBlockValidationError as error:
        return set(error.block_errors)
    return set()


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({}, set()),
        ({"agreed_by": ""}, {"agreed_by"}),
        ({"agreed_on": None}, {"agreed_on"}),
        ({"agreed_on": timezone.localdate() + timedelta(days=2)}, {"agreed_on"}),
        ({"text": "Keeps a house in Guatemala for nine women."}, {"text"}),
        ({"name": "Safe home, 5 Main street"}, {"name"}),
        ({"text": "Call +502 5555 0142."}, {"text"}),
    ],
)
def test_a_partner_is_named_after_it_agreed_and_never_with_a_place(
    changed: dict[str, Any], fault: set[str]
) -> None:
    assert faults(**changed) == fault


def test_who_agreed_is_neither_shown_nor_found() -> None:
    block = PartnerBlock()
    value = block.to_python(AGREED | {"agreed_on": "2026-09-01", "agreed_by": "Ruth Osei"})
    assert "Ruth" not in block.render(value)
    assert "Ruth" not in " ".join(block.get_searchable_content(value))
    assert "Second Shelf" in block.render(value)
