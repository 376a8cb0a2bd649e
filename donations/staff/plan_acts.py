"""What staff do with a plan for its donor: the same acts, told before they are done."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import money
from donations import gateway
from donations.models import Designation, Plan
from donations.plans import actions, cards, finding
from donations.plans.actions import Preview
from donations.plans.changes import NotAllowed
from donations.plans.letters import day as local_day
from donations.plans.letters import each_time
from donations.plans.refresh import Busy
from donations.plans.steps import By
from donations.staff.cells import Cell, Section, Text, amount
from donations.staff.desk import Act, NotPossible

REFUSALS = {
    "amount": _("This amount cannot be charged: it is too small or too large."),
    "months": _("A pause lasts one to twelve months."),
    "yearly": _("A yearly gift is skipped, not paused."),
    "nothing": _("No charge is planned that could be left out."),
    "over": _("This regular gift has ended."),
    "purpose": _("That purpose has a goal or an end: it does not take regular gifts."),
    "refused": _("Stripe refused the change. Nothing was changed."),
}
KEPT = _("Stripe did not answer. The wish is kept and carried out as soon as Stripe does.")


class PlanForm(forms.Form):
    """A form that knows its plan, and works out what the wish will mean."""

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        self.preview: Preview | None = None

    def foresee(self) -> Preview | None:
        """The preview of what was typed; none where there is nothing to foresee."""
        return None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                self.preview = self.foresee()
            except NotAllowed as refusal:
                raise ValidationError(REFUSALS[refusal.why]) from None
        return data


class PlanAct(Act):
    """Something done to a plan in its donor's name; who did it stands in the story."""

    permission = "donations.change_plan"
    form_class = PlanForm
    row: Plan

    @classmethod
    def is_possible(cls, row: Plan) -> bool:
        return row.is_live

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"plan": self.row}

    def get_page_subtitle(self) -> str:
        return f"{self.row.name}, {each_time(self.row.amount_minor, self.row)}"

    def do(self, act: Callable[..., object], said: Text, /, **wanted: Any) -> Text:
        """One call of the domain, by this person; what to say of it.

        Raises:
            NotPossible: it was refused, with the reason in words.
        """
        try:
            act(self.row, by=By.staff(self.request.user), **wanted)
        except NotAllowed as refusal:
            raise NotPossible(REFUSALS[refusal.why]) from None
        except (gateway.Unreachable, Busy):
            return KEPT
        return said

    def changes(self, meant: Preview) -> Section:
        """Now and from then on, side by side."""
        plan = self.row
        rows: list[list[Any]] = [
            [
                _("Each time"),
                *(each_time(minor, plan) for minor in (plan.amount_minor, meant.amount_minor)),
            ],
            [
                _("Part of it toward the fee"),
                amount(plan.fee_cover_minor, plan.currency),
                amount(meant.fee_cover_minor, plan.currency),
            ],
            [
                _("Next gift"),
                local_day(plan.next_charge_at, plan),
                local_day(meant.next_charge_at, plan),
            ],
        ]
        if meant.left_out:
            days = "\n".join(local_day(moment, plan) for moment in meant.left_out)
            rows.append([_("Left out"), "", Cell(days)])
        same = [row for row in rows if row[1] != row[2] or row[0] == _("Next gift")]
        return Section(_("Please look it over"), same, ["", _("Now"), _("Afterwards")])


class AmountForm(PlanForm):
    typed = forms.CharField(label=_("Gift each time"), max_length=20)
    cover_fee = forms.BooleanField(label=_("Add the estimated fee on top"), required=False)

    def clean_typed(self) -> int:
        try:
            return money.parse(self.cleaned_data["typed"], self.plan.currency)
        except ValueError:
            raise ValidationError(_("Please type an amount such as 25 or 12.50.")) from None

    def foresee(self) -> Preview:
        return actions.preview_amount(self.plan, **self.terms())

    def terms(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"gift_minor": given["typed"], "cover_fee": given["cover_fee"]}


