"""Books that prove themselves: every rule of the money, recomputed from the rows.

Each check is one function that yields what is wrong; `manage.py verify_books` runs them all. Apps
above add their own when they are ready.
"""

from donations.books import entries, offline, periods, plans, processor, receipts, spending
from donations.books.problem import Check, Problem

__all__ = ["CHECKS", "Problem", "verify"]

CHECKS: dict[str, Check] = {
    "entries balance": entries.entries_balance,
    "entries unchanged": entries.entries_unchanged,
    "gifts are whole": entries.gifts_are_whole,
    "income goes where it was given": entries.income_goes_where_given,
    "what went back is borne by its purposes": processor.given_back_where_given,
    "refunds and disputes are booked": processor.given_back_is_booked,
    "the balance at Stripe agrees": processor.balance_agrees,
    "payouts are explained": processor.payouts_are_explained,
    "no purpose spends what it has not": spending.nothing_is_overspent,
    "what is released was spent": spending.released_is_spent,
    "moved lines are booked": spending.moves_are_booked,
    "commitments net out": spending.orders_net_out,
    "batches are booked as they were entered": offline.batches_are_booked,
    "cut-overs are booked as they were proved": offline.cut_overs_are_booked,
    "tax received is booked": offline.tax_is_booked,
    "goals are not exceeded": entries.goals_are_not_exceeded,
    "each gift is paid once": entries.payments_once,
    "plans go to open purposes": plans.purposes_are_open,
    "plans stand as their story tells": plans.stories_are_whole,
    "plans are charged once a period and never after their end": plans.charges_are_due,
    "receipt numbers have no gap": receipts.receipt_numbers_have_no_gap,
    "receipts are unchanged": receipts.receipts_unchanged,
    "receipts are right": receipts.receipts_are_right,
    "receipts are what is printed on them": receipts.receipt_rows_say_what_is_printed,
    "test and live are apart": entries.modes_are_apart,
    "the chain of seals is whole": entries.chain_is_whole,
    "closed months stand": periods.closed_months_stand,
    "closings follow each other": periods.closings_follow_each_other,
    "months stand as their steps tell": periods.months_stand_as_their_steps_tell,
}


def verify() -> dict[str, list[Problem]]:
    """Run every check; an empty list is a rule that holds."""
    return {name: list(check()) for name, check in CHECKS.items()}
