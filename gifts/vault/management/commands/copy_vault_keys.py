"""The only copy of the keys of confidential records, in place of the one before."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gifts.vault import erasure


class Command(BaseCommand):
    help = "Write keys and tombstones to a file; deploy/restore.sh reads it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        erasure.copy_keys(options["file"])
