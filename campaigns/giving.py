"""The give box: amounts to press, which lead to the give form with what is known filled in."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from core import money
from donations.models import GivingOptions, LegalEntity


@dataclass(frozen=True)
class GiveBox:
    """Plain values for a template; without amounts it leads to the form alone."""

    frequency: str
    currency: str = ""
    # As the form takes them, and in minor units.
    amounts: list[tuple[str, int]] = field(default_factory=list)
    # What goes along to the give form beside frequency and amount.
    toward: dict[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        return self._query(self.frequency)

    @property
    def yearly_query(self) -> str:
        return self._query(GivingOptions.Frequency.YEARLY)

    @property
    def monthly_query(self) -> str:
        return self._query(GivingOptions.Frequency.MONTHLY)

    def _query(self, frequency: str) -> str:
        return urlencode({"frequency": frequency} | self.toward)


def give_box(frequency: str, toward: dict[str, str] | None = None) -> GiveBox:
    """What staff offer for this rhythm, in the wanted or the organisation's currency; one query."""
    toward = toward or {}
    own = LegalEntity.objects.filter(is_default=True).values("currency")
    offered = GivingOptions.objects.filter(frequency=frequency)
    wanted = toward.get("currency")
    options = offered.filter(currency=wanted).first() if wanted else None
    options = options or offered.filter(currency__in=own).first()
    if options is None:
        return GiveBox(frequency, toward=toward)
    currency = options.currency
    amounts = [(f"{money.to_decimal(minor, currency):f}", minor) for minor in options.amounts_minor]
    return GiveBox(frequency, currency, amounts, toward)
