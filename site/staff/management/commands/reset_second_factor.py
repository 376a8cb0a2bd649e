from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from staff import factor_reset


class Command(BaseCommand):
    help = "Remove the second factor of a locked-out person when no administrator is left."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        person = User.objects.filter(email__iexact=email).first()
        if person is None:
            raise CommandError(f"Nobody has the e-mail address {email}.")
        count = factor_reset.by_command(person, reason="by command on the server")
        self.stdout.write(
            f"{person.email}: {count} factors removed, password removed, all sessions ended, "
            "and it is on record. Next: “Forgot your password?” on the sign-in page, then enrol."
        )
