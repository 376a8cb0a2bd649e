"""Which stretch of the books a page is about: a fiscal year or a month, whose, in which money."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import quote_plus, urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext

from donations import periods
from donations.models import LegalEntity

# Years are offered all, months as far back.
MONTHS = 36


@dataclass(frozen=True)
class Span:
    """From `first` up to the day before `end`, both first days of months."""

    code: str
    label: str
    first: date
    end: date

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)


def spans(entity: LegalEntity, first: date, last: date) -> list[Span]:
    """Every fiscal year from the month of `first` to that of `last`, then the months, newest
    first."""
    years = [_year(entity, year) for year in range(last.year + 1, first.year - 1, -1)]
    months, month = list[Span](), first
    while month <= last:
        months.append(month_of(month))
        month = periods.after(month)
    touched = [year for year in years if year.first <= last and year.end > first]
    return [*touched, *months[: -MONTHS - 1 : -1]]


def month_of(first: date) -> Span:
    # Translators: format of a month, as Django writes formats.
    return Span(f"{first:%Y-%m}", date_format(first, gettext("M Y")), first, periods.after(first))


def _year(entity: LegalEntity, year: int) -> Span:
    """The fiscal year of this name, which is the calendar year it ends in."""
    begins = entity.fiscal_year_begins
    first = date(year - (begins > 1), begins, 1)
    label = gettext("Fiscal year %(year)d") % {"year": year}
    return Span(f"fy{year}", label, first, date(first.year + 1, first.month, 1))


def months_shown(span: Span) -> list[date]:
    """The months of a year; of a month the twelve up to it."""
    month, count = span.first, 12
    if span.end == periods.after(span.first):
        number = span.first.year * 12 + span.first.month - 12
        month = date(number // 12, number % 12 + 1, 1)
    found = []
    for _ in range(count):
        found.append(month)
        month = periods.after(month)
    return found


@dataclass(frozen=True)
class Lists:
    """Addresses of the lists that make the figures of one span, entity and currency."""

    entity: LegalEntity
    currency: str
    span: Span

    def journal(
        self, *accounts: str, span: Span | None = None, before: bool = False, **about: Any
    ) -> str:
        """Entries with a leg of these accounts.

        Args:
            span: instead of the page's own.
            before: not from its first day on, but everything up to its last one.
        """
        span = span or self.span
        days = [] if before else [("posted_on_from", span.first)]
        days.append(("posted_on_to", span.last_day))
        legs = [("account", account) for account in accounts]
        return self._to("journal", [*days, *legs, *about.items()])

    def opening(self, *accounts: str, **about: Any) -> str:
        """Entries of these accounts before the span."""
        days = [("posted_on_to", self.span.first - timedelta(days=1))]
        legs = [("account", account) for account in accounts]
        return self._to("journal", [*days, *legs, *about.items()])

    def unreceipted(self, span: Span | None = None) -> str:
        span = span or self.span
        days = [("paid_at_from", span.first), ("paid_at_to", span.last_day)]
        return self._to("gifts", [("unreceipted", "on"), *days])

    def payouts(self, query: str) -> str:
        return self._to("payouts", [(query, "true"), ("automatic", "true")])

    def _to(self, desk: str, query: Iterable[tuple[str, Any]]) -> str:
        asked = "&".join(f"{name}={quote_plus(str(value))}" for name, value in query)
        return f"{self._desks[desk]}?{asked}&{self._books}"

    # A page has hundreds of these addresses.
    @cached_property
    def _desks(self) -> dict[str, str]:
        return {desk: reverse(f"{desk}:index") for desk in ("journal", "gifts", "payouts")}

    @cached_property
    def _books(self) -> str:
        live = str(settings.STRIPE_LIVE).lower()
        books = {"legal_entity": self.entity.pk, "currency": self.currency, "livemode": live}
        return urlencode(books)
