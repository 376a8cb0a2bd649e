"""A donor's year on paper: a statement of all of it, or one receipt for what has none yet.

Like a single receipt it is frozen facts and a document drawn from them alone. Some facts are known
when a run is counted; number, code and days of issue are added when it is issued.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self

from babel.dates import format_date
from django.template.loader import render_to_string
from django.utils import translation

from core import money, pdf
from core.discretion import telling
from donations.receipts import document
from donations.receipts.document import Mark
from donations.receipts.packs import PACKS
from donations.receipts.snapshot import Entity, canonical

SCHEMA = 1
KIND = "annual"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that happened: a gift, or what became of one. What went back is below zero."""

    day: date
    kind: str  # gift, refund, refund_failure, dispute, dispute_returned
    reference: str
    purposes: tuple[str, ...]
    amount_minor: int
    # Number of the valid receipt of this gift, in a statement.
    receipt: str = ""
    # It happened after the year had ended, to a gift of the year.
    after: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Yearly:
    """All of one donor's year, under one name and in one currency."""

    kind: str  # annual: a receipt; statement
    pack: str
    pack_version: str
    year: int
    first_day: date
    last_day: date
    language: str
    entity: Entity
    receipt_name: str
    donor_address: tuple[str, ...]
    currency: str
    rows: tuple[Row, ...]
    disclosures: tuple[str, ...] = ()
    live: bool = True
    # Of a receipt.
    number: str = ""
    code: str = ""
    check_url: str = ""
    replaces: str = ""
    issued_on: date | None = None

    @property
    def given_minor(self) -> int:
        return sum(row.amount_minor for row in self.rows if row.kind == "gift")

    @property
    def amount_minor(self) -> int:
        """What the year comes to; what went back after it belongs to the next one."""
        return sum(row.amount_minor for row in self.rows if not row.after)

    @property
    def is_receipt(self) -> bool:
        return self.kind == KIND

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON column; what the register reads has the names of a receipt's."""
        facts = asdict(self)
        rows = [{**row, "day": row["day"].isoformat()} for row in facts["rows"]]
        days = {name: facts[name].isoformat() for name in ("first_day", "last_day")}
        issued = self.issued_on.isoformat() if self.issued_on else None
        read = {
            "amount_minor": self.amount_minor,
            "received_on": max(row.day for row in self.rows).isoformat(),
        }
        return {"schema": SCHEMA, **facts, **days, "rows": rows, "issued_on": issued, **read}

    def to_json(self) -> str:
        return canonical(self.to_dict())

    @classmethod
    def from_dict(cls, facts: dict[str, Any]) -> Self:
        """What `to_dict` came from.

        Raises:
            ValueError: written by a later version of this program.
        """
        if facts["schema"] != SCHEMA:
            raise ValueError(f"schema {facts['schema']}, this program knows {SCHEMA}")
        plain = {name: facts[name] for name in facts if name not in _BUILT}
        entity = facts["entity"]
        rows = (
            {**row, "day": date.fromisoformat(row["day"]), "purposes": tuple(row["purposes"])}
            for row in facts["rows"]
        )
        issued_on = facts["issued_on"]
        return cls(
            **plain,
            entity=Entity(**{**entity, "address": tuple(entity["address"])}),
            donor_address=tuple(facts["donor_address"]),
            disclosures=tuple(facts["disclosures"]),
            rows=tuple(Row(**row) for row in rows),
            first_day=date.fromisoformat(facts["first_day"]),
            last_day=date.fromisoformat(facts["last_day"]),
            issued_on=date.fromisoformat(issued_on) if issued_on else None,
        )

    def issued(self, on: date, *, number: str = "", code: str = "", check_url: str = "") -> Self:
        """These facts as they are issued that day."""
        return replace(self, issued_on=on, number=number, code=code, check_url=check_url)


_BUILT = {
    *("schema", "entity", "donor_address", "disclosures", "rows", "first_day", "last_day"),
    *("issued_on", "amount_minor", "received_on"),
}


def year_of(pack: str, day: date) -> int:
    return PACKS[pack].tax_year(day)


def version_on(pack: str, day: date) -> str:
    """The wording for a year that ends on this day, whenever it is issued."""
    wordings = PACKS[pack].yearly
    begun = [name for name, wording in wordings.items() if wording.effective <= day]
    return max(begun or wordings, key=lambda name: wordings[name].effective)


def days_of(pack: str, year: int) -> tuple[date, date]:
    """First and last day of a tax year, which is named for the calendar year it begins in."""
    begins = PACKS[pack].year_begins
    return begins(year), begins(year + 1) - timedelta(days=1)


