"""The finance dashboard: income, what went out, what is open, what restricted purposes have."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet

from donations import months, periods, rollforward
from donations.bank import matching
from donations.models import BooksCheck, Difference, LegalEntity, Payout, Period, Posting
from donations.models.months import UNRECEIPTED
from donations.reconciliation import run
from donations.staff import finance_charts as drawn
from donations.staff.cells import Notice, clock, moment
from donations.staff.finance_charts import Open
from donations.staff.finance_spans import Lists, Span, months_shown, spans
from donations.staff.pages import ForReaders, Page

PERMISSION = "donations.view_entry"


class FinancePage(Page):
    template_name = "donations/staff/finance.html"
    page_title = _("Finance")
    header_icon = "form"
    permission = PERMISSION

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs) | {"clock": clock()}
        entities = {str(one.pk): one for one in LegalEntity.objects.order_by("-is_default", "pk")}
        if not entities:
            return context
        entity = entities[self.chosen("entity", list(entities))]
        found = months.known(entity)
        # Its own money first; a gift in another stays in that.
        currencies = sorted(found, key=lambda code: (code != entity.currency, code))
        choices: dict[str, Any] = {
            "entity": entity,
            "entities": [(key, str(one)) for key, one in entities.items()],
        }
        if not currencies:
            return context | choices
        currency = self.chosen("currency", currencies)
        offered = self._offered(entity, found[currency])
        span = offered[self.chosen("period", list(offered))]
        choices |= {"currency": currency, "currencies": currencies, "span": span}
        return (
            context
            | choices
            | self._figures(Lists(entity, currency, span))
            | {
                "spans": [(one.code, one.label) for one in offered.values()],
                "computed": moment(found[currency].computed_at),
            }
        )

    def _offered(self, entity: LegalEntity, known: months.Known) -> dict[str, Span]:
        running = timezone.localdate().replace(day=1)
        return {one.code: one for one in spans(entity, known.first, max(known.last, running))}

    def _figures(self, lists: Lists) -> dict[str, Any]:
        span, entity, currency = lists.span, lists.entity, lists.currency
        figures = months.read(entity, currency, first=span.first, end=span.end)
        funds = rollforward.funds(figures.sums)
        restricted = [fund for fund in funds if fund.is_restricted]
        names = {one.designation.pk: str(one.designation) for one in funds if one.designation}
        shown = months_shown(span)
        by_month = months.by_month(entity, currency, first=shown[0], end=periods.after(shown[-1]))
        waits, notices = self._open(figures, lists)
        charts = [
            *drawn.income(figures, names, lists),
            drawn.outgoing(by_month, shown, lists),
            drawn.still_open(waits, lists),
            drawn.shortfalls(rollforward.short(funds), lists),
        ]
        return {
            "tiles": drawn.tiles(figures, restricted, lists),
            "notices": [*self._closed(lists), *notices],
            "charts": [chart for chart in charts if chart],
            "restricted": drawn.restricted(restricted, lists) if restricted else None,
        }

    def _open(self, figures: months.Figures, lists: Lists) -> tuple[list[Open], list[Notice]]:
        of = {"legal_entity": lists.entity, "currency": lists.currency}
        payouts = Payout.objects.filter(**of, livemode=settings.STRIPE_LIVE, automatic=True)
        told = payouts.aggregate(
            count=Count("pk", filter=Q(explained_at=None)),
            minor=Sum("amount_minor", filter=Q(explained_at=None), default=0),
        )
        arrived = matching.late_payouts(lists.entity, timezone.localdate())
        late = arrived.filter(currency=lists.currency).aggregate(
            count=Count("pk"), minor=Sum("amount_minor", default=0)
        )
        unclear = sum(
            before + within
            for account, _purpose, _currency, before, within in figures.sums
            if account == Posting.Account.UNCLEAR
        )
        last = run.last()
        left = Difference.objects.filter(run=last, repaired=False).count() if last else 0
        check = BooksCheck.objects.filter(finished_at__isnull=False, failure="").first()
        problems = check.problems if check else 0
        rows = [
            Open(
                _("Gifts without a valid receipt"),
                figures.counts[UNRECEIPTED],
                figures.totals[UNRECEIPTED],
                lists.unreceipted(),
            ),
            Open(
                _("Payouts not explained"),
                told["count"],
                told["minor"],
                lists.payouts("unexplained"),
            ),
            Open(
                _("Payouts on no bank line five days after they arrived"),
                late["count"],
                late["minor"],
                lists.payouts("unbanked"),
                "bad",
            ),
            Open(
                _("Booked as unclear"),
                int(unclear != 0),
                unclear,
                lists.journal(Posting.Account.UNCLEAR, before=True),
            ),
            Open(
                _("Differences to Stripe in the last comparison"),
                left,
                0,
                reverse("reconciliation:inspect", args=[last.pk]) if last else "",
                "bad",
            ),
            Open(
                _("Problems in the last check of the books"),
                problems,
                0,
                reverse("checks:inspect", args=[check.pk]) if check else "",
                "bad",
            ),
        ]
        notices = [] if last else [Notice(_("The books were never compared with Stripe."))]
        if check is None:
            notices.append(Notice(_("The books were never checked."), reverse("checks:index")))
        return rows, notices

    def _closed(self, lists: Lists) -> list[Notice]:
        """How many months of the time are closed: closed figures do not change any more."""
        span = lists.span
        passed = _months_between(span.first, min(span.end, _next_month()))
        closed = Period.objects.filter(
            legal_entity=lists.entity,
            livemode=settings.STRIPE_LIVE,
            begins_on__gte=span.first,
            begins_on__lt=span.end,
            state__in=periods.CLOSED,
        ).count()
        text = gettext("%(closed)d of %(all)d months are closed") % {
            "closed": closed,
            "all": passed,
        }
        tone = "good" if closed == passed else ""
        return [Notice(text, reverse("periods:index"), tone)]


def _next_month() -> date:
    return periods.after(timezone.localdate().replace(day=1))


def _months_between(first: date, end: date) -> int:
    return max(0, (end.year - first.year) * 12 + end.month - first.month)


class Readers(ForReaders):
    permission = PERMISSION


class FinanceDesk(ViewSet):
    name = "finance"
    menu_label = _("Finance")
    icon = "form"
    menu_item_class = Readers

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", FinancePage.as_view(), name="index")]
