"""The log of looks: no row, no data."""

from dataclasses import dataclass
from typing import Any

from gifts.vault.models import Access, BreakGlass, Purpose


@dataclass(frozen=True)
class Reader:
    """Who looks, and what for.

    Args:
        user_id: her key in the everyday database.
        who: her address, as the log shall name her when she is gone.
        emergency: the open emergency under which she looks; with that purpose alone.
    """

    user_id: int
    who: str
    purpose: Purpose
    emergency: BreakGlass | None = None

    @classmethod
    def of(cls, user: Any, purpose: Purpose, emergency: BreakGlass | None = None) -> "Reader":
        return cls(user.pk, user.email, purpose, emergency)


def note(reader: Reader, model: str, fields: tuple[str, ...], *, records: int) -> None:
    """A look at plain columns of many records at once, in the transaction of the look."""
    _row(reader, model, fields, None, records).save(force_insert=True)


def note_each(reader: Reader, model: str, fields: tuple[str, ...], records: list[Any]) -> None:
    """A look at confidential fields: a row for each record."""
    Access.objects.bulk_create(_row(reader, model, fields, record, 1) for record in records)


def _row(reader: Reader, model: str, fields: tuple[str, ...], record: Any, records: int) -> Access:
    return Access(
        user_id=reader.user_id,
        who=reader.who,
        purpose=reader.purpose,
        model=model,
        record=record,
        fields=", ".join(fields),
        records=records,
        emergency=reader.emergency,
    )
