"""Paid gifts without a receipt: which, why, and issuing those that can be, as one set.

The set is shown with its fingerprint. What is issued is that set, or nothing: if a gift joined it,
left it or changed meanwhile, the rows are named instead.
"""

from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from core.tokens import sha256
from donations.models import Donation, Receipt, ReceiptItem
from donations.receipts import book, cases, document, facts
from donations.receipts.packs.shape import Document

# As many are issued at once; more are the next set.
MOST = 200


@dataclass(frozen=True)
class Lack:
    """A gift without a receipt and the reason: yearly, void, going_back, none, lacks, due."""

    donation: Donation
    why: str
    detail: str = ""

    @property
    def can_be_issued(self) -> bool:
        return self.why == "due"

    @property
    def line(self) -> str:
        gift = self.donation
        return f"{gift.pk}:{gift.kept_minor}:{gift.currency}:{gift.receipt_name or gift.name}"


class SetChanged(Exception):
    """What was shown is no longer what there is; `rows` are references of gifts that differ."""

    def __init__(self, rows: list[str]) -> None:
        super().__init__(", ".join(rows))
        self.rows = rows


def gifts(*, livemode: bool) -> QuerySet[Donation]:
    """Paid gifts of which something is ours and that no valid receipt is for."""
    valid = Receipt.State.ISSUED
    single = Receipt.objects.filter(donation=OuterRef("pk"), state=valid)
    of_year = ReceiptItem.objects.filter(donation=OuterRef("pk"), receipt__state=valid)
    paid = Donation.objects.filter(status=Donation.Status.PAID, livemode=livemode)
    kept = paid.exclude(amount_minor__lte=F("refunded_minor") + F("lost_minor"))
    return kept.filter(~Exists(single), ~Exists(of_year))


def due(rows: QuerySet[Donation]) -> QuerySet[Donation]:
    """Those of `gifts` that nothing speaks against but perhaps a fact that is missing."""
    going = Q(refunds__reason="covered", refunds__status="asked")
    never = rows.filter(receipts=None, receipt_items=None, yearly_receipt=False)
    return never.exclude(going).exclude(plan__yearly_receipt=True)


def known(rows: QuerySet[Donation]) -> QuerySet[Donation]:
    """With what `why` reads."""
    return rows.select_related("legal_entity", "plan").prefetch_related(
        "receipts", "receipt_items__receipt", "refunds"
    )


def why(gift: Donation) -> Lack:
    """Why a gift of `gifts` has no valid receipt."""
    voided = [*gift.receipts.all(), *(item.receipt for item in gift.receipt_items.all())]
    if voided:
        return Lack(gift, "void", max(voided, key=lambda receipt: receipt.pk).label)
    if gift.yearly_receipt or (gift.plan and gift.plan.yearly_receipt):
        return Lack(gift, "yearly")
    if any(row.reason == "covered" and row.status == "asked" for row in gift.refunds.all()):
        return Lack(gift, "going_back")
    decision = cases.decide(gift)
    if decision.document == Document.NONE:
        return Lack(gift, "none", decision.because)
    lacking = document.missing(facts.of_gift(gift, _pretended(gift)))
    return Lack(gift, "lacks", "; ".join(lacking)) if lacking else Lack(gift, "due")


def _pretended(gift: Donation) -> Receipt:
    """A receipt that is not there, to see what one would lack."""
    return Receipt(donation=gift, label="US-0000-000000", code="XXXX-XXXX-XXXX")


def set_to_issue(*, livemode: bool) -> list[Lack]:
    """The oldest that can be issued now, with every fact they need."""
    rows = known(due(gifts(livemode=livemode)))
    # Thousands may be due none, coins from a box say: those behind them are not kept waiting.
    found = map(why, rows.order_by("paid_at", "pk").iterator(chunk_size=MOST))
    return list(islice((lack for lack in found if lack.can_be_issued), MOST))


def fingerprint(found: list[Lack]) -> str:
    return sha256("\n".join(lack.line for lack in found))


def issue(*, livemode: bool, shown: list[str], actor: Any) -> int:
    """Number exactly the set that was shown; drawing and mails follow. How many.

    Args:
        shown: `Lack.line` of each, as the page had them.

    Raises:
        SetChanged: nothing was issued.
    """
    keys = sorted(int(line.partition(":")[0]) for line in shown)
    with transaction.atomic():
        list(Donation.objects.filter(pk__in=keys).order_by("pk").select_for_update())
        rows = known(gifts(livemode=livemode).filter(pk__in=keys))
        found = {lack.line for lack in map(why, rows) if lack.can_be_issued}
        if gone := sorted(set(shown) - found):
            references = Donation.objects.filter(pk__in=[line.partition(":")[0] for line in gone])
            raise SetChanged([gift.reference[:8].upper() for gift in references.order_by("pk")])
        for key in keys:
            book.number_receipt(key, actor=actor)
            book.issue_receipt.defer(donation_id=key)
    return len(keys)
