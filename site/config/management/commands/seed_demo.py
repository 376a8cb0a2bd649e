from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from donations import demo as donations_demo


class Command(BaseCommand):
    help = "Fill a demonstration with sample content; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("DEMO is off: sample content belongs into a demonstration alone.")
        donations_demo.seed()
