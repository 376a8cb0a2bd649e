"""What a partner says of a pool's things: written, passed by another, shown to all its donors."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from core.discretion import telling
from core.findable import findable
from gifts.ladder import K
from gifts.models import Release, ReleasedUnit, ReleaseNote, Wish


class Refused(Exception):
    """It cannot be done; the code says why."""


def pools(release: Release) -> QuerySet[Wish]:
    """Wishes a note may be about: eleven of their own things were told of by this release at last.

    A note about fewer would tell which of a wider group's things came to where the note is from.
    """
    told = (
        ReleasedUnit.objects.filter(cell__release__quarter__lte=release.quarter)
        .values("unit__wish")
        .annotate(things=Count("unit", distinct=True))
        .filter(things__gte=K)
    )
    return Wish.objects.filter(pk__in=told.values("unit__wish")).select_related("kind")


def write(release: Release, *, wish: Wish, text: str, text_es: str, by: Any) -> ReleaseNote:
    """Enter what a partner said. Another person passes it before anybody reads it.

    Raises:
        Refused: "too_few", "no_text", "telling", or "there_is_one".
    """
    text, text_es = text.strip(), text_es.strip()
    if not pools(release).filter(pk=wish.pk).exists():
        raise Refused("too_few")
    if not text or not text_es:
        raise Refused("no_text")
    if problem(text) or problem(text_es):
        raise Refused("telling")
    try:
        with transaction.atomic():
            return ReleaseNote.objects.create(
                release=release, wish=wish, text=text, text_es=text_es, written_by=by
            )
    except IntegrityError:
        raise Refused("there_is_one") from None


@transaction.atomic
def accept(note: ReleaseNote, *, by: Any) -> ReleaseNote:
    """A second person passes it: the donors of its pool read it from now on. Safe to repeat.

    Raises:
        Refused: "same_person", "telling", or "down".
    """
    note = ReleaseNote.objects.select_for_update(of=["self"]).get(pk=note.pk)
    if note.passed_at and not note.taken_down_at:
        return note
    if note.taken_down_at:
        raise Refused("down")
    if note.written_by_id == by.pk:
        raise Refused("same_person")
    if problem(note.text) or problem(note.text_es):
        raise Refused("telling")
    note.passed_by, note.passed_at = by, timezone.now()
    note.save(update_fields=["passed_by", "passed_at"])
    return note


def take_down(note: ReleaseNote) -> None:
    """Nobody reads it any more; one person is enough. Safe to repeat."""
    ReleaseNote.objects.filter(pk=note.pk, taken_down_at=None).update(taken_down_at=timezone.now())


def of(wishes: Iterable[int]) -> dict[int, list[ReleaseNote]]:
    """What donors of these wishes read, the newest first; one query."""
    rows = ReleaseNote.objects.filter(
        wish__in=list(wishes), passed_at__isnull=False, taken_down_at=None
    )
    found: defaultdict[int, list[ReleaseNote]] = defaultdict(list)
    for row in rows.order_by("-release__quarter", "-pk"):
        found[row.wish_id].append(row)
    return found


def problem(text: str) -> str:
    """What to change in a text that strangers will read, or ""."""
    if word := telling(text):
        told = gettext("Please say it without “%(word)s”: notes are read over shoulders.")
        return told % {"word": word}
    found = findable(text)
    return found.sentence if found else ""
