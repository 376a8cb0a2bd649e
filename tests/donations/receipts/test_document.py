"""A checklist, not a validator: what can be seen of PDF/A-3a and PDF/UA-1 without veraPDF."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pdfua
import pikepdf
import pytest
import segno

from core.discretion import telling
from donations.receipts import document
from donations.receipts.document import Mark
from donations.receipts.packs import PACKS
from donations.receipts.snapshot import Benefit, Line, Snapshot
from tests.donations import snapshots

PLAIN = snapshots.PLAIN
FORBIDDEN_ACTIONS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/Rendition"}


def text_of(content: bytes) -> str:
    words = subprocess.run(
        ["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True
    )
    return " ".join(words.stdout.decode().split())


def dictionaries(file: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary in the file, the ones inside others too."""

    def within(item: Any, depth: int = 0) -> Iterator[Any]:
        if isinstance(item, pikepdf.Stream):
            item = item.stream_dict
        if isinstance(item, pikepdf.Dictionary):
            yield item
            children = [child for _, child in item.items()]
        else:
            children = list(item) if isinstance(item, pikepdf.Array) else []
        for child in children:
            if not getattr(child, "is_indirect", False):
                yield from within(child, depth + 1)

    for item in file.objects:
        yield from within(item)


@pytest.fixture(scope="module", params=list(snapshots.ALL))
def drawn(request: pytest.FixtureRequest) -> tuple[Snapshot, bytes]:
    snapshot = snapshots.ALL[request.param]
    return snapshot, document.render(snapshot)


@pytest.fixture
def file(drawn: tuple[Snapshot, bytes]) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(drawn[1])) as opened:
        yield opened


def test_it_says_which_standards_it_was_built_to(file: pikepdf.Pdf) -> None:
    xmp = file.open_metadata()
    assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"]) == ("3", "A")
    assert xmp["pdfuaid:part"] == "1"
    packet = bytes(file.Root.Metadata.read_bytes())
    assert packet.count(b"<rdf:RDF") == 1
    assert b"pdfaExtension:schemas" in packet
    assert file.Root.OutputIntents[0].S == "/GTS_PDFA1"
    assert file.Root.OutputIntents[0].DestOutputProfile.N == 3
    assert len(file.trailer.ID) == 2


def test_its_dates_are_the_day_of_issue_in_both_places(
    drawn: tuple[Snapshot, bytes], file: pikepdf.Pdf
) -> None:
    day = drawn[0].issued_on
    assert file.open_metadata()["xmp:CreateDate"] == f"{day}T12:00:00+00:00"
    assert str(file.docinfo.CreationDate).startswith(f"D:{day:%Y%m%d}120000")


def test_it_can_be_read_aloud(drawn: tuple[Snapshot, bytes], file: pikepdf.Pdf) -> None:
    snapshot, _ = drawn
    root = file.Root
    assert root.MarkInfo.Marked is True
    assert root.StructTreeRoot.K[0].S == "/Document"
    assert str(root.Lang) == f"{snapshot.language}-US"
    assert root.ViewerPreferences.DisplayDocTitle is True
    assert snapshot.number in str(file.docinfo.Title)
    assert all(page.Tabs == "/S" for page in file.pages)
    elements = [item for item in dictionaries(file) if item.get("/Type") == "/StructElem"]
    kinds = {str(item.S) for item in elements}
    assert {"/H1", "/H2", "/H3", "/P", "/Link", "/Figure"} <= kinds
    figures = [item for item in elements if item.S == "/Figure"]
    assert [str(item.Alt).rpartition(" ")[2] for item in figures] == [snapshot.check_url]


def test_every_drawn_thing_is_tagged_or_an_artifact(file: pikepdf.Pdf) -> None:
    painting = {"Tj", "TJ", "f", "f*", "S", "s", "B", "b", "sh", "Do"}
    for page in file.pages:
        depth = 0
        for _, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            depth += (name in ("BDC", "BMC")) - (name == "EMC")
            if name in painting:
                assert depth > 0, name


def test_all_its_fonts_are_inside(file: pikepdf.Pdf) -> None:
    descriptors = [item for item in dictionaries(file) if item.get("/Type") == "/FontDescriptor"]
    assert descriptors
    assert all("/FontFile2" in item for item in descriptors)
    fonts = [item for item in dictionaries(file) if item.get("/Subtype") == "/Type0"]
    assert len(fonts) == len(descriptors)
    assert all("/ToUnicode" in item for item in fonts)


