"""What happened to a plan and what is under way, in words for staff."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations.models import Plan, PlanChange, PlanStep
from donations.staff import words
from donations.staff.cells import Cell, Section, amount, moment

Kind = PlanStep.Kind
State = PlanChange.State
TONES = {
    Kind.PAYMENT_FAILED: "bad",
    Kind.LAPSED: "bad",
    Kind.CANCELED: "bad",
    Kind.RECOVERED: "good",
}
STATES = {State.ASKED: "warn", State.REFUSED: "bad"}


def story(plan: Plan) -> Section:
    """Each step, the newest last; amounts are what the plan brings a month."""
    rows = [
        [
            moment(step.at, seconds=True),
            Cell(step.get_kind_display(), tone=TONES.get(Kind(step.kind), "")),
            told(step, plan),
            _monthly(step, plan),
            step.actor or step.get_channel_display(),
        ]
        for step in plan.steps.select_related("actor")
    ]
    headings = [_("When"), _("What"), _("More"), _("A month"), _("By")]
    return Section(_("What happened"), rows, headings, empty=_("It has not begun."))


def told(step: PlanStep, plan: Plan) -> str:
    """The details of a step in a sentence or two."""
    detail, kind = step.detail, step.kind
    if kind in (Kind.RAISED, Kind.LOWERED):
        terms = {name: amount(detail[name], plan.currency) for name in ("old", "new")}
        return gettext("each time %(old)s, then %(new)s") % terms
    if kind == Kind.DESIGNATION:
        return str(gettext("%(old)s, then %(new)s") % detail)
    if kind == Kind.RECEIPTS:
        return gettext("one a year") if detail["yearly"] else gettext("one for each gift")
    if kind == Kind.PAYMENT_FAILED:
        return _failed(detail)
    if kind == Kind.LAPSED:
        return words.decline(str(detail.get("code", "")))
    if kind == Kind.CANCELED:
        return words.ended("canceled", detail.get("whose", ""), detail.get("reason", ""))
    if kind == Kind.CARD_CHANGED and detail.get("by_the_bank"):
        return gettext("told by the bank")
    if kind == Kind.PAID_AFTER_END:
        return f"{amount(detail.get('amount_minor'), plan.currency)}, {detail.get('invoice', '')}"
    return str(detail.get("invoice", ""))


def _failed(detail: dict[str, Any]) -> str:
    retry = detail.get("retry_at")
    again = (
        gettext("Tried again %(date)s.") % {"date": moment(datetime.fromisoformat(retry))}
        if retry
        else gettext("Not tried again by itself.")
    )
    if not detail.get("tries"):
        return ""
    nth = gettext("Try %(number)s.") % {"number": detail["tries"]}
    return " ".join(
        part for part in (nth, words.decline(str(detail.get("code", ""))), again) if part
    )


def _monthly(step: PlanStep, plan: Plan) -> str:
    before, after = step.monthly_before_minor, step.monthly_after_minor
    if before == after:
        return ""
    return f"{amount(before, plan.currency)} → {amount(after, plan.currency)}"


def changes(plan: Plan) -> Section | None:
    """What somebody asked for, the newest first; nothing where nobody ever did."""
    rows = [
        [
            moment(row.created_at),
            _wish(row, plan),
            row.actor or row.get_channel_display(),
            Cell(row.get_state_display(), tone=STATES.get(State(row.state), "")),
            row.problem,
        ]
        for row in plan.changes.select_related("actor").order_by("-pk")[:40]
    ]
    headings = [_("When"), _("Wish"), _("By"), _("State"), _("Problem")]
    return Section(_("Asked for"), rows, headings) if rows else None


def _wish(row: PlanChange, plan: Plan) -> str:
    wanted = row.wanted
    if "amount_minor" in wanted:
        return f"{row.get_kind_display()}: {amount(wanted['amount_minor'], plan.currency)}"
    if "until" in wanted:
        until = moment(datetime.fromisoformat(wanted["until"]))
        return f"{row.get_kind_display()}: {gettext('until %(date)s') % {'date': until}}"
    return str(row.get_kind_display())
