"""What a donor does with her plan: a form where one is needed, what it will mean, then the act.

A GET never acts. The form's answers travel in the address of the second step, which tells from
which charge on, how much and when; its button sends them as a POST.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from donations import checkout, gateway
from donations.models import Plan
from donations.plans import actions
from donations.plans.actions import Preview
from donations.plans.changes import NotAllowed
from donations.plans.forms import AmountForm, PauseForm, PurposeForm, StopForm
from donations.plans.letters import card_of, day, each_time
from donations.plans.refresh import Busy
from donations.views.plans import Visit, at_plan, plan_page

REFUSALS = {
    "over": gettext_lazy("This gift has ended already, so there is nothing left to change."),
    "live": gettext_lazy("This gift goes on already; there is nothing to take up."),
    "nothing": gettext_lazy("No next gift is planned, so there is none to skip."),
    "yearly": gettext_lazy("A yearly gift is not paused: skip the next one instead."),
    "purpose": gettext_lazy("That purpose is closed for regular gifts. Please choose another."),
    "sign_in": gettext_lazy("For this, please sign in first."),
}
REFUSED = gettext_lazy("Our payment provider did not allow this change. Please write to us.")
KEPT = gettext_lazy(
    "Our payment provider did not answer just now. Your wish is kept, and we see it through by "
    "ourselves; you get an e-mail when it is done. There is nothing left for you to do."
)


@at_plan
def amount(request: HttpRequest, visit: Visit) -> HttpResponse:
    plan = visit.plan
    if not plan.is_live:
        return _refused(request, visit, "over")
    form = AmountForm(_sent(request, "amount"), plan=plan)
    if not form.is_valid():
        return _ask(request, visit, "amount", form)
    meant, data = form.meant, form.cleaned_data
    if meant.amount_minor > plan.amount_minor and not visit.is_signed_in:
        return _sign_in(request, visit, "plan_amount")
    names = ("amount_choice", "amount", "cover_fee")
    return _confirm(
        request,
        visit,
        meant,
        title=_("Is this right?"),
        rows=[
            (_("Until now"), each_time(plan.amount_minor, plan)),
            (_("From then on"), each_time(meant.amount_minor, plan)),
            *_charge(plan, meant, _("First charged")),
        ],
        note=_("Nothing is charged today."),
        label=_("Change the amount"),
        hidden=_hidden(request, names),
        act=lambda: actions.change_amount(
            plan, gift_minor=data["gift_minor"], cover_fee=data["cover_fee"], by=visit.by
        ),
        done=lambda now: (
            _("Done. Your gift is now %(amount)s.") % {"amount": each_time(now.amount_minor, now)}
        ),
    )


@at_plan
def pause(request: HttpRequest, visit: Visit) -> HttpResponse:
    plan = visit.plan
    if not plan.is_live:
        return _refused(request, visit, "over")
    if plan.interval == Plan.Interval.YEAR:
        return _refused(request, visit, "yearly")
    form = PauseForm(_sent(request, "months"))
    if not form.is_valid():
        return _ask(request, visit, "pause", form)
    months = form.cleaned_data["months"]
    meant = actions.preview_pause(plan, months=months)
    return _confirm(
        request,
        visit,
        meant,
        title=_("Is this right?"),
        rows=[*_left_out(plan, meant), *_charge(plan, meant, _("Going on"))],
        note=_("You can go on earlier, or stop, at any time."),
        label=_("Pause my gift"),
        hidden=_hidden(request, ("months",)),
        act=lambda: actions.pause(plan, months=months, by=visit.by),
        done=lambda now: (
            _("Done. Your gift rests; the next one is on %(date)s.")
            % {"date": day(now.next_charge_at, now)}
        ),
    )


@at_plan
def skip(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Pressed twice, one gift is left out: the button names the charge that the page told of."""
    plan = visit.plan
    try:
        if not plan.is_live:
            raise NotAllowed("over")
        meant = actions.preview_skip(plan)
    except NotAllowed as refusal:
        return _refused(request, visit, refusal.why)
    try:
        charge_at = datetime.fromisoformat(request.POST.get("charge_at", ""))
    except ValueError:
        charge_at = meant.left_out[0]
    was_open = plan.status == Plan.Status.PAST_DUE
    return _confirm(
        request,
        visit,
        meant,
        title=_("Skip to the next one?") if was_open else _("Skip one gift?"),
        rows=[*_left_out(plan, meant), *_charge(plan, meant, _("Next gift"))],
        note=_("The payment that did not go through is let go.") if was_open else "",
        label=_("Skip it"),
        hidden=[("charge_at", meant.left_out[0].isoformat())],
        act=lambda: actions.skip(plan, charge_at=charge_at, by=visit.by),
        done=lambda now: (
            _("Done. One gift is skipped; the next one is on %(date)s.")
            % {"date": day(now.next_charge_at, now)}
        ),
        # The charge is named by itself.
        may_move=True,
    )


