import time
from typing import Any

from django.core.management.base import BaseCommand

from donations import programme


class Command(BaseCommand):
    help = "Count every month of the giving programme anew from plans and gifts."

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        programme.rebuild()
        for one in programme.read():
            self.stdout.write(
                f"{one.currency}: {len(one.months)} months, {one.months[-1].giving} active plans"
            )
        self.stdout.write(f"Counted in {time.monotonic() - began:.1f} s.")
