"""The specification of a pack, as a table in a text file: one row for each case."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from donations.receipts.packs.shape import OURS, Case, Decision, Document, Pack, Return
from donations.receipts.snapshot import Benefit, Line, Snapshot

COLUMNS = 12


@dataclass(frozen=True)
class Row:
    """A case and what the table says of it."""

    name: str
    case: Case
    document: str
    whose: str
    sentences: tuple[str, ...]
    must_hold: tuple[str, ...]
    letter: tuple[str, ...]
    because: str


def read(name: str, *, currency: str) -> list[Row]:
    """All rows of a table. A donor of "-" under "caused by" is one without a name."""
    text = (Path(__file__).parent / name).read_text()
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [_row(line, currency) for line in lines]


def _row(line: str, currency: str) -> Row:
    cells = [cell.strip() for cell in line.split("|")]
    assert len(cells) == COLUMNS, line
    name, how, given, amount, returned, credited, document, whose, *rest = cells
    source, _, more = how.partition(" ")
    return Row(
        name,
        Case(
            source=source,
            received_on=date(int(more) if more.isdigit() else 2025, 6, 1),
            donor="" if credited == "-" else "Somebody",
            amount_minor=_minor(amount),
            currency=more if more.isupper() else currency,
            given=given,
            benefit=_returned(returned),
            credited=credited.strip("-"),
            declared=more == "declared",
        ),
        Document.RECEIPT if document == "receipt" else document,
        whose,
        *(tuple(cell.split()) for cell in rest[:3]),
        rest[3],
    )


def _minor(text: str) -> int:
    return int(Decimal(text or 0) * 100)


def _returned(text: str) -> Return | None:
    kind, _, estimate = text.partition(" ")
    return Return(kind, "a mug", _minor(estimate)) if kind else None


def answered(row: Row, decision: Decision, usual: Snapshot) -> Snapshot:
    """The document that this decision makes of a usual snapshot."""
    case = row.case
    amount = 0 if case.given else case.amount_minor
    printed = not {"benefit", "benefit_described"}.isdisjoint(decision.sentences)
    assert case.benefit is not None or not printed
    return Snapshot(
        **{
            **{name: getattr(usual, name) for name in usual.__slots__},
            "kind": decision.document,
            "source": case.source,
            "sentences": decision.sentences,
            "given": case.given,
            "amount_minor": amount,
            "currency": case.currency,
            "fee_cover_minor": 0,
            "benefit": Benefit(case.benefit.description, case.benefit.estimate_minor)
            if printed and case.benefit
            else None,
            "lines": (Line("Laptops for students", amount, restricted=True),),
        }
    )


def lawful(pack: Pack, snapshot: Snapshot) -> set[str]:
    """The elements that not our own rule but the law puts on it."""
    return {one.name for one in pack.demanded(snapshot) if one.source != OURS}
