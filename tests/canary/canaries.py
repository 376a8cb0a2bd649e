"""A string of its own for each confidential field, known again wherever it turns up."""

import re
import secrets
import string
from dataclasses import dataclass

from gifts.vault.models import Sealed
from tests.canary.encodings import Seeker


def _letters(count: int) -> str:
    return "".join(secrets.choice(string.ascii_letters) for _ in range(count))


# All canaries of a run begin with it: one search finds any of them. Its é is written differently
# by nearly everything that encodes.
MARK = f"Q{_letters(5)}é{_letters(6)}"
SEEKER = Seeker(MARK)
NAMED = re.compile(MARK.encode() + rb"0([A-Za-z]+)0([a-z_]+)0")


@dataclass(frozen=True)
class Canary:
    model: str
    field: str
    text: str

    def __str__(self) -> str:
        return f"{self.model}.{self.field}"


@dataclass(frozen=True)
class Hit:
    surface: str
    forms: tuple[str, ...]
    # Of which fields, where it can be told.
    of: frozenset[str]

    def __str__(self) -> str:
        fields = ", ".join(sorted(self.of)) or "a confidential field"
        return f"{self.surface}: {fields} ({', '.join(self.forms)})"


def sealed_models() -> list[type[Sealed]]:
    """Every kind of record that seals something, from the models themselves."""
    found, waiting = [], list(Sealed.__subclasses__())
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        if not model._meta.abstract:
            found.append(model)
    return sorted(found, key=lambda model: model.__name__)


def hatch() -> dict[tuple[str, str], Canary]:
    """One for each confidential field there is; a new field has one at once."""
    return {
        (model.__name__, field): Canary(
            model.__name__, field, f"{MARK}0{model.__name__}0{field}0{_letters(4)}"
        )
        for model in sealed_models()
        for field in model.CONFIDENTIAL
    }


def search(surface: str, data: bytes) -> Hit | None:
    """Whether any canary lies in these bytes, in whatever form."""
    forms = SEEKER.forms_in(data)
    if not forms:
        return None
    of = frozenset(b".".join(named).decode() for named in NAMED.findall(data))
    return Hit(surface, tuple(sorted(forms)), of)
