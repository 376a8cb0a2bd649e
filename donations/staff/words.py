"""Codes in the words of a person: why a card was declined, what happened to a gift."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# What to tell a donor who calls; a stolen card is not named to whoever holds it.
DECLINES: Mapping[str, str | Promise] = {
    "insufficient_funds": _("Not enough money on the account."),
    "expired_card": _("The card has expired."),
    "incorrect_cvc": _("The security code was wrong."),
    "invalid_cvc": _("The security code was wrong."),
    "incorrect_number": _("The card number was wrong."),
    "invalid_account": _("The card or its account is closed: ask for another card."),
    "lost_card": _("The bank refused without a reason to pass on: ask for another card."),
    "stolen_card": _("The bank refused without a reason to pass on: ask for another card."),
    "pickup_card": _("The bank refused without a reason to pass on: ask for another card."),
    "fraudulent": _("The payment looked wrong to Stripe or the bank: ask for another card."),
    "do_not_honor": _("The bank refused without saying why: the donor can ask the bank."),
    "generic_decline": _("The bank refused without saying why: the donor can ask the bank."),
    "card_declined": _("The bank refused without saying why: the donor can ask the bank."),
    "card_not_supported": _("The card does not take this kind of payment."),
    "currency_not_supported": _("The card does not pay in this currency."),
    "card_velocity_exceeded": _("The card reached its limit for now: try again later."),
    "withdrawal_count_limit_exceeded": _("The card reached its limit for now: try again later."),
    "processing_error": _("A passing fault at the bank: try again."),
    "try_again_later": _("A passing fault at the bank: try again."),
    "issuer_not_available": _("The bank did not answer: try again."),
    "authentication_required": _("The donor's bank asked for a confirmation that did not come."),
}
REFUSED = _("The payment was refused.")

HAPPENED: Mapping[str, str | Promise] = {
    "begun": _("The donor filled in the form"),
    "sent_to_stripe": _("Sent to the payment page"),
    "refused_by_stripe": _("Stripe refused to open the payment page"),
    "paid": _("Paid"),
    "fee_known": _("Stripe told the fee"),
    "payment_failed": _("A card was declined"),
    "pending": _("Waiting for payment"),
    "needs_action": _("Waiting for the donor's bank step"),
    "processing": _("On its way from the bank"),
    "failed": _("Failed"),
    "abandoned": _("Left without paying"),
    "canceled": _("Given up by the donor"),
    "second_payment": _("A second payment for the same gift"),
    "receipt_numbered": _("Receipt issued"),
    "receipt_voided": _("Receipt declared void"),
}


def decline(code: str) -> str:
    """A sentence for a decline code, with the code, for whoever looks it up at Stripe."""
    return f"{DECLINES.get(code, REFUSED)} ({code})" if code else ""


def happened(kind: str, detail: dict[str, Any]) -> str:
    """A line of the timeline with its ids and codes."""
    what = str(HAPPENED.get(kind, kind.replace("_", " ")))
    if kind == "payment_failed":
        return f"{what}: {decline(str(detail.get('code', '')))}"
    told = ", ".join(str(value) for value in detail.values() if value)
    return f"{what}: {told}" if told else what


def yes_no(value: bool) -> str:
    return gettext("yes") if value else gettext("no")
