"""Codes of certificates: letters alone, to be typed from paper, the last one a check of the others.

Nineteen letters, none a vowel (no code spells a word) and none like another. Nineteen is a prime
and the code is shorter than that, so the weighted sum notices every wrong letter and any two that
changed places. Fifteen are random: almost 64 bits.
"""

import secrets

LETTERS = "BCDFGHJKMNPRSTVWXYZ"
LENGTH = 16
GROUP = 4


def new_code() -> str:
    """As "KTRD-WXPN-BCHG-MSVZ"."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(LENGTH - 1))
    return _grouped(drawn + _check(drawn))


def read(typed: str) -> str:
    """The code as it is kept, from any way of typing it; empty if it cannot be one of ours."""
    plain = "".join(sign for sign in typed.upper() if sign.isalnum())
    if len(plain) != LENGTH or set(plain) - set(LETTERS) or _check(plain[:-1]) != plain[-1]:
        return ""
    return _grouped(plain)


def _check(letters: str) -> str:
    """Chosen so that the sum of place times letter over all of them is a multiple of 19."""
    total = sum(place * LETTERS.index(sign) for place, sign in enumerate(letters, 1))
    # LENGTH has an inverse in a field of prime size.
    return LETTERS[-total * pow(LENGTH, -1, len(LETTERS)) % len(LETTERS)]


def _grouped(plain: str) -> str:
    return "-".join(plain[start : start + GROUP] for start in range(0, LENGTH, GROUP))
