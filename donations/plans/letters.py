"""What the mails about a plan say: one letter for each step of its story, in the donor's words.

Subjects are neutral: others see them. Dates are the organisation's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats, translation
from django.utils.translation import gettext as _

from core import money
from donations.models import Channel, Mail, Plan, PlanStep
from donations.plans import links

Kind = PlanStep.Kind


@dataclass(frozen=True)
class Letter:
    subject: str
    paragraphs: list[str]
    # The words on the button; it leads to the plan's page.
    label: str = ""


@dataclass(frozen=True)
class Facts:
    """What the sentences are made of, in the donor's language."""

    plan: Plan
    step: PlanStep | None
    amount: str  # "$25.00 a month"
    card: str  # "Visa ending in 4242"
    next_date: str  # empty while nothing will be charged
    organisation: str

    def date(self, moment: datetime | None) -> str:
        return day(moment, self.plan)

    @property
    def next_sentence(self) -> str:
        if not self.next_date:
            return ""
        return _("The next gift is on %(date)s.") % {"date": self.next_date}


def of_plan(mail: Mail, preview: bool) -> dict[str, Any]:
    """What the mail's template needs; a real mail gets a fresh link, a preview none."""
    plan = mail.plan
    assert plan is not None  # queued with it
    with translation.override(mail.language):
        facts = Facts(
            plan=plan,
            step=mail.step,
            amount=each_time(plan.amount_minor, plan),
            card=card_of(plan),
            next_date=day(plan.next_charge_at, plan),
            organisation=plan.legal_entity.short_name,
        )
        letter = LETTERS[mail.step.kind](facts) if mail.step else _link(facts)
    link = "…" if preview else links.new_link(plan, language=mail.language)
    return {
        "subject_line": letter.subject,
        "name": plan.name,
        "paragraphs": [text for text in letter.paragraphs if text],
        "label": letter.label,
        "link": link,
        "link_days": links.LINK_DAYS,
        "organisation": plan.legal_entity.short_name,
        "help_email": plan.legal_entity.email,
    }


def each_time(amount_minor: int, plan: Plan) -> str:
    """ "$25.00 a month" in the language of the moment."""
    language = translation.get_language() or "en"
    amount = money.display(amount_minor, plan.currency, language)
    text = _("%(amount)s a year") if plan.interval == "year" else _("%(amount)s a month")
    return text % {"amount": amount}


def card_of(plan: Plan) -> str:
    if not plan.card_last4:
        return _("your bank account")
    brand = plan.card_brand.replace("_", " ").title()
    return _("%(brand)s ending in %(last4)s") % {"brand": brand, "last4": plan.card_last4}


def day(moment: datetime | None, plan: Plan) -> str:
    """The date in the organisation's time zone, as the language of the moment writes it."""
    if moment is None:
        return ""
    local = moment.astimezone(ZoneInfo(plan.legal_entity.time_zone))
    return formats.date_format(local, "DATE_FORMAT")


def _named(facts: Facts) -> str:
    """A subject that tells nothing to others."""
    text = (
        _("Your yearly gift to %(organisation)s")
        if facts.plan.interval == "year"
        else _("Your monthly gift to %(organisation)s")
    )
    return text % {"organisation": facts.organisation}


def _link(facts: Facts) -> Letter:
    return Letter(_named(facts), [_("Here is the link to your gift that you asked for.")])


def _started(facts: Facts) -> Letter:
    again = facts.step is not None and facts.step.kind == Kind.RESTARTED
    text = (
        _("Thank you: your gift of %(amount)s goes on again.")
        if again
        else _("Thank you: your gift of %(amount)s has begun.")
    )
    entity = facts.plan.legal_entity
    return Letter(
        _named(facts),
        [
            text % {"amount": facts.amount},
            facts.next_sentence,
            _("It is charged to %(card)s and appears on your statement as %(descriptor)s.")
            % {"card": facts.card, "descriptor": entity.statement_descriptor},
            _("You can change, pause or stop it at any time. Each gift brings its own receipt."),
        ],
    )


def _changed(facts: Facts) -> Letter:
    text = _("Your gift is now %(amount)s, from the next one on.") % {"amount": facts.amount}
    return Letter(_named(facts), [text, facts.next_sentence])


def _purpose(facts: Facts) -> Letter:
    text = _("From the next one on, your gift goes to: %(purpose)s.")
    purpose = facts.plan.designation.public_name
    return Letter(_named(facts), [text % {"purpose": purpose}, facts.next_sentence])


def _paused(facts: Facts) -> Letter:
    return Letter(
        _named(facts), [_("Your gift rests. Nothing is charged meanwhile."), facts.next_sentence]
    )


def _skipped(facts: Facts) -> Letter:
    text = _("We skip one gift, as you wished. Nothing is charged for it.")
    return Letter(_named(facts), [text, facts.next_sentence])


def _resumed(facts: Facts) -> Letter:
    text = _("Your gift of %(amount)s goes on.") % {"amount": facts.amount}
    return Letter(_named(facts), [text, facts.next_sentence])


