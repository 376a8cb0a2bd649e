"""The books without what order and chance decide: no ids, receipt numbers, posting dates, seals."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from donations.models import BalanceTransaction, Donation, Payout, Plan, Posting


def canonical_books() -> list[list[Any]]:
    """Postings by the gift they came from, gifts, plans, payouts, rows of the balance; sorted.

    A gift is named by its form's token, a renewal by its plan's and its date: ids are random.
    """
    rows = [*_postings(), *_gifts(), *_plans(), *_payouts(), *_movements()]
    return sorted(rows, key=json.dumps)


def canonical_hash() -> str:
    return hashlib.sha256(json.dumps(canonical_books()).encode()).hexdigest()


def _postings() -> Iterator[list[Any]]:
    for posting in Posting.objects.select_related("entry__donation__plan", "designation"):
        yield [
            "posting",
            _name(posting.entry.donation),
            posting.entry.kind,
            posting.account,
            posting.designation.code if posting.designation else "",
            posting.amount_minor,
            posting.currency,
            posting.entry.occurred_at.date().isoformat(),
        ]


def _gifts() -> Iterator[list[Any]]:
    for gift in Donation.objects.select_related("donor", "plan"):
        lines = gift.lines.values_list("designation__code", "amount_minor")
        yield [
            "gift",
            _name(gift),
            gift.status,
            gift.amount_minor,
            gift.fee_cover_minor,
            gift.processor_fee_minor,
            gift.donor.email if gift.donor else "",
            gift.card_last4,
            sorted(lines),
            sorted(gift.attempts.values_list("state", "outcome")),
            sorted(gift.failures.values_list("code", flat=True)),
            [gift.refunded_minor, gift.disputed_minor, gift.lost_minor],
            sorted(gift.refunds.values_list("amount_minor", "status")),
            sorted(gift.disputes.values_list("amount_minor", "status")),
            sorted(gift.alerts.values_list("kind", "is_open")),
            [live.snapshot["amount_minor"] for live in gift.receipts.filter(state="issued")],
            # A receipt that was issued before or after money went back: both are right.
            None if gift.refunds.exists() or gift.disputes.exists() else gift.receipts.count(),
        ]


def _plans() -> Iterator[list[Any]]:
    for plan in Plan.objects.select_related("designation"):
        # A failure is told once for each try of an invoice; the invoice's id is random.
        steps = [
            [step.kind, (step.source or "").rpartition(":")[2], step.channel]
            for step in plan.steps.all()
        ]
        yield [
            "plan",
            _token(plan),
            plan.status,
            plan.canceled_by,
            plan.amount_minor,
            plan.fee_cover_minor,
            plan.designation.code,
            plan.next_charge_at.date().isoformat() if plan.next_charge_at else "",
            [plan.card_last4, plan.card_exp_month, plan.card_exp_year, plan.tries],
            sorted(steps),
            sorted(plan.changes.values_list("kind", "state")),
        ]


def _payouts() -> Iterator[list[Any]]:
    for payout in Payout.objects.all():
        rows = payout.movements.values_list("kind", "net_minor")
        explained = payout.explained_at is not None
        yield ["payout", payout.status, payout.amount_minor, explained, sorted(rows)]


def _movements() -> Iterator[list[Any]]:
    for row in BalanceTransaction.objects.all():
        yield ["movement", row.kind, row.amount_minor, row.fee_minor, row.payout_id is not None]


def _name(gift: Donation | None) -> str:
    if gift is None:
        return ""  # a payout, or a fee of Stripe's own
    if gift.plan is None or not gift.form_token.startswith("in_"):
        return gift.form_token
    return f"{_token(gift.plan)}, {gift.paid_at:%Y-%m-%d}"


def _token(plan: Plan) -> str:
    return plan.donations.exclude(form_token__startswith="in_").earliest("pk").form_token
