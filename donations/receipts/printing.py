"""Letters to print: the papers of a run for donors without e-mail, in one file for the post."""

from django.db.models import Q

from core import pdf
from donations.models import Receipt, StatementRun
from donations.receipts import runs

# More letters are another file: so much is merged while somebody waits.
MOST = 1_000


def letters(run: StatementRun, *, part: int = 1) -> bytes | None:
    """What is drawn, in the order of postcode and name; none if nothing is.

    What was voided since is left out.
    """
    rows = run.statements.filter(email="").order_by("postcode", "name", "pk")
    start = (part - 1) * MOST
    keys = list(rows.values_list("pk", flat=True)[start : start + MOST])
    valid = Q(receipt=None, sha256__isnull=False)
    valid |= Q(receipt__state=Receipt.State.ISSUED, receipt__sha256__isnull=False)
    found = run.statements.filter(valid).select_related("receipt__file", "file").in_bulk(keys)
    if not found:
        return None
    return pdf.together(runs.stored_bytes(found[key]) for key in keys if key in found)
