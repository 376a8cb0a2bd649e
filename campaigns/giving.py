"""The give box: amounts to press, which lead to the give form with what is known filled in."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.core.cache import caches
from django.db.models import Subquery

from core import money
from donations.models import GivingOptions, LegalEntity

SECONDS = 1


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
    """What staff offer for this rhythm, in the wanted or the organisation's currency."""
    toward = toward or {}
    own, offered = _offered()
    for currency in (toward.get("currency", own), own):
        if (amounts := offered.get((frequency, currency))) is not None:
            typed = [(f"{money.to_decimal(minor, currency):f}", minor) for minor in amounts]
            return GiveBox(frequency, currency, typed, toward)
    return GiveBox(frequency, toward=toward)


def _offered() -> tuple[str, dict[tuple[str, str], list[int]]]:
    """The organisation's currency, and amounts by rhythm and currency, at most a second old."""
    known: tuple[str, dict[tuple[str, str], list[int]]] | None = caches["local"].get("give_box")
    if known is None:
        own = Subquery(LegalEntity.objects.filter(is_default=True).values("currency")[:1])
        rows = GivingOptions.objects.annotate(own=own)
        offered = list(rows.values_list("own", "frequency", "currency", "amounts_minor"))
        known = (
            (offered[0][0] or "") if offered else "",
            {(often, of): amounts for _own, often, of, amounts in offered},
        )
        caches["local"].set("give_box", known, SECONDS)
    return known
