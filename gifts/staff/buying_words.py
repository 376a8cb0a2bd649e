"""What happened to an order and why something was refused, in words."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations.spending import NotAllowed, TooLittle
from donations.staff.cells import Text, amount
from donations.staff.desk import NotPossible
from gifts.buying import Refused
from gifts.models import Explanation, OrderLine, PurchaseOrder

State = PurchaseOrder.State
TONES = {
    State.DRAFT: "warn",
    State.APPROVED: "warn",
    State.RECEIVED: "warn",
    State.INVOICED: "warn",
    State.CLOSED: "good",
    State.CANCELED: "bad",
}
WHY_NOT = {
    "closed": _("We do not buy from this supplier any more."),
    "not_draft": _("Nothing was changed: the order is no draft any more."),
    "no_money": _("Choose a published wish, or for general stock the purpose that pays."),
    "other_kind": _("A wish buys its own kind of thing, or fees and transport."),
    "other_currency": _("This is planned in another currency than the order."),
    "quantity": _("Between 1 and 500 of a kind, at a price above zero."),
    "same_person": _("It takes another person: you drew up or placed this order."),
    "empty": _("The order has no lines yet."),
    "not_approved": _("Somebody else has to approve the order first."),
    "under_way": _("Something came, was billed, or an advance is out; this has to end first."),
    "no_reason": _("Please give a reason."),
    "changed": _("Nothing was changed: somebody was quicker. Please look again."),
    "other_purpose": _("The order does not spend of this purpose."),
    "not_ordered": _("Nothing was changed: the order is not at that step."),
    "too_many": _("That is more than was ordered. Send back the rest, or ask for a new invoice."),
    "nothing": _("Nothing was entered."),
    "entered": _("Nothing was changed: this invoice, or another for the order, is there already."),
    "rate": _("The exchange rate is not possible; it is 1 where the currencies are the same."),
    "not_received": _("First somebody has to confirm what came, to the last piece."),
    "no_invoice": _("No invoice waits here."),
    "too_much": _("An advance is at most what the order costs."),
    "no_advance": _("No advance is out."),
    "other_amount": _("Nothing was changed: another amount is still out."),
    "not_invoiced": _("The invoice has to be approved first."),
    "not_paid": _("The invoice has to be paid first."),
    "advance": _("The advance has to be settled first."),
    "unexplained": _("Some differences have not been explained yet."),
    "not_closed": _("The wish is still open."),
    "next_unit": _("There is enough for one more: its rule is to buy that first."),
    "restricted": _("Only general money may cover this: the other has a purpose of its own."),
}
STEPS = {
    "drawn_up": _("Drawn up"),
    "line_added": _("Line added"),
    "line_removed": _("Line removed"),
    "approved": _("Approved"),
    "placed": _("Ordered"),
    "canceled": _("Canceled"),
    "covered": _("Covered from general money"),
    "received": _("Received"),
    "checked": _("Checked"),
    "invoice_entered": _("Invoice entered"),
    "invoice_rejected": _("Invoice rejected"),
    "invoice_approved": _("Invoice approved"),
    "paid": _("Paid"),
    "advanced": _("Advance paid"),
    "advance_settled": _("Advance settled"),
    "explained": _("Difference explained"),
    "closed": _("Closed"),
}


def refusal(problem: Refused | NotAllowed | TooLittle, *, currency: str) -> NotPossible:
    """The same in words that help."""
    if not isinstance(problem, TooLittle):
        return NotPossible(str(WHY_NOT[problem.code]))
    text = gettext(
        "Nothing was done: “%(purpose)s” has %(left)s left and this takes %(wanted)s of it. Take "
        "fewer, or let general money cover the %(lacking)s that are lacking."
    )
    return NotPossible(
        text
        % {
            "purpose": problem.designation.public_name,
            "left": amount(problem.left_minor, currency),
            "wanted": amount(problem.wanted_minor, currency),
            "lacking": amount(problem.lacking_minor, currency),
        }
    )


def figure(about: str, value: int, line: OrderLine) -> str:
    """A figure of a difference: money where it is about the price, else how many."""
    if about == Explanation.About.PRICE:
        return amount(value, line.order.currency)
    return str(value)


def purpose(line: OrderLine) -> Text:
    return line.wish.public_name if line.wish else line.designation.public_name
