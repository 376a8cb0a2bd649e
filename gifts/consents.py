"""Whether a survivor's words may be shown: the one question asked of the consents on record."""

from collections.abc import Iterable

from django.db import Error, connections

from core import tokens


class CannotAsk(Exception):
    """The public side, or the vault does not answer: nothing is known, in either direction."""


def may_publish(text: str, use: str) -> bool:
    """Is there a consent to this very text, for this use, today?

    Args:
        text: as it will be shown, to the letter.
        use: one of web, mail, print, social, report.

    Returns:
        False also where nobody can know: the public side cannot ask, or the vault does not answer.
    """
    found = tokens.of_text(text)
    try:
        return standing([found], use)[found] == "living"
    except CannotAsk:
        return False


def standing(fingerprints: Iterable[str], use: str) -> dict[str, str]:
    """How it stands with each of these texts, by its fingerprint (`tokens.of_text`), for this use.

    Returns:
        Of each: "living", "withdrawn", "over" (its day has passed) or "none" (was never given).

    Raises:
        CannotAsk: nothing may be concluded, least of all that a text is to be erased.
    """
    if "vault" not in connections.databases:
        raise CannotAsk
    from gifts.vault import consents  # noqa: PLC0415 - not installed on the public side

    try:
        return consents.standing(fingerprints, use)
    except Error as problem:
        raise CannotAsk from problem
