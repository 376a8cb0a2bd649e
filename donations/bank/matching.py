"""Which payout a bank line is: suggested, confirmed by a person, taken back with a reason."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from donations.models import BankAccount, BankLine, BankMatch, LegalEntity, Payout

# A bank may book a payout some days before or after the day that Stripe tells.
WINDOW = timedelta(days=5)
# A payout that is at the bank for so long should be on a line.
LATE = timedelta(days=5)
DESCRIPTORS = ("stripe",)


class NotPossible(Exception):
    """The line cannot be that; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Suggestion:
    """A payout that a line may be; sure where no other line and payout come into question."""

    line: BankLine
    payout: Payout
    days_apart: int
    is_named: bool
    is_sure: bool = False


def open_lines() -> QuerySet[BankLine]:
    return BankLine.objects.filter(~Exists(_standing(line=OuterRef("pk"))))


def open_payouts() -> QuerySet[Payout]:
    """Payouts of this mode that reached the bank and are on no line."""
    rows = Payout.objects.filter(livemode=settings.STRIPE_LIVE, status=Payout.Status.PAID)
    return rows.filter(~Exists(_standing(payout=OuterRef("pk"))))


def late_payouts(entity: LegalEntity, today: date) -> QuerySet[Payout]:
    """Those that should be on a statement by now, of an entity whose statements are brought in."""
    if not BankAccount.objects.filter(legal_entity=entity).exists():
        return Payout.objects.none()
    return open_payouts().filter(legal_entity=entity, arrives_on__lt=today - LATE)


def suggest(lines: Iterable[BankLine]) -> list[Suggestion]:
    """For each line the payouts of the same money within some days, the likeliest first."""
    found = list[Suggestion]()
    wanted = list(lines)
    if not wanted:
        return found
    by_amount = defaultdict[tuple[int, str, int], list[Payout]](list)
    amounts = {line.amount_minor for line in wanted}
    days = [line.day for line in wanted]
    near = (min(days) - WINDOW, max(days) + WINDOW)
    for payout in open_payouts().filter(amount_minor__in=amounts, arrives_on__range=near):
        by_amount[payout.amount_minor, payout.currency, payout.legal_entity_id].append(payout)
    for line in wanted:
        key = (line.amount_minor, line.currency, line.account.legal_entity_id)
        for payout in by_amount[key]:
            assert payout.arrives_on is not None  # as asked
            apart = abs((line.day - payout.arrives_on).days)
            if apart <= WINDOW.days:
                found.append(Suggestion(line, payout, apart, _is_named(line, payout)))
    per_line, per_payout = defaultdict[int, int](int), defaultdict[int, int](int)
    for one in found:
        per_line[one.line.pk] += 1
        per_payout[one.payout.pk] += 1
    told = [
        Suggestion(
            one.line,
            one.payout,
            one.days_apart,
            one.is_named,
            per_line[one.line.pk] == per_payout[one.payout.pk] == 1,
        )
        for one in found
    ]
    return sorted(told, key=lambda one: (one.line.pk, not one.is_named, one.days_apart))


def _is_named(line: BankLine, payout: Payout) -> bool:
    text = f"{line.text} {line.reference}".lower()
    return payout.stripe_id.lower() in text or any(word in text for word in DESCRIPTORS)


@transaction.atomic
def match(line: BankLine, *, payout: Payout | None = None, note: str = "", by: Any) -> BankMatch:
    """Say what a line is: a payout of the same money, or something else in words. Safe to repeat.

    Raises:
        NotPossible: other_money, taken, nothing_said, is_another.
    """
    line = BankLine.objects.select_for_update(of=["self"]).select_related("account").get(pk=line.pk)
    if standing := _standing(line=line.pk).first():
        if standing.payout_id == (payout.pk if payout else None) and standing.note == note:
            return standing
        raise NotPossible("is_another")
    if payout is None and not note.strip():
        raise NotPossible("nothing_said")
    if payout is not None:
        payout = Payout.objects.select_for_update(no_key=True).get(pk=payout.pk)
        money = (payout.amount_minor, payout.currency, payout.legal_entity_id)
        if money != (line.amount_minor, line.currency, line.account.legal_entity_id):
            raise NotPossible("other_money")
        if _standing(payout=payout.pk).exists():
            raise NotPossible("taken")
    return BankMatch.objects.create(line=line, payout=payout, note=note.strip()[:200], by=by)


@transaction.atomic
def unmatch(line: BankLine, *, by: Any, reason: str) -> bool:
    """Take back what was said of a line; false if nothing stands.

    Raises:
        NotPossible: no_reason.
    """
    if not reason.strip():
        raise NotPossible("no_reason")
    standing = _standing(line=line.pk).select_for_update().first()
    if standing is None:
        return False
    standing.ended_at, standing.ended_by = timezone.now(), by
    standing.end_reason = reason.strip()[:200]
    standing.save(update_fields=["ended_at", "ended_by", "end_reason"])
    return True


def match_sure(account: BankAccount, *, by: Any) -> int:
    """Confirm every suggestion that is the only one for its line and its payout; how many."""
    lines = open_lines().filter(account=account).select_related("account")
    sure = [one for one in suggest(lines) if one.is_sure]
    for one in sure:
        match(one.line, payout=one.payout, by=by)
    return len(sure)


def explained(account: BankAccount) -> tuple[int, int]:
    """How many lines of an account are known for what they are, and how many there are."""
    lines = BankLine.objects.filter(account=account)
    return lines.filter(Exists(_standing(line=OuterRef("pk")))).count(), lines.count()


def _standing(**about: Any) -> QuerySet[BankMatch]:
    return BankMatch.objects.filter(ended_at=None, **about)
