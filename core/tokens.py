"""Random tokens for links, and keyed hashes for what may be counted but not known."""

import hashlib
import hmac
import secrets

from django.conf import settings

# Letters and digits that are not mistaken for each other when read from paper.
READABLE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_token() -> str:
    """128 random bits, safe in a URL."""
    return secrets.token_urlsafe(16)


def new_reference() -> str:
    """128 random bits in hexadecimal: the first eight signs are also read out on the telephone."""
    return secrets.token_hex(16)


def new_code(groups: int = 3) -> str:
    """A code to read out or type: "7KQ4-M2XD-9RTN" (almost 5 random bits a sign)."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(groups))


def sha256(data: str | bytes) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def of_text(text: str) -> str:
    """Of a text as it is shown, to the letter; line ends as the web sends them are one."""
    return sha256(text.replace("\r\n", "\n"))


def keyed_hash(value: str, *, purpose: str) -> str:
    """A short hash that only this installation can compute; the same value counts as the same."""
    key = f"{purpose}:{settings.SECRET_KEY}".encode()
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:32]


def key_of_cache(key: str, prefix: str, version: int) -> str:
    """As a key is stored in the shared cache: those of sign-in limits hold network addresses."""
    return f"{version}:{keyed_hash(f'{prefix}:{key}', purpose='cache')}"
