"""`make code`: the current second-factor code of every made-up person."""

import time
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Print current second-factor codes. In a demonstration alone."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Codes are printed in a demonstration alone (DEMO).")
        counter, elapsed = divmod(int(time.time()), app_settings.TOTP_PERIOD)
        rows = Authenticator.objects.select_related("user").order_by("user__email")
        by_clock = rows.filter(type=Authenticator.Type.TOTP)
        for authenticator in by_clock:
            secret = decrypt(authenticator.data["secret"])
            code = format_hotp_value(hotp_value(secret, counter))
            self.stdout.write(f"{code}  {authenticator.user.email}")
        if by_clock:
            self.stdout.write(f"Good for {app_settings.TOTP_PERIOD - elapsed} seconds.")
        on_paper = rows.filter(type=Authenticator.Type.RECOVERY_CODES).exclude(
            user__in=by_clock.values("user")
        )
        for authenticator in on_paper:
            left = authenticator.wrap().get_unused_codes()
            code = left[0] if left else "all used"
            self.stdout.write(
                f"{code}  {authenticator.user.email}  (next of her sheet, works once)"
            )
        if not by_clock and not on_paper:
            self.stdout.write("Nobody has a second factor yet.")
