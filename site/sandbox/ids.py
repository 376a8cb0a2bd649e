"""Identifiers that look like Stripe's: a prefix such as "cus_" and random letters and digits."""

import random
import string

ALPHABET = string.ascii_letters + string.digits


def random_text(length: int) -> str:
    return "".join(random.choices(ALPHABET, k=length))


def new_id(prefix: str, length: int = 24) -> str:
    return prefix + random_text(length)
