"""The desks of the bank: its lines and what they are, statements brought in, accounts."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Prefetch, QuerySet
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column

from donations.bank import matching
from donations.models import (
    BankAccount,
    BankLine,
    BankMatch,
    BankStatement,
    Claim,
    GiftBatch,
    Payout,
)
from donations.staff.bank_acts import (
    BRING,
    MATCH,
    BringIn,
    Explain,
    Match,
    MatchSure,
    TakeBack,
    named,
)
from donations.staff.cells import Cell, Notice, Section, amount, day, link, moment
from donations.staff.desk import Desk, Listing, MoneyColumn, Reading, ShortColumn
from donations.staff.giving import Settings


def standing(line: BankLine) -> BankMatch | None:
    """What it is, as far as anybody has said."""
    return next((one for one in line.matches.all() if one.ended_at is None), None)


def what(line: BankLine) -> str:
    found = standing(line)
    if found is None:
        return gettext("Not matched")
    return named(found.thing) if found.thing else found.note


class LineFilter(WagtailFilterSet):
    day = django_filters.DateFromToRangeFilter(label=_("Day"), widget=DateRangePickerWidget)
    unmatched = django_filters.BooleanFilter(
        label=_("Not matched"), method="is_open", widget=forms.CheckboxInput
    )

    class Meta:
        model = BankLine
        fields: ClassVar[list[str]] = ["unmatched", "day", "account"]

    def is_open(self, rows: QuerySet[BankLine], _name: str, value: bool) -> QuerySet[BankLine]:
        return rows.filter(pk__in=matching.open_lines().values("pk")) if value else rows


def find_lines(rows: QuerySet[BankLine], typed: str) -> QuerySet[BankLine]:
    """By the bank's reference, or a word of the text."""
    text = typed.strip()
    return rows.filter(reference=text) | rows.filter(text__icontains=text)


class Lines(Listing):
    finder = staticmethod(find_lines)
    page_title = _("Bank lines")
    paginate_by = 50

    def get_base_queryset(self) -> QuerySet[BankLine]:
        rows: QuerySet[BankLine] = super().get_base_queryset()
        known = Prefetch("matches", BankMatch.objects.select_related("payout", "batch", "claim"))
        return rows.select_related("account").prefetch_related(known)

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("day", lambda row: day(row.day)),
            MoneyColumn("amount_minor", label=_("Amount"), sort_key="amount_minor"),
            Column("text", label=_("Text")),
            Column(what, label=_("What it is")),
            ShortColumn("account", label=_("Bank account")),
        ]

    def notices(self) -> list[Notice]:
        """How much of each account is explained, and payouts that should be here."""
        found: list[Notice] = []
        accounts = list(BankAccount.objects.select_related("legal_entity"))
        if accounts and self.request.user.has_perm(BRING):
            found.append(Notice(BringIn.page_title, reverse("bank_statements:new")))
        may = self.request.user.has_perm(MATCH)
        for account in accounts:
            known, all_of_it = matching.explained(account)
            if not all_of_it:
                continue
            text = gettext("%(account)s: %(share)s %% explained (%(known)d of %(all)d lines)")
            told = {"account": account, "known": known, "all": all_of_it}
            share = f"{100 * known / all_of_it:.1f}"
            url = f"{reverse('bank_lines:index')}?unmatched=on&account={account.pk}"
            tone = "good" if known == all_of_it else "warn"
            found.append(Notice(text % {**told, "share": share}, url, tone))
            if may and known < all_of_it:
                sure = reverse("bank_statements:sure", args=[account.pk])
                found.append(Notice(MatchSure.title, sure))
        for entity in {account.legal_entity for account in accounts}:
            late = matching.late_payouts(entity, timezone.localdate()).count()
            if late:
                text = ngettext(
                    "%(n)d payout should be at the bank and is on no line",
                    "%(n)d payouts should be at the bank and are on no line",
                    late,
                )
                url = f"{reverse('payouts:index')}?unbanked=true&legal_entity={entity.pk}"
                found.append(Notice(text % {"n": late}, url, "bad"))
        return found


