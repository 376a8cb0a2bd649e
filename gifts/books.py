"""What orders, units and gifts' lines say of each other; `manage.py verify_books` runs it too."""

from collections import Counter
from collections.abc import Iterator, Mapping

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from donations.books.problem import Check, Problem
from donations.models import DonationLine, Posting
from gifts.models import Invoice, OrderedUnit, OrderLine, PurchaseOrder, Unit
from gifts.offers import values

Account = Posting.Account
State = PurchaseOrder.State
PLACED = (State.ORDERED, State.RECEIVED)


def units_are_paid_for() -> Iterator[Problem]:
    """The shares of each unit, and what covered the rest, add up to its price."""
    rows = OrderedUnit.objects.annotate(
        shared=Coalesce(Sum("unit__shares__amount_minor"), 0),
        stated=Coalesce("unit__cost_minor", 0),
    )
    wrong = rows.exclude(shared=F("stated"), price_minor=F("shared") + F("covered_minor"))
    for row in wrong.select_related("unit"):
        text = f"{row.shared} by gifts, {row.covered_minor} covered, price {row.price_minor}"
        yield Problem(f"unit {row.unit.code}", text)
    units = Unit.objects.annotate(shared=Coalesce(Sum("shares__amount_minor"), 0))
    for unit in units.exclude(shared=Coalesce(F("cost_minor"), 0)):
        yield Problem(f"unit {unit.code}", f"cost {unit.cost_minor}, shares {unit.shared}")


def lines_pay_no_more() -> Iterator[Problem]:
    """No line of a gift pays for more than it is, and no unpaid one pays at all."""
    used = Sum("unit_shares__amount_minor", filter=~Q(unit_shares__unit__state="canceled"))
    rows = DonationLine.objects.filter(unit_shares__isnull=False).annotate(used=used)
    for row in rows.filter(Q(used__gt=F("amount_minor")) | ~Q(donation__status="paid")):
        yield Problem(f"line {row.pk}", f"{row.used} in units, line of {row.amount_minor}")


def orders_are_booked() -> Iterator[Problem]:
    """What is set aside in the ledger is what placed orders want, purpose by purpose."""
    keys = ("designation_id", "order__livemode", "order__currency")
    wanted = Counter(
        {
            tuple(row[key] for key in keys): row["total"]
            for row in OrderLine.objects.filter(order__state__in=PLACED)
            .values(*keys)
            .annotate(total=Sum(F("quantity") * F("unit_minor")))
        }
    )
    booked = Counter(
        {
            (row["designation_id"], row["entry__livemode"], row["currency"]): row["total"]
            for row in Posting.objects.filter(account=Account.COMMITTED, designation__isnull=False)
            .values("designation_id", "entry__livemode", "currency")
            .annotate(total=Sum("amount_minor"))
            if row["total"]
        }
    )
    for key in sorted(wanted.keys() | booked.keys()):
        if wanted[key] != booked[key]:
            text = f"orders want {wanted[key]}, the ledger has {booked[key]} {key[2]} set aside"
            yield Problem(f"designation {key[0]}", text)


def invoices_are_booked() -> Iterator[Problem]:
    """Each approved invoice is one purchase of its cost, and its units bear exactly that."""
    bought = {
        row["entry__source"]: row["total"]
        for row in Posting.objects.filter(account=Account.PURCHASES)
        .values("entry__source")
        .annotate(total=Sum("amount_minor"))
    }
    booked = Invoice.objects.filter(state__in=["approved", "paid"])
    for invoice in booked.annotate(borne=Sum("order__lines__units__paid_minor")):
        found = bought.pop(f"invoice:{invoice.pk}", 0)
        if not found == invoice.borne == invoice.cost_minor:
            text = f"cost {invoice.cost_minor}, booked {found}, borne by units {invoice.borne}"
            yield Problem(f"invoice {invoice.pk}", text)
    for source, total in bought.items():
        yield Problem(source, f"{total} is spent and no approved invoice says on what")


def nobody_is_owed_twice() -> Iterator[Problem]:
    """Advances and debts in the ledger are those of advances and invoices that stand open."""
    for account, wanted in ((Account.PAYABLE, _owed()), (Account.ADVANCES, _ahead())):
        rows = Posting.objects.filter(account=account).values("currency", "entry__livemode")
        booked = Counter(
            {
                (row["currency"], row["entry__livemode"]): row["total"]
                for row in rows.annotate(total=Sum("amount_minor"))
                if row["total"]
            }
        )
        for key in sorted(wanted.keys() | booked.keys()):
            if wanted[key] != booked[key]:
                yield Problem(account, f"{booked[key]} {key[0]} booked, {wanted[key]} open")


def _owed() -> Counter[tuple[str, bool]]:
    owed: Counter[tuple[str, bool]] = Counter()
    for invoice in Invoice.objects.filter(state="approved").select_related("order__advance"):
        order = invoice.order
        advance = getattr(order, "advance", None)
        went = advance.amount_minor - (advance.returned_minor or 0) if advance else 0
        owed[order.currency, order.livemode] -= max(0, invoice.cost_minor - went)
    return owed


def _ahead() -> Counter[tuple[str, bool]]:
    ahead: Counter[tuple[str, bool]] = Counter()
    orders = PurchaseOrder.objects.filter(advance__settled_at=None, advance__isnull=False)
    for order in orders.select_related("advance").prefetch_related("invoices"):
        booked = sum(
            row.cost_minor for row in order.invoices.all() if row.state in ("approved", "paid")
        )
        ahead[order.currency, order.livemode] += max(0, order.advance.amount_minor - booked)
    return ahead


CHECKS: Mapping[str, Check] = {
    "units are paid for": units_are_paid_for,
    "no line of a gift pays twice": lines_pay_no_more,
    "orders hold the money they want": orders_are_booked,
    "invoices are booked and borne by units": invoices_are_booked,
    "advances and debts are those that stand open": nobody_is_owed_twice,
    "given things are booked at their value": values.values_are_booked,
}
