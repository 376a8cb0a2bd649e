"""What a bank line is, such as a payout: suggested, confirmed, taken back with a reason."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from donations.models import (
    BankAccount,
    BankLine,
    BankMatch,
    Claim,
    Donation,
    GiftBatch,
    LegalEntity,
    Payout,
)

# A bank may book it some days before or after the day that Stripe or a deposit slip tells.
WINDOW = timedelta(days=5)
# A payout that is at the bank for so long should be on a line.
LATE = timedelta(days=5)
DESCRIPTORS = ("stripe",)
TAX_OFFICE = ("hmrc", "gift aid")


class NotPossible(Exception):
    """The line cannot be that; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


Thing = Payout | GiftBatch | Claim


@dataclass(frozen=True)
class Suggestion:
    """What a line may be; sure where no other line and thing come into question."""

    line: BankLine
    thing: Thing
    days_apart: int
    is_named: bool
    is_sure: bool = False


def open_lines() -> QuerySet[BankLine]:
    return BankLine.objects.filter(~Exists(_standing(line=OuterRef("pk"))))


def open_payouts() -> QuerySet[Payout]:
    """Payouts of this mode that reached the bank and are on no line."""
    rows = Payout.objects.filter(livemode=settings.STRIPE_LIVE, status=Payout.Status.PAID)
    return rows.filter(~Exists(_standing(payout=OuterRef("pk"))))


def open_batches() -> QuerySet[GiftBatch]:
    """Batches of this mode that were taken to the bank and are on no line."""
    rows = GiftBatch.objects.filter(livemode=settings.STRIPE_LIVE, state=GiftBatch.State.POSTED)
    taken = rows.filter(deposited_on__isnull=False).exclude(source=Donation.Source.STOCK)
    return taken.filter(~Exists(_standing(batch=OuterRef("pk"))))


def open_claims() -> QuerySet[Claim]:
    """Gift Aid claims of this mode whose tax arrived and is on no line."""
    rows = Claim.objects.filter(livemode=settings.STRIPE_LIVE, received_minor__gt=0)
    return rows.filter(~Exists(_standing(claim=OuterRef("pk"))))


def late_payouts(entity: LegalEntity, today: date) -> QuerySet[Payout]:
    """Those that should be on a statement by now, of an entity whose statements are brought in."""
    if not BankAccount.objects.filter(legal_entity=entity).exists():
        return Payout.objects.none()
    return open_payouts().filter(legal_entity=entity, arrives_on__lt=today - LATE)


def suggest(lines: Iterable[BankLine]) -> list[Suggestion]:
    """For each line what is the same money within some days, the likeliest first."""
    found = list[Suggestion]()
    wanted = list(lines)
    if not wanted:
        return found
    by_money = defaultdict[Money, list[Thing]](list)
    amounts = {line.amount_minor for line in wanted}
    days = [line.day for line in wanted]
    near = (min(days) - WINDOW, max(days) + WINDOW)
    things: list[Thing] = [
        *open_payouts().filter(amount_minor__in=amounts, arrives_on__range=near),
        *open_batches().filter(expected_minor__in=amounts, deposited_on__range=near),
        *open_claims().filter(received_minor__in=amounts, paid_on__range=near),
    ]
    for thing in things:
        by_money[_money(thing)].append(thing)
    for line in wanted:
        for thing in by_money[_money(line)]:
            apart = abs((line.day - day_of(thing)).days)
            if apart <= WINDOW.days:
                found.append(Suggestion(line, thing, apart, _is_named(line, thing)))
    per_line, per_thing = defaultdict[int, int](int), defaultdict[Thing, int](int)
    for one in found:
        per_line[one.line.pk] += 1
        per_thing[one.thing] += 1
    told = [
        replace(one, is_sure=per_line[one.line.pk] == per_thing[one.thing] == 1) for one in found
    ]
    return sorted(told, key=lambda one: (one.line.pk, not one.is_named, one.days_apart))


Money = tuple[int, str, int]


def _money(of: BankLine | Thing) -> Money:
    """Amount, currency and whose."""
    if isinstance(of, BankLine):
        return of.amount_minor, of.currency, of.account.legal_entity_id
    if isinstance(of, Claim):
        return of.received_minor or 0, of.CURRENCY, of.legal_entity_id
    amount_minor = of.expected_minor if isinstance(of, GiftBatch) else of.amount_minor
    return amount_minor, of.currency, of.legal_entity_id


def day_of(thing: Thing) -> date:
    """The day on which it should be at the bank."""
    if isinstance(thing, Claim):
        day = thing.paid_on
    else:
        day = thing.deposited_on if isinstance(thing, GiftBatch) else thing.arrives_on
    assert day is not None  # of those that are open
    return day


def _is_named(line: BankLine, thing: Thing) -> bool:
    text = f"{line.text} {line.reference}".lower()
    if isinstance(thing, GiftBatch):
        return bool(thing.bank_reference) and thing.bank_reference.lower() in text
    if isinstance(thing, Claim):
        return any(word in text for word in TAX_OFFICE)
    return thing.stripe_id.lower() in text or any(word in text for word in DESCRIPTORS)


@transaction.atomic
def match(line: BankLine, *, to: Thing | None = None, note: str = "", by: Any) -> BankMatch:
    """Say what a line is: something of the same money, or else in words. Safe to repeat.

    Raises:
        NotPossible: other_money, not_open (taken, or not at the bank), nothing_said, is_another.
    """
    line = BankLine.objects.select_for_update(of=["self"]).select_related("account").get(pk=line.pk)
    note = note.strip()[:200]
    if standing := _standing(line=line.pk).first():
        if standing.thing == to and standing.note == note:
            return standing
        raise NotPossible("is_another")
    if (to is None) == (not note):
        raise NotPossible("nothing_said")
    if to is None:
        return BankMatch.objects.create(line=line, note=note, by=by)
    name, open_ones = _KINDS[type(to)]
    fresh = open_ones().select_for_update(no_key=True, of=["self"]).filter(pk=to.pk).first()
    if fresh is None:
        raise NotPossible("not_open")
    if _money(fresh) != _money(line):
        raise NotPossible("other_money")
    return BankMatch.objects.create(line=line, by=by, **{name: fresh})


# Field of the match, and those that may be on a line.
_KINDS: dict[type[Thing], tuple[str, Callable[[], QuerySet[Any]]]] = {
    Payout: ("payout", open_payouts),
    GiftBatch: ("batch", open_batches),
    Claim: ("claim", open_claims),
}


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


def line_of(**thing: Any) -> BankLine | None:
    """The line on which something is; named by `payout`, `batch` or `claim`."""
    standing = _standing(**thing).select_related("line").first()
    return standing.line if standing else None


def match_sure(account: BankAccount, *, by: Any) -> int:
    """Confirm every suggestion that is the only one for its line and its thing; how many."""
    lines = open_lines().filter(account=account).select_related("account")
    sure = [one for one in suggest(lines) if one.is_sure]
    for one in sure:
        match(one.line, to=one.thing, by=by)
    return len(sure)


def explained(account: BankAccount) -> tuple[int, int]:
    """How many lines of an account are known for what they are, and how many there are."""
    lines = BankLine.objects.filter(account=account)
    return lines.filter(Exists(_standing(line=OuterRef("pk")))).count(), lines.count()


def _standing(**about: Any) -> QuerySet[BankMatch]:
    return BankMatch.objects.filter(ended_at=None, **about)
