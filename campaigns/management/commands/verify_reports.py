from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from campaigns.reports import verify


class Command(BaseCommand):
    help = "Count the figures of every published impact report once more, from the rows."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(verify.disagreements())
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(_("Published reports and the rows disagree."))
        self.stdout.write(_("Every published figure is what the rows say."))
