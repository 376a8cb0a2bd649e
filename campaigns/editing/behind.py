"""What of a translation is behind the page it is translated from; one answer for all places.

A part of that page that changed stays marked until its translation was changed after it, or
somebody who read both says that it is still right. Which words each part was last held against is
kept as fingerprints (`TranslationNotes`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models.functions import Cast, Coalesce
from wagtail.models import Locale, Page, Revision

from campaigns.editing.parts import Piece, pieces
from campaigns.models import TranslationNotes
from core import tokens

# So many words in a row that are the same in both languages were not translated: a name is shorter.
UNTRANSLATED = 4
SAME = "same"


@dataclass(frozen=True)
class Note:
    """Fingerprints, and the key of the translated part; empty where there was, or may be, none."""

    of: str
    at: str = ""
    is_: str = ""
    # Somebody said so: also where both have the same words.
    right: bool = False
    # What it said before that.
    was: dict[str, Any] | None = None


@dataclass(frozen=True)
class Told:
    piece: Piece
    how: str = ""  # new, changed, same as in the translation, or nothing
    # Where the translation has it; nothing if it does not.
    anchor: str = ""


@dataclass(frozen=True)
class Behind:
    """All parts of the source, and those that it has no more while the translation still does."""

    told: list[Told]
    gone: list[str]
    notes: Mapping[str, Note]
    is_known: bool

    @property
    def same(self) -> int:
        return sum(one.how == SAME for one in self.told)

    @property
    def changes(self) -> int:
        return sum(bool(one.how) for one in self.told) - self.same + len(self.gone)

    @property
    def parts(self) -> int:
        return self.changes + self.same


class SourceChanged(Exception):
    """The words that somebody looked at are not there any more."""


def fingerprint(piece: Piece | None) -> str:
    return tokens.of_text(piece.text)[:16] if piece else ""


def source_of(page: Page) -> Page | None:
    """The same page in the site's first language; none for that page itself."""
    first = Locale.get_default()
    if page.pk is None or page.locale_id == first.pk:
        return None
    found = page.get_translations().filter(locale=first).first()
    return found.specific if found else None


def of(page: Page, source: Page) -> Behind:
    """Of the version of the page that is given."""
    notes = _notes([(page, source)])[page.pk]
    return compared(list(pieces(source)), list(pieces(page)), notes)


def of_all(pages: Iterable[int] | None = None) -> dict[int, tuple[Page, Page, Behind]]:
    """Each translation with its source, by key, judged by its newest version.

    The number of queries does not grow with the pages, only with the kinds of pages.
    """
    first = Locale.get_default()
    rows = Page.objects.exclude(locale=first).filter(alias_of=None, depth__gt=1)
    if pages is not None:
        rows = rows.filter(pk__in=list(pages))
    translations = list(rows.select_related("locale").specific())
    keys = [page.translation_key for page in translations]
    found = Page.objects.filter(locale=first, translation_key__in=keys).specific()
    sources = {source.translation_key: source for source in found}
    pairs = [
        (page, sources[page.translation_key])
        for page in translations
        if page.translation_key in sources
    ]
    newest = [page.latest_revision_id for page, _source in pairs]
    contents = dict(Revision.objects.filter(pk__in=newest).values_list("pk", "content"))
    notes = _notes(pairs)
    told = {}
    for page, source in pairs:
        there = list(pieces(page, contents.get(page.latest_revision_id)))
        behind = compared(list(pieces(source)), there, notes[page.pk])
        told[page.pk] = (page, source, behind)
    return told


def compared(
    now: Sequence[Piece], there: Sequence[Piece], notes: Mapping[str, Note] | None
) -> Behind:
    """Without notes nobody knows what has changed; what was never translated shows by itself."""
    found = []
    pairs = twins(now, there, notes or {})
    for one in now:
        note, twin = (notes or {}).get(one.key), pairs.get(one.key)
        found.append(Told(one, _how(one, twin, note, notes), twin.anchor if twin else ""))
    left = {one.key for one in there}
    keys = {one.key for one in now}
    gone = [
        key
        for key, note in (notes or {}).items()
        if key not in keys and note.at in left and note.of
    ]
    return Behind(found, gone, notes or {}, notes is not None)


def _how(
    one: Piece, twin: Piece | None, note: Note | None, notes: Mapping[str, Note] | None
) -> str:
    if notes is not None and note is None:
        return "new"
    stands = note is not None and note.of == fingerprint(one)
    if note and not stands and note.is_ == fingerprint(twin):
        return "changed"
    if twin and not (stands and note and note.right) and is_untranslated(one, twin):
        return SAME
    return ""


def is_untranslated(one: Piece, twin: Piece) -> bool:
    lines = set(twin.text.splitlines()).difference(one.names)
    return any(
        line in lines and len(line.split()) >= UNTRANSLATED for line in one.text.splitlines()
    )


def twins(
    now: Sequence[Piece], there: Sequence[Piece], notes: Mapping[str, Note]
) -> dict[str, Piece]:
    """By the key of each part.

    A block has the same key in both, or stood for it before, or is of the same kind at its place.
    """
    by_key = {one.key: one for one in there}
    found = {one.key: by_key[one.key] for one in now if one.key in by_key}
    for one in now:
        note = notes.get(one.key)
        if one.key not in found and note and note.at in by_key:
            found[one.key] = by_key[note.at]
    taken = {one.key for one in found.values()}
    for number, one in enumerate(now):
        if one.key not in found and number < len(there):
            twin = there[number]
            if twin.label == one.label and twin.key not in taken:
                found[one.key] = twin
    return found


