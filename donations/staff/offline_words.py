"""What is wrong with a gift or a batch, and what it may repeat, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from donations.models import GiftBatch
from donations.offline import reading
from donations.offline.duplicates import Hint
from donations.offline.entering import NotPossible
from donations.staff.cells import amount, day

# By the codes of donations/offline/facts.py.
FAULTS: dict[str, str | Promise] = {
    "amount": _("Please type an amount above zero, such as 25 or 1,250.00."),
    "lines": _("The parts do not add up to the gift."),
    "twice": _("The same designation stands there twice."),
    "designation": _("This designation has ended, has a goal of its own, or is not known."),
    "benefit": _("Please say both: what was given back, and what it is worth."),
    "benefit_more": _("What was given back cannot be worth more than the gift."),
    "telling": _("Receipts show this: please say it without naming the cause."),
    "future": _("This day has not come yet."),
    "long_ago": _("This is more than five years ago."),
    "after_deposit": _("This is after the deposit of the batch."),
    "postmark": _("The postmark cannot be later than the day it came, nor years earlier."),
    "not_here": _("This belongs to another kind of gift."),
    "name": _("Please type who gives."),
    "organisation": _("The donor of record is the organization; its member gets soft credit."),
    "reach": _("Without an e-mail the receipt goes by post: please type the address."),
    "country": _("Two letters, such as US."),
    "language": _("We do not write in this language."),
    "tribute": _("Please say both: in honor or memory, and of whom."),
    "shares": _("Please type symbol, number of shares, and high and low of the day."),
    "prices": _("The high cannot be below the low, and all must be above zero."),
    "worth": _("The amount is not number of shares times the mean of high and low."),
    # Of files alone.
    "unread_amount": _("This is no amount in the chosen writing."),
    "unread_day": _("This is no day in the chosen writing."),
    "unread_number": _("This is no number."),
    "email": _("This is no e-mail address."),
    "too_long": _("This is too long."),
    "unknown_word": _("We do not know this word here."),
    "cells": _("This row has more cells than there are headings."),
    "repeated": _("This number stands in an earlier row."),
    "nobody": _("No donor has this number."),
    "needed": _("This is missing."),
    "after_balances": _("This is after the day of the balances."),
    "restriction": _("The designation has another restriction here."),
}
# Why a file cannot be read at all, by the codes of donations/offline/reading.py.
UNREADABLE: dict[str, str | Promise] = {
    "too_large": _("The file is larger than 8 MB."),
    "too_many": _("The file has more than %(about)s rows."),
    "binary": _("This is no text: please save it as CSV, in UTF-8 or Windows-1252."),
    "letters": _("Its letters cannot be read: please save it as CSV in UTF-8."),
    "empty": _("The file is empty."),
    "no_headings": _("The first row must have a heading for each column, at most 60."),
    "twice": _("The heading “%(about)s” stands there twice."),
    "quotes": _(
        "Line %(about)s cannot be read: a quotation mark is not closed, or it is too long."
    ),
    "cell": _("A cell in line %(about)s has more than 2,000 letters."),
}


def fault(code: str) -> str:
    return str(FAULTS[code])


def unreadable(problem: reading.Unreadable) -> str:
    return str(UNREADABLE[problem.code]) % {"about": problem.about}


def why_not(refused: NotPossible, currency: str) -> str:
    """Why a batch or cut-over cannot do what was asked; by how much a batch does not match."""
    if refused.code == "count":
        more = int(refused.about)
        if more < 0:
            text = ngettext("%(n)d gift is missing.", "%(n)d gifts are missing.", -more)
        else:
            text = ngettext("%(n)d gift is too many.", "%(n)d gifts are too many.", more)
        return text % {"n": abs(more)}
    if refused.code == "total":
        more = int(refused.about)
        text = gettext("%(sum)s is missing.") if more < 0 else gettext("%(sum)s is too much.")
        return text % {"sum": amount(abs(more), currency)}
    texts: dict[str, str | Promise] = {
        "not_open": _("Nothing was changed: this is not open any more."),
        "not_posted": _("Nothing was changed: this batch is not posted."),
        "changed": _("Nothing was posted: the batch was changed meanwhile. Please look again."),
        "full": _("A batch takes at most %(about)s gifts: please begin another."),
        "designation": _(
            "Nothing was posted: what the gift of %(about)s is for has ended, or has a goal now."
        ),
        "after_deposit": _("Nothing was changed: a gift came after that day."),
        "future": _("Nothing was changed: this day has not come yet."),
        "shares": _("Nothing was changed: shares are not taken to the bank."),
        "empty": _("Nothing was taken over: there is neither a file of donors nor of balances."),
        "no_reason": _("Nothing was changed: please say why."),
        "closed": _("Nothing was changed: a month was closed since, so it stays."),
        "spent": _("Nothing was changed: some of the balances were spent."),
        "bad": _("Nothing was entered: some rows cannot be."),
        "changed_file": _("Nothing was entered: something changed meanwhile. Please look again."),
    }
    return str(texts[refused.code]) % {"about": refused.about}


def hint(one: Hint, batch: GiftBatch) -> str:
    """What a gift may be the same as."""
    known = one.known
    where = (
        gettext("in batch %(batch)s") % {"batch": known.batch}
        if known.batch
        else gettext("through the site")
    )
    if known.batch == batch.pk:
        where = gettext("in this batch")
    text = (
        gettext("Same check number: %(sum)s on %(day)s, %(where)s.")
        if one.code == "same_check"
        else gettext("Perhaps entered twice: %(sum)s on %(day)s, %(where)s.")
    )
    told = {"sum": amount(known.amount_minor, batch.currency), "day": day(known.day)}
    return text % {**told, "where": where}
