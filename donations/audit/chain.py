"""A gift's way in papers: bank line, payout, balance transaction, gift, entries, receipts."""

from dataclasses import dataclass, field

from django.db.models import Q

from core.tokens import sha256
from donations.models import (
    BalanceTransaction,
    BankMatch,
    Donation,
    Entry,
    GiftBatch,
    Payout,
    Receipt,
    ReceiptFile,
)
from donations.receipts import cases
from donations.receipts.packs.shape import Document


@dataclass
class Chain:
    """What there is of each link, and in `missing` what there is not, in words."""

    donation: Donation
    movements: list[BalanceTransaction]
    payouts: list[Payout]
    matches: list[BankMatch]
    entries: list[Entry]
    receipts: list[Receipt]
    missing: list[str] = field(default_factory=list)


def of(donation_id: int) -> Chain:
    """All that is known of one gift's way."""
    gift = Donation.objects.prefetch_related("lines__designation").get(pk=donation_id)
    entries = list(
        gift.entries.order_by("pk")
        .select_related("actor")
        .prefetch_related("postings__designation")
    )
    sources = [entry.source for entry in entries]
    rows = BalanceTransaction.objects.select_related("payout").order_by("created_at", "pk")
    movements = list(rows.filter(pk__in=sources) | rows.filter(source__in=sources))
    payouts = list({one.payout.pk: one.payout for one in movements if one.payout}.values())
    batches = GiftBatch.objects.filter(gifts__donation=gift)
    matches = BankMatch.objects.filter(Q(payout__in=payouts) | Q(batch__in=batches), ended_at=None)
    chain = Chain(
        gift,
        movements,
        payouts,
        list(matches.select_related("line__statement", "line__account", "by")),
        entries,
        _receipts(gift),
    )
    chain.missing = [*_of_money(chain), *_of_papers(chain)]
    return chain


def _receipts(gift: Donation) -> list[Receipt]:
    """Its own, and those of a year on which it stands."""
    theirs = Q(donation=gift) | Q(items__donation=gift)
    return list(Receipt.objects.filter(theirs).order_by("pk"))


def _of_money(chain: Chain) -> list[str]:
    found = list[str]()
    if chain.donation.source == Donation.Source.CARD:
        if not chain.movements:
            found.append("No balance transaction: Stripe has not told the movement of this charge.")
        elif any(one.payout is None for one in chain.movements):
            found.append("No payout: a movement has not been paid out, or Stripe has not said so.")
    else:
        found += _of_batch(chain)
    known = {one.payout_id for one in chain.matches}
    found += [
        f"No bank line: payout {one.stripe_id} is matched with none."
        for one in chain.payouts
        if one.pk not in known
    ]
    if not any(entry.kind in ("charge", "received") for entry in chain.entries):
        found.append("No journal entry of the gift.")
    return found


def _of_batch(chain: Chain) -> list[str]:
    """Of a gift that came outside Stripe: its own paper is never here."""
    batch = chain.donation.offline.batch
    found = [f"Not paid through Stripe: it came in batch {batch.pk}; its paper is with the batch."]
    if batch.source != Donation.Source.STOCK and not chain.matches:
        lies = "is matched with none" if batch.deposited_on else "was not taken to the bank yet"
        found.append(f"No bank line: batch {batch.pk} {lies}.")
    return found


def _of_papers(chain: Chain) -> list[str]:
    valid = [one for one in chain.receipts if one.state == Receipt.State.ISSUED]
    if not valid and chain.donation.kept_minor:
        decision = cases.decide(chain.donation)
        if decision.document == Document.NONE:
            return []
        ended = "".join(f" {one.label} is {one.state}." for one in chain.receipts[-1:])
        return [f"No valid receipt for what we have of this gift.{ended}"]
    found = list[str]()
    for receipt in valid:
        file = ReceiptFile.objects.filter(receipt=receipt).first()
        if file is None:
            found.append(f"Receipt {receipt.label} has no file.")
        elif sha256(bytes(file.data)) != receipt.sha256:
            found.append(f"The file of receipt {receipt.label} is not the one that was issued.")
    return found
