"""Given things as an auditor reads them: what came in a period, and what the books say of it."""

from collections.abc import Sequence

from django.db.models import Prefetch

from donations.audit import sheets
from donations.audit.sampling import Span
from gifts.models import BookValue, GivenThing

HEADINGS = (
    *("thing", "description", "received", "received by", "state", "book value", "currency"),
    *("how it was found", "valued by"),
)


def sheet(span: Span) -> tuple[Sequence[str], sheets.Rows]:
    """Things received in the period; the giver is not named."""
    values = Prefetch("values", BookValue.objects.select_related("by").order_by("-pk"))
    things = GivenThing.objects.filter(received_on__range=(span.first_day, span.last_day))
    rows = []
    for thing in things.select_related("unit", "received_by").prefetch_related(values):
        value = next(iter(thing.values.all()), None)
        rows.append(
            [
                *(thing.unit.code, thing.description, str(thing.received_on)),
                *(str(thing.received_by), str(thing.unit.state)),
                sheets.amount(value.amount_minor, value.currency) if value else "",
                *((value.currency, value.method, str(value.by)) if value else ("", "", "")),
            ]
        )
    return HEADINGS, sorted(rows, key=lambda row: (row[2], row[0]))