def test_its_facts_are_attached_and_read_back_equal(
    drawn: tuple[Snapshot, bytes], file: pikepdf.Pdf
) -> None:
    snapshot, _ = drawn
    (associated,) = file.Root.AF
    assert associated.AFRelationship == "/Data"
    assert associated.EF.F.Subtype == "/application/json"
    (name,) = file.attachments
    assert name == f"receipt-{snapshot.number}.json"
    stored = file.attachments[name].get_file().read_bytes()
    assert stored == snapshot.to_json().encode()
    assert Snapshot.from_dict(json.loads(stored)) == snapshot


def test_it_does_nothing_and_points_only_to_ourselves(
    drawn: tuple[Snapshot, bytes], file: pikepdf.Pdf
) -> None:
    snapshot, content = drawn
    for item in dictionaries(file):
        assert str(item.get("/S", "")) not in FORBIDDEN_ACTIONS
        assert not {"/JS", "/AA", "/OpenAction"} & set(item.keys())
    targets = {str(item.URI) for item in dictionaries(file) if "/URI" in item}
    assert targets == {snapshot.check_url, snapshot.entity.website}
    assert "encrypted" not in content[-400:].decode("latin-1")


def test_checkers_find_no_fault(drawn: tuple[Snapshot, bytes], tmp_path: Path) -> None:
    path = tmp_path / "receipt.pdf"
    path.write_bytes(drawn[1])
    subprocess.run(["qpdf", "--check", str(path)], check=True, capture_output=True)
    assert pdfua.validate(str(path)).findings == ()


def test_everything_fits_one_page(file: pikepdf.Pdf) -> None:
    assert len(file.pages) == 1
    assert [int(edge) for edge in file.pages[0].MediaBox] == [0, 0, 612, 792]


def test_the_same_facts_give_the_same_bytes(drawn: tuple[Snapshot, bytes]) -> None:
    snapshot, content = drawn
    again = Snapshot.from_dict(json.loads(snapshot.to_json()))
    assert document.render(again) == content


