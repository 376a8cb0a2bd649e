import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from donations import programme, programme_seed


class Command(BaseCommand):
    help = (
        "Fill a database that is thrown away afterwards with a made-up giving programme, to "
        "measure with. DATABASE_URL must be its owner's. Let no worker run: it would begin to "
        "receipt every gift."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plans", type=int, default=100_000)
        parser.add_argument("--donations", type=int, default=3_000_000)
        parser.add_argument(
            "--unchecked", action="store_true", help="without triggers, as a superuser: far faster"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()

        def say(text: str) -> None:
            self.stdout.write(f"{time.monotonic() - began:7.1f} s  {text}")

        size = programme_seed.Size(options["plans"], options["donations"])
        if size.plans < 1 or size.donations < size.plans:
            raise CommandError("At least one plan, and as many gifts as plans.")
        try:
            programme_seed.seed(size, say, checked=not options["unchecked"])
        except programme_seed.Refused as refusal:
            raise CommandError(str(refusal)) from None
        if options["unchecked"]:
            with connection.cursor() as cursor:
                cursor.execute("RESET session_replication_role")
        programme.rebuild()
        say("counted by month")
