"""The link to what became of the gifts on one statement: no account, no end, nobody's name.

It tells no more than the links to the traces of those gifts.
"""

from core import mailbox_links
from core.links import public_url
from donations.models import Statement

PURPOSE = "impact-statement"


def new_link(statement: Statement, language: str) -> str:
    token = mailbox_links.token_for(statement, purpose=PURPOSE, key="pk")
    return public_url("impact_statement", token, language=language)


def open_link(token: str) -> Statement | None:
    """The statement that it goes along with; None if it is not ours or went astray."""
    rows = Statement.objects.filter(run__encloses=True).select_related("run__legal_entity")
    return mailbox_links.opened(token, rows, purpose=PURPOSE, key="pk").row
