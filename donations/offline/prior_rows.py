"""The three files of a cut-over, row by row: donors, past gifts, opening balances."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.db.models.functions import Lower

from donations import ledger
from donations.models import CutOver, Designation, Donation, Donor, Upload
from donations.offline import importing, reading
from donations.offline.entering import ADDRESS
from donations.offline.facts import MOST_MINOR, Fault
from donations.offline.importing import KINDS, Bad, longest

Row = TypeVar("Row")
YES = {
    "": "",
    **dict.fromkeys(("yes", "y", "true", "1", "si", "sí"), "yes"),
    **dict.fromkeys(("no", "n", "false", "0"), "no"),
}
SOURCES = {
    **{value: value for value in ("", *Donation.Source.values)},
    **{"check": "cheque", "credit card": "card", "daf": "advised_fund", "qcd": "retirement"},
    **{"ach": "transfer", "wire": "transfer"},
}
LONGEST = {"key": 80, "donor_key": 80, "name": 200, "email": 254, "purpose": 120, "receipt": 60}
LONGEST |= {name: longest(Donation, name) for name in ADDRESS}


@dataclass(frozen=True)
class Person:
    """A donor as those books know her; `donor_id` if she is here already."""

    key: str
    name: str
    email: str
    kind: str
    language: str
    address: dict[str, str]
    consents: dict[str, str]
    donor_id: int | None = None


@dataclass(frozen=True)
class Gift:
    """A past gift, by the number of its donor there."""

    key: str
    donor_key: str
    given_on: date
    amount_minor: int
    source: str
    purpose: str
    receipt: str


class _Cells:
    """The cells of one row by our fields, and what cannot be read of them."""

    def __init__(self, upload: Upload, line: int, cells: tuple[str, ...], *, width: int) -> None:
        self.upload, self.line, self.cells = upload, line, cells
        chosen = upload.columns["by"]
        self.typed = {name: cells[at] for name, at in chosen.items() if at < len(cells)}
        self.wrong: list[Fault] = [Fault("", "cells")] if len(cells) > width else []

    def sort(self, one: Row, good: list[Row], bad: list[Bad]) -> None:
        if self.wrong:
            bad.append(Bad(self.line, self.cells, tuple(self.wrong)))
        else:
            good.append(one)

    def text(self, name: str, *, needed: bool = False) -> str:
        value = " ".join(self.typed.get(name, "").split())
        if needed and not value:
            self.wrong.append(Fault(name, "needed"))
        if len(value) > LONGEST[name]:
            self.wrong.append(Fault(name, "too_long"))
        return value

    def email(self) -> str:
        value = self.text("email").lower()
        try:
            if value:
                validate_email(value)
        except ValidationError:
            self.wrong.append(Fault("email", "email"))
        return value

    def word(self, name: str, words: Mapping[str, str]) -> str:
        found = words.get(self.typed.get(name, "").casefold())
        if found is None:
            self.wrong.append(Fault(name, "unknown_word"))
        return found or ""

    def amount(self, name: str, currency: str) -> int:
        try:
            minor = reading.amount(
                self.typed.get(name, ""), currency=currency, decimals=self.upload.decimals
            )
        except ValueError:
            self.wrong.append(Fault(name, "unread_amount"))
            return 0
        if not 0 < minor <= MOST_MINOR:
            self.wrong.append(Fault(name, "amount"))
        return minor

    def day(self, name: str) -> date | None:
        try:
            return reading.day(self.typed.get(name, ""), days=self.upload.days)
        except ValueError:
            self.wrong.append(Fault(name, "unread_day"))
            return None


def _rows(upload: Upload) -> list[_Cells]:
    table = importing.sheet_of(upload)
    width = len(table.headings)
    return [_Cells(upload, line, cells, width=width) for line, cells in table.rows]


def people(upload: Upload) -> tuple[list[Person], list[Bad]]:
    good, bad = list[Person](), list[Bad]()
    keys, emails = set[str](), set[str]()
    rows = _rows(upload)
    typed = {row.typed.get("email", "").strip().lower() for row in rows} - {""}
    lowered = Donor.objects.annotate(lowered=Lower("email")).filter(lowered__in=typed)
    here = dict(lowered.values_list("lowered", "pk"))
    for row in rows:
        key, email = row.text("key", needed=True), row.email()
        if key in keys or (email and email in emails):
            row.wrong.append(Fault("key" if key in keys else "email", "repeated"))
        keys.add(key)
        emails.add(email)
        language = (row.typed.get("language") or "en").lower()
        if language not in dict(settings.LANGUAGES):
            row.wrong.append(Fault("language", "language"))
        address = {name: row.text(name) for name in ADDRESS}
        if address["country"] and len(address["country"]) != 2:
            row.wrong.append(Fault("country", "country"))
        newsletter = row.word("newsletter", YES)
        one = Person(
            key=key,
            name=row.text("name", needed=True),
            email=email,
            kind=row.word("kind", KINDS),
            language=language,
            address={name: value for name, value in address.items() if value},
            consents={"newsletter": newsletter} if newsletter else {},
            donor_id=here.get(email) if email else None,
        )
        row.sort(one, good, bad)
    return good, bad


def gifts(upload: Upload, known: set[str], cut_over: CutOver) -> tuple[list[Gift], list[Bad]]:
    good, bad = list[Gift](), list[Bad]()
    keys = set[str]()
    for row in _rows(upload):
        key, donor_key = row.text("key", needed=True), row.text("donor_key", needed=True)
        if key in keys:
            row.wrong.append(Fault("key", "repeated"))
        keys.add(key)
        if donor_key not in known:
            row.wrong.append(Fault("donor_key", "nobody"))
        given_on = row.day("received_on")
        if given_on and given_on > cut_over.as_of:
            row.wrong.append(Fault("received_on", "after_balances"))
        one = Gift(
            key=key,
            donor_key=donor_key,
            given_on=given_on or cut_over.as_of,
            amount_minor=row.amount("amount", cut_over.legal_entity.currency),
            source=row.word("source", SOURCES),
            purpose=row.text("purpose"),
            receipt=row.text("receipt"),
        )
        row.sort(one, good, bad)
    return good, bad


def balances(upload: Upload, cut_over: CutOver) -> tuple[list[tuple[int, int]], list[Bad]]:
    good, bad = list[tuple[int, int]](), list[Bad]()
    taken = Designation.objects.filter(Q(target_minor=None) & ~Q(code=ledger.SHORTFALL))
    known = {row.code: row for row in taken}
    used = set[str]()
    for row in _rows(upload):
        code = row.typed.get("designation", "").strip().casefold()
        designation = known.get(code)
        if designation is None:
            row.wrong.append(Fault("designation", "designation"))
        elif code in used:
            row.wrong.append(Fault("designation", "repeated"))
        used.add(code)
        told = row.typed.get("restriction", "").strip().casefold()
        if told and designation and told != _short(designation):
            row.wrong.append(Fault("restriction", "restriction"))
        minor = row.amount("balance", cut_over.legal_entity.currency)
        row.sort((designation.pk if designation else 0, minor), good, bad)
    return good, bad


def _short(designation: Designation) -> str:
    """ "with" or "without": its restriction class as a file says it."""
    return str(designation.restriction).partition("_")[0]
