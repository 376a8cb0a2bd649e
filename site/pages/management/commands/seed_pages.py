from typing import Any

from django.core.management.base import BaseCommand

from pages import demo


class Command(BaseCommand):
    help = "Create the demonstration pages that are missing, in English and Spanish."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{demo.seed()} pages created.")
