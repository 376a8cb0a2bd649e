import time
from typing import Any

from django.core.management.base import BaseCommand

from donations import months
from donations.models import BooksMonth


class Command(BaseCommand):
    help = "Sum every month of the books anew from the journal, for the finance dashboard."

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        months.rebuild()
        self.stdout.write(f"{BooksMonth.objects.count()} sums in {time.monotonic() - began:.1f} s.")
