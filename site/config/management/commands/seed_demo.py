from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns import demo as campaigns_demo
from campaigns.comments import demo as comments_demo
from campaigns.downloads import demo as downloads_demo
from campaigns.editing import behind
from campaigns.letters import demo as letters_demo
from campaigns.reports import demo as reports_demo
from campaigns.training import demo as training_demo
from donations import demo as donations_demo
from donations import demo_batches, demo_gifts
from gifts import demo as gifts_demo
from gifts.buying import demo as buying_demo
from gifts.offers import demo as offers_demo
from pages import demo as pages_demo
from pages.demo import comments, reports, stories
from staff import demo as staff_demo


class Command(BaseCommand):
    help = "Fill a demonstration with sample content and print how to sign in; safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--show", action="store_true", help="print the sign-ins alone")
        parser.add_argument(
            "--without-gifts", action="store_true", help="nobody has given or asked yet"
        )

    def handle(self, *args: Any, show: bool, without_gifts: bool, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("DEMO is off: sample content belongs into a demonstration alone.")
        if settings.ROLE != "staff":
            raise CommandError("Run it with ROLE=staff: partners and their needs are not here.")
        if not show:
            self._seed(without_gifts=without_gifts)
        self.stdout.write(staff_demo.show())

    def _seed(self, *, without_gifts: bool) -> None:
        """The people behind the wishes come before these, and money before what it buys."""
        # Not installed on the public side.
        from campaigns.stories import demo as stories_demo  # noqa: PLC0415
        from gifts.delivery import demo as delivery_demo  # noqa: PLC0415
        from gifts.partners import demo as partners_demo  # noqa: PLC0415

        donations_demo.seed()
        pages_demo.seed()
        downloads_demo.seed()
        staff_demo.seed()
        for line in stories_demo.seed(stories.STORIES, **staff_demo.editors()):
            self.stdout.write(f"A survivor may take her words back; {line}")
        people = staff_demo.editors()
        comments_demo.seed(comments.COMMENTS, by=people["by"], second=people["second"])
        author, reviewer = staff_demo.coordinators()
        gifts_demo.seed_kinds(general_stock=without_gifts)
        if not without_gifts:
            partners_demo.seed(**staff_demo.keepers())
            staff_demo.seed_case_workers()
        gifts_demo.seed(author=author, reviewer=reviewer)
        if not without_gifts:
            delivery_demo.seed(by=author, second=reviewer)
        offers_demo.seed(by=author)
        if not without_gifts:
            also = [*gifts_demo.gifts(), *campaigns_demo.gifts()]
            demo_gifts.seed(self.stderr.write, also)
            buying_demo.seed(second=reviewer, **staff_demo.buyers())
            letters_demo.seed(by=staff_demo.publisher())
            pages_demo.revise(by=staff_demo.publisher())
            demo_batches.seed(by=staff_demo.buyers()["finance"])
            if address := training_demo.seed():
                self.stdout.write(f"An organization learns; its coordinator's page: {address}")
            reports_demo.seed(reports.REPORT, by=staff_demo.publisher())
        behind.learn_all()
