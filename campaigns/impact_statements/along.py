"""With the statements of a year: the same for every donor, as a link in the mail or as a paper.

The statement and its fingerprint know nothing of it: it only goes into the same envelope.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.utils.translation import override

from campaigns.impact_statements import gathering, links, paper
from campaigns.impact_statements.gathering import Year
from campaigns.impact_statements.paper import Sheet
from donations.models import Donation, Statement
from donations.receipts import gathering as statements
from donations.receipts import runs
from donations.receipts.enclosing import Enclosure


def gifts_on(rows: Sequence[Statement]) -> dict[int, list[Donation]]:
    """The paid gifts on each statement of one run, by its key; one query."""
    if not rows:
        return {}
    found: defaultdict[tuple[int | None, str, str], list[Donation]] = defaultdict(list)
    paid = statements.paid_in(runs.year_of(rows[0].run))
    for gift in paid.filter(donor__in=[row.donor_id for row in rows]).order_by("paid_at", "pk"):
        found[gift.donor_id, statements.name_of(gift), gift.currency].append(gift)
    return {row.pk: found[row.donor_id, row.name, row.currency] for row in rows}


def year_on(statement: Statement) -> Year:
    """What became of the gifts on one statement, in the reader's language."""
    first, last = runs.year_of(statement.run).days
    return gathering.year(gifts_on([statement])[statement.pk], first=first, last=last)


def sheets(rows: Sequence[Statement]) -> dict[int, Sheet]:
    """Of statements of one run, each in its donor's language; none for what has no gift on it."""
    gifts = {key: own for key, own in gifts_on(rows).items() if own}
    found = {}
    for language in {row.language for row in rows}:
        own = {row.pk: row for row in rows if row.language == language and row.pk in gifts}
        first, last = runs.year_of(rows[0].run).days
        with override(language):
            told = gathering.years({key: gifts[key] for key in own}, first=first, last=last)
            for key, row in own.items():
                entity = row.run.legal_entity
                found[key] = paper.sheet(told[key], entity=entity, name=row.name)
    return found


def of_gifts(gifts: Sequence[Donation], first: date, last: date) -> Sheet:
    """Of one donor's, in the language and the name of the last of them."""
    gift = gifts[-1]
    with override(gift.language):
        year = gathering.year(gifts, first=first, last=last)
        return paper.sheet(year, entity=gift.legal_entity, name=statements.name_of(gift))


ENCLOSURE = Enclosure(sheets=sheets, of_gifts=of_gifts, draw=paper.draw, link=links.new_link)
