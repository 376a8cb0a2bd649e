from typing import Any

from django.core.management.base import BaseCommand, CommandError

from donations import books, ledger
from donations.models import Donation, Entry, Receipt, Seal


class Command(BaseCommand):
    help = "Recompute every rule of the books and name each row that breaks one."

    def handle(self, *args: Any, **options: Any) -> None:
        ledger.seal()  # so that the newest rows are in the chain that is checked
        found = books.verify()
        for name, problems in found.items():
            self.stdout.write(f"{'ok ' if not problems else 'BAD'}  {name}")
            for problem in problems[:20]:
                self.stdout.write(f"       {problem.about}: {problem.text}")
            if len(problems) > 20:
                self.stdout.write(f"       and {len(problems) - 20} more")
        self.stdout.write(
            f"{Donation.objects.filter(status='paid').count()} paid gifts, "
            f"{Entry.objects.count()} entries, {Receipt.objects.count()} receipts, "
            f"{Seal.objects.count()} seals"
        )
        count = sum(map(len, found.values()))
        if count:
            raise CommandError(f"The books do not hold: {count} problems.")
        self.stdout.write(self.style.SUCCESS("The books hold."))
