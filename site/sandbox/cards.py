"""Stripe's documented test cards and bank accounts, and what each of them does.

Source: https://docs.stripe.com/testing
"""

import hashlib
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """One test card. `decline` is a decline code, or the failure code where both are the same."""

    number: str
    label: str
    brand: str = "visa"
    funding: str = "credit"
    country: str = "US"
    decline: str = ""
    # The bank asks the holder first (3-D Secure), and refuses or charges after that.
    authenticate: bool = False
    # … and does so again for every charge, also when the holder is away.
    each_time: bool = False
    risk_level: str = "normal"
    # Money is available at once instead of after two days.
    available_at_once: bool = False
    # What happens to the money afterwards, by itself: a name in sandbox.aftermath.FATES.
    fate: str = ""
    # Shown among the cards to click on the page.
    offered: bool = True

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def fingerprint(self) -> str:
        """The same for the same number, wherever it is used."""
        return _fingerprint(self.number)


@dataclass(frozen=True)
class Decline:
    code: str
    message: str
    # As Stripe advises: whether to try the same card again.
    advice: str = "try_again_later"


DECLINES = {
    "generic_decline": Decline("card_declined", "Your card was declined."),
    "insufficient_funds": Decline("card_declined", "Your card has insufficient funds."),
    "lost_card": Decline("card_declined", "Your card was declined.", "do_not_try_again"),
    "stolen_card": Decline("card_declined", "Your card was declined.", "do_not_try_again"),
    "fraudulent": Decline("card_declined", "Your card was declined.", "do_not_try_again"),
    "card_velocity_exceeded": Decline(
        "card_declined", "Your card was declined for making repeated attempts too frequently."
    ),
    "expired_card": Decline("expired_card", "Your card has expired.", "confirm_card_data"),
    "incorrect_cvc": Decline(
        "incorrect_cvc", "Your card's security code is incorrect.", "confirm_card_data"
    ),
    "processing_error": Decline(
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
}

CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242", "Visa, succeeds"),
        Card("5555555555554444", "Mastercard, succeeds", "mastercard"),
        Card("378282246310005", "American Express, succeeds", "amex"),
        Card("4000056655665556", "Visa debit, succeeds", funding="debit", offered=False),
        Card("6011111111111117", "Discover, succeeds", "discover", offered=False),
        Card("4000008260000000", "Visa from the United Kingdom", country="GB", offered=False),
        Card("4000002500003155", "3-D Secure, then succeeds", authenticate=True),
        Card(
            "4000002760003184",
            "3-D Secure each time, then succeeds",
            authenticate=True,
            each_time=True,
        ),
        Card(
            "4000008400001629",
            "3-D Secure, then declined",
            decline="generic_decline",
            authenticate=True,
            offered=False,
        ),
        Card("4000000000000077", "Succeeds, money available at once", available_at_once=True),
        Card("4000000000000259", "Succeeds, disputed later", fate="dispute"),
        Card("4000000000001976", "Succeeds, asked about later", fate="inquiry", offered=False),
        Card("4000000000005423", "Succeeds, reported as fraud", fate="warning", offered=False),
        Card("4000000000005126", "Succeeds, a refund of it fails later", fate="failing refund"),
        Card(
            "4000000000007726", "Succeeds, refunds take a while", fate="slow refund", offered=False
        ),
        Card("4000000000009235", "Succeeds, with elevated risk", risk_level="elevated"),
        Card("4000000000000002", "Declined", decline="generic_decline"),
        Card("4000000000009995", "Declined: insufficient funds", decline="insufficient_funds"),
        Card("4000000000009987", "Declined: lost card", decline="lost_card"),
        Card("4000000000009979", "Declined: stolen card", decline="stolen_card"),
        Card("4000000000000069", "Declined: expired card", decline="expired_card"),
        Card("4000000000000127", "Declined: wrong CVC", decline="incorrect_cvc"),
        Card("4000000000000119", "Declined: processing error", decline="processing_error"),
        Card(
            "4000000000006975",
            "Declined: used too often",
            decline="card_velocity_exceeded",
            offered=False,
        ),
        Card("4000000000000341", "Can be kept, fails when charged", decline="generic_decline"),
        Card(
            "4100000000000019",
            "Blocked as too risky",
            decline="fraudulent",
            risk_level="highest",
        ),
    )
}


# Stripe's names for payment methods with these cards; each use makes another one.
TEST_METHODS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_amex": "378282246310005",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_chargeCustomerFail": "4000000000000341",
}


@dataclass(frozen=True)
class BankAccount:
    """The account of a delayed payment; the sandbox's owner settles or fails it."""

    routing_number: str = "110000000"
    number: str = "000123456789"
    bank_name: str = "STRIPE TEST BANK"

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def fingerprint(self) -> str:
        return _fingerprint(self.routing_number + self.number)


BANK_FAILURES = {
    "insufficient_funds": "The customer's account has insufficient funds to cover this payment.",
    "account_closed": "The customer's bank account has been closed.",
    "no_account": "The bank account could not be located.",
    "debit_not_authorized": "The customer has notified their bank that this payment was"
    " unauthorized.",
}


def _fingerprint(number: str) -> str:
    digest = hashlib.sha256(f"sandbox {number}".encode()).hexdigest()
    return digest[:16]


def digits(text: str) -> str:
    return re.sub(r"[\s-]", "", text)


def passes_luhn(number: str) -> bool:
    if not re.fullmatch(r"\d{12,19}", number):
        return False
    total = 0
    for index, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
