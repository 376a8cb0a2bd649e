"""Words that must not stand where a bystander sees them: in a subject, on a receipt or statement.

Mail and papers are read over shoulders; a name for the cause there may put a person in danger.
"""

import re

_TELLING = re.compile(
    r"traffick|surviv|abolition|slavery"
    r"|trata de (?:personas|seres|menores|mujeres)|abolicion|superviv|sobreviv|esclavitud",
    re.IGNORECASE,
)


def telling(text: str) -> str:
    """The first word in the text that names the cause, or ""."""
    found = _TELLING.search(text)
    return found.group() if found else ""
