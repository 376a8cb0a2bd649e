"""Closed months are what they were when they were closed."""

from collections.abc import Iterator

from donations import periods
from donations.books.problem import Problem
from donations.models import Period, PeriodStep

State = Period.State


def closings_follow_each_other() -> Iterator[Problem]:
    """Each closing follows from the one before and from its own figures."""
    previous = periods.FIRST_CLOSING
    closings = PeriodStep.objects.filter(sha256__isnull=False).select_related("period")
    for step in closings.order_by("pk"):
        if step.previous_sha256 != previous or periods.link(step) != step.sha256:
            yield Problem(f"closing {step.pk}", "does not follow from the one before")
        previous = step.sha256 or ""


def months_stand_as_their_steps_tell() -> Iterator[Problem]:
    """A month is in the state of its last step, and each step may follow the one before."""
    allowed = {
        State.OPEN: (State.CLOSED,),
        State.CLOSED: (State.ASKED,),
        State.ASKED: (State.CLOSED, State.REOPENED),
        State.REOPENED: (State.CLOSED,),
    }
    for period in Period.objects.order_by("begins_on", "pk").prefetch_related("steps"):
        about, state, moved_at = f"month {period.begins_on:%Y-%m}", State.OPEN, None
        for step in period.steps.all():
            if step.state not in allowed[state]:
                yield Problem(about, f"is {step.state} after {state}: a step is missing")
            state, moved_at = State(step.state), step.at
        if (period.state, period.moved_at) != (state, moved_at):
            yield Problem(about, f"is {period.state}, its steps say {state}")


def closed_months_stand() -> Iterator[Problem]:
    """A closed month has the entries and the totals that it was closed with."""
    closed = Period.objects.filter(state__in=periods.CLOSED).order_by("begins_on", "pk")
    for period in closed:
        about, step = f"month {period.begins_on:%Y-%m}", periods.last_closing(period)
        if step is None:
            yield Problem(about, "is closed and no closing is on record")
            continue
        if periods.fingerprint(period) != (step.figures["entries"], step.entries_sha256):
            yield Problem(about, "its entries are not those it was closed with")
        if periods.totals(period) != step.figures["totals"]:
            yield Problem(about, "its totals are not those it was closed with")