@at_plan
def resume(request: HttpRequest, visit: Visit) -> HttpResponse:
    plan = visit.plan
    if not plan.is_live:
        return _refused(request, visit, "over")
    meant = actions.preview_resume(plan)
    return _confirm(
        request,
        visit,
        meant,
        title=_("Go on with your gift?"),
        rows=[
            (_("Amount"), each_time(meant.amount_minor, plan)),
            *_charge(plan, meant, _("Next gift")),
        ],
        note=_("Nothing is charged for the time of the pause."),
        label=_("Go on"),
        act=lambda: actions.resume(plan, by=visit.by),
        done=lambda now: (
            _("Done. Your gift goes on; the next one is on %(date)s.")
            % {"date": day(now.next_charge_at, now)}
        ),
    )


@at_plan
def purpose(request: HttpRequest, visit: Visit) -> HttpResponse:
    plan = visit.plan
    if not plan.is_live:
        return _refused(request, visit, "over")
    if not visit.is_signed_in:
        return _sign_in(request, visit, "plan_purpose")
    form = PurposeForm(_sent(request, "designation"), plan=plan)
    if not form.is_valid():
        return _ask(request, visit, "purpose", form)
    chosen = form.cleaned_data["designation"]
    meant = Preview(plan.amount_minor, plan.fee_cover_minor, plan.next_charge_at)
    return _confirm(
        request,
        visit,
        meant,
        title=_("Is this right?"),
        rows=[
            (_("Until now"), plan.designation.public_name),
            (_("From then on"), chosen.public_name),
            *_charge(plan, meant, _("First for it")),
        ],
        note=_("What you gave before stays with its purpose."),
        label=_("Change the purpose"),
        hidden=_hidden(request, ("designation",)),
        act=lambda: actions.change_designation(plan, designation=chosen, by=visit.by),
        done=lambda now: (
            _("Done. From the next one on, your gift goes to: %(purpose)s.")
            % {"purpose": now.designation.public_name}
        ),
    )


@at_plan
def receipts(request: HttpRequest, visit: Visit) -> HttpResponse:
    """One receipt a year, or one for each gift: the other of what it is."""
    plan = visit.plan
    if not plan.is_live:
        return _refused(request, visit, "over")
    yearly = not plan.yearly_receipt
    if request.method == "POST":  # pressed twice, it is still what the page told of
        yearly = request.POST.get("yearly") == "1"
    each, once = _("A receipt for each gift"), _("One receipt a year")
    return _confirm(
        request,
        visit,
        Preview(plan.amount_minor, plan.fee_cover_minor, plan.next_charge_at),
        title=_("Is this right?"),
        rows=[
            (_("Until now"), each if yearly else once),
            (_("From then on"), once if yearly else each),
        ],
        note=_("It comes soon after the year ends. After each gift we tell you that it arrived.")
        if yearly
        else _("Gifts that came until now are on the receipt of their year."),
        label=_("Change my receipts"),
        hidden=[("yearly", "1" if yearly else "0")],
        act=lambda: actions.choose_receipts(plan, yearly=yearly, by=visit.by),
        done=lambda now: (
            _("Done. You get one receipt a year.")
            if now.yearly_receipt
            else _("Done. You get a receipt for each gift.")
        ),
        may_move=True,
    )


