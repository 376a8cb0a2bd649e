"""Every fact printed on a receipt, frozen with its number; the document knows nothing else."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

SCHEMA = 1


def canonical(facts: dict[str, Any]) -> str:
    """Sorted keys, no spaces, integers only: equal facts give equal bytes, also out of a column."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Entity:
    """The legal entity that received the gift, as it was called and reached that day."""

    name: str
    tax_id: str
    address: tuple[str, ...]
    website: str
    email: str
    phone: str
    # What the donor sees on a card or bank statement.
    statement_descriptor: str


@dataclass(frozen=True, slots=True)
class Line:
    designation: str
    amount_minor: int
    restricted: bool


@dataclass(frozen=True, slots=True)
class Benefit:
    """What the donor got in return; `estimate_minor` is our good-faith estimate of its value."""

    description: str
    estimate_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One receipt. Lines add up to `amount_minor`; `fee_cover_minor` is a part of it."""

    pack: str
    pack_version: str
    number: str
    code: str
    check_url: str
    language: str
    entity: Entity
    receipt_name: str
    donor_address: tuple[str, ...]
    donation_reference: str
    # Both are dates in the organisation's time zone, which decides the tax year.
    received_on: date
    issued_on: date
    currency: str
    amount_minor: int
    lines: tuple[Line, ...]
    fee_cover_minor: int = 0
    benefit: Benefit | None = None
    # Whom the headline thanks: the giver, where the receipt is in another name.
    thanks_name: str = ""
    payment_method: str = ""
    # A whole phrase in the donor's language: "in honor of Ruth Osei".
    tribute: str = ""
    # The number of the receipt that this one cancels and replaces.
    replaces: str = ""
    disclosures: tuple[str, ...] = ()
    # The sentence the donor saw before paying: the organisation keeps control of the use.
    discretion: str = ""
    # official, acknowledgment or thanks (packs/shape.py, Document)
    kind: str = "official"
    live: bool = True
    # How it came (Donation.Source), and which sentences the rule put on it.
    source: str = "card"
    sentences: tuple[str, ...] = ()
    # Describes what came in place of money; then no amount is printed, and none is kept here.
    given: str = ""
    # On a letter of thanks to somebody else: who gave it.
    giver: str = ""

    def is_for(self, kept_minor: int) -> bool:
        """Is it the document of a gift of which we have so much?"""
        return kept_minor > 0 if self.given else kept_minor == self.amount_minor

    @property
    def deductible_minor(self) -> int:
        return max(0, self.amount_minor - (self.benefit.estimate_minor if self.benefit else 0))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON column."""
        facts = asdict(self)
        dates = {key: facts[key].isoformat() for key in ("received_on", "issued_on")}
        for key, usual in _ADDED.items():
            if facts[key] == usual:
                del facts[key]
        return {"schema": SCHEMA, **facts, **dates}

    def to_json(self) -> str:
        return canonical(self.to_dict())

    @classmethod
    def from_dict(cls, facts: dict[str, Any]) -> Self:
        """The snapshot that `to_dict` or parsed `to_json` came from.

        Raises:
            ValueError: written by a later version of this program.
        """
        if facts["schema"] != SCHEMA:
            raise ValueError(f"snapshot schema {facts['schema']}, this program knows {SCHEMA}")
        entity = facts["entity"]
        return cls(
            **{key: value for key, value in facts.items() if key not in _BUILT},
            entity=Entity(**{**entity, "address": tuple(entity["address"])}),
            lines=tuple(Line(**line) for line in facts["lines"]),
            benefit=Benefit(**facts["benefit"]) if facts["benefit"] else None,
            donor_address=tuple(facts["donor_address"]),
            disclosures=tuple(facts["disclosures"]),
            sentences=tuple(facts.get("sentences", ())),
            received_on=date.fromisoformat(facts["received_on"]),
            issued_on=date.fromisoformat(facts["issued_on"]),
        )


# Facts of later than the first receipts: left out where they say nothing, so that the facts of an
# older receipt keep their bytes and their fingerprint.
_ADDED = {"source": "card", "sentences": (), "given": "", "giver": ""}
_BUILT = {
    "schema",
    "entity",
    "lines",
    "benefit",
    "donor_address",
    "disclosures",
    "sentences",
    "received_on",
    "issued_on",
}
