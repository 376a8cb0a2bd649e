"""What became of a charge: refunds, disputes, warnings and reviews, as plain frozen facts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from donations.gateway.client import NotFound, client, translated_errors
from donations.gateway.facts import Movement, moment

StripeReason = Literal["duplicate", "fraudulent", "requested_by_customer"]


@dataclass(frozen=True)
class Refund:
    id: str
    charge_id: str
    reference: str
    amount_minor: int
    currency: str
    reason: str
    status: str  # pending, requires_action, succeeded, failed, canceled
    problem: str
    created_at: datetime
    # What left the balance, and what came back if the refund failed.
    movements: tuple[Movement, ...]

    @classmethod
    def read(cls, raw: dict[str, Any]) -> "Refund":
        found = (raw.get(name) for name in ("balance_transaction", "failure_balance_transaction"))
        return cls(
            id=raw["id"],
            charge_id=_id(raw.get("charge")),
            reference=str((raw.get("metadata") or {}).get("reference", "")),
            amount_minor=raw["amount"],
            currency=raw["currency"].upper(),
            reason=str(raw.get("reason") or ""),
            status=str(raw["status"] or "pending"),
            problem=str(raw.get("failure_reason") or ""),
            created_at=moment(raw["created"]),
            movements=tuple(Movement.read(one) for one in found if isinstance(one, dict)),
        )


@dataclass(frozen=True)
class Dispute:
    id: str
    charge_id: str
    status: str
    reason: str
    amount_minor: int
    currency: str
    refundable: bool
    answer_by: datetime | None
    answers: int
    created_at: datetime
    movements: tuple[Movement, ...]

    @classmethod
    def read(cls, raw: dict[str, Any]) -> "Dispute":
        details = raw["evidence_details"]
        return cls(
            id=raw["id"],
            charge_id=_id(raw["charge"]),
            status=raw["status"],
            reason=raw["reason"],
            amount_minor=raw["amount"],
            currency=raw["currency"].upper(),
            refundable=raw["is_charge_refundable"],
            answer_by=moment(details["due_by"]) if details["due_by"] else None,
            answers=details["submission_count"],
            created_at=moment(raw["created"]),
            movements=tuple(Movement.read(one) for one in raw["balance_transactions"]),
        )


@dataclass(frozen=True)
class Alert:
    """An early fraud warning, or a review."""

    id: str
    kind: Literal["warning", "review"]
    about: str
    is_open: bool
    created_at: datetime


@dataclass(frozen=True)
class Subject:
    """Which payment an object of Stripe's is about; ours if the reference is."""

    charge_id: str
    payment_intent_id: str
    reference: str


def create_refund(*, reference: str, charge_id: str, amount_minor: int, reason: str) -> Refund:
    """Give money back. The same reference never does it twice.

    Raises:
        Unreachable: unknown whether it was done; ask again with the same arguments.
        Refused: nothing was done (`charge_disputed`, `charge_already_refunded`, …).
    """
    with translated_errors():
        made = client().v1.refunds.create(
            {
                "charge": charge_id,
                "amount": amount_minor,
                "reason": cast(StripeReason, reason),
                "metadata": {"reference": reference},
            },
            {"idempotency_key": reference},
        )
    return Refund.read(made.to_dict())


def list_refunds(charge_id: str) -> list[Refund]:
    """All refunds of a charge, oldest first, whoever made them."""
    with translated_errors():
        found = client().v1.refunds.list(
            {
                "charge": charge_id,
                "limit": 100,
                "expand": ["data.balance_transaction", "data.failure_balance_transaction"],
            }
        )
        refunds = [Refund.read(refund.to_dict()) for refund in found.auto_paging_iter()]
    return refunds[::-1]


def list_disputes(charge_id: str) -> list[Dispute]:
    """All disputes of a charge, oldest first."""
    with translated_errors():
        found = client().v1.disputes.list({"charge": charge_id, "limit": 100})
        disputes = [Dispute.read(dispute.to_dict()) for dispute in found.auto_paging_iter()]
    return disputes[::-1]


def list_warnings(charge_id: str) -> list[Alert]:
    """All early fraud warnings of a charge, oldest first."""
    with translated_errors():
        found = client().v1.radar.early_fraud_warnings.list({"charge": charge_id, "limit": 100})
        rows = [warning.to_dict() for warning in found.auto_paging_iter()]
    return [
        Alert(row["id"], "warning", row["fraud_type"], row["actionable"], moment(row["created"]))
        for row in reversed(rows)
    ]


def fetch_review(review_id: str) -> Alert:
    with translated_errors():
        row = client().v1.reviews.retrieve(review_id).to_dict()
    about = row.get("closed_reason") or row["reason"]
    return Alert(row["id"], "review", about, row["open"], moment(row["created"]))


def subject_of(object_id: str) -> Subject:
    """Look up the charge that a refund ("re_…", "pyr_…"), dispute, warning or review is about.

    Raises:
        NotFound: it is none of them.
    """
    with translated_errors():
        v1 = client().v1
        if object_id.startswith(("re_", "pyr_")):
            charge_id = _id(v1.refunds.retrieve(object_id).to_dict().get("charge"))
        elif object_id.startswith(("dp_", "du_")):
            charge_id = _id(v1.disputes.retrieve(object_id).to_dict()["charge"])
        elif object_id.startswith("issfr_"):
            charge_id = _id(v1.radar.early_fraud_warnings.retrieve(object_id).to_dict()["charge"])
        elif object_id.startswith("prv_"):
            charge_id = _id(v1.reviews.retrieve(object_id).to_dict().get("charge"))
        else:
            charge_id = object_id
        if not charge_id.startswith(("ch_", "py_")):
            raise NotFound("no_charge", object_id)
        charge = v1.charges.retrieve(charge_id).to_dict()
    return Subject(
        charge_id=charge_id,
        payment_intent_id=_id(charge.get("payment_intent")),
        reference=str((charge.get("metadata") or {}).get("reference", "")),
    )


def _id(value: Any) -> str:
    """Of an object that may be shown in full, by name, or not at all."""
    return str(value["id"] if isinstance(value, dict) else value or "")