def missing(facts: Yearly) -> list[str]:
    """What the facts lack to be issued; empty when nothing."""
    ours = (facts.entity.name, *(text for row in facts.rows for text in row.purposes))
    wanted = {
        "the organization's name": bool(facts.entity.name),
        "the organization's tax number": bool(facts.entity.tax_id),
        "the organization's address": any(facts.entity.address),
        "the donor's name": bool(facts.receipt_name.strip()),
        "at least one line": bool(facts.rows),
        "an amount": not facts.is_receipt or facts.amount_minor > 0,
        "gifts of this year": all(
            row.after or facts.first_day <= row.day <= facts.last_day for row in facts.rows
        ),
        "neutral words only": not any(map(telling, ours)),
    }
    return [what for what, present in wanted.items() if not present]


def title(facts: Yearly) -> str:
    texts = words(facts)
    return f"{texts['annual' if facts.is_receipt else 'statement']} {facts.year}"


def words(facts: Yearly) -> Mapping[str, str]:
    texts = PACKS[facts.pack].yearly[facts.pack_version].texts
    return texts.get(facts.language.partition("-")[0], texts["en"])


def file_name(facts: Yearly) -> str:
    """Neutral: it lies in a downloads folder that others may see."""
    return f"receipt-{facts.number}.pdf" if facts.number else f"statement-{facts.year}.pdf"


def drawn(known: tuple[int, dict[str, Any]]) -> bytes:
    """A paper from its key and facts, in whatever process."""
    return render(Yearly.from_dict(known[1]))


def render(facts: Yearly, *, mark: Mark = Mark.NONE, replaced_by: str = "") -> bytes:
    """The PDF with its facts attached as JSON. The same arguments always give the same bytes."""
    assert facts.issued_on is not None  # `issued` said so
    name = file_name(facts).removesuffix(".pdf")
    return pdf.render(
        html(facts, mark=mark, replaced_by=replaced_by),
        stylesheet="yearly.css",
        title=" ".join(filter(None, [title(facts), facts.number])),
        lang=_locale(facts),
        created=datetime.combine(facts.issued_on, time(12), UTC),
        attachments=[
            pdf.Attachment(
                name=f"{name}.json",
                data=facts.to_json().encode(),
                mime="application/json",
                relationship="Data",
                description=words(facts)["facts"],
            )
        ],
    )


def _locale(facts: Yearly) -> str:
    locales = PACKS[facts.pack].locales
    return locales.get(facts.language.partition("-")[0], locales["en"])


def html(facts: Yearly, *, mark: Mark = Mark.NONE, replaced_by: str = "") -> str:
    """The page that is drawn."""
    assert facts.issued_on is not None  # `issued` said so
    texts, locale = words(facts), _locale(facts)
    back = facts.amount_minor - facts.given_minor
    filled = _filled(facts, texts, locale, replaced_by)
    with translation.override(None):  # the words are the pack's, whatever the reader's language
        return render_to_string(
            "pdf/yearly.html",
            {
                "facts": facts,
                "title": title(facts),
                "lang": locale,
                "mark": mark.value,
                "stamp": texts[mark] if mark else "",
                "words": filled,
                "replaced_by": replaced_by,
                "rows": [(row, *_row(row, facts, texts, locale)) for row in facts.rows],
                "given": _amount(facts.given_minor, facts, locale),
                "back": _amount(back, facts, locale) if back else "",
                "total": _amount(facts.amount_minor, facts, locale),
                "issued_on": _day(facts.issued_on, locale),
                "qr": document.qr(facts.check_url) if facts.check_url else None,
                "check_address": facts.check_url.partition("://")[2],
                "website": facts.entity.website.partition("://")[2] or facts.entity.website,
            },
        )


def _row(row: Row, facts: Yearly, texts: Mapping[str, str], locale: str) -> tuple[str, str, str]:
    """Day, what it was, and its amount."""
    what = texts[row.kind].format(reference=row.reference)
    if row.after:
        what = f"{what} ({texts['after']})"
    short = format_date(row.day, "medium", locale=locale.replace("-", "_"))
    return short, what, _amount(row.amount_minor, facts, locale)


def _amount(minor: int, facts: Yearly, locale: str) -> str:
    return money.display(minor, facts.currency, locale)


def _day(value: date, locale: str) -> str:
    return format_date(value, "long", locale=locale.replace("-", "_"))


def _filled(
    facts: Yearly, texts: Mapping[str, str], locale: str, replaced_by: str
) -> dict[str, str]:
    """The pack's words with this document's facts in them; a row's own are filled in with it."""
    given = {
        "name": facts.receipt_name.removesuffix("."),
        "entity": facts.entity.name,
        "tax_id": facts.entity.tax_id,
        "url": facts.check_url,
        "first": _day(facts.first_day, locale),
        "last": _day(facts.last_day, locale),
        "reference": "",
        "number": replaced_by,
    }
    filled = {name: text.format(**given) for name, text in texts.items()}
    filled["replaces"] = texts["replaces"].format(number=facts.replaces)
    return filled
