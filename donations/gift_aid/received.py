"""The tax that arrived of a claim: split over what its gifts were for, and booked once.

tax arrives      debit  bank account   credit  Gift Aid received, by designation
it is taken back the other way round, by an entry that names the first
"""

from collections import Counter
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from core import money
from donations import ledger, periods
from donations.bank import matching
from donations.models import Claim, ClaimLine, Designation, Entry, LineMove
from donations.offline.posting import noon

Account = ledger.Account
State, Kind = Claim.State, ClaimLine.Kind


class NotPossible(Exception):
    """The tax cannot be booked or taken back; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def booked(claim: Claim) -> Entry | None:
    """The entry that stands; none before the tax arrived and after it was taken back."""
    entries = Entry.objects.filter(_of(claim), kind="tax_received")
    return entries.filter(~Exists(Entry.objects.filter(corrects=OuterRef("pk")))).first()


def _of(claim: Claim) -> Q:
    source = f"gift_aid:{claim.pk}"
    return Q(source=source) | Q(source__startswith=f"{source}:")


def _next_source(claim: Claim) -> str:
    """Each time it is booked has a source of its own: "gift_aid:7", "gift_aid:7:2"."""
    before = Entry.objects.filter(_of(claim), kind="tax_received").count()
    return f"gift_aid:{claim.pk}" + (f":{before + 1}" if before else "")


@transaction.atomic
def pay(claim: Claim, *, on: date, received_minor: int, why: str = "", by: Any) -> Claim:
    """The tax arrived; it is in the books from that day on. Safe to repeat.

    Args:
        why: it is not what was claimed.

    Raises:
        NotPossible: not_sent, future, too_early (before it was sent), no_reason.
    """
    rows = Claim.objects.select_for_update(of=["self"]).select_related("legal_entity")
    claim = rows.get(pk=claim.pk)
    if claim.state == State.PAID:
        return claim
    if claim.state != State.SENT or claim.sent_on is None:
        raise NotPossible("not_sent")
    if on > periods.today_of(claim.legal_entity):
        raise NotPossible("future")
    if on < claim.sent_on:
        raise NotPossible("too_early")
    if received_minor != claim.claimed_minor and not why.strip():
        raise NotPossible("no_reason")
    claim.state, claim.paid_on, claim.received_minor = State.PAID, on, received_minor
    claim.why_other = why.strip()[:200]
    claim.save(update_fields=["state", "paid_on", "received_minor", "why_other"])
    if received_minor:
        income = [
            ledger.Leg(Account.TAX, -minor, claim.CURRENCY, purpose)
            for purpose, minor in shares(claim, received_minor)
        ]
        ledger.post(
            [ledger.Leg(Account.CASH, received_minor, claim.CURRENCY), *income],
            source=_next_source(claim),
            kind="tax_received",
            entity=claim.legal_entity,
            livemode=claim.livemode,
            occurred_at=noon(on, claim.legal_entity),
            reason=claim.why_other,
            actor=by,
        )
    return claim


@transaction.atomic
def take_back(claim: Claim, *, reason: str, by: Any) -> Claim:
    """It was typed wrongly: out of the books by a new entry of today, and the claim waits again.

    Raises:
        NotPossible: not_paid, no_reason; banked: it is on a line of the bank.
    """
    rows = Claim.objects.select_for_update(of=["self"]).select_related("legal_entity")
    claim = rows.get(pk=claim.pk)
    if claim.state != State.PAID:
        raise NotPossible("not_paid")
    if not reason.strip():
        raise NotPossible("no_reason")
    if matching.line_of(claim=claim):
        raise NotPossible("banked")
    if entry := booked(claim):
        legs = entry.postings.select_related("designation").order_by("pk")
        ledger.post(
            [
                ledger.Leg(leg.account, -leg.amount_minor, leg.currency, leg.designation)
                for leg in legs
            ],
            source=entry.source,
            kind="tax_taken_back",
            entity=claim.legal_entity,
            livemode=claim.livemode,
            occurred_at=timezone.now(),
            reason=reason.strip()[:200],
            actor=by,
            corrects=entry,
        )
    claim.state, claim.paid_on, claim.received_minor, claim.why_other = State.SENT, None, None, ""
    claim.save(update_fields=["state", "paid_on", "received_minor", "why_other"])
    return claim


def shares(claim: Claim, received_minor: int) -> list[tuple[Designation, int]]:
    """What of the tax belongs to which designation, in the proportion of what was claimed on.

    The tax follows its gift: also to where a donor moved it later, and what went back of earlier
    claims lowers the part of those designations.
    """
    gifts, back = Counter[Designation](), Counter[Designation]()
    lines = claim.lines.select_related("donation").prefetch_related("donation__lines__designation")
    moves = LineMove.objects.filter(line__donation__claim_lines__claim=claim).order_by("pk")
    lies = {move.line_id: move.destination for move in moves.select_related("destination")}
    for line in lines:
        parts = list(line.donation.lines.all())
        amounts = (
            ledger.kept_of(parts, line.amount_minor)
            if line.kind == Kind.GIFT
            else money.allocate(line.amount_minor, [part.amount_minor for part in parts])
        )
        side = gifts if line.kind == Kind.GIFT else back
        for part, minor in zip(parts, amounts, strict=True):
            side[lies.get(part.pk, part.designation)] += minor
    # `-` of counters leaves out what is not above nothing; then every gift counts.
    weights = (gifts - back) or gifts
    purposes = sorted(weights, key=lambda one: one.pk)
    split = money.allocate(received_minor, [weights[one] for one in purposes])
    return [(purpose, minor) for purpose, minor in zip(purposes, split, strict=True) if minor]
