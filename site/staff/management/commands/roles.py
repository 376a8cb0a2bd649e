from typing import Any

from django.core.management.base import BaseCommand

from staff import roles


class Command(BaseCommand):
    help = "Write the table of roles into the database and print it; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        roles.sync()
        self.stdout.write(roles.matrix())