# Of the page of each receipt above, as it was when the first wording was in use.
# As markup; it became well-formed XML once, and the drawn bytes stayed the same.
PAGES = {
    "plain": "55a528e37e57e1ad",
    "full": "485c697aa3e2e205",
    "spanish": "24035b3b6488140a",
    "east asian": "e5d8eec4a8988d99",
    "yen": "e54c4b141b099d84",
    "dinar": "e9ccfe1beb57a457",
    "test": "460c0a8fb8aeb488",
}
FACTS = {
    "plain": "2bcf30b52e7e3f10",
    "full": "48cd5bb5bde6d467",
    "spanish": "93fa44509d06d177",
    "east asian": "4235228a6c5766f6",
    "yen": "89bfb03a89879bf1",
    "dinar": "916ebea9e317b8cb",
    "test": "45e2f74da71f034d",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_receipt_in_the_first_wording_is_drawn_as_it_was_then(name: str) -> None:
    """Whatever later wordings brought, its page and its facts keep every byte."""
    page = document.html(snapshots.ALL[name])
    assert sha256(page.encode()).hexdigest()[:16] == PAGES[name]
    facts = snapshots.ALL[name].to_json()
    assert sha256(facts.encode()).hexdigest()[:16] == FACTS[name]


def test_it_holds_what_the_irs_asks_for() -> None:
    text = text_of(document.render(PLAIN))
    for fact in (
        *("North Star", "12-3456789", "Maya Lindqvist", "$250.00", "October 5, 2026"),
        *("US-2026-000318", "7KQM-2XRD-94", "NORTH STAR GIFTS", "Visa ending in 4242"),
        "No goods or services were provided in exchange for this contribution.",
    ):
        assert fact in text


def test_something_given_back_lowers_what_is_deductible() -> None:
    text = text_of(document.render(snapshots.FULL))
    assert "good-faith estimate of its value is $45.00" in text
    assert "limited to the excess over that value: $1,234,522.84" in text
    assert "No goods or services" not in text
    assert "REGISTRATION NO. CH12345" in text
    assert "includes $7.80 you added" in text


def test_currencies_have_their_own_number_of_digits() -> None:
    assert "¥25,000" in text_of(document.render(snapshots.YEN))
    assert re.search(r"KWD\s?25\.000", text_of(document.render(snapshots.DINAR)))


def test_names_in_any_script_can_be_copied_out_of_it() -> None:
    text = text_of(document.render(snapshots.SPANISH))
    assert "Thành phố Hồ Chí Minh" in text
    assert "Gracias" in text
    assert "5 de octubre de 2026" in text
    assert snapshots.SPANISH.receipt_name in text
    assert "王小明" in text_of(document.render(snapshots.EAST_ASIAN))


@pytest.mark.parametrize(
    ("mark", "language", "stamp"),
    [
        (Mark.VOID, "en", "VOID"),
        (Mark.VOID, "es", "ANULADO"),
        (Mark.DUPLICATE, "en", "DUPLICATE COPY"),
        (Mark.REPLACED, "es", "REEMPLAZADO"),
    ],
)
def test_a_copy_that_is_not_the_receipt_is_stamped(mark: Mark, language: str, stamp: str) -> None:
    snapshot = replace(PLAIN, language=language)
    content = document.render(snapshot, mark=mark, replaced_by="US-2026-000401")
    assert "US-2026-000401" in text_of(content)
    plain = document.render(snapshot)
    with pikepdf.open(BytesIO(content)) as stamped, pikepdf.open(BytesIO(plain)) as unstamped:
        assert len(stamped.pages) == 1
        assert stamped.attachments.keys() == unstamped.attachments.keys()
    assert stamp in text_of(content)
    assert stamp not in text_of(plain)


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({"receipt_name": " "}, "the donor's name"),
        ({"amount_minor": 0, "lines": ()}, "the amount"),
        ({"lines": PLAIN.lines[:1]}, "lines that add up to the amount"),
        ({"fee_cover_minor": 30_000}, "lines that add up to the amount"),
        ({"entity": replace(PLAIN.entity, tax_id="")}, "the organization's EIN"),
        ({"entity": replace(PLAIN.entity, name="")}, "the organization's name"),
        ({"benefit": Benefit("", 500)}, "what was given in return"),
        ({"benefit": Benefit("a dinner", 0)}, "what was given in return"),
        ({"received_on": PLAIN.issued_on.replace(day=7)}, "the day of receipt"),
        ({"code": ""}, "the code and address to check it"),
        ({"pack_version": "1999-01"}, "words of this version"),
        ({"lines": (Line("The Abolitionist programme", 25_000, False),)}, "neutral words only"),
        ({"discretion": "For survivors of trafficking"}, "neutral words only"),
    ],
)
def test_an_incomplete_receipt_is_refused_before_it_is_drawn(
    changes: dict[str, Any], lacking: str
) -> None:
    with pytest.raises(document.IncompleteReceipt) as refused:
        document.render(replace(PLAIN, **changes))
    assert any(what.startswith(lacking) for what in refused.value.missing)


def test_a_name_cannot_bring_markup_or_addresses_in() -> None:
    nasty = "<img src=http://tracker.example/x> {{ x }} {amount} {0} %s & <b>"
    snapshot = replace(PLAIN, receipt_name=nasty, donor_address=(nasty,), tribute=nasty)
    text = text_of(document.render(snapshot))
    assert text.count("{{ x }} {amount} {0} %s & <b>") == 4


def test_static_words_are_complete_and_neutral_in_every_language() -> None:
    for wording in (one for pack in PACKS.values() for one in pack.wordings.values()):
        english = wording.texts["en"]
        for texts in wording.texts.values():
            assert texts.keys() == english.keys()
            for key, words in texts.items():
                assert set(re.findall(r"{\w+}", words)) == set(re.findall(r"{\w+}", english[key]))
                assert not telling(words)


def test_a_snapshot_is_canonical_and_holds_no_fraction() -> None:
    shuffled = dict(reversed(json.loads(snapshots.FULL.to_json()).items()))
    assert Snapshot.from_dict(shuffled).to_json() == snapshots.FULL.to_json()

    def refuse(number: str) -> None:
        raise AssertionError(number)

    json.loads(snapshots.FULL.to_json(), parse_float=refuse)
    with pytest.raises(ValueError, match="schema 2"):
        Snapshot.from_dict({**PLAIN.to_dict(), "schema": 2})


def test_the_drawn_code_is_the_code_of_its_address() -> None:
    side, path = document.qr(PLAIN.check_url)
    matrix = [[0] * side for _ in range(side)]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
        for column in range(int(x), int(x) + int(width)):
            matrix[int(y)][column] = 1
    code = segno.make(PLAIN.check_url, error="m", micro=False)
    assert matrix == [list(row) for row in code.matrix]


def test_its_file_name_is_neutral() -> None:
    assert document.file_name(PLAIN) == "receipt-US-2026-000318.pdf"
