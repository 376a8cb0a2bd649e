"""A plan as its page tells it: what went wrong and its whole story, in the donor's words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from core import money
from donations.models import Channel, Designation, Donation, Plan, PlanStep
from donations.plans.letters import card_of, day, each_time, reason

Kind = PlanStep.Kind
# A monthly gift fills so many lines in four years; what is older is in "my giving".
LONGEST_STORY = 60


@dataclass(frozen=True)
class Facts:
    """Where a plan stands, short enough for a card on "my giving"."""

    amount: str
    purpose: str
    card: str
    next_date: str
    state: str
    # Of the badge: success, warning or none.
    tone: str

    @classmethod
    def of(cls, plan: Plan) -> "Facts":
        state, tone = _state(plan)
        return cls(
            amount=each_time(plan.amount_minor, plan),
            purpose=plan.designation.public_name,
            card=card_of(plan),
            next_date=day(plan.next_charge_at, plan),
            state=state,
            tone=tone,
        )


@dataclass(frozen=True)
class Trouble:
    """A payment that did not go through, and what helps."""

    amount: str
    reason: str
    # bank, card, money, passing or unknown: which action leads.
    remedy: str
    tries: int
    again: str  # when it is tried once more; empty if it is not


@dataclass(frozen=True)
class Line:
    """One thing that happened."""

    at: datetime
    date: str
    title: str
    texts: tuple[str, ...] = ()
    by: str = ""
    # good, bad or none
    tone: str = ""


def trouble_of(plan: Plan) -> Trouble | None:
    """What stands against the payment that is open now."""
    if plan.status != Plan.Status.PAST_DUE:
        return None
    failed = plan.steps.filter(kind=Kind.PAYMENT_FAILED).last()
    detail = failed.detail if failed else {}
    code = str(detail.get("code", ""))
    return Trouble(
        amount=_money(int(detail.get("amount_minor", plan.amount_minor)), plan),
        reason=reason(code),
        remedy=_remedy(code),
        tries=plan.tries,
        again=day(plan.retry_at, plan),
    )


def story_of(plan: Plan) -> list[Line]:
    """Steps and gifts on one line of time, the newest first."""
    gifts = plan.donations.filter(status=Donation.Status.PAID).order_by("-paid_at")
    gifts = gifts.prefetch_related("lines")
    lines = [*_gifts(gifts[:LONGEST_STORY], plan)]
    steps = plan.steps.order_by("-pk")[:LONGEST_STORY]
    lines += [_line(step, plan) for step in steps]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:LONGEST_STORY]


def _state(plan: Plan) -> tuple[str, str]:
    Status = Plan.Status
    if plan.status == Status.PAUSED:
        return _("Resting"), "warning"
    if plan.status == Status.PAST_DUE:
        return _("A payment is open"), "warning"
    if plan.is_live:
        return _("Running"), "success"
    return (_("Stopped") if plan.status == Status.CANCELED else _("Ended")), ""


def _remedy(code: str) -> str:
    if code in ("authentication_required", "payment_intent_authentication_failure"):
        return "bank"
    if code in ("insufficient_funds", "card_velocity_exceeded", "withdrawal_count_limit_exceeded"):
        return "money"
    if code in ("processing_error", "try_again_later", "issuer_not_available"):
        return "passing"
    return "card" if code else "unknown"


def _gifts(gifts: Iterable[Donation], plan: Plan) -> Iterable[Line]:
    for gift in gifts:
        assert gift.paid_at is not None  # it is paid
        # What was given once, in the same payment, comes after the plan's own part.
        lines = gift.lines.all()
        minor = lines[0].amount_minor if len(lines) > 1 else gift.amount_minor
        title = _("A gift of %(amount)s arrived") % {"amount": _money(minor, plan)}
        yield Line(gift.paid_at, day(gift.paid_at, plan), title, tone="good")


def _line(step: PlanStep, plan: Plan) -> Line:
    title, texts, tone = _words(step, plan)
    by = WHO[step.channel]() if step.kind in BY_PEOPLE and step.channel in WHO else ""
    told = tuple(text for text in texts if text)
    return Line(step.at, day(step.at, plan), title, told, by, tone)


def _words(step: PlanStep, plan: Plan) -> tuple[str, list[str], str]:
    detail = step.detail
    match step.kind:
        case Kind.RAISED | Kind.LOWERED:
            changed = {"old": _money(detail["old"], plan), "new": each_time(detail["new"], plan)}
            return _("From %(old)s to %(new)s") % changed, [], ""
        case Kind.DESIGNATION:
            row = Designation.objects.filter(code=detail["new"]).first()
            purpose = row.public_name if row else detail["new"]
            return _("Now for: %(purpose)s") % {"purpose": purpose}, [], ""
        case Kind.RECEIPTS:
            yearly = detail["yearly"]
            return (_("One receipt a year") if yearly else _("A receipt for each gift")), [], ""
        case Kind.PAYMENT_FAILED:
            return _failed(step, plan)
        case Kind.LAPSED:
            why = [reason(str(detail.get("code", ""))), _("Nothing more is charged.")]
            return _("The last try did not go through either: the gift ended"), why, "bad"
        case Kind.CARD_CHANGED:
            itself = detail.get("by_the_bank")
            why = [_("Your bank told us of it by itself.")] if itself else []
            return _("Another card"), why, ""
        case Kind.CANCELED:
            whose = detail.get("whose")
            disputed = whose == Plan.CanceledBy.DISPUTE
            why = [_("A payment was disputed at the bank.")] if disputed else []
            return _("Stopped"), [*why, _("Nothing more is charged.")], ""
    return TITLES[step.kind](), [], ""


def _failed(step: PlanStep, plan: Plan) -> tuple[str, list[str], str]:
    detail = step.detail
    amount = _money(int(detail.get("amount_minor", plan.amount_minor)), plan)
    retry, tries = detail.get("retry_at"), detail.get("tries") or 0
    texts = [reason(str(detail.get("code", "")))]
    if tries > 1:
        texts.append(_("This was try %(number)s.") % {"number": tries})
    if retry:
        when = day(datetime.fromisoformat(retry), plan)
        texts.append(_("The next try was set for %(date)s.") % {"date": when})
    elif tries:
        texts.append(_("No further try was set."))
    return _("A payment of %(amount)s did not go through") % {"amount": amount}, texts, "bad"


def _money(amount_minor: int, plan: Plan) -> str:
    return money.display(amount_minor, plan.currency, translation.get_language() or "en")


BY_PEOPLE = {
    *(Kind.RAISED, Kind.LOWERED, Kind.DESIGNATION, Kind.PAUSED, Kind.SKIPPED, Kind.RESUMED),
    *(Kind.CANCELED, Kind.RECEIPTS),
}
WHO: dict[str, Callable[[], str]] = {
    Channel.ACCOUNT: lambda: _("By you, signed in"),
    Channel.LINK: lambda: _("By a link from our mail"),
    Channel.STAFF: lambda: _("By our staff, for you"),
}
TITLES: dict[str, Callable[[], str]] = {
    Kind.STARTED: lambda: _("Your gift began"),
    Kind.RESTARTED: lambda: _("You took your gift up again"),
    Kind.PAUSED: lambda: _("A pause began"),
    Kind.SKIPPED: lambda: _("One gift skipped"),
    Kind.RESUMED: lambda: _("Going on after the pause"),
    Kind.RECOVERED: lambda: _("The open payment arrived"),
    Kind.EXCUSED: lambda: _("The open payment was let go: nothing is charged for it"),
    Kind.PAID_AFTER_END: lambda: _("A payment arrived after the end; our staff look at it"),
    Kind.CARD_EXPIRES: lambda: _("We wrote to you: your card expires soon"),
    Kind.YEARLY_AHEAD: lambda: _("We wrote to you: the yearly gift is due soon"),
    Kind.RESUME_AHEAD: lambda: _("We wrote to you: the pause ends soon"),
}
