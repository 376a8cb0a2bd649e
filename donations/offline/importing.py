"""Gifts of a batch from a file: looked over as often as one likes, then taken over whole or not.

What is looked over is what is taken over: both are read by `read`, and a fingerprint of all it read
is compared.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Model
from django.db.models.functions import Lower

from core.tokens import sha256
from donations.donors import searchable
from donations.models import Designation, Donation, Donor, GiftBatch, OfflineGift, Upload
from donations.offline import columns, duplicates, entering, reading
from donations.offline.entering import NotPossible
from donations.offline.facts import BY_ORGANISATIONS, Facts, Fault, faults, value_minor

State = Upload.State


def longest(model: type[Model], name: str) -> int:
    """How many letters this column takes."""
    return int(getattr(model._meta.get_field(name), "max_length", 0))


LONGEST = {
    name: longest(OfflineGift, name)
    for name in (
        *("name", "email", "receipt_name", "address_line1", "address_line2", "city", "region"),
        *("postcode", "country", "credited_name", "credited_email", "check_number", "symbol"),
        *("benefit_text", "tribute_name", "appeal", "note"),
    )
}
KINDS = {
    **dict.fromkeys(("", "person", "individual"), "person"),
    **dict.fromkeys(("organization", "organisation", "company", "foundation"), "organisation"),
}
TRIBUTES = {
    "": "",
    **dict.fromkeys(("honor", "honour", "in honor of"), "honor"),
    **dict.fromkeys(("memory", "in memory of"), "memory"),
}


@dataclass(frozen=True)
class Bad:
    """A row that cannot be entered, and all that is wrong with it."""

    line: int
    cells: tuple[str, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Read:
    """A file as it was read: what can be entered, what cannot, and one fingerprint of both."""

    headings: tuple[str, ...]
    good: list[Facts]
    bad: list[Bad]
    fingerprint: str
    # May its days be read in two ways?
    is_ambiguous: bool = False
    hints: list[list[duplicates.Hint]] = field(default_factory=list)

    @property
    def total_minor(self) -> int:
        return sum(facts.amount_minor for facts in self.good)


def receive(
    data: bytes,
    *,
    name: str,
    kind: str,
    by: Any,
    batch: GiftBatch | None = None,
    cut_over: Any = None,
) -> Upload:
    """Store a file, with its columns as the last file with these headings had them.

    Raises:
        Unreadable: it is no table.
        NotPossible: not_open.
    """
    found = reading.sheet(data)
    digest = columns.headings_sha256(found.headings)
    before = Upload.objects.filter(kind=kind, headings_sha256=digest).exclude(columns={}).first()
    chosen = before.columns["by"] if before else columns.guess(found.headings, kind)
    with transaction.atomic():
        if batch:
            batch = entering.opened(batch)
        return Upload.objects.create(
            kind=kind,
            batch=batch,
            cut_over=cut_over,
            name=name[:120],
            data=data,
            sha256=sha256(data),
            encoding=found.encoding,
            delimiter=found.delimiter,
            headings_sha256=digest,
            columns={"by": chosen, "for_all": {}},
            decimals=before.decimals if before else "",
            days=before.days if before else "",
            made_by=by,
        )


def sheet_of(upload: Upload) -> reading.Sheet:
    return reading.sheet(bytes(upload.data), encoding=upload.encoding, delimiter=upload.delimiter)


@transaction.atomic
def choose(
    upload: Upload,
    *,
    by_column: Mapping[str, int],
    for_all: Mapping[str, str],
    decimals: str,
    days: str,
    encoding: str,
    delimiter: str,
) -> Upload:
    """Keep how a file is to be read; the next one with the same headings begins with that.

    Raises:
        NotPossible: not_open (it was taken over or let go).
    """
    upload = _reading(upload)
    upload.columns = {"by": dict(by_column), "for_all": dict(for_all)}
    upload.decimals, upload.days = decimals, days
    upload.encoding, upload.delimiter = encoding, delimiter
    upload.save(update_fields=["columns", "decimals", "days", "encoding", "delimiter"])
    return upload


def read(upload: Upload) -> Read:
    """Every row of a file of gifts, as it would be entered now."""
    batch = upload.batch
    assert batch is not None  # a file of gifts has its batch, says the database
    table = sheet_of(upload)
    known = {row.pk: row for row in Designation.objects.all()}
    width = len(table.headings)
    rows = [_Row(upload, line, cells, width=width, known=known) for line, cells in table.rows]
    recognised = _recognised([row.typed for row in rows])
    addresses = entering.last_addresses([one.pk for one in recognised if one])
    good, bad = list[Facts](), list[Bad]()
    for row, donor in zip(rows, recognised, strict=True):
        facts = row.facts()
        if facts and donor:
            last = addresses.get(donor.pk)
            facts = entering.with_address_of(facts, donor, last=last)
        wrong = row.wrong if facts is None else faults(facts, batch, designations=known)
        if facts and not wrong:
            good.append(facts)
        else:
            bad.append(Bad(row.line, row.cells, tuple(wrong)))
    days = [row.typed[name] for row in rows for name in _DAYS if row.typed.get(name)]
    told = [[asdict(facts) for facts in good], [asdict(one) for one in bad]]
    mark = [upload.sha256, upload.columns, upload.decimals, upload.days, told]
    return Read(
        table.headings,
        good,
        bad,
        sha256(json.dumps(mark, default=str, sort_keys=True)),
        is_ambiguous=reading.both_ways(days),
        hints=duplicates.of_facts(batch, good),
    )


@transaction.atomic
def take(upload: Upload, *, seen: str, by: Any) -> Upload:
    """Enter all rows of a file into its batch, or none. Safe to repeat.

    Args:
        seen: fingerprint of what the person looked over.

    Raises:
        NotPossible: not_open, full, bad (a row is), changed (something is, since).
    """
    upload = _reading(upload, done=State.TAKEN)
    if upload.state == State.TAKEN:
        return upload
    assert upload.batch is not None  # a file of gifts has its batch, says the database
    batch = entering.opened(upload.batch)
    found = read(upload)
    if found.fingerprint != seen:
        raise NotPossible("changed_file")
    if found.bad or not found.good:
        raise NotPossible("bad")
    entering.add_all(batch, found.good, by=by)
    return emptied(upload, rows=len(found.good), seen=seen)


def emptied(upload: Upload, *, rows: int, seen: str) -> Upload:
    """A file was taken over: its bytes go, how many rows it had and its fingerprint stay."""
    upload.state, upload.rows, upload.fingerprint, upload.data = State.TAKEN, rows, seen, b""
    upload.save(update_fields=["state", "rows", "fingerprint", "data"])
    return upload


@transaction.atomic
def drop(upload: Upload) -> Upload:
    """Let a file go; nothing of it stays but that it was there. Safe to repeat.

    Raises:
        NotPossible: not_open (it was taken over).
    """
    upload = _reading(upload, done=State.DROPPED)
    if upload.state == State.READING:
        upload.state, upload.data = State.DROPPED, b""
        upload.save(update_fields=["state", "data"])
    return upload


def forget(*, before: datetime) -> int:
    """Files that nobody took over or let go are let go, with the names in them; how many."""
    left = Upload.objects.filter(state=State.READING, made_at__lt=before)
    return left.update(state=State.DROPPED, data=b"")


def _reading(upload: Upload, *, done: str = "") -> Upload:
    upload = Upload.objects.select_for_update(of=["self"]).get(pk=upload.pk)
    if upload.state not in (State.READING, done):
        raise NotPossible("not_open")
    return upload


_DAYS = ("received_on", "postmarked_on")
# With so many digits after the point, as their columns have.
PLACES = {"shares": 6, "high": 4, "low": 4}


class _Row:
    """One row: its cells by our fields, and what cannot be read of them."""

    def __init__(
        self,
        upload: Upload,
        line: int,
        cells: tuple[str, ...],
        *,
        width: int,
        known: Mapping[int, Designation],
    ) -> None:
        assert upload.batch is not None  # a file of gifts has its batch, says the database
        self.upload, self.batch, self.line, self.cells = upload, upload.batch, line, cells
        self.known = known
        self.wrong: list[Fault] = []
        chosen = upload.columns["by"]
        self.typed = {name: cells[place] for name, place in chosen.items() if place < len(cells)}
        for name, value in upload.columns["for_all"].items():
            if not self.typed.get(name):
                self.typed[name] = value
        if len(cells) > width:
            self.wrong.append(Fault("", "cells"))

    def facts(self) -> Facts | None:
        """The gift, or None if something cannot be read; `wrong` then says what."""
        texts: dict[str, Any] = {name: self._text(name) for name in LONGEST}
        days = {name: self._day(name) for name in _DAYS}
        numbers = {name: self._number(name) for name in PLACES}
        amount_minor = self._amount("amount")
        if self.batch.source == Donation.Source.STOCK and all(numbers.values()):
            worth: dict[str, Decimal] = {name: one for name, one in numbers.items() if one}
            shares = worth.pop("shares")
            amount_minor = value_minor(shares, **worth, currency=self.batch.currency)
        purpose = self._designation()
        kind = self._word("kind", KINDS)
        tribute = self._word("tribute_kind", TRIBUTES)
        benefit = self._amount("benefit")
        if days["received_on"] is None and not self.wrong:
            self.wrong.append(Fault("received_on", "unread_day"))
        if self.wrong or days["received_on"] is None:
            return None
        if self.batch.source in BY_ORGANISATIONS:
            kind = Donor.Kind.ORGANISATION
        return Facts(
            **texts,
            amount_minor=amount_minor,
            received_on=days["received_on"],
            postmarked_on=days["postmarked_on"],
            lines=((purpose, amount_minor),),
            kind=kind,
            language=(self.typed.get("language") or "en").lower(),
            tribute_kind=tribute,
            benefit_minor=benefit,
            shares=numbers["shares"],
            high=numbers["high"],
            low=numbers["low"],
            line=self.line,
        )

    def _text(self, name: str) -> str:
        value = " ".join(self.typed.get(name, "").split())
        if len(value) > LONGEST[name]:
            self.wrong.append(Fault(name, "too_long"))
        elif value and name.endswith("email"):
            try:
                validate_email(value)
            except ValidationError:
                self.wrong.append(Fault(name, "email"))
        return value

    def _day(self, name: str) -> date | None:
        text = self.typed.get(name, "")
        if not text:
            return None
        try:
            return reading.day(text, days=self.upload.days)
        except ValueError:
            self.wrong.append(Fault(name, "unread_day"))
            return None

    def _amount(self, name: str) -> int:
        text = self.typed.get(name, "")
        if not text:
            return 0
        try:
            return reading.amount(text, currency=self.batch.currency, decimals=self.upload.decimals)
        except ValueError:
            self.wrong.append(Fault(name, "unread_amount"))
            return 0

    def _number(self, name: str) -> Decimal | None:
        text = self.typed.get(name, "")
        if not text:
            return None
        places = PLACES[name]
        try:
            found = reading.number(text, decimals=self.upload.decimals)
        except ValueError:
            found = Decimal(-1)
        if not 0 < found < 10**10 or found != round(found, places):
            self.wrong.append(Fault(name, "unread_number"))
            return None
        return found

    def _word(self, name: str, words: Mapping[str, str]) -> str:
        found = words.get(self.typed.get(name, "").casefold())
        if found is None:
            self.wrong.append(Fault(name, "unknown_word"))
        return found or ""

    def _designation(self) -> int:
        """By its code or its name, in either language."""
        text = self.typed.get("designation", "").casefold()
        for pk, row in self.known.items():
            if text and text in (row.code, row.name.casefold(), row.name_es.casefold()):
                return pk
        self.wrong.append(Fault("designation", "designation"))
        return 0


def _recognised(rows: Sequence[Mapping[str, str]]) -> list[Donor | None]:
    """The donor that each row is beyond doubt, by the rule of `entering.recognise`; two queries."""
    emails = {row.get("email", "").lower() for row in rows} - {""}
    names = {searchable(" ".join(row.get("name", "").split())) for row in rows} - {""}
    by_email = {
        one.lowered: one
        for one in Donor.objects.annotate(lowered=Lower("email")).filter(lowered__in=emails)
    }
    by_place: dict[tuple[str, str], list[Donor]] = {}
    for one in Donor.objects.filter(search_name__in=names).exclude(postcode=""):
        by_place.setdefault((one.search_name, one.postcode.casefold()), []).append(one)
    found: list[Donor | None] = []
    for row in rows:
        if email := row.get("email", "").lower():
            found.append(by_email.get(email))
            continue
        name = searchable(" ".join(row.get("name", "").split()))
        alike = by_place.get((name, row.get("postcode", "").casefold()), [])
        found.append(alike[0] if len(alike) == 1 else None)
    return found