class ChangeAmount(PlanAct):
    name = "amount"
    title = _("Raise or lower")
    icon = "order"
    form_class = AmountForm

    def get_initial(self) -> dict[str, Any]:
        plan = self.row
        typed = f"{money.to_decimal(plan.gift_minor, plan.currency):f}".removesuffix(".00")
        return {"typed": typed, "cover_fee": plan.fee_cover_minor > 0}

    def question(self) -> Text:
        return _(
            "The new amount holds from the next gift on; nothing is charged for the rest of the "
            "present period. The donor gets a mail."
        )

    def summary(self, form: AmountForm) -> list[Section]:
        assert form.preview is not None  # the form is valid
        return [self.changes(form.preview)]

    def perform(self, form: AmountForm) -> Text:
        return self.do(actions.change_amount, _("The amount is changed."), **form.terms())


class PurposeForm(PlanForm):
    designation = forms.ModelChoiceField(
        label=_("Purpose"), queryset=Designation.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["designation"]
        field.queryset = actions.open_purposes()


class ChangePurpose(PlanAct):
    name = "purpose"
    title = _("Change the purpose")
    icon = "tag"
    form_class = PurposeForm

    def get_initial(self) -> dict[str, Any]:
        return {"designation": self.row.designation_id}

    def question(self) -> Text:
        return _("Later gifts go to the new purpose; those given stay where they are.")

    def summary(self, form: PurposeForm) -> list[Section]:
        rows = [[self.row.designation.name, form.cleaned_data["designation"].name]]
        return [Section(_("Please look it over"), rows, [_("Before"), _("From now on")])]

    def perform(self, form: PurposeForm) -> Text:
        return self.do(
            actions.change_designation, _("The purpose is changed."), **form.cleaned_data
        )


class PauseForm(PlanForm):
    months = forms.TypedChoiceField(label=_("For how many months"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["months"]
        field.choices = [(number, number) for number in range(1, actions.LONGEST_PAUSE + 1)]

    def foresee(self) -> Preview:
        return actions.preview_pause(self.plan, months=self.cleaned_data["months"])


class Pause(PlanAct):
    name = "pause"
    title = _("Pause")
    icon = "time"
    form_class = PauseForm

    @classmethod
    def is_possible(cls, row: Plan) -> bool:
        return row.is_live and row.interval == Plan.Interval.MONTH

    def question(self) -> Text:
        if self.row.status == Plan.Status.PAUSED:
            return _("It is paused already: the months count anew from its next regular date.")
        return _("So many gifts are left out; afterwards it goes on by itself.")

    def summary(self, form: PauseForm) -> list[Section]:
        assert form.preview is not None  # the form is valid
        return [self.changes(form.preview)]

    def perform(self, form: PauseForm) -> Text:
        return self.do(actions.pause, _("The regular gift is paused."), **form.cleaned_data)


class SkipForm(PlanForm):
    # The charge that the page named: sent twice, only that one is left out.
    charge_at = forms.CharField(widget=forms.HiddenInput)

    def foresee(self) -> None:
        try:
            self.cleaned_data["charge_at"] = datetime.fromisoformat(self.cleaned_data["charge_at"])
        except ValueError:
            raise NotAllowed("nothing") from None


class Skip(PlanAct):
    name = "skip"
    title = _("Skip the next gift")
    icon = "redirect"
    form_class = SkipForm

    @classmethod
    def is_possible(cls, row: Plan) -> bool:
        failing = row.status == Plan.Status.PAST_DUE
        return row.is_live and not failing and row.next_charge_at is not None

    def get_initial(self) -> dict[str, Any]:
        return {"charge_at": _exact(self.row.next_charge_at)}

    def question(self) -> Text:
        meant = actions.preview_skip(self.row)
        text = gettext("The gift of %(date)s is left out; the next one is on %(next)s.")
        told = {"date": meant.left_out[0], "next": meant.next_charge_at}
        return text % {name: local_day(moment, self.row) for name, moment in told.items()}

    def perform(self, form: SkipForm) -> Text:
        return self.do(actions.skip, _("That gift is left out."), **form.cleaned_data)


class Resume(PlanAct):
    name = "resume"
    title = _("Resume")
    icon = "resubmit"

    @classmethod
    def is_possible(cls, row: Plan) -> bool:
        return row.status == Plan.Status.PAUSED

    def question(self) -> Text:
        meant = actions.preview_resume(self.row)
        text = gettext(
            "It goes on with %(amount)s on %(date)s. Nothing is charged for the time of the pause."
        )
        told = {"amount": amount(meant.amount_minor, self.row.currency)}
        return text % (told | {"date": local_day(meant.next_charge_at, self.row)})

    def perform(self, form: PlanForm) -> Text:
        return self.do(actions.resume, _("The regular gift goes on."))


class TryAgain(PlanAct):
    name = "retry"
    title = _("Try the payment again")
    icon = "rotate"

    @classmethod
    def is_possible(cls, row: Plan) -> bool:
        return row.status == Plan.Status.PAST_DUE and bool(row.open_invoice_id)

    def question(self) -> Text:
        return _(
            "The failed payment is tried once more now, with the same card. Another card only the "
            "donor can give: mail her the link, it leads to Stripe's own page."
        )

    def perform(self, form: PlanForm) -> Text:
        try:
            arrived = cards.pay_now(self.row)
        except (gateway.Unreachable, Busy):
            raise NotPossible(_("Stripe did not answer. Nothing was changed.")) from None
        if not arrived:
            raise NotPossible(_("The bank refused again; the story says why."))
        return _("The payment has arrived.")


class StopForm(PlanForm):
    reason = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        choices=Plan.Reason.choices,
        help_text=_("As the donor put it."),
    )
    note = forms.CharField(
        label=_("In the donor's words"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The donor may ask to read it. Never write about a survivor here."),
    )


class Stop(PlanAct):
    name = "stop"
    title = _("Stop for good")
    icon = "cross"
    serious = True
    form_class = StopForm

    def question(self) -> Text:
        return _(
            "Nothing more is charged, also nothing that is due within the hour. It cannot be "
            "undone: taking it up again takes a new first gift on Stripe's page. A pause can end."
        )

    def summary(self, form: StopForm) -> list[Section]:
        plan = self.row
        reason = Plan.Reason(form.cleaned_data["reason"]).label
        rows: list[list[Any]] = [
            [_("Will not be charged"), each_time(plan.amount_minor, plan)],
            [_("Next gift"), local_day(plan.next_charge_at, plan)],
            [_("Reason"), reason],
            [_("In the donor's words"), form.cleaned_data["note"]],
        ]
        return [Section(_("Please look it over"), rows)]

    def perform(self, form: StopForm) -> Text:
        return self.do(
            actions.cancel, _("It has stopped; nothing more is charged."), **form.cleaned_data
        )


class MailLink(PlanAct):
    name = "link"
    title = _("Mail the donor her link")
    icon = "mail"

    @classmethod
    def is_possible(cls, row: Plan) -> bool:
        return row.status != Plan.Status.INCOMPLETE and bool(row.email)

    def question(self) -> Text:
        if self.row.is_live:
            text = gettext(
                "To %(address)s, with a fresh link. There the donor can change everything and give "
                "another card on Stripe's own page. At most one an hour leaves."
            )
        else:
            text = gettext(
                "To %(address)s, with a fresh link. There the donor can take it up again; its "
                "first gift is paid on Stripe's page. At most one an hour leaves."
            )
        return text % {"address": self.row.email}

    def perform(self, form: PlanForm) -> Text:
        finding.mail_link(self.row)
        return _("The mail is on its way.")


class ChooseReceipts(PlanAct):
    name = "papers"
    title = _("Receipts: yearly or each")
    icon = "doc-full"

    def question(self) -> Text:
        if self.row.yearly_receipt:
            return _("From now on each gift gets its receipt; earlier ones are on their year's.")
        return _("From now on one receipt a year; after each gift a mail says that it arrived.")

    def perform(self, form: forms.Form) -> Text:
        wanted = not self.row.yearly_receipt
        return self.do(actions.choose_receipts, _("The receipts are changed."), yearly=wanted)


ACTS = [ChangeAmount, ChangePurpose, Pause, Resume, Skip, TryAgain, MailLink, ChooseReceipts, Stop]


def _exact(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
