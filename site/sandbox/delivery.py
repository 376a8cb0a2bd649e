"""Signed deliveries to webhook endpoints: a row until it is done, so a restart loses none."""

import hashlib
import hmac
import http.client
import json
import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from sandbox import switches
from sandbox.store import store

log = logging.getLogger("sandbox.delivery")
TIMEOUT_SECONDS = 20
_wake = threading.Event()


def wake() -> None:
    _wake.set()


def signature(secret: str, body: bytes, timestamp: int) -> str:
    """The `Stripe-Signature` header. Time is real time: the receiver compares it with its own."""
    signed = str(timestamp).encode() + b"." + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


class Courier(threading.Thread):
    """Sends what is due, a few at a time, and tries again with growing pauses."""

    def __init__(self, retry_after: Sequence[float]) -> None:
        super().__init__(name="courier", daemon=True)
        self.retry_after = retry_after
        self.stopped = threading.Event()
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="delivery")
        self._under_way: set[int] = set()

    def stop(self) -> None:
        self.stopped.set()
        wake()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def run(self) -> None:
        while not self.stopped.is_set():
            _wake.clear()
            try:
                pause = self._send_due()
            except Exception:
                log.exception("courier")
                pause = 1.0
            _wake.wait(pause)

    def _send_due(self) -> float:
        """Start what is due; seconds until something else may be."""
        with store.lock:
            if switches.get("deliveries")["paused"]:
                return 1.0
            rows = store.execute(
                "SELECT id, due FROM deliveries WHERE state = 'pending' ORDER BY due, id LIMIT 200"
            )
            now = time.time()
            waiting = [row for row in rows if row["id"] not in self._under_way]
            due = [row["id"] for row in waiting if row["due"] <= now]
            self._under_way.update(due)
        for delivery_id in due:
            if not self.stopped.is_set():
                self._pool.submit(self._send, delivery_id)
        later: list[float] = [row["due"] - now for row in waiting if row["due"] > now]
        return max(0.005, min([1.0, *later]))

    def _send(self, delivery_id: int) -> None:
        try:
            answer, status = "gone", 0
            with store.lock:
                row = store.execute("SELECT * FROM deliveries WHERE id = ?", (delivery_id,))[0]
                event = store.get("event", row["event"])
                endpoint = store.get("webhook_endpoint", row["endpoint"])
            if event and endpoint:
                body = json.dumps(event, indent=2).encode()
                status, answer = _post(endpoint["url"], endpoint["_secret"], body)
            with store.transaction():
                self._note(delivery_id, row["event"], row["attempts"] + 1, status, answer)
        except Exception:
            log.exception("delivery")
        finally:
            self._under_way.discard(delivery_id)
            wake()

    def _note(
        self, delivery_id: int, event_id: str, attempts: int, status: int, answer: str
    ) -> None:
        due = 0.0
        if 200 <= status < 300:
            state = "delivered"
            event = store.get("event", event_id)
            if event and event["pending_webhooks"]:
                store.save(event | {"pending_webhooks": event["pending_webhooks"] - 1})
        elif attempts <= len(self.retry_after) and answer != "gone":
            state, due = "pending", time.time() + self.retry_after[attempts - 1]
        else:
            state = "failed"
        store.execute(
            "UPDATE deliveries SET state = ?, due = ?, attempts = ?, answer = ? WHERE id = ?",
            (state, due, attempts, answer, delivery_id),
        )


def _post(url: str, secret: str, body: bytes) -> tuple[int, str]:
    """Status and a short note for the log; 0 where there was no answer. Follows no redirect."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature(secret, body, int(time.time())),
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks; sandbox)",
    }
    try:
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException) as error:
        return 0, type(error).__name__
    finally:
        connection.close()
    return response.status, str(response.status)
