"""Blocks of pages: what an editor may not write into them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from wagtail.blocks import ListBlock, StructBlock, StructBlockValidationError

from campaigns.blocks import FiguresBlock, PartnerBlock, StepsBlock, TimelineBlock

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


@pytest.mark.parametrize("kind", [TimelineBlock, StepsBlock, FiguresBlock])
def test_a_block_that_needs_two_begins_with_two_empty_ones(kind: type[StructBlock]) -> None:
    block = kind()
    name, several = next(
        (name, child) for name, child in block.child_blocks.items() if isinstance(child, ListBlock)
    )
    begun = block.get_prep_value(block.get_default())[name]

    assert len(begun) == several.meta.min_num == 2
    # A field that was left out would read "undefined" in the form.
    form = block.get_form_state(block.get_default())[name]
    assert {*map(frozenset, (one["value"] for one in form))} == {
        frozenset(several.child_block.child_blocks)
    }
    assert not any(value for one in form for value in one["value"].values())
