"""What donors fill in about a plan. Money leaves these forms as whole minor units."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from core import money
from donations.forms import OTHER, read_amount
from donations.models import Designation, GivingOptions, Plan
from donations.plans import actions
from donations.plans.changes import NotAllowed


class AmountForm(forms.Form):
    amount_choice = forms.ChoiceField(
        label=gettext_lazy("Amount"), widget=forms.RadioSelect, required=False
    )
    amount = forms.CharField(
        label=gettext_lazy("Another amount"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    cover_fee = forms.BooleanField(
        label=gettext_lazy("Add a little to cover the payment costs"), required=False
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan, self.options = plan, _options(plan)
        language = get_language() or "en"
        offered = [
            (str(minor), money.display_short(minor, plan.currency, language))
            for minor in self.options.amounts_minor
        ]
        _choices(self, "amount_choice", [*offered, (OTHER, _("Another amount"))])
        self.fields["amount"].widget.attrs.pop("maxlength", None)
        # The fee she covers stays covered unless she says otherwise.
        self.initial.setdefault("cover_fee", plan.fee_cover_minor > 0)

    @property
    def minimum(self) -> str:
        language = get_language() or "en"
        return money.display_short(self.options.minimum_minor, self.plan.currency, language)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        choice, typed = data.get("amount_choice"), data.get("amount") or ""
        try:
            if choice and choice != OTHER and not typed:
                gift_minor = int(choice)
            else:
                gift_minor = read_amount(typed, self.options)
            self.meant = actions.preview_amount(
                self.plan, gift_minor=gift_minor, cover_fee=bool(data.get("cover_fee"))
            )
        except forms.ValidationError as error:
            self.add_error("amount", error)
        except NotAllowed:
            self.add_error("amount", _("Please round the amount a little."))
        else:
            data["gift_minor"] = gift_minor
            if self.meant.amount_minor == self.plan.amount_minor:
                self.add_error("amount", _("That is what you give already."))
        return data


class PauseForm(forms.Form):
    months = forms.TypedChoiceField(label=gettext_lazy("For how long?"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        numbers = range(1, actions.LONGEST_PAUSE + 1)
        words = [
            (n, ngettext("%(count)s month", "%(count)s months", n) % {"count": n}) for n in numbers
        ]
        _choices(self, "months", words)


class PurposeForm(forms.Form):
    designation = forms.ChoiceField(
        label=gettext_lazy("What is it for?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose what your gift is for.")},
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        self.open = {row.code: row for row in actions.open_purposes()}
        _choices(self, "designation", [(code, row.public_name) for code, row in self.open.items()])
        self.initial.setdefault("designation", plan.designation.code)

    def clean_designation(self) -> Designation:
        row = self.open[self.cleaned_data["designation"]]
        if row.pk == self.plan.designation_id:
            raise forms.ValidationError(_("Your gift goes there already."))
        return row


class StopForm(forms.Form):
    reason = forms.ChoiceField(
        label=gettext_lazy("Would you tell us why?"),
        choices=Plan.Reason.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    note = forms.CharField(
        label=gettext_lazy("In your own words"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].widget.attrs.pop("maxlength", None)


class AddressForm(forms.Form):
    """Where a link to a plan may be sent."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Please type the e-mail address you gave with."),
            "invalid": gettext_lazy("This does not look like an e-mail address: name@example.org."),
        },
    )


def _options(plan: Plan) -> GivingOptions:
    """What staff offer for such gifts; the present amount alone where they offer nothing."""
    return actions.options_for(plan) or GivingOptions(
        currency=plan.currency,
        frequency=actions.FREQUENCY[Plan.Interval(plan.interval)],
        amounts_minor=[plan.gift_minor],
    )


def _choices(form: forms.Form, name: str, choices: list[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # by the declarations above
    field.choices = choices
