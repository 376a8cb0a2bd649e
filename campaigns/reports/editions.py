"""An edition's life: gathered as a draft, looked at, published for ever, perhaps corrected."""

import hashlib
import json
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import ReportEdition
from campaigns.reports import gather, suppression
from gifts.models import Region
from gifts.trace import calendar

# What a figure is of: a table of the report, and what names the line in it.
Key = tuple[str, ...]


class Refused(Exception):
    """It cannot be done; the code says why and the text what would pass."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def draft(
    *,
    first: date,
    last: date,
    kinds: Collection[str] = (),
    corrects: ReportEdition | None = None,
    by: Any = None,
) -> ReportEdition:
    """Gather the figures of these quarters once and freeze them.

    Args:
        first: the first day of a quarter.
        last: the last day of a quarter whose news has been published.

    Raises:
        Refused: "quarters", "running", "not_published", or "other_time".
    """
    if first != calendar.start_of(first) or last != calendar.last_day(calendar.start_of(last)):
        raise Refused("quarters", _("A report is of whole quarters."))
    if first > last:
        raise Refused("quarters", _("Choose a last quarter that is not before the first."))
    news = calendar.published_on(calendar.start_of(last))
    if calendar.today() < news:
        told = _("The news of this quarter is due on %(day)s; until then it is in no report.")
        raise Refused("running", told % {"day": news})
    if corrects and (not corrects.is_published or _scope(corrects) != (first, last, [*kinds])):
        raise Refused("other_time", _("A correction is of the same quarters and things."))
    figures = gather.figures(first=first, last=last, kinds=kinds)
    return ReportEdition.objects.create(
        first=first,
        last=last,
        kinds=sorted(kinds),
        corrects=corrects,
        figures=figures,
        sha256=digest(figures),
        gathered_by=by,
    )


def _scope(row: ReportEdition) -> tuple[date, date, list[str]]:
    return row.first, row.last, row.kinds


@transaction.atomic
def publish(edition: ReportEdition, *, by: Any) -> ReportEdition:
    """Let its figures be told for ever. Safe to repeat.

    Raises:
        Refused: "overlaps", "stands", or "too_close": beside what was published earlier it would
            tell of fewer than eleven.
    """
    edition = ReportEdition.objects.select_for_update(of=["self"]).get(pk=edition.pk)
    if edition.is_published:
        return edition
    if problem := hindrance(edition):
        raise problem
    edition.published_at, edition.published_by = timezone.now(), by
    edition.save(update_fields=["published_at", "published_by"])
    return edition


def hindrance(edition: ReportEdition) -> Refused | None:
    """Why it may not be published beside everything that was, or None."""
    others = list(ReportEdition.objects.filter(published_at__isnull=False).exclude(pk=edition.pk))
    for other in others:
        meets = other.first <= edition.last and other.last >= edition.first
        same = (other.first, other.last) == (edition.first, edition.last)
        if meets and not same and edition.is_whole and other.is_whole:
            text = _(
                "The report of %(time)s tells of the money of some of these quarters already; the "
                "difference would tell of the rest. Choose the same quarters, as a correction, or "
                "those after it, or a report of kinds of things, which has no money."
            )
            return Refused("overlaps", text % {"time": other})
        if same and other.kinds == edition.kinds:
            if not hasattr(other, "corrected_by") and edition.corrects_id != other.pk:
                return Refused("stands", _("There is a report of this: make a correction of it."))
            if found := _too_close(edition, other):
                return found
    return None


def _too_close(edition: ReportEdition, other: ReportEdition) -> Refused | None:
    new, old = dict(counts(edition.figures)), dict(counts(other.figures))
    for key in sorted({*new, *old}):
        if not suppression.may_follow(new.get(key, 0), old.get(key, 0)):
            text = _(
                "“%(what)s” would differ from the report of %(time)s by fewer than %(step)d, which "
                "would tell of single ones. It may be told in the report of the next quarters."
            )
            facts = {"what": named(key), "time": other, "step": suppression.STEP}
            return Refused("too_close", text % facts)
    return None


def counts(figures: dict[str, Any]) -> Iterator[tuple[Key, int]]:
    """Every count that is printed, by what it is of."""
    for one in figures["delivered"]:
        yield ("delivered", one["kind"], one["region"]), one["count"]
    for money in figures["given"]:
        yield ("given", money["currency"]), money["gifts"]
        for table in ("purposes", "ways"):
            for one in money[table]:
                yield (table, money["currency"], one["key"]), one["gifts"]
    for one in figures["training"]:
        yield ("training", one["sector"]), one["count"]


def named(key: Key) -> str:
    if key[0] == "delivered":
        return f"{key[1]}, {Region(key[2]).label}"
    return ", ".join(part for part in key[1:] if part)


def discard(edition: ReportEdition) -> None:
    """Forget a draft. Of what is published the database refuses it."""
    edition.delete()


def digest(figures: dict[str, Any]) -> str:
    told = json.dumps(figures, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()
