"""The desk for the journal: every entry with its legs, found by day, account and designation."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column

from donations import chart
from donations.models import BalanceTransaction, Designation, Donation, Entry, Posting
from donations.staff.cells import Cell, Notice, Section, amount, day, link, moment, short_id
from donations.staff.desk import Desk, Listing, Reading, ShortColumn

KINDS = {
    "charge": _("Gift"),
    "fee": _("Stripe's fee"),
    "refund": _("Refund"),
    "adjustment": _("Dispute"),
    "payout": _("Payout"),
    "order": _("Order"),
    "purchase": _("Purchase"),
    "payment": _("Invoice paid"),
    "advance": _("Advance"),
    "advance_returned": _("Advance returned"),
    "cover": _("Covered by general money"),
    "leftover": _("Leftover passed on"),
    "received": _("Gift outside Stripe"),
    "deposit": _("Deposit"),
    "reversed": _("Gift reversed"),
    "tax_received": _("Gift Aid received"),
    "tax_taken_back": _("Gift Aid taken back"),
    "opening": _("Opening balances"),
    "opening_undone": _("Opening balances undone"),
    "moved": _("Moved at the donor's wish"),
}
# Asks for what has none.
NONE = "-"


def kind(row: Entry) -> str:
    return str(KINDS.get(row.kind, row.kind.replace("_", " ").capitalize()))


class JournalFilter(WagtailFilterSet):
    posted_on = django_filters.DateFromToRangeFilter(
        label=_("Booked on"), widget=DateRangePickerWidget
    )
    account = django_filters.MultipleChoiceFilter(
        label=_("Account"), choices=Posting.Account.choices, method="with_leg"
    )
    designation = django_filters.ModelChoiceFilter(
        label=_("Designation"), queryset=Designation.objects.all(), method="with_leg"
    )
    currency = django_filters.CharFilter(label=_("Currency"), method="with_leg")
    came = django_filters.ChoiceFilter(
        label=_("How it came"),
        choices=[*Donation.Source.choices, (NONE, _("Of no gift"))],
        method="of_gift",
    )
    appeal = django_filters.CharFilter(label=_("Appeal (- for none)"), method="of_gift")

    class Meta:
        model = Entry
        fields: ClassVar[list[str]] = [
            *("posted_on", "account", "designation", "currency", "came", "appeal"),
            *("legal_entity", "livemode"),
        ]

    def with_leg(self, rows: QuerySet[Entry], name: str, value: Any) -> QuerySet[Entry]:
        """All of one leg: contributions of a designation, not a gift that has both somewhere."""
        return rows.filter(pk__in=Posting.objects.filter(**of_leg(self.form)).values("entry"))

    def of_gift(self, rows: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        if value != NONE:
            field = {"came": "donation__source", "appeal": "donation__appeal"}[name]
            return rows.filter(**{field: value})
        none = Q(donation=None)
        return rows.filter(none | Q(donation__appeal="") if name == "appeal" else none)


def of_leg(form: Any) -> dict[str, Any]:
    """What the filter asks of a single leg."""
    lookups = {"account": "account__in", "designation": "designation", "currency": "currency"}
    chosen = {lookup: form.cleaned_data.get(name) for name, lookup in lookups.items()}
    return {lookup: value for lookup, value in chosen.items() if value}


def find_entries(rows: QuerySet[Entry], typed: str) -> QuerySet[Entry]:
    """By its source, such as Stripe's id of a charge or of a movement."""
    return rows.filter(source=typed.strip())


