"""docs/sandbox.md names what there is, all of it and nothing else."""

import re

import pytest

import sandbox.aftermath
import sandbox.steering_billing  # noqa: F401 - their commands are in the same table
from sandbox.api.routes import OPERATIONS
from sandbox.cards import CARDS, DECLINES, passes_luhn
from sandbox.control import ROOT
from sandbox.faults import KINDS
from sandbox.hosted.words import CARDS_IN_SPANISH, WORDS
from sandbox.steering import COMMANDS

PAGE = (ROOT / "docs/sandbox.md").read_text()


def section(title):
    return PAGE.split(f"## {title}\n")[1].split("\n## ")[0]


def first_cells(text):
    return [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")][1:]


def test_every_test_card_is_listed():
    listed = re.findall(r"\d[\d ]{13,}\d", "\n".join(first_cells(section("Test cards"))))
    assert {number.replace(" ", "") for number in listed} == set(CARDS)


@pytest.mark.parametrize("title", ["Faults", "Commands"])
def test_every_fault_and_command_is_listed(title):
    listed = set(re.findall(r"`([^`]+)`", "\n".join(first_cells(section(title)))))
    assert listed == set(KINDS if title == "Faults" else COMMANDS)


def test_cards_are_valid_numbers_with_reasons_and_words():
    assert all(passes_luhn(number) for number in CARDS)
    assert {card.decline for card in CARDS.values()} - {""} <= set(DECLINES)
    assert {card.label for card in CARDS.values() if card.offered} == set(CARDS_IN_SPANISH)
    assert set(WORDS["en"]) == set(WORDS["es"])


def test_every_operation_is_one_of_stripes(contract):
    for operation in OPERATIONS:
        path = operation.pattern.pattern.rstrip("$").replace("(?P<id>[^/]+)", "x_1")
        url = path.replace("\\", "")
        assert not any(
            "no such operation" in one for one in contract.check_request(operation.method, url)
        ), url
