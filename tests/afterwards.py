"""Gifts with their fee and receipt, refunds of them, and what the ledger then says."""

from donations import refunds
from donations.models import Posting
from tests.giving import BANK
from tests.people import person


def settled(giving, run_jobs, amount=5000, card="", **typed):
    donation = giving.begin(amount, **typed)
    session = giving.pay(donation, *([card] if card else []))
    if card == BANK:
        giving.sandbox.settle(session)
    giving.sandbox.release_fees()
    giving.deliver()
    run_jobs()
    donation.refresh_from_db()
    return donation


def refund(donation, amount=5000, actor=None, **how):
    donation.refresh_from_db()
    left = refunds.refundable_minor(donation)
    given = {"reason": "requested_by_customer", "left_minor": left} | how
    return refunds.request(
        donation, amount_minor=amount, actor=actor or person(factor=False), **given
    )


def balance(**about):
    """Sums in the ledger by account."""
    rows = Posting.objects.filter(**about).values_list("account", "amount_minor")
    return {name: sum(minor for of, minor in rows if of == name) for name, _ in rows}
