"""What each purpose had, got, gave back, moved and spent in a time, and what it has at its end."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from donations import chart
from donations.models import Designation, Posting

Account = Posting.Account

# The columns between opening and closing, and the accounts that make them. What stands in none of
# them has moved; commitments have both sides in the books and change no balance.
COLUMNS: dict[str, tuple[str, ...]] = {
    "given": (Account.CONTRIBUTIONS, Account.TAX),
    "back": (Account.REFUNDS, Account.DISPUTES),
    "moved": (Account.TRANSFERS,),
    "spent": (Account.PURCHASES, Account.RELEASED, Account.RELEASED_TO),
}
BALANCE = tuple(account for accounts in COLUMNS.values() for account in accounts)
COLUMN_OF = {account: name for name, accounts in COLUMNS.items() for account in accounts}


@dataclass
class Fund:
    """One designation in one currency; what it has is above zero, in minor units."""

    designation: Designation | None
    currency: str
    opening: int = 0
    changes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLUMNS, 0))
    committed: int = 0

    @property
    def closing(self) -> int:
        return self.opening + sum(self.changes.values())

    @property
    def left(self) -> int:
        """What has not been promised to an order."""
        return self.closing - self.committed

    @property
    def is_restricted(self) -> bool:
        return bool(
            self.designation and self.designation.restriction == Designation.Restriction.WITH
        )

    @property
    def is_idle(self) -> bool:
        return not (self.opening or self.closing or self.committed or any(self.changes.values()))

    def add(self, other: "Fund") -> None:
        self.opening += other.opening
        self.committed += other.committed
        for name, minor in other.changes.items():
            self.changes[name] += minor


# Account, designation, currency; sums of postings before and within the time.
Sum = tuple[str, int | None, str, int, int]


def funds(sums: Iterable[Sum]) -> list[Fund]:
    """The funds of these sums, restricted ones first, then by what they have."""
    found: dict[tuple[int, str], Fund] = {}
    rows = [one for one in sums if one[1] is not None]
    purposes = Designation.objects.in_bulk({one[1] for one in rows})
    for account, purpose_id, currency, before, within in rows:
        assert purpose_id is not None  # left out above
        fund = found.setdefault((purpose_id, currency), Fund(purposes[purpose_id], currency))
        if account == Account.COMMITTED:
            fund.committed += before + within
        else:
            fund.opening -= before
            fund.changes[COLUMN_OF.get(account, "moved")] -= within
    busy = [fund for fund in found.values() if not fund.is_idle]
    return sorted(busy, key=lambda one: (not one.is_restricted, -one.closing, str(one.designation)))


def total(rows: Iterable[Fund]) -> dict[str, Fund]:
    """Sums of funds by currency."""
    sums = dict[str, Fund]()
    for row in rows:
        sums.setdefault(row.currency, Fund(None, row.currency)).add(row)
    return sums


def short(rows: Iterable[Fund]) -> list[Fund]:
    """Funds that have less than what was promised or spent; so does the one that bears shortfalls
    until somebody has covered it."""
    return [row for row in rows if row.left < 0]


def by_class(sums: Iterable[Sum]) -> dict[tuple[str, str], list[int]]:
    """Opening, change and closing of each restriction class and currency (FASB ASC 958).

    Costs without a purpose are borne by net assets without restriction.
    """
    rows = [one for one in sums if one[0] not in chart.BALANCES]
    purposes = Designation.objects.in_bulk({one[1] for one in rows if one[1]})
    found: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for account, purpose_id, currency, before, within in rows:
        purpose = purposes.get(purpose_id) if purpose_id else None
        sides = found[chart.class_of(account, purpose), currency]
        sides[0] -= before
        sides[1] -= within
        sides[2] -= before + within
    return dict(found)
