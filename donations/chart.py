"""The organisation's own accounts: which of them an account of the ledger is, by designation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from donations.models import ChartAccount, Designation, Posting

Account = Posting.Account
# Legs of a restricted designation that stand on the unrestricted side: what it spent, and what
# was released to pay for it.
FREE = frozenset({Account.PURCHASES, Account.RELEASED_TO})

# What the organisation has and owes. A leg on any other account changes its net assets.
BALANCES = frozenset(
    {
        *(Account.PROCESSOR, Account.BANK, Account.CASH, Account.UNCLEAR),
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
    """All of it, read by one query."""

    lines: Mapping[tuple[str, int | None], Line]

    @classmethod
    def load(cls) -> Self:
        rows = ChartAccount.objects.values_list(
            "account", "designation_id", "number", "name", "family"
        )
        return cls({(row[0], row[1]): Line(*row[2:]) for row in rows})

    def line(self, account: str, designation_id: int | None) -> Line:
        """What stands for this account and designation; else for the account; else its own name."""
        found = self.lines.get((account, designation_id)) or self.lines.get((account, None))
        return found or Line("", str(Account(account).label))

    def lacking(self) -> list[Account]:
        """Accounts of the ledger that have no number yet."""
        return [account for account in Account if (account.value, None) not in self.lines]


def class_of(account: str, designation: Designation | None) -> str:
    """The restriction class that a leg changes (FASB ASC 958-210-45): spending is unrestricted."""
    if designation is None or account in FREE:
        return str(Designation.Restriction.WITHOUT.label)
    return designation.restriction_class
