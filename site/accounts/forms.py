"""Signing in by a code in the mail."""

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from allauth.account.models import EmailAddress
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from donations.models import Donation, Plan


class CodeForm(RequestLoginCodeForm):
    """Whoever gave with an address may sign in with it: the code that is mailed there proves it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["email"]
        field.label = _("E-mail")
        field.widget.attrs = {"autocomplete": "email"}
        field.error_messages |= {
            "required": _("Please type the e-mail address you gave with."),
            "invalid": _("This does not look like an e-mail address: name@example.org."),
        }

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if settings.ROLE == "public" and email:
            _open_account(email.lower())
        checked: str = super().clean_email()
        return checked


class TypedCodeForm(ConfirmLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = _("Code from the mail")
        field.widget.attrs = {
            "autocomplete": "one-time-code",
            "autocapitalize": "characters",
            "spellcheck": "false",
        }
        field.error_messages |= {"required": _("Please type the code from the mail.")}


class TidyCode(BaseAuthenticateForm):
    def clean_code(self) -> str:
        self.cleaned_data["code"] = "".join(filter(str.isalnum, self.cleaned_data["code"]))
        code: str = super().clean_code()
        return code


class FactorForm(TidyCode, AuthenticateForm):
    pass


class FactorAgainForm(TidyCode, ReauthenticateForm):
    pass


def _open_account(email: str) -> None:
    """An account for an address that has given and has none yet; useless without its code."""
    gave = Donation.objects.filter(email__iexact=email, status=Donation.Status.PAID).exists()
    # A plan's address may have been corrected since its last gift.
    gave = gave or Plan.objects.filter(email__iexact=email, donor__isnull=False).exists()
    if gave and not User.objects.filter(email__iexact=email).exists():
        user = User.objects.create_user(email)
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=False)
