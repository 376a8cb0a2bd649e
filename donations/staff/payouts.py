"""Payouts: what reached the bank, and of what it consists, to the cent."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column

from donations import payouts
from donations.bank import matching
from donations.models import BalanceTransaction, Donation, Entry, Payout
from donations.staff.cells import Cell, Notice, Section, amount, day, link, moment
from donations.staff.desk import Desk, Listing, MomentColumn, MoneyColumn, Reading

Status = Payout.Status
TONES = {Status.PAID: "good", Status.FAILED: "bad", Status.CANCELED: "bad"}
NAMES = {
    "gifts": _("Gifts"),
    "refunds": _("Refunds"),
    "disputes": _("Disputes"),
    "fees": _("Stripe's other fees"),
    "payouts": _("Payouts that came back"),
    "others": _("Others"),
}
# A page with more rows than that would not be read; the sums above are of all.
SHOWN = 500


class PayoutFilter(WagtailFilterSet):
    status = django_filters.MultipleChoiceFilter(
        label=_("Status"), choices=Status.choices, widget=forms.CheckboxSelectMultiple
    )
    created_at = django_filters.DateFromToRangeFilter(label=_("Made"), widget=DateRangePickerWidget)
    unexplained = django_filters.BooleanFilter(
        label=_("Not explained"), field_name="explained_at", lookup_expr="isnull"
    )
    unbanked = django_filters.BooleanFilter(
        label=_("On no bank line"), method="is_unbanked", widget=forms.CheckboxInput
    )

    class Meta:
        model = Payout
        fields: ClassVar[list[str]] = [
            *("status", "created_at", "unexplained", "unbanked", "automatic"),
            *("legal_entity", "currency", "livemode"),
        ]

    def is_unbanked(self, rows: QuerySet[Payout], _name: str, value: bool) -> QuerySet[Payout]:
        return rows.filter(pk__in=matching.open_payouts().values("pk")) if value else rows


def find_payouts(rows: QuerySet[Payout], typed: str) -> QuerySet[Payout]:
    """By Stripe's id, or that of a row in it."""
    text = typed.strip()
    return rows.filter(stripe_id=text) | rows.filter(movements__pk=text)


class Payouts(Listing):
    finder = staticmethod(find_payouts)
    page_title = _("Payouts")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("created_at", lambda row: moment(row.created_at)),
            MoneyColumn("amount_minor", label=_("Amount"), sort_key="amount_minor"),
            Column("get_status_display", label=_("Status"), sort_key="status"),
            Column(lambda row: day(row.arrives_on), label=_("At the bank on")),
            MomentColumn("explained_at", label=_("Explained")),
        ]


class OnePayout(Reading):
    def get_page_subtitle(self) -> str:
        return amount(self.object.amount_minor, self.object.currency)

    def notices(self) -> list[Notice]:
        row: Payout = self.object
        if not row.automatic:
            text = _("Made by hand at Stripe: Stripe does not tell which rows it carried.")
            return [Notice(text, tone="warn")]
        if row.explained_at is None:
            text = _("Stripe has not listed its rows yet; that takes up to a day.")
            return [Notice(text, tone="warn")]
        return []

    def sections(self) -> list[Section]:
        row: Payout = self.object
        own = self.may_see("bankline")
        facts: list[list[Any]] = [
            [_("Status"), Cell(row.get_status_display(), tone=TONES.get(Status(row.status), ""))],
            [_("Amount"), amount(row.amount_minor, row.currency)],
            [_("Made"), moment(row.created_at)],
            [_("At the bank on"), day(row.arrives_on)],
            *([[_("Bank line"), link("bank_lines", matching.line_of(payout=row))]] if own else []),
            [_("Problem"), row.failure_code.replace("_", " ")],
            [_("At Stripe"), row.stripe_id],
        ]
        shown = [Section(_("The payout"), facts)]
        if row.automatic and row.explained_at:
            found = payouts.explain(row)
            shown += [self._sums(row, found), *self._rows(row, found)]
        return shown

    def _sums(self, row: Payout, found: payouts.Explanation) -> Section:
        def line(name: Any, group: payouts.Group) -> list[Any]:
            sums = (group.amount_minor, -group.fee_minor, group.net_minor)
            return [name, len(group.rows), *(amount(one, row.currency) for one in sums)]

        rows = [line(NAMES[group.name], group) for group in found.groups]
        zero = Cell(
            amount(found.difference_minor, row.currency),
            tone="bad" if found.difference_minor else "good",
        )
        return Section(
            _("What it consists of"),
            rows,
            [_("What"), _("Rows"), _("Amount"), _("Fees"), _("Net")],
            totals=[
                line(_("Total"), found.total),
                [_("Paid out"), "", "", "", amount(row.amount_minor, row.currency)],
                [_("Difference"), "", "", "", zero],
            ],
        )

    def _rows(self, row: Payout, found: payouts.Explanation) -> list[Section]:
        movements = [movement for group in found.groups for movement in group.rows[:SHOWN]]
        gifts = _gifts_of(movements)
        headings = [_("When"), _("Gift"), _("Amount"), _("Fees"), _("Net"), _("At Stripe")]
        return [
            Section(
                NAMES[group.name],
                [
                    [
                        moment(one.created_at),
                        link("gifts", gifts.get(one.pk)),
                        amount(one.amount_minor, one.currency),
                        amount(-one.fee_minor, one.currency),
                        amount(one.net_minor, one.currency),
                        one.source or one.pk,
                    ]
                    for one in group.rows[:SHOWN]
                ],
                headings,
            )
            for group in found.groups
        ]


def _gifts_of(rows: list[BalanceTransaction]) -> dict[str, Donation]:
    """The gift of each row, by the entry that booked it."""
    entries = Entry.objects.filter(source__in=[row.pk for row in rows], donation__isnull=False)
    return {
        entry.source: entry.donation
        for entry in entries.select_related("donation")
        if entry.donation
    }


class PayoutsDesk(Desk):
    model = Payout
    name = "payouts"
    menu_label = _("Payouts")
    icon = "download"
    ordering = ["-created_at", "-pk"]
    filterset_class = PayoutFilter
    index_view_class = Payouts
    inspect_view_class = OnePayout