class Journal(Listing):
    finder = staticmethod(find_entries)
    page_title = _("Journal")
    paginate_by = 50

    def get_base_queryset(self) -> QuerySet[Entry]:
        rows: QuerySet[Entry] = super().get_base_queryset()
        return rows.prefetch_related("postings__designation")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("posted_on", lambda row: day(row.posted_on)),
            Column(kind, label=_("What"), sort_key="kind"),
            Column(_accounts, label=_("Accounts")),
            Column(_purposes, label=_("Designation")),
            ShortColumn(_sum, label=_("Amount")),
            Column(lambda row: short_id(row.source), label=_("Source")),
        ]

    def notices(self) -> list[Notice]:
        """Debits and credits of what is listed; of all there ever was nobody asks here."""
        if not (self.is_filtering or self.is_searching):
            return []
        legs = Posting.objects.filter(entry__in=self.get_queryset().order_by().values("pk"))
        chosen = of_leg(self.filters.form) if self.filters else {}
        rows = (
            legs.filter(**chosen)
            .values("currency")
            .annotate(
                debit=Sum("amount_minor", filter=Q(amount_minor__gt=0), default=0),
                credit=-Sum("amount_minor", filter=Q(amount_minor__lt=0), default=0),
            )
            .order_by("currency")
        )
        text = gettext("Listed: debits %(debit)s, credits %(credit)s")
        return [
            Notice(
                text
                % {
                    "debit": amount(row["debit"], row["currency"]),
                    "credit": amount(row["credit"], row["currency"]),
                },
                tone="" if chosen else "good" if row["debit"] == row["credit"] else "bad",
            )
            for row in rows
        ]


def _accounts(row: Entry) -> str:
    return ", ".join(dict.fromkeys(str(leg.get_account_display()) for leg in row.postings.all()))


def _purposes(row: Entry) -> str:
    return ", ".join(
        dict.fromkeys(leg.designation.name for leg in row.postings.all() if leg.designation)
    )


def _sum(row: Entry) -> str:
    debits = dict[str, int]()
    for leg in row.postings.all():
        debits[leg.currency] = debits.get(leg.currency, 0) + max(0, leg.amount_minor)
    return ", ".join(amount(minor, currency) for currency, minor in debits.items())


class OneEntry(Reading):
    def get_page_subtitle(self) -> str:
        return f"{kind(self.object)}, {day(self.object.posted_on)}"

    def sections(self) -> list[Section]:
        row: Entry = self.object
        movement = BalanceTransaction.objects.filter(pk=row.source).select_related("payout").first()
        facts: list[list[Any]] = [
            [_("Booked on"), day(row.posted_on)],
            [_("Happened"), moment(row.occurred_at)],
            [_("What"), kind(row)],
            [_("Source"), row.source],
            [_("Donation"), link("gifts", row.donation)],
            [_("Payout"), link("payouts", movement.payout if movement else None)],
            [_("Corrects"), link("journal", row.corrects)],
            [_("Reason"), row.reason],
            [_("By"), row.actor],
            [_("Number of the entry"), row.pk],
            [_("Fingerprint"), row.sha256],
        ]
        return [Section(_("The entry"), facts), self._legs(row)]

    def _legs(self, row: Entry) -> Section:
        book = chart.Chart.load()
        legs = list(row.postings.select_related("designation").order_by("pk"))
        sums = dict[str, list[int]]()
        for leg in legs:
            total = sums.setdefault(leg.currency, [0, 0])
            total[leg.amount_minor < 0] += abs(leg.amount_minor)
        return Section(
            _("Its legs"),
            [
                [
                    book.line(leg.account, leg.designation_id).number,
                    leg.get_account_display(),
                    leg.designation.name if leg.designation else "",
                    chart.class_of(leg.account, leg.designation) if leg.designation else "",
                    amount(leg.amount_minor, leg.currency) if leg.amount_minor > 0 else "",
                    amount(-leg.amount_minor, leg.currency) if leg.amount_minor < 0 else "",
                ]
                for leg in legs
            ],
            [
                *(_("Number"), _("Account"), _("Designation"), _("Restriction"), _("Debit")),
                _("Credit"),
            ],
            totals=[
                [_("Total"), "", "", "", amount(debit, code), Cell(amount(credit, code))]
                for code, (debit, credit) in sums.items()
            ],
        )


class JournalDesk(Desk):
    model = Entry
    name = "journal"
    menu_label = _("Journal")
    icon = "list-ol"
    ordering = ["-posted_on", "-pk"]
    filterset_class = JournalFilter
    index_view_class = Journal
    inspect_view_class = OneEntry