@at_plan
def stop(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The form itself is the confirmation: two presses from the plan's page."""
    plan = visit.plan
    if not plan.is_live:
        return _refused(request, visit, "over")
    form = StopForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _ask(request, visit, "stop", form, next_date=day(plan.next_charge_at, plan))
    return _act(
        request,
        visit,
        lambda: actions.cancel(plan, by=visit.by, **form.cleaned_data),
        lambda now: _("Your gift has stopped. Nothing more will be charged. Thank you for all."),
    )


@at_plan
def restart(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Paid like a first gift, after the usual look at everything; that page shows her address."""
    plan = visit.plan
    if plan.is_live:
        return _refused(request, visit, "live")
    if not visit.is_signed_in:
        return _sign_in(request, visit, "plan_restart")
    if request.method == "POST":
        try:
            return redirect("give_review", actions.restart(plan).reference)
        except NotAllowed as refusal:
            return _refused(request, visit, refusal.why)
        except checkout.NotPossible:
            return _refused(request, visit, "refused")
    rows = [
        (_("Amount"), each_time(plan.amount_minor, plan)),
        (_("What is it for?"), plan.designation.public_name),
    ]
    return plan_page(
        request,
        visit,
        "confirm",
        title=_("Take your gift up again?"),
        rows=rows,
        note=_("You pay the first gift now, with a card you choose. First you see it all again."),
        label=_("Continue to review"),
    )


def _sent(request: HttpRequest, name: str) -> QueryDict | None:
    """The form's answers, from the address or the button; None while nothing was answered."""
    if request.method == "POST":
        return request.POST
    return request.GET if any(key.startswith(name) for key in request.GET) else None


def _hidden(request: HttpRequest, names: tuple[str, ...]) -> list[tuple[str, str]]:
    given = request.POST if request.method == "POST" else request.GET
    return [(name, given[name]) for name in names if given.get(name)]


def _ask(request: HttpRequest, visit: Visit, name: str, form: Any, **context: Any) -> HttpResponse:
    return plan_page(request, visit, name, form=form, status=422 if form.errors else 200, **context)


def _confirm(
    request: HttpRequest,
    visit: Visit,
    meant: Preview,
    *,
    act: Callable[[], Plan],
    done: Callable[[Plan], str],
    may_move: bool = False,
    hidden: list[tuple[str, str]] | None = None,
    **shown: Any,
) -> HttpResponse:
    """What will be; and the act, if what the page told is still what will be.

    Args:
        may_move: the act itself looks whether it is still meant.
    """
    seen = meant.next_charge_at.isoformat() if meant.next_charge_at else ""
    moved = request.method == "POST" and not may_move and request.POST.get("seen") != seen
    if request.method == "POST" and not moved:
        return _act(request, visit, act, done)
    fields = [*(hidden or []), ("seen", seen)]
    return plan_page(request, visit, "confirm", hidden=fields, moved=moved, **shown)


def _act(
    request: HttpRequest, visit: Visit, act: Callable[[], Plan], done: Callable[[Plan], str]
) -> HttpResponse:
    try:
        now = act()
    except NotAllowed as refusal:
        return _refused(request, visit, refusal.why)
    except (gateway.Unreachable, Busy):
        messages.warning(request, KEPT)
    else:
        messages.success(request, done(now))
    return redirect(visit.url)


def _refused(request: HttpRequest, visit: Visit, why: str) -> HttpResponse:
    messages.warning(request, REFUSALS.get(why, REFUSED))
    return redirect(visit.url)


def _sign_in(request: HttpRequest, visit: Visit, name: str) -> HttpResponse:
    """One press mails a code; with it the donor goes on where she was."""
    query = request.GET.urlencode() if request.method == "GET" else ""
    return plan_page(request, visit, "sign_in", step=name, query=query)


def _charge(plan: Plan, meant: Preview, label: str) -> list[tuple[str, str]]:
    if meant.next_charge_at is None:
        return []
    date = day(meant.next_charge_at, plan)
    return [(label, _("%(date)s, from %(card)s") % {"date": date, "card": card_of(plan)})]


def _left_out(plan: Plan, meant: Preview) -> list[tuple[str, str]]:
    dates = [day(moment, plan) for moment in meant.left_out]
    return [(_("Not charged"), " · ".join(dates))]
