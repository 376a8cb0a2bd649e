"""Codes in the words of a person: why a payment was refused, what a mail is, what happened."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations.models import Donation, Plan, Receipt

Words = Mapping[str, str | Promise]

# What to tell a donor who calls; a stolen card is not named to whoever holds it.
DECLINES: Words = {
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

# Why a bank sent a debit back, where a card's words would mislead.
DEBITS: Words = {
    "insufficient_funds": _("not enough money on the account"),
    "account_closed": _("the account is closed"),
    "no_account": _("there is no such account"),
    "invalid_account": _("the account does not take debits"),
    "debit_not_authorized": _("the donor did not allow it"),
}
# Stripe's kinds of payment that draw on a bank account, days after the donor's yes.
BANKS: Words = {
    "us_bank_account": _("Bank debit"),
    "acss_debit": _("Bank debit"),
    "sepa_debit": _("Bank debit"),
    "bacs_debit": _("Bank debit"),
    "au_becs_debit": _("Bank debit"),
}

HAPPENED: Words = {
    "begun": _("The donor filled in the form"),
    "sent_to_stripe": _("Sent to the payment page"),
    "refused_by_stripe": _("Stripe refused to open the payment page"),
    "paid": _("Paid"),
    "fee_known": _("Stripe told the fee"),
    "payment_failed": _("A payment was refused"),
    "pending": _("Waiting for payment"),
    "needs_action": _("Waiting for the donor's bank step"),
    "processing": _("On its way from the bank"),
    "failed": _("Failed"),
    "abandoned": _("Left without paying"),
    "canceled": _("Given up by the donor"),
    "second_payment": _("A second payment for the same gift"),
    "receipt_numbered": _("Receipt issued"),
    "receipt_voided": _("Receipt declared void"),
    "receipt_corrected": _("Corrected for the receipt"),
    "receipt_void_asked": _("Voiding the receipt waits for a second person"),
    "receipt_void_approved": _("Voiding the receipt was approved"),
    "receipt_void_declined": _("Voiding the receipt was declined"),
    "email_corrected": _("E-mail address corrected"),
    "mail_bounced": _("A mail came back"),
    "mail_complained": _("A mail was marked as unwanted"),
    "note_written": _("A note was written"),
    "refund_proposed": _("A refund waits for a second person"),
    "refund_asked": _("A refund was asked for"),
    "refund_approved": _("The refund was approved"),
    "refund_declined": _("The refund was declined"),
    "refund_refused": _("Stripe refused the refund"),
    "refunded": _("Refunded"),
    "refund_failed": _("The refund came back from the bank"),
    "refund_canceled": _("The refund was canceled"),
    "disputed": _("Disputed by the donor's bank"),
    "dispute_warning_needs_response": _("The bank asks"),
    "dispute_warning_under_review": _("The bank reads our answer"),
    "dispute_warning_closed": _("The bank's question is closed"),
    "dispute_needs_response": _("The dispute waits for our answer"),
    "dispute_under_review": _("The bank decides on the dispute"),
    "dispute_won": _("The dispute was won"),
    "dispute_lost": _("The dispute was lost"),
    "dispute_prevented": _("The dispute was settled before it began"),
    "warning_opened": _("Reported as fraud"),
    "warning_closed": _("The fraud warning is settled"),
    "warning_left": _("The fraud warning was left as it is"),
    "review_opened": _("Put under review by Stripe"),
    "review_closed": _("The review is closed"),
    "review_left": _("The review was left as it is"),
    "line_moved": _("Moved to another designation"),
    "entered": _("Entered in a batch and posted"),
    "reversed": _("Reversed"),
}
DONORS = {"begun", "sent_to_stripe", "canceled"}
STRIPES = {
    *("refused_by_stripe", "paid", "fee_known", "payment_failed", "pending", "needs_action"),
    *("processing", "failed", "abandoned", "second_payment", "refund_refused", "refunded"),
    *("refund_failed", "refund_canceled", "disputed", "warning_opened", "warning_closed"),
    *("review_opened", "review_closed"),
}

MAILS: Words = {
    "receipt": _("Receipt"),
    "receipt_again": _("Receipt, once more"),
    "receipt_replaced": _("Corrected receipt"),
    "receipt_of_year": _("Annual receipt"),
    "statement": _("Statement of the year"),
    "gift_arrived": _("Gift that waits for the annual receipt"),
    "tribute_notice": _("Notice of a tribute"),
    "gift_processing": _("Gift on its way from the bank"),
    "gift_failed": _("Payment that failed"),
    "confirm_gift": _("Confirmation of the address"),
    "gift_refunded": _("Refund"),
    "plan": _("About a regular gift"),
    "offer": _("About things offered"),
    "news": _("About our news"),
    "letter": _("Test of a letter"),
    "training": _("About the training"),
}


# Why plans ended, for counts: the donor's reasons in the third person, and what was nobody's wish.
LEAVING: Words = {
    "money": _("Cannot afford it now"),
    "elsewhere": _("Gives in another way"),
    "unhappy": _("Not happy with something"),
    "other": _("Something else"),
    "none": _("No reason given"),
    "lapsed": _("Payments failed to the last"),
    "dispute": _("The donor's bank claimed a payment back"),
    "stripe": _("Stopped at Stripe"),
}


def leaving(status: str, canceled_by: str, reason: str) -> str:
    """The code in LEAVING for a plan that ended."""
    if status == "lapsed":
        return "lapsed"
    return canceled_by if canceled_by in ("dispute", "stripe") else reason or "none"


def ended(status: str, canceled_by: str, reason: str) -> str:
    """Why a plan ended; by whom, where somebody wished it."""
    why = str(LEAVING[leaving(status, canceled_by, reason)])
    whose = dict(Plan.CanceledBy.choices).get(canceled_by, "")
    return f"{whose}: {why}" if canceled_by in ("donor", "staff") else why


def mail(template: str) -> str:
    return str(MAILS.get(template, template.replace("_", " ")))


def language(code: str) -> str:
    return str(dict(settings.LANGUAGES).get(code, code))


def method(brand: str, last4: str = "") -> str:
    """ "Visa •••• 4242", "Bank debit"; empty while nothing is known."""
    named = str(BANKS.get(brand, brand.replace("_", " ").title()))
    return f"{named} •••• {last4}" if last4 else named


def decline(code: str, brand: str = "") -> str:
    """A sentence for a decline code, with the code, for whoever looks it up at Stripe."""
    if brand in BANKS:
        why = DEBITS.get(code)
        text = (
            gettext("The bank refused the debit: %(why)s.") % {"why": why}
            if why
            else gettext("The bank refused the debit.")
        )
        return f"{text} ({code})" if code else text
    return f"{DECLINES.get(code, REFUSED)} ({code})" if code else ""


def happened(kind: str, detail: dict[str, Any]) -> str:
    """A line of the timeline with its ids and codes."""
    what = str(HAPPENED.get(kind, kind.replace("_", " ")))
    if kind == "payment_failed":
        brand = str(detail.get("method", ""))
        why = decline(str(detail.get("code", "")), brand)
        with_what = f"{what} ({method(brand)})" if brand else what
        return f"{with_what}: {why}"
    told = ", ".join(_told(name, value) for name, value in detail.items() if value)
    return f"{what}: {told}" if told else what


def actor(kind: str) -> str:
    """Who is behind a line of the timeline that names nobody of the staff."""
    if kind in DONORS:
        return gettext("Donor")
    theirs = kind in STRIPES or kind.startswith("dispute_")
    return gettext("Stripe") if theirs else gettext("System")


def _told(name: str, value: Any) -> str:
    if name == "reason":
        return str(dict(Receipt.VoidReason.choices).get(value, value))
    if name == "mail":
        return mail(value)
    if name == "of":
        return str(value)[:8].upper()
    if name == "fields":
        fields = (Donation._meta.get_field(field) for field in value)
        return ", ".join(str(field.verbose_name) for field in fields)  # type: ignore[union-attr]
    return str(value)


def yes_no(value: bool) -> str:
    return gettext("yes") if value else gettext("no")
