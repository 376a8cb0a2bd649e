"""Runs of all checks of the books, on record: by a button, each night, or by `verify_books`."""

import logging
from datetime import timedelta
from itertools import islice
from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from procrastinate.contrib.django import app

from donations import books, ledger
from donations.models import BooksCheck, Entry

log = logging.getLogger("northstar.books")

# So many problems of a rule are kept with the run; their count is of all.
KEPT = 20
# One that was asked for longer ago and has not ended was broken off.
LONGEST = timedelta(hours=6)


def under_way() -> BooksCheck | None:
    """The run that has not ended yet, if there is one."""
    since = timezone.now() - LONGEST
    return BooksCheck.objects.filter(finished_at=None, failure="", asked_at__gte=since).first()


@transaction.atomic
def ask(*, by: Any = None) -> BooksCheck:
    """Queue a run; one that is still under way is enough for everybody."""
    if check := under_way():
        return check
    check = BooksCheck.objects.create(asked_by=by)
    check_books.defer(check_id=check.pk)
    return check


@app.task(queue="public")
def check_books(check_id: int) -> None:
    """Job: one run that somebody asked for."""
    perform(BooksCheck.objects.get(pk=check_id))


@app.periodic(cron="11 5 * * *")
@app.task(queue="public", queueing_lock="check_books_nightly")
def check_books_nightly(timestamp: int) -> None:
    """Each night, after the books were held against Stripe: recompute every rule of the money."""
    check = perform(BooksCheck.objects.create())
    if check.problems:
        log.error("the books do not hold", extra={"count": check.problems})


def perform(check: BooksCheck) -> BooksCheck:
    """Run every check and write down what came of each as it goes. Begun anew, it starts anew."""
    if check.finished_at:
        return check
    ledger.seal()  # so that the newest rows are in the chain that is checked
    check.started_at, check.results, check.problems = timezone.now(), [], 0
    check.newest_entry = Entry.objects.aggregate(newest=Max("pk"))["newest"] or 0
    check.rules_count, check.failure = len(books.CHECKS), ""
    check.save()
    try:
        for name, rule in books.CHECKS.items():
            began, found = monotonic(), rule()
            kept = [[one.about, one.text] for one in islice(found, KEPT)]
            count = len(kept) + sum(1 for _ in found)
            check.results.append([name, round((monotonic() - began) * 1000), count, kept])
            check.problems += count
            check.save(update_fields=["results", "problems"])
    except Exception as error:
        check.failure = type(error).__name__
        check.save(update_fields=["failure"])
        raise
    check.finished_at = timezone.now()
    check.save(update_fields=["finished_at"])
    return check
