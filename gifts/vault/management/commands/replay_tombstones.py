"""After a restore: erase again what had been erased since that backup was made."""

from typing import Any

from django.core.management.base import BaseCommand

from gifts.vault import erasure


class Command(BaseCommand):
    help = "Erase again whatever a restore brought back. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Erased again: {erasure.replay()}")
        erasure.clear_out()
