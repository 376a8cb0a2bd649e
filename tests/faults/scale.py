"""How much is run: little in every test run, much with FAULTS=full (FAULTS_SCALE percent of it)."""

import os

FULL = os.environ.get("FAULTS") == "full"


def many(small: int, big: int) -> int:
    return max(small, big * int(os.environ.get("FAULTS_SCALE", "100")) // 100) if FULL else small
