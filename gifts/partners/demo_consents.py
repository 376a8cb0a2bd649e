"""What made-up people allowed to be said, recorded as staff record it."""

from typing import Any

from django.utils import timezone

from core import tokens
from gifts.vault import consents


def agreed(text: str, *, language: str, by: Any) -> str:
    """A yes to this text on the website. Returns its code; "" if it was on record."""
    fingerprint = tokens.of_text(text)
    if consents.standing([fingerprint], "web")[fingerprint] != "none":
        return ""
    return consents.record(
        text=text,
        uses=["web"],
        by_whom="adult",
        language=language,
        given_on=timezone.localdate(),
        recipient=None,
        sealed={"who": "Made up", "contact": "through her case worker", "interpreter": ""},
        by=by,
    )[1]
