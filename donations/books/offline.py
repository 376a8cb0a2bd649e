"""Batches of gifts outside Stripe are booked as they were entered; so is what other books held."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import Q, Sum

from donations.books.problem import CHUNK, Problem
from donations.models import Claim, CutOver, Donation, GiftBatch, OfflineGift, Posting

Account = Posting.Account
HELD = (Account.UNDEPOSITED, Account.SECURITIES)


def batches_are_booked() -> Iterator[Problem]:
    """Each gift of a posted batch is its donation and its entry; each deposit is its batch."""
    booked = _sums("received", HELD)
    gifts = OfflineGift.objects.filter(batch__state=GiftBatch.State.POSTED)
    rows = gifts.values_list(
        "pk", "amount_minor", "batch__source", "donation__amount_minor", "donation__source"
    )
    for pk, minor, source, given, how in rows.iterator(CHUNK):
        if (minor, source) != (given, how) or booked.pop(f"offline:{pk}", 0) != minor:
            yield Problem(f"gift {pk} of a batch", "is not in the books as it was entered")
    for source in booked:
        yield Problem(f"entry of {source}", "is of no gift of a posted batch")
    deposits = _sums("deposit", (Account.CASH,))
    taken = GiftBatch.objects.filter(
        ~Q(source=Donation.Source.STOCK), state=GiftBatch.State.POSTED, deposited_on__isnull=False
    )
    for pk, minor in taken.values_list("pk", "expected_minor"):
        if deposits.pop(f"batch:{pk}", 0) != minor:
            yield Problem(f"batch {pk}", "its deposit is not its total")
    for source in deposits:
        yield Problem(f"entry of {source}", "is of no deposited batch")


def cut_overs_are_booked() -> Iterator[Problem]:
    """The opening entry of each cut-over is what its proof says; undone, it is taken back."""
    opened, back = (_sums(kind, (Account.CASH,)) for kind in ("opening", "opening_undone"))
    for row in CutOver.objects.exclude(state=CutOver.State.DRAFT):
        proved = sum(balance[3] for balance in row.figures["balances"])
        undone = proved if row.state == CutOver.State.UNDONE else 0
        source = f"opening:{row.pk}"
        if (opened.get(source, 0), -back.get(source, 0)) != (proved, undone):
            yield Problem(f"cut-over {row.pk}", "its opening entry is not what its proof says")


def tax_is_booked() -> Iterator[Problem]:
    """What came of each Gift Aid claim is in the books, to its purposes and to the penny."""
    held, income = (_of_claims(account) for account in (Account.CASH, Account.TAX))
    for pk, minor in Claim.objects.filter(received_minor__gt=0).values_list("pk", "received_minor"):
        if (held.pop(str(pk), 0), -income.get(str(pk), 0)) != (minor, minor):
            yield Problem(f"Gift Aid claim {pk}", "what was received is not in the books as told")
    for key, minor in held.items():
        if minor:
            yield Problem(f"entries of gift_aid:{key}", "are of no Gift Aid claim that was paid")


def _of_claims(account: str) -> Counter[str]:
    """By the claim's key: what came, less what was taken back."""
    found = Counter[str]()
    for kind in ("tax_received", "tax_taken_back"):
        for source, minor in _sums(kind, (account,)).items():
            found[source.split(":")[1]] += minor
    return found


def _sums(kind: str, accounts: tuple[str, ...]) -> dict[str, int]:
    rows = (
        Posting.objects.filter(entry__kind=kind, account__in=accounts)
        .values("entry__source")
        .annotate(total=Sum("amount_minor"))
    )
    return {row["entry__source"]: row["total"] for row in rows}
