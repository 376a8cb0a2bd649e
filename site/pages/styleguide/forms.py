"""Stand-ins with the fields of the real forms, so that the templates can be looked at alone."""

from django import forms

AMOUNTS = [("2500", "$25"), ("5000", "$50"), ("10000", "$100"), ("25000", "$250")]
LONG = "A scholarship pool for nursing, hairdressing, bookkeeping and every other course of study"


class GiveForm(forms.Form):
    amount_choice = forms.ChoiceField(
        label="How much would you like to give?",
        choices=[*AMOUNTS, ("other", "Other amount")],
        widget=forms.RadioSelect,
    )
    amount = forms.CharField(
        label="Amount in dollars",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    cover_fee = forms.BooleanField(
        label="Add a little to cover the payment costs",
        required=False,
        help_text="About $0.88, so that the whole gift arrives.",
    )
    designation = forms.ChoiceField(
        label="What is it for?",
        choices=[("general", "Where it is needed most"), ("school", "School fees"), ("long", LONG)],
    )
    name = forms.CharField(
        label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label="E-mail",
        help_text="The receipt goes here.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    receipt_name = forms.CharField(
        label="Name on the receipt", required=False, help_text="A couple, a company, a trust."
    )
    country = forms.ChoiceField(
        label="Country",
        required=False,
        choices=[("US", "United States"), ("MX", "Mexico")],
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    address_line1 = forms.CharField(
        label="Street and number",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    address_line2 = forms.CharField(
        label="Flat, floor",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-line2"}),
    )
    city = forms.CharField(
        label="City",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    region = forms.CharField(
        label="State",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level1"}),
    )
    postcode = forms.CharField(
        label="ZIP code",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    tribute_kind = forms.ChoiceField(
        label="Is this gift for someone?",
        required=False,
        choices=[("", "No"), ("honor", "In honor of"), ("memory", "In memory of")],
        widget=forms.RadioSelect,
    )
    tribute_name = forms.CharField(label="Their name", required=False)
    tribute_recipient_name = forms.CharField(label="Whom may we tell?", required=False)
    tribute_recipient_email = forms.EmailField(label="Their e-mail", required=False)
    tribute_message = forms.CharField(label="Your words", required=False, widget=forms.Textarea)
    message = forms.CharField(
        label="Your message",
        required=False,
        help_text="Only our staff read it.",
        widget=forms.Textarea,
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)
    started = forms.CharField(widget=forms.HiddenInput, required=False)
    website = forms.CharField(widget=forms.HiddenInput, required=False)


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Code of the receipt",
        help_text="Twelve letters and digits at the foot of the page.",
        error_messages={"required": "Type the code that stands at the foot of the receipt."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class SignInForm(forms.Form):
    email = forms.EmailField(
        label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class SignInCodeForm(forms.Form):
    code = forms.CharField(
        label="Code", widget=forms.TextInput(attrs={"autocomplete": "one-time-code"})
    )


def sample_form(*, wrong: bool = False) -> GiveForm:
    """A form as it comes back: with errors in visible and folded parts, or well filled."""
    if wrong:
        form = GiveForm(
            {"amount_choice": "other", "amount": "two", "email": "ada@", "tribute_kind": "honor"}
        )
        form.is_valid()
        form.add_error("amount", "Write the amount in figures, for example 25 or 25.50.")
        form.add_error("tribute_name", "Write the name of the person you give in honor of.")
        form.add_error(None, "This page was open for long. Look it over and send it again.")
        return form
    return GiveForm(
        initial={
            "amount_choice": "5000",
            "name": "Ada Okafor",
            "email": "ada@example.org",
            "tribute_kind": "",
            "message": "For whoever is sitting her entrance exam.",
        }
    )
