from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from donations.books import anchors, checking
from donations.models import BooksCheck, Donation, Entry, Receipt, Seal


class Command(BaseCommand):
    help = "Recompute every rule of the books and name each row that breaks one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchors",
            type=Path,
            metavar="FILE",
            help="a text with fingerprints that were kept outside, as an audit pack's; each must "
            "still be in the books",
        )

    def handle(self, *args: Any, anchors: Path | None, **options: Any) -> None:
        problems = self._anchors(anchors) if anchors else 0
        check = checking.perform(BooksCheck.objects.create())
        for name, _milliseconds, count, found in check.results:
            self._tell(name, [(about, text) for about, text in found], count)
        last = Seal.objects.order_by("-pk").values_list("sha256", flat=True).first()
        self.stdout.write(
            f"{Donation.objects.filter(status='paid').count()} paid gifts, "
            f"{Entry.objects.count()} entries, {Receipt.objects.count()} receipts, "
            f"{Seal.objects.count()} seals" + (f"; keep outside: {last}" if last else "")
        )
        if problems := problems + check.problems:
            raise CommandError(f"The books do not hold: {problems} problems.")
        self.stdout.write(self.style.SUCCESS("The books hold."))

    def _anchors(self, file: Path) -> int:
        kept = anchors.kept_outside(file.read_text())
        if not kept:
            raise CommandError(f"{file}: no fingerprint of 64 hexadecimal digits in it.")
        found = [(one.about, one.text) for one in anchors.anchors_hold(kept)]
        self._tell(f"{len(kept)} fingerprints kept outside", found, len(found))
        return len(found)

    def _tell(self, name: str, found: list[tuple[str, str]], count: int) -> None:
        self.stdout.write(f"{'ok ' if not count else 'BAD'}  {name}")
        for about, text in found:
            self.stdout.write(f"       {about}: {text}")
        if count > len(found):
            self.stdout.write(f"       and {count - len(found)} more")
