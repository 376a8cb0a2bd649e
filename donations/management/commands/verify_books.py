from typing import Any

from django.core.management.base import BaseCommand, CommandError

from donations.books import checking
from donations.models import BooksCheck, Donation, Entry, Receipt, Seal


class Command(BaseCommand):
    help = "Recompute every rule of the books and name each row that breaks one."

    def handle(self, *args: Any, **options: Any) -> None:
        check = checking.perform(BooksCheck.objects.create())
        for name, _milliseconds, count, problems in check.results:
            self.stdout.write(f"{'ok ' if not count else 'BAD'}  {name}")
            for about, text in problems:
                self.stdout.write(f"       {about}: {text}")
            if count > len(problems):
                self.stdout.write(f"       and {count - len(problems)} more")
        self.stdout.write(
            f"{Donation.objects.filter(status='paid').count()} paid gifts, "
            f"{Entry.objects.count()} entries, {Receipt.objects.count()} receipts, "
            f"{Seal.objects.count()} seals"
        )
        if check.problems:
            raise CommandError(f"The books do not hold: {check.problems} problems.")
        self.stdout.write(self.style.SUCCESS("The books hold."))
