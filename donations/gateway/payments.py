"""Charges and movements of the balance."""

from donations.gateway.client import client, translated_errors
from donations.gateway.facts import Charge, Movement


def failed_charges(payment_intent_id: str) -> list[Charge]:
    """Every failed try of a payment, whatever order we heard of them in."""
    with translated_errors():
        found = client().v1.charges.list({"payment_intent": payment_intent_id, "limit": 100})
        charges = [Charge.read(charge.to_dict()) for charge in found.auto_paging_iter()]
    return [charge for charge in charges if charge.status == "failed"]


def fetch_movement(movement_id: str) -> Movement:
    with translated_errors():
        return Movement.read(client().v1.balance_transactions.retrieve(movement_id).to_dict())