@transaction.atomic
def learn(page: Page) -> None:
    """To be called when a translation was saved: what changed in it is held against its source."""
    source = source_of(page)
    if source is None:
        return
    row = _locked(page)
    notes = _notes([(page, source)])[page.pk]
    now, there = list(pieces(source)), list(pieces(page))
    pairs, left = twins(now, there, notes or {}), {one.key for one in there}
    kept = {}
    for one in now:
        note, twin = (notes or {}).get(one.key), pairs.get(one.key)
        if note and note.is_ == fingerprint(twin):
            kept[one.key] = note
        elif note or twin or notes is None:
            kept[one.key] = Note(fingerprint(one), twin.key if twin else "", fingerprint(twin))
    for key, note in (notes or {}).items():
        if key not in kept and note.at in left:
            kept[key] = note
    _keep(row, kept)


def learn_before(page: Page) -> None:
    """To be called before a page changes in either language: else nobody knew how they stood."""
    family = Page.objects.filter(translation_key=page.translation_key)
    _learn_first(family.exclude(locale=Locale.get_default()))


def learn_all() -> None:
    """Of every translation that nobody has saved yet; for pages that were made by a program."""
    _learn_first(Page.objects.filter(depth__gt=1).exclude(locale=Locale.get_default()))


def _learn_first(translations: models.QuerySet[Page]) -> None:
    lacking = translations.filter(alias_of=None)
    for page in lacking.exclude(pk__in=TranslationNotes.objects.values("pk")):
        learn(page.specific.get_latest_revision_as_object())


@transaction.atomic
def call_right(page: Page, key: str, seen: str) -> None:
    """The translated part is right as it is, for the source's words with the fingerprint `seen`.

    Raises:
        SourceChanged: the source has other words by now, or no such part.
    """
    source = source_of(page)
    if source is None:
        raise SourceChanged
    row = _locked(page)
    notes = dict(_notes([(page, source)])[page.pk] or {})
    now = {one.key: one for one in pieces(source)}
    note, one = notes.get(key), now.get(key)
    if fingerprint(one) != seen or not (note or one):
        raise SourceChanged
    if note and note.right and note.of == seen:
        return
    twin = twins(list(now.values()), list(pieces(page)), notes).get(key)
    was = asdict(replace(note, was=None)) if note else None
    if one:
        at = twin.key if twin else ""
        notes[key] = Note(seen, at, fingerprint(twin), right=True, was=was)
    elif note:
        notes[key] = replace(note, of="", right=True, was=was)
    _keep(row, notes)


@transaction.atomic
def call_undone(page: Page, key: str) -> None:
    """Takes back that it is right; marked as before."""
    row = _locked(page)
    notes = _read(row.parts)
    note = notes.get(key)
    if note is None or not note.right:
        return
    if note.was:
        notes[key] = Note(**note.was)
    else:
        del notes[key]
    _keep(row, notes)


def _locked(page: Page) -> TranslationNotes:
    found, _is_new = TranslationNotes.objects.select_for_update().get_or_create(page_id=page.pk)
    return found


def _keep(row: TranslationNotes, notes: Mapping[str, Note]) -> None:
    row.parts = {key: asdict(note) for key, note in notes.items()}
    row.save(update_fields=["parts"])


def _read(parts: Mapping[str, Any]) -> dict[str, Note]:
    return {key: Note(**values) for key, values in parts.items()}


def _notes(pairs: Sequence[tuple[Page, Page]]) -> dict[int, dict[str, Note] | None]:
    """By the key of the translation; none where nobody knows."""
    keys = [page.pk for page, _source in pairs]
    rows = TranslationNotes.objects.filter(pk__in=keys).exclude(parts={})
    kept = {pk: _read(parts) for pk, parts in rows.values_list("pk", "parts")}
    lacking = [pair for pair in pairs if pair[0].pk not in kept]
    return {**dict.fromkeys(keys), **kept, **_from_history(lacking)}


def _from_history(pairs: Sequence[tuple[Page, Page]]) -> dict[int, dict[str, Note]]:
    """Of translations begun before notes were kept: as both were when it went public last.

    One that was never public is held against the day on which it was begun.
    """
    if not pairs:
        return {}
    kind = ContentType.objects.get_for_model(Page)
    versions = Revision.objects.filter(base_content_type=kind)
    mine = versions.filter(object_id=Cast(models.OuterRef("pk"), models.CharField()))
    source = Page.objects.filter(
        translation_key=models.OuterRef("translation_key"), locale=Locale.get_default()
    )
    of_source = versions.filter(
        object_id=Cast(models.OuterRef("source"), models.CharField()),
        created_at__lte=models.OuterRef("day"),
    )
    begun = models.Subquery(mine.order_by("created_at").values("created_at")[:1])
    rows = Page.objects.filter(pk__in=[page.pk for page, _source in pairs]).annotate(
        day=Coalesce("last_published_at", begun),
        source=models.Subquery(source.values("pk")[:1]),
    )
    rows = rows.annotate(then=models.Subquery(of_source.order_by("-pk").values("content")[:1]))
    then = dict(rows.values_list("pk", "then"))
    public = {
        page.pk: page
        for page in Page.objects.filter(
            pk__in=[pk for pk, content in then.items() if content]
        ).specific()
    }
    found = {}
    for page, original in pairs:
        if page.pk not in public:
            continue
        before, there = list(pieces(original, then[page.pk])), list(pieces(public[page.pk]))
        pairing = twins(before, there, {})
        found[page.pk] = {
            one.key: Note(
                fingerprint(one),
                pairing[one.key].key if one.key in pairing else "",
                fingerprint(pairing.get(one.key)),
            )
            for one in before
        }
    return found
