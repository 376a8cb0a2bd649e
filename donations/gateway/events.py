"""Stripe's events: verified on the raw body and read as hints, without their content."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import stripe

from donations.gateway.client import client, translated_errors
from donations.gateway.facts import moment
from donations.gateway.invoices import subscription_of

TOLERANCE_SECONDS = 300
# Stripe takes no more at once.
KINDS_A_CALL = 20


class BadSignature(Exception):
    """The body was not signed with a secret of ours, was changed, or is too old."""


@dataclass(frozen=True)
class Hint:
    """What an event points at. Its content is not kept: the object is fetched again."""

    id: str
    kind: str
    object_id: str
    reference: str
    payment_intent_id: str
    livemode: bool
    api_version: str
    created_at: datetime


def read_webhook(body: bytes, signature: str, secrets: Sequence[str]) -> Hint:
    """Verify a delivery on its raw bytes; two secrets are good while one is being rolled.

    Raises:
        BadSignature: none of the secrets fits, the time is off by more than five minutes,
            or the body is no event.
    """
    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(
                body.decode(), signature, secret, TOLERANCE_SECONDS
            )
            # Stripe's own objects would cost more than all the rest of taking an event in.
            return _hint(json.loads(body))
        except stripe.SignatureVerificationError:
            continue
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadSignature("not an event") from error
    raise BadSignature("no secret fits")


def list_events(kinds: Sequence[str], *, since: datetime) -> Iterator[Hint]:
    """Events that Stripe still holds (30 days); finds what never reached us."""
    created: Any = {"gte": int(since.timestamp())}
    for first in range(0, len(kinds), KINDS_A_CALL):
        types = list(kinds[first : first + KINDS_A_CALL])
        with translated_errors():
            page = client().v1.events.list({"types": types, "created": created, "limit": 100})
            for event in page.auto_paging_iter():
                yield _hint(event.to_dict())


def _hint(event: dict[str, Any]) -> Hint:
    about = event["data"]["object"]
    intent = about.get("payment_intent")
    if about.get("object") == "payment_intent":
        intent = about["id"]
    reference = (about.get("metadata") or {}).get("reference")
    if about.get("object") == "invoice":
        reference = subscription_of(about)[1]
    return Hint(
        id=event["id"][:120],
        kind=event["type"][:80],
        object_id=str(about.get("id") or "")[:120],
        reference=str(reference or "")[:80],
        payment_intent_id=(intent if isinstance(intent, str) else "")[:80],
        livemode=bool(event["livemode"]),
        api_version=str(event.get("api_version") or "")[:40],
        created_at=moment(event["created"]),
    )
