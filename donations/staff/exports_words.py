"""Words for exports: how far one is, what went wrong and how to mend it, what a group is called."""

from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations.exports.problem import Problem
from donations.models import Export, Posting, Receipt
from donations.staff.words import Words

State = Export.State

PROBLEMS: Words = {
    Problem.DIFFERS: _("The file does not add up to the ledger."),
    Problem.TOO_LONG: _("An entry has more than the 300 lines that Xero takes in one file."),
    Problem.NO_CODE: _("Some accounts stand nowhere in the chart of accounts."),
    Problem.UNEXPECTED: _("A fault that was not foreseen."),
}
MENDED_BY: Words = {
    Problem.DIFFERS: _(
        "Make it again. If it fails once more, look at Reconciliation: the books and what they "
        "record may disagree. Give the figures below to whoever runs this site."
    ),
    Problem.TOO_LONG: _(
        "Take the CSV or Excel file for these days and enter this entry in Xero by hand; export "
        "the days before and after it."
    ),
    Problem.NO_CODE: _(
        "The Finance lead gives each of them its number and name in your books; then make it again."
    ),
    Problem.UNEXPECTED: _(
        "Make it again. If it fails once more, tell whoever runs this site; the log has the cause."
    ),
}


def together(totals: list[tuple[list[str], list[str]]]) -> list[list[str]]:
    """A line below the totals for each currency, which is the last of what they are grouped by."""
    sums: dict[str, list[Decimal]] = {}
    for group, amounts in totals:
        before = sums.setdefault(group[-1], [Decimal()] * len(amounts))
        sums[group[-1]] = [one + Decimal(more) for one, more in zip(before, amounts, strict=True)]
    width = max((len(group) for group, _amounts in totals), default=0)
    return [
        # Where the currency alone groups them, its own line says it all.
        [gettext("Total"), *[""] * (width - 2), currency, *map(str, amounts)]
        for currency, amounts in sums.items()
        if width > 1
    ]


_LABELS: dict[str, str | Promise] = {
    **dict(Posting.Account.choices),
    **dict(Receipt.State.choices),
}


def heading(code: str) -> str:
    """Ours in words; a currency, a designation or another program's account as it is."""
    return str(_LABELS.get(code, code))
