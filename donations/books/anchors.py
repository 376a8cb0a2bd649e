"""Fingerprints that were kept outside: printed, mailed, in an audit pack.

Whoever can rewrite every row and every chain leaves books that agree with themselves. A fingerprint
that lies elsewhere does not change with them.
"""

import re
from collections.abc import Iterator

from donations.books.problem import Problem
from donations.models import PeriodStep, Seal

FINGERPRINT = re.compile(r"\b[0-9a-f]{64}\b")


def kept_outside(text: str) -> list[str]:
    """The fingerprints in a text, each once."""
    return list(dict.fromkeys(FINGERPRINT.findall(text)))


def anchors_hold(fingerprints: list[str]) -> Iterator[Problem]:
    """Each is still that of a closing, of its entries, or of a seal."""
    known = set(Seal.objects.filter(sha256__in=fingerprints).values_list("sha256", flat=True))
    for name in ("sha256", "entries_sha256"):
        steps = PeriodStep.objects.filter(**{f"{name}__in": fingerprints})
        known |= set(steps.values_list(name, flat=True))
    for one in fingerprints:
        if one not in known:
            yield Problem(f"fingerprint {one[:12]}…", "was kept outside and is not in the books")
