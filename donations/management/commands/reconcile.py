from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from donations import gateway
from donations.reconciliation import run


class Command(BaseCommand):
    help = "Hold the books against everything Stripe holds, and name each difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=3, help="how far back to look (3)")
        parser.add_argument("--repair", action="store_true", help="mend what can be mended")

    def handle(self, *args: Any, **options: Any) -> None:
        since = timezone.now() - timedelta(days=options["days"])
        try:
            done = run.reconcile(since=since, repair=options["repair"])
        except gateway.GatewayError as error:
            raise CommandError(
                f"Stripe gave no answer to use ({error}). Try again later."
            ) from None
        told = ", ".join(f"{count} {name}" for name, count in done.compared.items())
        self.stdout.write(f"Compared from {done.since:%Y-%m-%d %H:%M} UTC: {told}.")
        differences = list(done.differences.all())
        for one in differences:
            mended = " (repaired)" if one.repaired else ""
            self.stdout.write(f"  {one.get_cause_display()}: {one.about} {one.detail}{mended}")
        left = sum(not one.repaired for one in differences)
        if left:
            raise CommandError(f"{left} differences are left.")
        self.stdout.write(self.style.SUCCESS("The books and Stripe agree."))
