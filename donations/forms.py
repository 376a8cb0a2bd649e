"""What a donor fills in. Money leaves these forms as whole minor units."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core import money
from core.forms import PublicForm, single_line
from donations import gateway, postal
from donations.gift_aid.forms import GiftAidFields
from donations.models import Designation, Donation, GivingOptions, LegalEntity

OTHER = "other"
# Room for a covered fee below the eight digits that Stripe takes.
LARGEST_GIFT_MINOR = money.LARGEST_MINOR // 2
# Kept as typed with the donation, one to one.
TYPED = (
    *("name", "email", "receipt_name", "address_line1", "address_line2", "city", "region"),
    *("postcode", "country", "message", "tribute_kind", "tribute_name", "tribute_message"),
    *("tribute_recipient_name", "tribute_recipient_email", "appeal"),
)


def open_designations() -> list[Designation]:
    """What the give page offers just now: public, begun, not ended, and without a cap."""
    now = timezone.now()
    return list(
        Designation.objects.filter(
            Q(opens_at=None) | Q(opens_at__lte=now),
            Q(closes_at=None) | Q(closes_at__gt=now),
            is_public=True,
            target_minor=None,
        )
    )


class DonationForm(PublicForm, GiftAidFields):
    """One gift. Shown errors mend; nothing that was typed is lost."""

    SALT = "give-form"
    # Whether the country's declaration is asked for here, if it has one.
    DECLARES = True

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
    designation = forms.ChoiceField(
        label=gettext_lazy("What is it for?"), widget=forms.RadioSelect, required=False
    )
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={
            "required": gettext_lazy("Please tell us your name; the receipt needs it.")
        },
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        help_text=gettext_lazy("Your receipt goes there, and nothing else unless you ask for it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Please give an e-mail address for your receipt."),
            "invalid": gettext_lazy("This does not look like an e-mail address: name@example.org."),
        },
    )
    receipt_name = forms.CharField(
        label=gettext_lazy("Receipt in the name of"),
        help_text=gettext_lazy("A couple or an organization, if it should not be your own name."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        required=False,
        widget=postal.CountrySelect(attrs={"autocomplete": "country"}),
    )
    address_line1 = forms.CharField(
        label=gettext_lazy("Street and number"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    address_line2 = forms.CharField(
        label=gettext_lazy("Apartment, building"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-line2"}),
    )
    city = forms.CharField(
        label=gettext_lazy("City"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    region = forms.CharField(
        label=gettext_lazy("State or region"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level1"}),
    )
    postcode = forms.CharField(
        label=gettext_lazy("ZIP or postal code"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    tribute_kind = forms.ChoiceField(
        label=gettext_lazy("Is this gift a tribute?"),
        choices=Donation.Tribute.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    tribute_name = forms.CharField(
        label=gettext_lazy("Name of the person you honor or remember"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    tribute_recipient_name = forms.CharField(
        label=gettext_lazy("Who should hear of it?"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    tribute_recipient_email = forms.EmailField(
        label=gettext_lazy("Their e-mail"),
        help_text=gettext_lazy("We write once, when your gift has arrived, without the amount."),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    tribute_message = forms.CharField(
        label=gettext_lazy("Your words to them"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    message = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    appeal = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)
    currency = forms.CharField(max_length=3, required=False, widget=forms.HiddenInput)
    frequency = forms.CharField(max_length=8, required=False, widget=forms.HiddenInput)
    replaces = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, options: GivingOptions, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options = options
        # What comes again needs a purpose without an end.
        standing = options.frequency != GivingOptions.Frequency.ONCE
        self.designations = {
            row.code: row for row in open_designations() if not (standing and row.closes_at)
        }
        if "amount_choice" in self.fields:
            amounts = [
                (str(minor), money.display_short(minor, options.currency, get_language() or "en"))
                for minor in options.amounts_minor
            ]
            self.choice("amount_choice").choices = [*amounts, (OTHER, _("Another amount"))]
        self.choice("designation").choices = [
            (code, row.public_name) for code, row in self.designations.items()
        ]
        default = next((code for code, row in self.designations.items() if row.is_default), "")
        self.initial.setdefault("designation", default)
        self.choice("country").choices = [("", ""), *postal.countries(get_language() or "en")]
        entity = LegalEntity.objects.filter(is_default=True).first()
        self.initial.setdefault("country", entity.country if entity else "")
        self.ask(entity if self.DECLARES else None)

    def choice(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # by the declarations above
        return field

    @classmethod
    def fresh_values(cls, options: GivingOptions) -> dict[str, str]:
        """What a form starts with: hidden marks, and the choices staff put first."""
        return {
            **cls.marks(),
            "currency": options.currency,
            "frequency": options.frequency,
            "amount_choice": str(options.preselected_minor or ""),
            "tribute_kind": "",
        }

    def clean_name(self) -> str:
        return single_line(self.cleaned_data["name"])

    def clean_receipt_name(self) -> str:
        return single_line(self.cleaned_data["receipt_name"])

    def clean_tribute_name(self) -> str:
        return single_line(self.cleaned_data["tribute_name"])

    def clean_tribute_recipient_name(self) -> str:
        return single_line(self.cleaned_data["tribute_recipient_name"])

    def clean_appeal(self) -> str:
        text: str = self.cleaned_data["appeal"].upper()
        return "".join(sign for sign in text if sign.isascii() and (sign.isalnum() or sign in "-_"))

    def clean_designation(self) -> Designation:
        code = self.cleaned_data["designation"]
        row = self.designations.get(code) or next(
            (row for row in self.designations.values() if row.is_default), None
        )
        if row is None:
            raise forms.ValidationError(_("Please choose what your gift is for."))
        return row

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._check_address(data)
        self.check_gift_aid(data)
        data["gift_minor"] = self.gift_minor(data)
        if data["gift_minor"]:
            cover = self.options.fee_cover(data["gift_minor"]) if data.get("cover_fee") else 0
            data["fee_cover_minor"] = self._payable_cover(data["gift_minor"], cover)
        if data.get("tribute_recipient_email") and not data.get("tribute_kind"):
            self.add_error("tribute_kind", _("Please choose: in honor or in memory of?"))
        if data.get("tribute_kind") and not data.get("tribute_name"):
            self.add_error("tribute_name", _("Please tell us the name of the person."))
        unaddressed = data.get("tribute_recipient_name") and not data.get("tribute_recipient_email")
        if unaddressed and "tribute_recipient_email" not in self.errors:
            self.add_error("tribute_recipient_email", _("Please give the address to write to."))
        self.check_pace()
        return data

    def typed(self) -> dict[str, Any]:
        """The donor's own words and facts, for the donation's columns."""
        return {name: self.cleaned_data[name] for name in TYPED}

    def _check_address(self, data: dict[str, Any]) -> None:
        names = ("country", *postal.LINES)
        if any(name in self.errors for name in names):
            return
        kept, wrong = postal.checked({name: data[name] for name in names})
        data.update(kept)
        for name, error in wrong.items():
            self.add_error(name, error)

    def gift_minor(self, data: dict[str, Any]) -> int:
        """The chosen or typed amount; 0 with an error beside the field where there is none."""
        choice, typed = data.get("amount_choice"), data.get("amount") or ""
        if choice and choice != OTHER and not typed:
            return int(choice)
        try:
            return read_amount(typed, self.options)
        except forms.ValidationError as error:
            self.add_error("amount", error)
            return 0

    def _payable_cover(self, gift_minor: int, cover_minor: int) -> int:
        """The next amount up that the payment provider can take; nothing where there is none."""
        steps = range(cover_minor, cover_minor + 10) if cover_minor else ()
        payable = (
            cover
            for cover in steps
            if gateway.is_payable(gift_minor + cover, self.options.currency)
        )
        return next(payable, 0)


def read_amount(typed: str, options: GivingOptions) -> int:
    """Minor units of a typed amount.

    Raises:
        ValidationError: says what to type instead.
    """
    language = get_language() or "en"

    def shown(amount_minor: int) -> str:
        return money.display_short(amount_minor, options.currency, language)

    if not typed:
        raise forms.ValidationError(_("Please choose an amount or type one."))
    try:
        amount = money.parse(typed, options.currency)
    except ValueError:
        text = _("Please type the amount as a number, such as 40 or 12.50.")
        raise forms.ValidationError(text) from None
    if amount < options.minimum_minor:
        text = _("The smallest gift is %(least)s.") % {"least": shown(options.minimum_minor)}
        raise forms.ValidationError(text)
    if amount > LARGEST_GIFT_MINOR:
        text = _("Online we can take up to %(most)s. Please write to us for a larger gift.")
        raise forms.ValidationError(text % {"most": shown(LARGEST_GIFT_MINOR)})
    if not gateway.is_payable(amount, options.currency):
        raise forms.ValidationError(_("Please round the amount a little."))
    return amount


class ReceiptCheckForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code on the receipt"),
        max_length=40,
        help_text=gettext_lazy("Twelve letters and digits, such as 7KQ4-M2XD-9RTN."),
        error_messages={"required": gettext_lazy("Please type the code from the receipt.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
