"""What stands against closing a month, in words, with the way to where it is mended."""

from django.urls import reverse
from django.utils.translation import gettext

from donations import closing
from donations.staff.cells import Notice


def hindrance(one: closing.Hindrance) -> Notice:
    """What stands against closing, how to mend it, and where."""
    words = {
        "not_over": gettext("The month is not over."),
        "earlier_open": gettext("%(about)s is open: close the months in their order."),
        "unchecked": gettext(
            "The rules of the books have not been checked since its last entry: have them checked."
        ),
        "broken": gettext("The last check found %(about)s problems: look there what to mend."),
        "unexplained": gettext("The last check found payouts that are not explained (%(about)s)."),
        "payout": gettext(
            "Payout %(about)s is not explained: Stripe lists its rows within a day, or compare "
            "that time once more under Reconciliation."
        ),
        "not_reconciled": gettext(
            "The books have not been held against Stripe up to its end: the next night does it."
        ),
        "difference": gettext(
            "The books and Stripe differ at %(about)s: open the run, mend it, compare once more."
        ),
    }
    where = {
        "earlier_open": "periods:inspect",
        "broken": "checks:inspect",
        "unexplained": "checks:inspect",
        "payout": "payouts:inspect",
        "difference": "reconciliation:inspect",
    }
    lists = {"unchecked": "checks:index", "not_reconciled": "reconciliation:index"}
    url = ""
    if one.code in where and one.row:
        url = reverse(where[one.code], args=[one.row])
    elif one.code in lists:
        url = reverse(lists[one.code])
    return Notice(words[one.code] % {"about": one.about}, url, "bad" if one.must else "warn")
