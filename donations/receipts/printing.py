"""Letters to print: the papers of a run for donors without e-mail, in one file for the post."""

from collections.abc import Iterator

from django.db.models import Q

from core import pdf
from donations.models import Receipt, Statement, StatementRun
from donations.receipts import runs

# More letters are another file: so much is merged while somebody waits.
MOST = 1_000


def letters(run: StatementRun, *, part: int = 1) -> bytes | None:
    """What is drawn, in the order of postcode and name; none if nothing is.

    What was voided since is left out. What goes along with a statement follows it.
    """
    rows = run.statements.filter(email="").order_by("postcode", "name", "pk")
    start = (part - 1) * MOST
    keys = list(rows.values_list("pk", flat=True)[start : start + MOST])
    valid = Q(receipt=None, sha256__isnull=False)
    valid |= Q(receipt__state=Receipt.State.ISSUED, receipt__sha256__isnull=False)
    found = run.statements.filter(valid).select_related("receipt__file", "file").in_bulk(keys)
    if not found:
        return None
    return pdf.together(data for key in keys if key in found for data in _envelope(found[key]))


def _envelope(statement: Statement) -> Iterator[bytes]:
    yield runs.stored_bytes(statement)
    if statement.sha256 and statement.file.enclosed:
        yield bytes(statement.file.enclosed)
