"""What a country's pack is: data, and one rule. It knows nothing of the books.

    wordings     every version of its words, with the first day of each
    elements     what its documents must hold, each with its source
    decide       the rule: the facts of a gift → which document, in whose name, which sentences
    tax_year     the year a day falls in, as the tax office counts
    disclosures  sentences that the authorities of the donor's region want
    regions      those that want any, by their names

`donations.receipts.packs.PACKS` names them; docs/receipts.md tells how to add one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise

from core.discretion import telling
from donations.receipts.snapshot import Entity, Snapshot

OURS = "house rule"


class Document(StrEnum):
    """What a gift is answered with; the value is the `kind` of its snapshot."""

    RECEIPT = "official"
    # That it arrived, for somebody who claims no tax relief for it.
    ACKNOWLEDGMENT = "acknowledgment"
    # To whoever caused a gift without giving it: no number, and not a word about tax.
    THANKS = "thanks"
    NONE = "none"


class Whose(StrEnum):
    """Who is the donor of record, as this source of money has it."""

    DONOR = "donor"
    SPONSOR = "sponsor"
    COMPANY = "company"
    PROGRAMME = "programme"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Return:
    """What the donor got back. For a thing with our name on it the estimate is what it cost us."""

    kind: str = "goods"  # goods (or services), token, membership, intangible
    description: str = ""
    estimate_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The facts of a gift that decide about its document.

    `donor` is who paid, by the name that the gift is booked under: a fund's sponsor, a company.
    `given` describes what came in place of money, and then the amount plays no part.
    """

    source: str
    received_on: date
    donor: str
    amount_minor: int = 0
    currency: str = "USD"
    given: str = ""
    benefit: Return | None = None
    # Who caused it without giving it: a fund's adviser, an employee whose gift is matched.
    credited: str = ""
    # A declaration of the donor covers it (United Kingdom).
    declared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the rule says. `sentences` are keys of the wording, in the order of printing."""

    document: Document
    whose: Whose
    because: str
    sentences: tuple[str, ...] = ()
    # Of the letter to whoever the gift is credited to; none where there is nobody to thank.
    thanks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wording:
    """All static words of the documents, by language; `effective` is the first day of use."""

    effective: date
    texts: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Element:
    """A thing a document must hold: why, in which documents, and how to see that it is there."""

    name: str
    what: str
    source: str
    present: Callable[[Snapshot], bool]
    needed: Callable[[Snapshot], bool] = lambda snapshot: True


@dataclass(frozen=True, kw_only=True)
class Pack:
    code: str
    name: str | Promise
    # As paper is cut there, and as people there write money and days, by language.
    paper: str
    locales: Mapping[str, str]
    wordings: Mapping[str, Wording]
    elements: tuple[Element, ...]
    decide: Callable[[Case], Decision]
    # The year a day falls in, named for the year it begins in; and the day that year begins.
    tax_year: Callable[[date], int]
    year_begins: Callable[[int], date]
    # Words of a donor's year on paper; without any there are no such papers.
    yearly: Mapping[str, Wording] = field(default_factory=dict)
    # Words of the declaration that a donor may make, where the country has one.
    declarations: Mapping[str, Wording] = field(default_factory=dict)
    # The sentences of a snapshot, also of one from before they were kept with it.
    sentences: Callable[[Snapshot], tuple[str, ...]] = lambda snapshot: snapshot.sentences
    regions: Mapping[str, str | Promise] = field(default_factory=dict)
    disclosures: Callable[[str, date, Entity, str], tuple[str, ...]] = (
        lambda region, on, entity, registration: ()
    )

    def version_on(self, day: date) -> str:
        """The wording to put into a snapshot issued on this day."""
        return newest(self.wordings, day)

    def words(self, snapshot: Snapshot) -> Mapping[str, str]:
        """The document's static words: the snapshot's version, in its language or else English."""
        texts = self.wordings[snapshot.pack_version].texts
        return texts.get(snapshot.language.partition("-")[0], texts["en"])

    def locale(self, snapshot: Snapshot) -> str:
        return self.locales.get(snapshot.language.partition("-")[0], self.locales["en"])

    def demanded(self, snapshot: Snapshot) -> list[Element]:
        """What a document of this kind must hold."""
        return [element for element in self.elements if element.needed(snapshot)]

    def missing(self, snapshot: Snapshot) -> list[str]:
        """What the snapshot lacks; empty when it may be issued."""
        return [one.what for one in self.demanded(snapshot) if not one.present(snapshot)]


def newest(wordings: Mapping[str, Wording], day: date) -> str:
    """The version in use on this day."""
    begun = [name for name, wording in wordings.items() if wording.effective <= day]
    return max(begun, key=lambda name: wordings[name].effective)


def kept_sentences(snapshot: Snapshot) -> tuple[str, ...]:
    return snapshot.sentences


def said(
    *any_of: str, of: Callable[[Snapshot], tuple[str, ...]] = kept_sentences
) -> Callable[[Snapshot], bool]:
    """Is one of these sentences on it?"""
    return lambda snapshot: not set(any_of).isdisjoint(of(snapshot))


def is_in_the_book(snapshot: Snapshot) -> bool:
    return snapshot.kind != Document.THANKS


def is_receipt(snapshot: Snapshot) -> bool:
    return snapshot.kind == Document.RECEIPT


def from_source(*sources: str) -> Callable[[Snapshot], bool]:
    return lambda snapshot: is_in_the_book(snapshot) and snapshot.source in sources


def _adds_up(snapshot: Snapshot) -> bool:
    return (
        bool(snapshot.lines)
        and sum(line.amount_minor for line in snapshot.lines) == snapshot.amount_minor
        and all(line.designation for line in snapshot.lines)
        and 0 <= snapshot.fee_cover_minor <= snapshot.amount_minor
    )


def common(wordings: Mapping[str, Wording]) -> tuple[Element, ...]:
    """What every country's documents hold by our own rule."""
    return (
        Element("donor", "the donor's name", OURS, lambda s: bool(s.receipt_name.strip())),
        Element("day", "the day of receipt", OURS, lambda s: s.received_on <= s.issued_on),
        Element("number", "the receipt's number", OURS, lambda s: bool(s.number), is_in_the_book),
        Element(
            "check",
            "the code and address to check it",
            OURS,
            lambda s: bool(s.code and s.check_url),
            is_in_the_book,
        ),
        Element(
            "statement",
            "what appears on the donor's statement",
            OURS,
            lambda s: bool(s.entity.statement_descriptor),
            from_source("card"),
        ),
        Element("lines", "lines that add up to the amount", OURS, _adds_up, is_in_the_book),
        Element(
            "giver",
            "who gave it",
            OURS,
            lambda s: bool(s.giver) and any(key.startswith("thanks_") for key in s.sentences),
            lambda s: s.kind == Document.THANKS,
        ),
        Element("words", "words of this version", OURS, lambda s: s.pack_version in wordings),
        Element("neutral", "neutral words only", OURS, lambda s: not any(map(telling, _ours(s)))),
    )


def _ours(snapshot: Snapshot) -> tuple[str, ...]:
    """All text but the donor's own: name, address and tribute are the donor's to write."""
    return (
        snapshot.entity.name,
        snapshot.entity.website,
        snapshot.entity.email,
        snapshot.entity.statement_descriptor,
        snapshot.check_url,
        snapshot.payment_method,
        snapshot.discretion,
        snapshot.given,
        snapshot.benefit.description if snapshot.benefit else "",
        *(line.designation for line in snapshot.lines),
        *snapshot.disclosures,
    )