def _failed(facts: Facts) -> Letter:
    detail = facts.step.detail if facts.step else {}
    retry = detail.get("retry_at")
    amount = money.display(
        detail.get("amount_minor", facts.plan.amount_minor),
        facts.plan.currency,
        translation.get_language() or "en",
    )
    again = (
        _("We try once more on %(date)s by ourselves.")
        % {"date": facts.date(datetime.fromisoformat(retry))}
        if retry
        else _("We will not try this payment again by ourselves.")
    )
    return Letter(
        _did_not_go_through(facts),
        [
            _("The payment of %(amount)s from %(card)s did not go through.")
            % {"amount": amount, "card": facts.card},
            reason(str(detail.get("code", ""))),
            again,
            _("If you give another card, we try it at once and tell you how it went."),
        ],
        _("Give another card"),
    )


def _lapsed(facts: Facts) -> Letter:
    detail = facts.step.detail if facts.step else {}
    return Letter(
        _did_not_go_through(facts),
        [
            _("The last payment did not go through either, so your gift has ended."),
            reason(str(detail.get("code", ""))),
            _("Nothing more will be charged. Thank you for everything you gave."),
            _("If you like, you can take it up again with another card."),
        ],
        _("Take it up again"),
    )


def _did_not_go_through(facts: Facts) -> str:
    text = _("Your payment to %(organisation)s did not go through")
    return text % {"organisation": facts.organisation}


def _recovered(facts: Facts) -> Letter:
    text = _("The payment that had failed has arrived. There is nothing left for you to do.")
    return Letter(_named(facts), [text, facts.next_sentence])


def _card_changed(facts: Facts) -> Letter:
    text = _("From now on your gift is charged to %(card)s.") % {"card": facts.card}
    by_itself = facts.step is not None and facts.step.detail.get("by_the_bank")
    why = _("Your bank told us of the new card by itself.") if by_itself else ""
    return Letter(_named(facts), [text, why, facts.next_sentence])


def _canceled(facts: Facts) -> Letter:
    theirs = facts.step is not None and facts.step.channel in (Channel.ACCOUNT, Channel.LINK)
    text = (
        _("Your gift has stopped, as you wished. Nothing more will be charged.")
        if theirs
        else _("Your gift has been stopped. Nothing more will be charged.")
    )
    thanks = _("Thank you for everything you gave. You can take it up again at any time.")
    return Letter(_named(facts), [text, thanks], _("See my gift"))


def _card_expires(facts: Facts) -> Letter:
    month = f"{facts.plan.card_exp_month or 0:02d}/{facts.plan.card_exp_year or 0}"
    text = _("%(card)s, which your gift is charged to, ends with %(month)s.")
    return Letter(
        _named(facts),
        [
            text % {"card": facts.card, "month": month},
            _("Often your bank tells us of the new card by itself. To be sure, give it yourself."),
            facts.next_sentence,
        ],
        _("Give another card"),
    )


def _yearly(facts: Facts) -> Letter:
    text = _("Your yearly gift of %(amount)s is due on %(date)s, from %(card)s.")
    amount = money.display(
        facts.plan.amount_minor, facts.plan.currency, translation.get_language() or "en"
    )
    told = {"amount": amount, "date": facts.next_date, "card": facts.card}
    return Letter(_named(facts), [text % told, _("Until then you can change, skip or stop it.")])


def _resume_ahead(facts: Facts) -> Letter:
    text = _("The pause of your gift ends soon: %(amount)s, next on %(date)s.")
    told = {"amount": facts.amount, "date": facts.next_date}
    return Letter(_named(facts), [text % told, _("You can go on pausing, change or stop it.")])


def reason(code: str) -> str:
    """Why a bank said no, in words that help; a stolen card is not named to whoever reads this."""
    if code in ("insufficient_funds", "card_velocity_exceeded", "withdrawal_count_limit_exceeded"):
        return _("There was not enough money on the account, or the card had reached its limit.")
    if code == "expired_card":
        return _("The card has expired.")
    if code in ("authentication_required", "payment_intent_authentication_failure"):
        return _("Your bank wants you to confirm the payment yourself.")
    if code in ("lost_card", "stolen_card", "pickup_card", "invalid_account", "account_closed"):
        return _("The bank no longer takes this card: please give another one.")
    if code in ("processing_error", "try_again_later", "issuer_not_available"):
        return _("The bank had a passing fault.")
    return _("The bank did not say why; it can tell you.")


LETTERS: dict[str, Callable[[Facts], Letter]] = {
    Kind.STARTED: _started,
    Kind.RESTARTED: _started,
    Kind.RAISED: _changed,
    Kind.LOWERED: _changed,
    Kind.DESIGNATION: _purpose,
    Kind.PAUSED: _paused,
    Kind.SKIPPED: _skipped,
    Kind.RESUMED: _resumed,
    Kind.PAYMENT_FAILED: _failed,
    Kind.RECOVERED: _recovered,
    Kind.CARD_CHANGED: _card_changed,
    Kind.CANCELED: _canceled,
    Kind.LAPSED: _lapsed,
    Kind.CARD_EXPIRES: _card_expires,
    Kind.YEARLY_AHEAD: _yearly,
    Kind.RESUME_AHEAD: _resume_ahead,
}
