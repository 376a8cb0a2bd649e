"""Draws both papers for given things from their facts alone, so that a paper can be drawn again."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Self

from babel.dates import format_date
from django.template.loader import render_to_string
from django.utils import translation

from core import pdf
from core.discretion import telling
from donations.models import LegalEntity
from gifts.offers import wording

# How long a statement's file is kept for its donor.
STATEMENT_DAYS = 90


class IncompletePaper(ValueError):
    """The facts lack something that the paper must hold; `missing` names each."""

    def __init__(self, number: str, missing: list[str]) -> None:
        super().__init__(f"paper {number} lacks: {'; '.join(missing)}")
        self.missing = missing


@dataclass(frozen=True)
class Item:
    """One line: what was given, with its day; on a statement one device and its erasure."""

    description: str
    count: int = 1
    on: str = ""
    serial: str = ""
    method: str = ""
    certificate: str = ""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything printed. No value of anything has a place here."""

    kind: str  # acknowledgment, statement
    version: str
    number: str
    language: str
    entity: dict[str, str]
    donor: str
    reference: str
    issued_on: str
    items: tuple[Item, ...]
    live: bool = True

    def to_dict(self) -> dict[str, Any]:
        return {"schema": 1, **asdict(self), "items": [asdict(item) for item in self.items]}

    @classmethod
    def from_dict(cls, facts: dict[str, Any]) -> Self:
        rest = {key: value for key, value in facts.items() if key not in ("schema", "items")}
        return cls(**rest, items=tuple(Item(**item) for item in facts["items"]))


def entity_facts(entity: LegalEntity) -> dict[str, str]:
    names = ("name", "tax_id", "address", "website", "email", "phone")
    return {name: getattr(entity, name) for name in names}


def missing(facts: Facts) -> list[str]:
    """What the facts lack; empty when the paper may be made."""
    lacks = {
        "the organization's name": facts.entity["name"],
        "the organization's EIN": facts.entity["tax_id"],
        "the organization's address": facts.entity["address"],
        "the donor's name": facts.donor.strip(),
        "a description of each thing": facts.items
        and all(item.description and item.on for item in facts.items),
        "neutral words only": not any(telling(item.description) for item in facts.items),
    }
    if facts.kind == "statement":
        lacks["how each was erased"] = all(i.method and i.certificate for i in facts.items)
    return [what for what, there in lacks.items() if not there]


def render(facts: Facts) -> bytes:
    """The PDF. The same facts always give the same bytes.

    Raises:
        IncompletePaper: before anything is drawn.
    """
    if lacking := missing(facts):
        raise IncompletePaper(facts.number, lacking)
    texts = wording.words(facts.version, facts.language)
    locale = "es-US" if facts.language.startswith("es") else "en-US"
    issued = date.fromisoformat(facts.issued_on)
    title = texts[facts.kind]
    with translation.override(None):  # the words are the paper's, whatever the reader's language
        page = render_to_string(
            "pdf/in_kind.html",
            {
                "facts": facts,
                "lang": locale,
                "title": title,
                "words": _filled(texts, facts),
                "issued_on": _day(facts.issued_on, locale),
                "items": [(item, _day(item.on, locale)) for item in facts.items],
                "website": facts.entity["website"].partition("://")[2],
                "address": facts.entity["address"].splitlines(),
                "dense": len(facts.items) > (8 if facts.kind == "acknowledgment" else 2),
            },
        )
    return pdf.render(
        page,
        stylesheet="receipt.css",
        title=f"{title} {facts.number}",
        lang=locale,
        created=datetime.combine(issued, time(12), UTC),
        attachments=[_attached(facts)] if facts.kind == "acknowledgment" else [],
    )


def _attached(facts: Facts) -> pdf.Attachment:
    data = json.dumps(facts.to_dict(), sort_keys=True, ensure_ascii=False)
    return pdf.Attachment(
        name=f"{facts.number}.json",
        data=data.encode(),
        mime="application/json",
        relationship="Data",
        description="The facts of this paper, machine-readable",
    )


def _filled(texts: Any, facts: Facts) -> dict[str, str]:
    known = {
        "name": facts.donor.removesuffix("."),
        "entity": facts.entity["name"],
        "tax_id": facts.entity["tax_id"],
        "days": STATEMENT_DAYS,
    }
    return {key: text.format(**known) for key, text in texts.items()}


def _day(value: str, locale: str) -> str:
    return format_date(date.fromisoformat(value), "long", locale=locale.replace("-", "_"))
