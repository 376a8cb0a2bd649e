from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from donations import demo as donations_demo
from donations import demo_gifts
from gifts import demo as gifts_demo
from gifts.buying import demo as buying_demo
from gifts.offers import demo as offers_demo
from pages import demo as pages_demo
from staff import demo as staff_demo


class Command(BaseCommand):
    help = "Fill a demonstration with sample content and print how to sign in; safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--show", action="store_true", help="print the sign-ins alone")
        parser.add_argument("--without-gifts", action="store_true", help="nobody has given yet")

    def handle(self, *args: Any, show: bool, without_gifts: bool, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("DEMO is off: sample content belongs into a demonstration alone.")
        if not show:
            donations_demo.seed()
            pages_demo.seed()
            staff_demo.seed()
            author, reviewer = staff_demo.coordinators()
            gifts_demo.seed(author=author, reviewer=reviewer)
            offers_demo.seed(by=author)
            if not without_gifts:
                demo_gifts.seed(self.stderr.write, gifts_demo.gifts())
                buying_demo.seed(second=reviewer, **staff_demo.buyers())
        self.stdout.write(staff_demo.show())