class OneLine(Reading):
    def get_queryset(self) -> QuerySet[BankLine]:
        rows: QuerySet[BankLine] = super().get_queryset()
        return rows.select_related("account", "statement")

    def get_page_subtitle(self) -> str:
        return amount(self.object.amount_minor, self.object.currency)

    def sections(self) -> list[Section]:
        row: BankLine = self.object
        matches = list(row.matches.select_related("payout", "batch", "claim", "by", "ended_by"))
        now = next((one for one in matches if one.ended_at is None), None)
        facts: list[list[Any]] = [
            [_("Day"), day(row.day)],
            [_("Amount"), amount(row.amount_minor, row.currency)],
            [_("Text"), row.text],
            [_("The bank's reference"), row.reference],
            [_("Bank account"), str(row.account)],
            [_("Statement"), link("bank_statements", row.statement)],
            [_("What it is"), _cell(now)],
        ]
        shown = [Section(_("The line"), facts)]
        if now is None:
            shown.append(self._suggestions(row))
        ended = [
            [_cell(one), moment(one.at), one.by, moment(one.ended_at), one.end_reason]
            for one in matches
        ]
        headings = [_("What it is"), _("Said"), _("By"), _("Taken back"), _("Reason")]
        return [*shown, Section(_("What was said of it"), ended, headings, empty=_("Nothing yet."))]

    def _suggestions(self, row: BankLine) -> Section:
        rows = [
            [
                thing(one.thing),
                day(matching.day_of(one.thing)),
                one.days_apart,
                _("Yes") if one.is_named else _("No"),
            ]
            for one in matching.suggest([row])
        ]
        headings = [
            *(_("What"), _("At the bank on"), _("Days apart")),
            _("The text names it"),
        ]
        empty = _("Nothing of this amount is open near it.")
        return Section(_("It may be"), rows, headings, empty=empty)


def _cell(found: BankMatch | None) -> Cell:
    if found is None:
        return Cell(_("Not matched"), tone="warn")
    return thing(found.thing) if found.thing else Cell(found.note)


DESKS = {Payout: "payouts", GiftBatch: "offline", Claim: "gift_aid_claims"}


def thing(of: matching.Thing) -> Cell:
    return link(DESKS[type(of)], of, named(of))


class LinesDesk(Desk):
    model = BankLine
    name = "bank_lines"
    menu_label = _("Bank lines")
    icon = "list-ul"
    ordering = ["-day", "-pk"]
    filterset_class = LineFilter
    index_view_class = Lines
    inspect_view_class = OneLine
    acts = [Match, Explain, TakeBack]


class Statements(Listing):
    page_title = _("Bank statements")
    add_item_label = _("Bring in a statement")

    def get_base_queryset(self) -> QuerySet[BankStatement]:
        rows: QuerySet[BankStatement] = super().get_base_queryset()
        return rows.select_related("account", "imported_by")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("last_day", lambda row: f"{day(row.first_day)} \u2013 {day(row.last_day)}"),
            Column("account", label=_("Bank account")),
            MoneyColumn("opening_minor", label=_("Opening")),
            MoneyColumn("closing_minor", label=_("Closing")),
            Column("lines_count", label=_("Lines")),
            Column(lambda row: moment(row.imported_at), label=_("Brought in")),
        ]


class OneStatement(Reading):
    def get_page_subtitle(self) -> str:
        return str(self.object)

    def sections(self) -> list[Section]:
        row: BankStatement = self.object
        facts: list[list[Any]] = [
            [_("Bank account"), str(row.account)],
            [_("Number of the statement"), row.statement_id],
            [_("Opening"), amount(row.opening_minor, row.currency)],
            [_("Closing"), amount(row.closing_minor, row.currency)],
            [_("Brought in"), f"{moment(row.imported_at)}, {row.imported_by}"],
            [_("Fingerprint"), row.sha256],
        ]
        known = Prefetch("matches", BankMatch.objects.select_related("payout", "batch", "claim"))
        lines = [
            [
                link("bank_lines", line, day(line.day)),
                amount(line.amount_minor, line.currency),
                line.text,
                what(line),
            ]
            for line in row.lines.prefetch_related(known)
        ]
        headings = [_("Day"), _("Amount"), _("Text"), _("What it is")]
        return [Section(_("The statement"), facts), Section(_("Its lines"), lines, headings)]


class StatementsDesk(Desk):
    model = BankStatement
    name = "bank_statements"
    menu_label = _("Bank statements")
    icon = "doc-full"
    ordering = ["-last_day", "-pk"]
    index_view_class = Statements
    inspect_view_class = OneStatement

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(**kwargs) | {"add_url_name": "bank_statements:new"}

    def extra_urls(self) -> list[URLPattern]:
        return [
            path("new/", BringIn.as_view(), name="new"),
            path("sure/<int:pk>/", MatchSure.as_view(namespace=self.url_namespace), name="sure"),
        ]


class AccountForm(WagtailAdminModelForm):
    class Meta:
        model = BankAccount
        fields: ClassVar[list[str]] = [
            *("legal_entity", "name", "number", "currency", "csv_day", "csv_day_format"),
            *("csv_amount", "csv_text", "csv_reference"),
        ]


class AccountsDesk(Settings):
    model = BankAccount
    form = AccountForm
    name = "bank_accounts"
    menu_label = _("Bank accounts")
    icon = "home"
    list_display = ["name", "number", "currency", "legal_entity"]
