"""manage.py sandbox: a stand-in for Stripe on this machine."""

import signal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sandbox.server import Sandbox


def _seconds(text: str) -> list[float]:
    return [float(part) for part in text.split(",") if part]


class Command(BaseCommand):
    help = "Serve a stand-in for Stripe on 127.0.0.1, with its state in one folder."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8002, help="0 picks a free one")
        parser.add_argument("--data", type=Path, default=Path("var/sandbox"))
        parser.add_argument("--webhook", default="", help="deliver all events to this address")
        parser.add_argument("--webhook-secret", default="", help="whsec_…, with --webhook")
        parser.add_argument("--key", default="", help="refused unless it is a test key")
        parser.add_argument(
            "--retry-after",
            type=_seconds,
            default=[1, 2, 5, 10, 30, 60],
            help="pauses in seconds before each further try of a delivery",
        )
        parser.add_argument("--record", type=Path, help="write exchanges for the contract tests")

    def handle(self, **options: Any) -> None:
        if "_live_" in options["key"] or "_live_" in options["webhook_secret"]:
            raise CommandError("The sandbox refuses live keys.")
        if bool(options["webhook"]) != bool(options["webhook_secret"]):
            raise CommandError("--webhook and --webhook-secret belong together.")
        sandbox = Sandbox(
            port=options["port"],
            data=options["data"],
            webhook=options["webhook"],
            webhook_secret=options["webhook_secret"],
            retry_after=options["retry_after"],
            record=options["record"],
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: sandbox.stop())
        self.stdout.write(f"Stripe sandbox ready at {sandbox.url} (test mode, no real money)")
        self.stdout.flush()
        try:
            sandbox.serve()
        finally:
            sandbox.close()
