"""Whether a survivor's words may be shown: the one question asked of the consents on record."""

from django.db import Error, connections


def may_publish(text: str, use: str) -> bool:
    """Is there a consent to this very text, for this use, today?

    Args:
        text: as it will be shown, to the letter.
        use: one of web, mail, print, social, report.

    Returns:
        False also where nobody can know: the public side cannot ask, or the vault does not answer.
    """
    if "vault" not in connections.databases:
        return False
    from gifts.vault import consents  # noqa: PLC0415 - not installed on the public side

    try:
        return consents.allows(text, use)
    except Error:
        return False
