"""How much is run: small in every test run, big with FAULTS=full, or FAULTS_SCALE percent of big."""

import os

FULL = os.environ.get("FAULTS") == "full"


def many(small: int, big: int) -> int:
    return max(small, big * int(os.environ.get("FAULTS_SCALE", "100")) // 100) if FULL else small
