"""A proof of work (ALTCHA): a second of the donor's computer, which costs a card tester a lot.

The browser tries counters until a derived key is the one that was signed. It is made for one thing
(a donation, a comment), is good for that alone and then is used up.
"""

import json
import secrets
from datetime import UTC, datetime, timedelta

import altcha
from django.conf import settings
from django.utils import timezone

from core.tokens import sha256
from donations.models import Donation, UsedChallenge

ALGORITHM = "PBKDF2/SHA-256"
# Each try costs so many rounds of hashing, here once and there as often as the counter says.
ROUNDS = 5_000
COUNTERS = range(150, 450)
# Longer than anybody reads the review page.
LIFE = timedelta(minutes=30)
LONGEST = 4_000


def challenge(donation: Donation) -> str:
    """What the browser has to solve before this donation may go on, as JSON."""
    return challenge_for(donation.reference)


def challenge_for(about: str) -> str:
    """What the browser has to solve before this may go on, as JSON."""
    made = altcha.create_challenge(
        ALGORITHM,
        ROUNDS,
        counter=COUNTERS.start + secrets.randbelow(len(COUNTERS)),
        expires_at=timezone.now() + LIFE,
        data={"for": about},
        hmac_secret=_key("challenge"),
        hmac_key_secret=_key("solution"),
    )
    return json.dumps(made.to_dict())


def spend(solution: str, donation: Donation) -> bool:
    """Take a solution for this donation, once."""
    return spend_for(solution, donation.reference)


def spend_for(solution: str, about: str) -> bool:
    """Take a solution for this, once."""
    if not solution or len(solution) > LONGEST:
        return False
    checked = altcha.verify_solution(solution, _key("challenge"), hmac_key_secret=_key("solution"))
    if not checked.verified:
        return False
    # Signed by us, so its shape is ours.
    asked = altcha.Payload.from_base64(solution).challenge
    if asked.parameters.data != {"for": about}:
        return False
    _used, fresh = UsedChallenge.objects.get_or_create(
        pk=sha256(str(asked.signature)),
        defaults={"expires_at": datetime.fromtimestamp(asked.parameters.expires_at or 0, UTC)},
    )
    return fresh


def _key(use: str) -> str:
    return f"proof:{use}:{settings.SECRET_KEY}"
