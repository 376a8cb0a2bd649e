"""What a survivor allowed to be said: recorded with a code to take it back, until its day is over.

Whoever shows her words asks `gifts.consents.may_publish` each time.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from core import tokens
from gifts.vault import sealing
from gifts.vault.models import Consent, Recipient, Tombstone
from gifts.vault.models.consents import MONTHS, MOST_MONTHS
from gifts.vault.transactions import vault_atomic

# A yes is asked again when it is this old, though it still holds.
ASK_AGAIN = 18


class NoSuchCode(Exception):
    """No consent has this code."""


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    place = day.month - 1 + months
    year, month = day.year + place // 12, place % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def record(
    *,
    text: str,
    uses: Collection[str],
    by_whom: str,
    language: str,
    given_on: date,
    months: int = MONTHS,
    recipient: Recipient | None,
    sealed: Mapping[str, str],
    by: Any,
) -> tuple[Consent, str]:
    """Put a yes on record. The text itself is not kept.

    Args:
        by: who asked, and checked what could happen to her through it.

    Returns:
        The consent, and the code to withdraw it, which nobody can tell again.
    """
    if not 0 < months <= MOST_MONTHS:
        raise ValueError(f"a consent lasts {MOST_MONTHS} months at most")
    code = tokens.new_code()
    with vault_atomic():
        consent = Consent(
            recipient=recipient,
            by_whom=by_whom,
            text_sha256=tokens.of_text(text),
            uses=sorted(set(uses)),
            language=language,
            independent=True,
            risk_checked_by=by.pk,
            risk_checked_who=by.email,
            given_on=given_on,
            expires_on=months_after(given_on, months),
            withdrawal_sha256=_of_code(code),
            made_by=by.pk,
            made_who=by.email,
        )
        sealing.seal(consent, **sealed)
    return consent, code


def withdraw(code: str, *, by: Any) -> Consent:
    """Take a yes back, at once and for good. Safe to repeat.

    Raises:
        NoSuchCode
    """
    with vault_atomic():
        rows = Consent.objects.select_for_update(of=["self"])
        row = rows.filter(withdrawal_sha256=_of_code(code)).first()
        if row is None:
            raise NoSuchCode
        if row.withdrawn_at is None:
            row.withdrawn_at, row.withdrawn_by, row.withdrawn_who = timezone.now(), by.pk, by.email
            row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_who"])
            # A restore would make it live again; played then, the stone ends it once more.
            Tombstone.objects.get_or_create(
                record=row.pk, defaults={"model": "consent", "why": "withdrawn"}
            )
    return row


def living() -> QuerySet[Consent]:
    """Neither withdrawn, nor over, nor erased."""
    return Consent.objects.filter(
        withdrawn_at=None, erased_at=None, expires_on__gte=timezone.localdate()
    )


def to_ask_again() -> QuerySet[Consent]:
    """Living ones that were given so long ago that she is asked again."""
    return living().filter(given_on__lte=months_after(timezone.localdate(), -ASK_AGAIN))


def near_their_end() -> QuerySet[Consent]:
    """Living ones of a shorter life that end within a month."""
    soon = timezone.localdate() + timedelta(days=31)
    return living().filter(expires_on__lte=soon)


def standing(fingerprints: Iterable[str], use: str) -> dict[str, str]:
    """How it stands with each text for this use; of several consents the best counts."""
    asked = list(fingerprints)
    found: dict[str, str] = dict.fromkeys(asked, "none")
    rows = Consent.objects.filter(text_sha256__in=asked, uses__contains=[use])
    alive = set(living().filter(pk__in=rows).values_list("pk", flat=True))
    for row in rows:
        if row.pk in alive:
            found[row.text_sha256] = "living"
        elif found[row.text_sha256] != "living":
            # Erased before its day: at her word.
            early = row.erased_at and timezone.localdate(row.erased_at) <= row.expires_on
            is_back = row.withdrawn_at or early or found[row.text_sha256] == "withdrawn"
            found[row.text_sha256] = "withdrawn" if is_back else "over"
    return found


def _of_code(code: str) -> str:
    signs = "".join(sign for sign in code.upper() if sign.isalnum())
    return tokens.sha256(f"withdrawal:{signs}")
