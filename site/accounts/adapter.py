"""How allauth behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest

from donations.models import LegalEntity


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """A donor opens an account by verifying an address; staff are invited."""
        return settings.ROLE == "public"

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Case workers of partners have pages of their own on the staff side."""
        if settings.ROLE == "staff" and not request.user.has_perm("wagtailadmin.access_admin"):
            return "/partners/"
        url: str = super().get_login_redirect_url(request)
        return url

    def render_mail(
        self, template_prefix: str, email: str, context: dict[str, Any], headers: Any = None
    ) -> EmailMessage:
        """Mails about signing in are signed with the organisation's name, not the host's."""
        names = LegalEntity.objects.filter(is_default=True).values_list("short_name", flat=True)
        signed = {**context, "organisation_name": names.first() or ""}
        message: EmailMessage = super().render_mail(
            template_prefix, email, signed, {**(headers or {}), "Auto-Submitted": "auto-generated"}
        )
        return message
