"""Signing in by a code in the mail."""

from allauth.account.forms import RequestLoginCodeForm
from allauth.account.models import EmailAddress
from django.conf import settings

from accounts.models import User
from donations.models import Donation


class CodeForm(RequestLoginCodeForm):
    """Whoever gave with an address may sign in with it: the code that is mailed there proves it."""

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if settings.ROLE == "public" and email:
            _open_account(email.lower())
        checked: str = super().clean_email()
        return checked


def _open_account(email: str) -> None:
    """An account for an address that has given and has none yet; useless without its code."""
    gave = Donation.objects.filter(email__iexact=email, status=Donation.Status.PAID).exists()
    if gave and not User.objects.filter(email__iexact=email).exists():
        user = User.objects.create_user(email)
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=False)
