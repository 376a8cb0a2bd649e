"""The rule of the United Kingdom: its table, its tax year, and what no document may lack."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from donations.receipts import document
from donations.receipts.packs import uk
from donations.receipts.packs.shape import Document
from donations.receipts.snapshot import Line
from tests.donations import snapshots
from tests.donations.receipts import case_tables
from tests.donations.receipts.drawn import plain_text

ROWS = case_tables.read("uk_cases.txt", currency="GBP")
RECEIPT = replace(
    snapshots.PLAIN, pack="uk", pack_version=uk.PACK.version_on(date(2026, 12, 1)), currency="GBP",
    entity=replace(snapshots.ENTITY, tax_id="1041569"),
    sentences=("none_given", "gift_aid", "status"),
)  # fmt: skip
FUND = replace(
    RECEIPT, kind="acknowledgment", source="advised_fund",
    sentences=("none_given", "advised_fund", "status"),
)  # fmt: skip
SHARES = replace(
    RECEIPT, source="stock", given="25 shares of Example plc", amount_minor=0,
    lines=(Line("Laptops for students", 0, restricted=True),),
    sentences=("none_given", "described", "status"),
)  # fmt: skip
LETTER = replace(
    RECEIPT, kind="thanks", source="match", number="", code="", check_url="",
    giver="Example plc", sentences=("thanks_match",),
)  # fmt: skip
COMPLETE = {"receipt": RECEIPT, "fund": FUND, "shares": SHARES, "letter": LETTER}
TAKEN_AWAY: dict[str, Any] = {
    "name": lambda s: {"entity": replace(s.entity, name="")},
    "number_of_charity": lambda s: {"entity": replace(s.entity, tax_id="")},
    "status": lambda s: {"sentences": tuple(set(s.sentences) - {"status"})},
    "address": lambda s: {"entity": replace(s.entity, address=())},
    "amount": lambda s: {"amount_minor": 0, "lines": ()},
    "description": lambda s: {"given": ""},
    "return": lambda s: {"sentences": tuple(set(s.sentences) - {"none_given"})},
    "no_gift_aid": lambda s: {"sentences": (*s.sentences, "gift_aid")},
    "donor": lambda s: {"receipt_name": " "},
    "day": lambda s: {"received_on": s.issued_on.replace(day=s.issued_on.day + 1)},
    "number": lambda s: {"number": ""},
    "check": lambda s: {"code": ""},
    "statement": lambda s: {"entity": replace(s.entity, statement_descriptor="")},
    "lines": lambda s: {"lines": ()},
    "giver": lambda s: {"giver": ""},
    "words": lambda s: {"pack_version": "1999-01"},
    "neutral": lambda s: {"discretion": "For survivors of trafficking"},
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_case_is_decided_as_the_table_says(row: case_tables.Row) -> None:
    decision = uk.decide(row.case)
    assert (decision.document, decision.whose) == (row.document, row.whose)
    assert (decision.sentences, decision.thanks) == (row.sentences, row.letter)
    assert decision.because == row.because
    if decision.document != Document.NONE:
        snapshot = case_tables.answered(row, decision, RECEIPT)
        assert uk.PACK.missing(snapshot) == []
        assert case_tables.lawful(uk.PACK, snapshot) == set(row.must_hold)


@pytest.mark.parametrize("kind", COMPLETE)
def test_each_element_taken_from_a_complete_document_is_refused_by_name(kind: str) -> None:
    complete = COMPLETE[kind]
    assert uk.PACK.missing(complete) == []
    for element in uk.PACK.demanded(complete):
        with pytest.raises(document.IncompleteReceipt) as refused:
            document.html(replace(complete, **TAKEN_AWAY[element.name](complete)))
        assert element.what in refused.value.missing


def test_every_element_was_taken_away_from_some_document() -> None:
    demanded = {one.name for snapshot in COMPLETE.values() for one in uk.PACK.demanded(snapshot)}
    assert demanded == {element.name for element in uk.ELEMENTS} == set(TAKEN_AWAY)


def test_it_is_written_as_in_britain_on_its_paper() -> None:
    text = plain_text(RECEIPT)
    for fact in ("£250.00", "5 October 2026", "£62.50 of tax", "Registered charity no. 1041569"):
        assert fact in text
    assert "A4" in document.html(RECEIPT)
    assert "deduct" not in text
    assert "Gift Aid" not in plain_text(LETTER)


def test_the_tax_year_begins_on_the_sixth_of_april() -> None:
    assert uk.tax_year(date(2026, 4, 5)) == 2025
    assert uk.tax_year(date(2026, 4, 6)) == 2026
    assert uk.year_begins(2026) == date(2026, 4, 6)


def test_no_benefit_is_allowed_before_the_first_row_of_the_limits() -> None:
    assert uk.allowed_benefit(100_00, date(2019, 4, 5)) == 0
    assert uk.allowed_benefit(100_00, date(2019, 4, 6)) == 25_00
