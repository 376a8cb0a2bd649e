from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils.translation import gettext as _


class Command(BaseCommand):
    help = (
        "Carry over what waits, then name each thing of which the databases say different things."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if "vault" not in connections.databases:
            raise CommandError(_("This side does not reach the confidential database."))
        from gifts.delivery import outbox, wall  # noqa: PLC0415 - not on the public side

        outbox.apply()
        found = wall.disagreements()
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(_("The two databases disagree."))
        self.stdout.write(_("Both databases say the same of every thing."))
