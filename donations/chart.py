"""The organisation's own accounts: which of them an account of the ledger is, by designation.

The one mapping: pages, audit packs and exports for bookkeeping programs all ask it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.apps import apps
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F, Q

from donations.models import ChartAccount, Designation, Posting

Account = Posting.Account
# Legs of a restricted designation that stand on the unrestricted side: what it spent, and what
# was released to pay for it.
FREE = frozenset({Account.PURCHASES, Account.RELEASED_TO})

# What the organisation has and owes. A leg on any other account changes its net assets.
BALANCES = frozenset(
    {
        *(Account.PROCESSOR, Account.BANK, Account.CASH, Account.UNCLEAR),
        *(Account.UNDEPOSITED, Account.SECURITIES),
        *(Account.ADVANCES, Account.IN_KIND_HELD, Account.PAYABLE),
        # No account of its own worth: both sides of an order always net out.
        Account.COMMITTED,
    }
)


@dataclass(frozen=True)
class Line:
    """Number and name in the organisation's books; no number where nobody has given one."""

    number: str
    name: str
    family: str = ""


@dataclass(frozen=True)
class Chart:
    """All of it, read by one query; donations.exports.layouts says the same in SQL."""

    lines: Mapping[tuple[str, int | None], Line]
    # Where a designation without a line of its own has it from.
    funds: Mapping[int | None, int]

    @classmethod
    def load(cls) -> Self:
        # A fund of another restriction class stands elsewhere in the books.
        same = Q(designation__stands_in_for__restriction=F("designation__restriction"))
        rows = ChartAccount.objects.annotate(
            heirs=ArrayAgg("designation__stands_in_for", filter=same, default=[])
        )
        lines, funds = dict[tuple[str, int | None], Line](), dict[int | None, int]()
        for row in rows.order_by():
            lines[row.account, row.designation_id] = Line(row.number, row.name, row.family)
            if row.designation_id:
                funds |= dict.fromkeys(row.heirs, row.designation_id)
        return cls(lines, funds)

    def line(self, account: str, designation_id: int | None) -> Line:
        """Of this account and designation; else its fund's; else the account's; else our name."""
        return self.found(account, designation_id) or Line("", str(Account(account).label))

    def found(self, account: str, designation_id: int | None) -> Line | None:
        for one in (designation_id, self.funds.get(designation_id), None):
            if line := self.lines.get((account, one)):
                return line
        return None

    def lacking(self) -> list[Account]:
        """Accounts of the ledger that have no number yet."""
        return [account for account in Account if (account.value, None) not in self.lines]


def changed_since(moment: datetime) -> bool:
    """Whether a file for a bookkeeping program that was made then would be another today."""
    changes = apps.get_model("donations", "ChartAccountEvent")
    return bool(changes._default_manager.filter(pgh_created_at__gt=moment).exists())


def class_of(account: str, designation: Designation | None) -> str:
    """The restriction class that a leg changes (FASB ASC 958-210-45): spending is unrestricted."""
    if designation is None or account in FREE:
        return str(Designation.Restriction.WITHOUT.label)
    return designation.restriction_class
