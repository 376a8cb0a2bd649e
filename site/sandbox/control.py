"""Steer a running sandbox from Python: for tests, the tour and the bench. Standard library only.

`SandboxProcess` starts one and ends it; `Sandbox` speaks to its control API.
"""

import hashlib
import hmac
import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SECRET_KEY = "sk_test_sandbox"
WEBHOOK_SECRET = "whsec_sandbox"
CARD = "4242424242424242"


class ControlError(Exception):
    """The sandbox refused a command; the message says why."""


class Sandbox:
    """One running sandbox, by its address."""

    def __init__(
        self,
        url: str,
        *,
        secret_key: str = SECRET_KEY,
        webhook_secret: str = WEBHOOK_SECRET,
    ) -> None:
        self.url = url.rstrip("/")
        self.api_base = self.url
        self.secret_key = secret_key
        self.webhook_secret = webhook_secret

    def command(self, name: str, /, **given: object) -> dict[str, Any]:
        """POST /_sandbox/<name>; the commands are listed in docs/sandbox.md."""
        request = urllib.request.Request(  # noqa: S310 - the address is the sandbox's own
            f"{self.url}/_sandbox/{name}",
            json.dumps(given).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
                answer: dict[str, Any] = json.load(response)
                return answer
        except urllib.error.HTTPError as error:
            with error:
                raise ControlError(error.read().decode()) from None

    def pay(
        self,
        session_id: str,
        card: str = CARD,
        *,
        authenticate: bool | None = None,
        name: str = "Test Donor",
        email: str | None = None,
    ) -> dict[str, Any]:
        """Pay as the page does; card "bank" begins a debit. Holds outcome, error and session."""
        return self.command(
            "pay", session=session_id, card=card, authenticate=authenticate, name=name, email=email
        )

    def settle(self, session_id: str) -> None:
        self.command("settle", session=session_id)

    def fail(self, session_id: str, code: str = "insufficient_funds") -> None:
        self.command("fail", session=session_id, code=code)

    def expire(self, session_id: str) -> dict[str, Any]:
        session: dict[str, Any] = self.command("expire", session=session_id)["session"]
        return session

    def events(
        self, since: str | None = None, types: Iterable[str] | None = None
    ) -> list[dict[str, Any]]:
        """Oldest first, after the event with the id `since`."""
        given = {"since": since, "types": list(types) if types else None}
        found: list[dict[str, Any]] = self.command("list_events", **given)["events"]
        return found

    def await_events(
        self, *types: str, since: str | None = None, seconds: float = 10
    ) -> list[dict[str, Any]]:
        """The events of these kinds, once there is at least one of each.

        Raises:
            TimeoutError: some kind did not come in time.
        """
        end = time.monotonic() + seconds
        while True:
            found = self.events(since=since, types=types)
            if {event["type"] for event in found} >= set(types):
                return found
            if time.monotonic() > end:
                raise TimeoutError(f"of {types} came only {[event['type'] for event in found]}")
            time.sleep(0.02)

    def signed(self, event: dict[str, Any], *, at: int | None = None) -> tuple[bytes, str]:
        """The body as it would be delivered, and its Stripe-Signature header."""
        body = json.dumps(event, indent=2).encode()
        timestamp = int(time.time()) if at is None else at
        signed = str(timestamp).encode() + b"." + body
        digest = hmac.new(self.webhook_secret.encode(), signed, hashlib.sha256).hexdigest()
        return body, f"t={timestamp},v1={digest}"

    def fault(
        self,
        kind: str,
        *,
        count: int = 1,
        match: str = "",
        method: str = "",
        seconds: float = 5.0,
    ) -> None:
        """The next `count` API calls whose path holds `match` meet the fault."""
        self.command("fault", kind=kind, count=count, match=match, method=method, seconds=seconds)

    def clear_faults(self) -> None:
        self.command("clear_faults")

    def fees(self, when: str, *, delay: float | None = None) -> None:
        """When charges get fee and net: "later" (by charge.updated), "at_once" or "held"."""
        self.command("fees", when=when, **({} if delay is None else {"delay": delay}))

    def rates(self, **rates: str) -> None:
        """Settle these currencies in dollars: `rates(eur="1.10")`; none: each in its own."""
        self.command("rates", **rates)

    def release_fees(self) -> int:
        """Give every waiting charge its balance transaction now; how many there were."""
        return int(self.command("release_fees")["released"])

    def card_of(self, *, card: str = "", expires: str = "", **whose: str) -> dict[str, Any]:
        """The card of `subscription=` or `customer=` answers as this test card from now on."""
        given = {"card": card, "expires": expires}
        return self.command("card_of", **whose, **{k: v for k, v in given.items() if v})

    def give_card(
        self, customer_id: str, card: str = CARD, *, authenticate: bool | None = None
    ) -> dict[str, Any]:
        """A new card in the portal; holds outcome and error."""
        return self.command("give_card", customer=customer_id, card=card, authenticate=authenticate)

    def pay_invoice(
        self, invoice_id: str, card: str = "", *, authenticate: bool | None = None
    ) -> dict[str, Any]:
        """Pay as its hosted page does, with a new card or the one on file; as `pay` otherwise."""
        given = {"card": card} if card else {}
        return self.command("pay_invoice", invoice=invoice_id, authenticate=authenticate, **given)

    def dunning(self, *, days: Sequence[float] | None = None, end: str = "cancel") -> None:
        """Days from each failed try to the next; then "cancel", "unpaid" or "past_due"."""
        given = {} if days is None else {"days": list(days)}
        self.command("dunning_schedule", end=end, **given)

    def set_clock(self, *, now: float | None = None, advance: float = 0) -> float:
        """Set or move the sandbox's time, do what became due; the new time."""
        given = {"advance": advance} | ({} if now is None else {"now": now})
        return float(self.command("set_clock", **given)["now"])

    # --- money that was paid: the other commands of sandbox.aftermath go by `command` ------------

    def refund(self, session_id: str, amount: int | None = None, **how: object) -> dict[str, Any]:
        """Refund as in the dashboard; reason, status."""
        made: dict[str, Any] = self.command("refund", session=session_id, amount=amount, **how)[
            "refund"
        ]
        return made

    def dispute(self, session_id: str, **how: object) -> dict[str, Any]:
        """reason, amount, kind ("inquiry", "prevented"); the dispute."""
        made: dict[str, Any] = self.command("dispute", session=session_id, **how)["dispute"]
        return made

    def payouts(self, when: str) -> None:
        """ "daily" or "manual"."""
        self.command("steer_payouts", when=when)

    def pay_out(self, amount: int | None = None) -> dict[str, Any]:
        """All there is, pending or not, its rows listed; or an amount by hand. The payout."""
        self.command("make_available")
        made: dict[str, Any] = self.command("pay_out", amount=amount)["payout"]
        if amount is None:
            self.command("reconcile_payout", payout=made["id"])
        return made

    def steer_deliveries(self, **rules: object) -> None:
        """paused, delay, shuffle, drop, duplicate, twin."""
        self.command("steer_deliveries", **rules)

    def deliveries(self, state: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.command("deliveries", state=state)["deliveries"]
        return found

    def resend(self, event_id: str) -> None:
        self.command("resend", event=event_id)

    def tamper(self, object_id: str, **changed: object) -> None:
        """Let Stripe hold something else than it told."""
        self.command("tamper", id=object_id, set=changed)

    def lose(self, object_id: str) -> None:
        """Let Stripe know nothing of an object it has told of."""
        self.command("tamper", id=object_id, forget=True)

    def reset(self) -> None:
        """Forget everything but the endpoint of the command line."""
        self.command("reset")


class SandboxProcess(Sandbox):
    """A sandbox of one's own, on a free port unless one is given."""

    def __init__(
        self,
        data: Path,
        *,
        port: int = 0,
        webhook: str = "",
        record: Path | None = None,
        retry_after: Sequence[float] = (0.1, 0.2, 0.5, 1, 2),
    ) -> None:
        super().__init__("")
        self.data = data
        self._flags = ["--data", str(data), "--retry-after", ",".join(map(str, retry_after))]
        if webhook:
            self._flags += ["--webhook", webhook, "--webhook-secret", self.webhook_secret]
        if record:
            self._flags += ["--record", str(record)]
        self._port = port
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> "SandboxProcess":
        """Start, or start again on the same port and state; returns once it answers."""
        # --settings, because a test's own environment names those of the product.
        command = [
            sys.executable,
            str(ROOT / "manage.py"),
            "sandbox",
            "--settings=sandbox.settings",
        ]
        self._process = subprocess.Popen(  # noqa: S603 - our own manage.py
            [*command, "--port", str(self._port), *self._flags], stdout=subprocess.PIPE, text=True
        )
        line = self._process.stdout.readline() if self._process.stdout else ""
        if "ready at" not in line:
            self._process.wait()
            raise RuntimeError("the sandbox did not start; its own message is above")
        self.url = self.api_base = line.split("ready at ")[1].split()[0]
        self._port = int(self.url.rsplit(":", 1)[1])
        return self

    def stop(self) -> int:
        """End it cleanly; its exit status."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """End it as a crash would."""
        return self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> int:
        if self._process is None:
            raise RuntimeError("the sandbox was not started")
        with self._process as process:
            process.send_signal(number)
            return process.wait(10)
