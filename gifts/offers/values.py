"""What given things are worth to the books: a contribution in kind, later an expense.

Contributed nonfinancial assets are shown apart from money (FASB ASU 2020-07). The value never
stands on a paper for the donor, and no designation grows by it: things cannot be spent.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from donations import ledger
from donations.books import Problem
from donations.models import LegalEntity, Posting
from gifts.models import BookValue, Disposal, GivenThing, Unit

Account = Posting.Account


class Gone(Exception):
    """The thing is out of the books."""


@transaction.atomic
def set_value(
    thing: GivenThing, *, amount_minor: int, method: str, source: str, by: Any
) -> BookValue:
    """Say what a thing is worth, and how that was found; the difference to before is booked.

    Raises:
        Gone: it was disposed of or has been delivered.
    """
    Unit.objects.select_for_update(of=["self"]).get(pk=thing.pk)
    entity = LegalEntity.objects.get(is_default=True)
    facts = {"amount_minor": amount_minor, "method": method, "source": source}
    latest = value_of(thing)
    if latest and all(getattr(latest, name) == value for name, value in facts.items()):
        return latest
    if is_out(thing):
        raise Gone
    made = BookValue.objects.create(thing=thing, currency=entity.currency, by_id=by.pk, **facts)
    _post(
        Account.IN_KIND_HELD,
        Account.IN_KIND,
        amount_minor - (latest.amount_minor if latest else 0),
        source=f"in-kind:{thing.pk}:{made.pk}",
        kind="in_kind_value",
        on=thing.received_on,
    )
    return made


def book_out(thing: GivenThing, *, on: date) -> None:
    """Its value becomes an expense: it is in use or has been disposed of. Safe to repeat."""
    latest = value_of(thing)
    _post(
        Account.IN_KIND_USED,
        Account.IN_KIND_HELD,
        latest.amount_minor if latest else 0,
        source=f"in-kind:{thing.pk}",
        kind="in_kind_used",
        on=on,
    )


def value_of(thing: GivenThing) -> BookValue | None:
    return thing.values.order_by("-pk").first()


def is_out(thing: GivenThing) -> bool:
    used = Posting.objects.filter(account=Account.IN_KIND_USED, entry__source=f"in-kind:{thing.pk}")
    return used.exists() or Disposal.objects.filter(thing=thing).exists()


def values_are_booked() -> Iterator[Problem]:
    """Each given thing came into the books at its latest value, and left them at it."""
    latest = BookValue.objects.order_by("thing_id", "-pk").distinct("thing_id")
    values = {
        f"in-kind:{pk}": amount for pk, amount in latest.values_list("thing_id", "amount_minor")
    }
    rows = Posting.objects.filter(account__in=[Account.IN_KIND, Account.IN_KIND_USED])
    booked: dict[str, dict[str, int]] = {Account.IN_KIND: {}, Account.IN_KIND_USED: {}}
    sums = rows.values("account", "entry__source").annotate(total=Sum("amount_minor"))
    for row in sums.order_by():
        thing = ":".join(row["entry__source"].split(":")[:2])
        of = booked[row["account"]]
        of[thing] = of.get(thing, 0) + row["total"]
    given, used = booked[Account.IN_KIND], booked[Account.IN_KIND_USED]
    for thing in sorted(values.keys() | given.keys() | used.keys()):
        value = values.get(thing, 0)
        if -given.get(thing, 0) != value:
            yield Problem(thing, f"valued at {value}, booked at {-given.get(thing, 0)}")
        if used.get(thing, value) != value:
            yield Problem(thing, f"valued at {value}, used up at {used[thing]}")


def _post(debit: str, credit: str, amount_minor: int, *, source: str, kind: str, on: date) -> None:
    if not amount_minor:
        return
    entity = LegalEntity.objects.get(is_default=True)
    ledger.post(
        [
            ledger.Leg(debit, amount_minor, entity.currency),
            ledger.Leg(credit, -amount_minor, entity.currency),
        ],
        source=source,
        kind=kind,
        entity=entity,
        livemode=settings.STRIPE_LIVE,
        occurred_at=datetime.combine(on, time(12), UTC),
    )
