"""The two papers as files: what is printed, what never is, and what checkers say."""

import subprocess
from dataclasses import replace
from io import BytesIO

import pdfua
import pikepdf
import pytest

from gifts.offers import paper, wording
from gifts.offers.paper import Facts, Item
from tests.donations.receipts.test_document import text_of

ENTITY = {
    "name": "North Star Foundation, Inc.", "tax_id": "12-3456789", "phone": "+1 207 555 0100",
    "address": "100 Harbor Street\nPortland, ME 04101", "email": "hello@northstar.example",
    "website": "https://northstar.example",
}  # fmt: skip
GIVEN = Facts(
    kind="acknowledgment", version="2026-01", number="TEST-IK-2026-000001", language="en",
    entity=ENTITY, donor="José Núñez", reference="7F3A21BC", issued_on="2026-11-22",
    items=(Item("Lenovo ThinkPad T480, used", 2, "2026-11-20"),), live=False,
)  # fmt: skip
DEVICE = Item("Lenovo ThinkPad", 1, "2026-11-20", "PF-1A2B3C", "NIST 800-88 purge", "C-1042")
ERASED = replace(GIVEN, kind="statement", number="7F3A21BC-1", language="es", items=(DEVICE,) * 3)


@pytest.mark.parametrize("facts", [GIVEN, ERASED, replace(GIVEN, items=GIVEN.items * 40)])
def test_checkers_find_no_fault_and_the_same_facts_give_the_same_bytes(facts, tmp_path):
    data = paper.render(facts)
    assert paper.render(Facts.from_dict(facts.to_dict())) == data
    file = tmp_path / "paper.pdf"
    file.write_bytes(data)
    subprocess.run(["qpdf", "--check", str(file)], check=True, capture_output=True)
    assert pdfua.validate(str(file)).findings == ()
    with pikepdf.open(BytesIO(data)) as opened:
        assert str(opened.Root.Lang) == f"{facts.language}-US"
        assert facts.number in str(opened.docinfo.Title)
        assert opened.open_metadata()["pdfuaid:part"] == "1"


def test_the_acknowledgment_holds_what_the_irs_asks_for_and_no_value():
    text = text_of(paper.render(replace(GIVEN, live=True)))
    for fact in (
        *("North Star Foundation, Inc.", "12-3456789", "José Núñez", "November 20, 2026"),
        "2 \u00d7 Lenovo ThinkPad T480, used",
        "No goods or services were provided in exchange for this contribution.",
        "sets no value on it",
    ):
        assert fact in text
    assert not set("$€£¥") & set(text)
    assert "Test:" not in text
    assert not [name for name in Facts.__dataclass_fields__ if "value" in name or "amount" in name]


def test_the_statement_says_how_each_was_erased_and_that_we_forget():
    text = text_of(paper.render(ERASED))
    for fact in ("PF-1A2B3C", "NIST 800-88 purge", "C-1042", "20 de noviembre de 2026", "90 días"):
        assert fact in text
    with pikepdf.open(BytesIO(paper.render(ERASED))) as opened:
        assert not opened.attachments  # serial numbers stand on the page alone


@pytest.mark.parametrize(
    ("facts", "lacking"),
    [
        (replace(GIVEN, items=()), "a description of each thing"),
        (replace(GIVEN, donor=" "), "the donor's name"),
        (replace(GIVEN, entity={**ENTITY, "tax_id": ""}), "the organization's EIN"),
        (
            replace(GIVEN, items=(Item("For trafficking victims", 1, "2026-11-20"),)),
            "neutral words",
        ),
        (replace(ERASED, items=(replace(DEVICE, certificate=""),)), "how each was erased"),
    ],
)
def test_an_incomplete_paper_is_refused_before_it_is_drawn(facts, lacking):
    with pytest.raises(paper.IncompletePaper, match=lacking):
        paper.render(facts)


def test_words_are_complete_in_both_languages():
    for version in wording.WORDINGS.values():
        assert version.texts["en"].keys() == version.texts["es"].keys()
