"""The rule of the United States: its table, and what no document of it may lack."""

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from core.discretion import telling
from donations.receipts import document
from donations.receipts.packs import us, us_states
from donations.receipts.packs.shape import Document
from donations.receipts.snapshot import Benefit, Line, Snapshot
from tests.donations import snapshots
from tests.donations.receipts import case_tables
from tests.donations.receipts.drawn import plain_text

ROWS = case_tables.read("us_cases.txt", currency="USD")
NEWEST = us.PACK.version_on(date(2026, 12, 1))
NEW = replace(snapshots.PLAIN, pack_version=NEWEST, sentences=("none_given", "exempt"))
TAX = ("deduct", "tax", "good-faith", "501(c)(3)", "Internal Revenue")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_case_is_decided_as_the_table_says(row: case_tables.Row) -> None:
    decision = us.decide(row.case)
    assert decision.document == row.document
    assert (decision.whose, decision.because) == (row.whose, row.because)
    assert decision.sentences == row.sentences
    assert decision.thanks == row.letter


def test_what_the_rule_decides_is_complete_and_holds_what_the_law_asks() -> None:
    for row in ROWS:
        decision = us.decide(row.case)
        if decision.document == Document.NONE:
            continue
        snapshot = case_tables.answered(row, decision, NEW)
        assert us.PACK.missing(snapshot) == [], row.name
        assert case_tables.lawful(us.PACK, snapshot) == set(row.must_hold), row.name


def test_the_table_is_whole() -> None:
    names = [row.name for row in ROWS]
    assert len(names) >= 60
    assert [name for name, count in Counter(names).items() if count > 1] == []
    said = {key for row in ROWS for key in (*row.sentences, *row.letter)}
    known = us.WORDINGS[NEWEST].texts["en"].keys()
    assert said <= known
    # Every sentence of the rule is reached by some case.
    reached = {*us.RETURNED, *us.THANKS.values(), "described", "expenses", "status", "exempt"}
    assert reached <= said


ADVISED = replace(
    NEW, kind="acknowledgment", source="advised_fund", receipt_name="Lakes Charitable Fund",
    sentences=("advised_fund", "none_advised", "status"),
)  # fmt: skip
RETIREMENT = replace(
    NEW, kind="acknowledgment", source="retirement",
    sentences=("retirement", "none_given", "status"),
)  # fmt: skip
ROUND_UP = replace(
    NEW, kind="acknowledgment", source="round_up", receipt_name="Corner Stores, Inc.",
    sentences=("round_up", "status"),
)  # fmt: skip
SHARES = replace(
    NEW, source="stock", given="25 shares of Example Corp.", amount_minor=0,
    lines=(Line("Laptops for students", 0, restricted=True),), payment_method="Shares of stock",
    sentences=("none_given", "described", "exempt"),
)  # fmt: skip
DINNER = replace(
    NEW, benefit=Benefit("a dinner", 4_500), sentences=("benefit", "exempt"), fee_cover_minor=75
)
LETTER = replace(
    NEW, kind="thanks", source="advised_fund", number="", code="", check_url="",
    giver="Lakes Charitable Fund", payment_method="", sentences=("thanks_advised_fund",),
)  # fmt: skip
COMPLETE = {
    "receipt": NEW,
    "dinner": DINNER,
    "advised fund": ADVISED,
    "retirement": RETIREMENT,
    "round-up": ROUND_UP,
    "shares": SHARES,
    "letter": LETTER,
}


def without(snapshot: Snapshot, *sentences: str) -> dict[str, Any]:
    return {"sentences": tuple(key for key in snapshot.sentences if key not in sentences)}


# What to take away, so that an element is gone.
TAKEN_AWAY: dict[str, Any] = {
    "name": lambda s: {"entity": replace(s.entity, name="")},
    "ein": lambda s: {"entity": replace(s.entity, tax_id="")},
    "address": lambda s: {"entity": replace(s.entity, address=())},
    "amount": lambda s: {"amount_minor": 0, "lines": ()},
    "description": lambda s: {"given": ""},
    "return": lambda s: without(s, *us.RETURNED),
    "exempt": lambda s: without(s, "exempt", "status"),
    "sponsor": lambda s: without(s, "advised_fund"),
    "retirement": lambda s: without(s, "retirement"),
    "customers": lambda s: without(s, "round_up"),
    "no_tax": lambda s: {"sentences": (*s.sentences, "exempt")},
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


@pytest.mark.parametrize("kind", COMPLETE)
def test_each_element_taken_from_a_complete_document_is_refused_by_name(kind: str) -> None:
    complete = COMPLETE[kind]
    assert us.PACK.missing(complete) == []
    for element in us.PACK.demanded(complete):
        lacking = replace(complete, **TAKEN_AWAY[element.name](complete))
        with pytest.raises(document.IncompleteReceipt) as refused:
            document.html(lacking)
        assert element.what in refused.value.missing
        assert element.what in str(refused.value)


def test_every_element_was_taken_away_from_some_document() -> None:
    demanded = {one.name for snapshot in COMPLETE.values() for one in us.PACK.demanded(snapshot)}
    assert demanded == {element.name for element in us.ELEMENTS} == set(TAKEN_AWAY)


def test_the_estimate_of_a_dinner_must_be_told() -> None:
    for benefit in (Benefit("", 500), Benefit("a dinner", 0)):
        assert "what was given in return" in us.PACK.missing(replace(DINNER, benefit=benefit))[0]


def test_an_advised_fund_and_its_adviser_read_no_word_of_a_deduction() -> None:
    for language in ("en", "es"):
        letter = plain_text(replace(LETTER, language=language))
        assert "Lakes Charitable Fund" in letter
        assert [word for word in (*TAX, "impuesto") if word in letter] == []
        assert "EIN" not in letter
    sponsor = plain_text(ADVISED)
    assert "donor of record" in sponsor
    assert "deduct" not in sponsor


def test_shares_are_described_and_never_valued() -> None:
    text = plain_text(SHARES)
    assert "25 shares of Example Corp." in text
    assert "states no value" in text
    assert "$" not in text
    assert "250" not in SHARES.to_json()


def test_documents_that_no_card_paid_name_no_card_statement() -> None:
    assert "NORTH STAR GIFTS" in plain_text(NEW)
    assert "NORTH STAR GIFTS" not in plain_text(replace(NEW, source="cheque"))


def test_the_limits_only_rise() -> None:
    years = sorted(us.INSUBSTANTIAL)
    for before, after in pairwise(years):
        old, new = us.INSUBSTANTIAL[before], us.INSUBSTANTIAL[after]
        assert old.value_minor < new.value_minor
        assert old.payment_minor < new.payment_minor
        # Five and ten times what a token may cost: the three are one number (Rev. Proc. 90-12).
        assert new.value_minor == 10 * new.cost_minor
        assert new.payment_minor == 5 * new.cost_minor


def test_the_tax_year_is_the_calendars() -> None:
    assert us.tax_year(date(2026, 12, 31)) == 2026
    assert us.tax_year(date(2027, 1, 1)) == 2027
    assert us.PACK.year_begins(2027) == date(2027, 1, 1)


def test_every_state_sentence_can_be_filled_in_and_is_neutral() -> None:
    entity, day = snapshots.ENTITY, snapshots.PLAIN.issued_on
    for row in us_states.DISCLOSURES:
        (sentence,) = us_states.disclosures(row.region, row.effective, entity)
        assert "{" not in sentence
        assert not telling(sentence)
        before = row.effective.replace(year=2025)
        assert us_states.disclosures(row.region, before, entity) == ()
    assert us_states.disclosures("OR", day, entity) == ()
