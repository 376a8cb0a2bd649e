"""Not one webhook for 72 hours: the nightly comparison brings the books to where they would be."""

from datetime import timedelta

from django.core.management import call_command
from django.db import transaction

from donations.models import Difference, Reconciliation
from donations.reconciliation import run
from tests.faults.canonical import canonical_books
from tests.faults.playing import Play
from tests.faults.scale import many
from tests.faults.stories import (
    BEGUN,
    NO_MONEY,
    SECOND,
    START,
    Days,
    answers_as,
    bank_pays,
    disputed,
    open_page,
    refunded,
    renewal_disputed,
    renewal_refunded,
    stopped_in_the_dashboard,
    with_card,
)
from tests.giving import BANK

Cause = Difference.Cause
# The second payments are made two hours before the second day; the fourth is 72 hours after them.
DAYS = [START, SECOND, SECOND + timedelta(days=1), SECOND + timedelta(hours=69)]
STORIES: dict[str, tuple[str, Days]] = {
    "renewed and refunded": ("active", [BEGUN, [renewal_refunded]]),
    "failed": ("past_due", [[*BEGUN, answers_as(NO_MONEY)]]),
    "stopped in the dashboard": ("canceled", [BEGUN, [], [stopped_in_the_dashboard]]),
    "disputed": ("paused", [BEGUN, [renewal_disputed]]),
    "begun meanwhile": ("active", [[], BEGUN]),
    "once: given and refunded meanwhile": ("paid", [[], [*BEGUN, refunded]]),
    "once: debit settled meanwhile": ("paid", [[open_page, with_card(BANK)], [bank_pays]]),
    "once: disputed meanwhile": ("paid", [BEGUN, [], [disputed]]),
}
CLEAN_DAYS = many(3, 30)


def played(giving, run_jobs, *, outage):
    """The books three days after the second payments, as they are when all has been heard."""
    play = Play(giving, run_jobs, list(STORIES), stories=STORIES, days=DAYS)

    def then(day):
        if day == 0:
            play.move_to(SECOND - timedelta(hours=3))
        play.deaf = outage and day < len(DAYS) - 1
        if outage and day == len(DAYS) - 1:
            found = run.reconcile(repair=True).differences
            causes = set(found.values_list("cause", flat=True))
            assert causes >= {
                *(Cause.EVENT_MISSED, Cause.CHARGE_UNBOOKED, Cause.PLAN_STATE),
                Cause.PAYOUT_UNBOOKED,
            }
            run_jobs()
        if day == len(DAYS) - 1:
            call_command("reconcile", "--days=40")
            assert not Reconciliation.objects.latest("pk").differences.exists()

    with transaction.atomic():
        play.run(then)
        books = canonical_books()
        transaction.set_rollback(True)
    return books


def test_after_72_hours_without_a_webhook_the_books_are_as_without_the_outage(
    giving, run_jobs, calm
):
    assert played(giving, run_jobs, outage=True) == played(giving, run_jobs, outage=False)


def test_days_on_which_all_was_heard_give_no_false_alarm(giving, run_jobs, calm):
    first = 32 - CLEAN_DAYS
    days = [
        START,
        *(START + timedelta(days=first + number, hours=2) for number in range(1, 33 - first)),
    ]
    stories = {
        f"once: day {number}": ("paid", [*([[]] * number), [*BEGUN, refunded], [disputed]])
        for number in range(1, len(days))
    }
    stories |= {"failed": STORIES["failed"], "renewed": ("active", [BEGUN])}
    play = Play(giving, run_jobs, list(stories), stories=stories, days=days)
    runs = []

    def compare(day):
        done = run.reconcile()
        assert not done.differences.exists(), list(done.differences.values("cause", "detail"))
        runs.append(done)

    play.run(compare)
    assert len(runs) == CLEAN_DAYS + 1
