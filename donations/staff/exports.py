"""The desk of exports: what was asked for, how far it is, what came of it, and the file."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    HttpRequest,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column

from donations.chart import changed_since
from donations.exports import making
from donations.exports.problem import Problem
from donations.models import Export
from donations.staff.asking import Ask
from donations.staff.cells import Cell, Notice, Section, Text, day, moment
from donations.staff.desk import Act, Listing, MomentColumn
from donations.staff.exports_words import MENDED_BY, PROBLEMS, heading, together
from donations.staff.made import EraseFile, KeptFile, MadeDesk, MakeAgain, StateColumn
from donations.staff.period_forms import PeriodForm

DONORS = "donations.export_donors"
ASK = "donations.add_export"
SEE = "donations.view_export"
JOURNAL_ONLY = (Export.Format.QUICKBOOKS, Export.Format.XERO)


def visible(user: Any) -> QuerySet[Export]:
    """Lists of donors are for those alone who may export them."""
    rows = Export.objects.select_related("asked_by", "legal_entity")
    return rows if user.has_perm(DONORS) else rows.exclude(kind=Export.Kind.DONORS)


class ExportForm(PeriodForm):
    """What, in which format, for which days."""

    kind = forms.ChoiceField(label=_("What"), choices=())
    format = forms.ChoiceField(
        label=_("Format"),
        choices=[choice for choice in Export.Format.choices if choice[0] in making.WRITERS],
        help_text=_("QuickBooks Online and Xero take journals only."),
    )
    field_order = ("kind", "first_day", "last_day", "format")

    def __init__(self, *given: Any, user: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        kinds: Any = self.fields["kind"]
        kinds.choices = [
            choice
            for choice in Export.Kind.choices
            if choice[0] != Export.Kind.DONORS or user.has_perm(DONORS)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("format") in JOURNAL_ONLY and data.get("kind") != Export.Kind.JOURNAL:
            self.add_error("format", _("This program takes the journal only."))
        return data


class AskForExport(Ask):
    page_title = _("New export")
    header_icon = "download"
    permission = ASK
    namespace, desk_title = "exports", _("Exports")
    form_class = ExportForm
    button = _("Make the file")

    def question(self) -> Text:
        return _(
            "The file is made in the background, compared with the ledger and offered only "
            "if every total is equal. It is kept for 14 days; each download is put on record."
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def make(self, data: dict[str, Any]) -> Export:
        return making.ask(
            data["kind"],
            form=data["format"],
            entity=data["entity"],
            first_day=data["first_day"],
            last_day=data["last_day"],
            actor=self.request.user,
        )


class Exports(Listing):
    page_title = _("Exports")
    add_item_label = _("New export")
    template_name = "donations/staff/exports.html"

    def get_base_queryset(self) -> QuerySet[Export]:
        return visible(self.request.user)

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("kind", lambda row: row.get_kind_display()),
            Column("days", label=_("Days"), accessor=days, classname="ns-nowrap"),
            Column("format", label=_("Format"), accessor="get_format_display"),
            StateColumn("state", label=_("State")),
            Column("rows", label=_("Rows"), accessor=lambda row: figure(row.rows)),
            MomentColumn("asked_at", label=_("Asked for"), sort_key="asked_at"),
            Column("asked_by", label=_("By")),
        ]

    def notices(self) -> list[Notice]:
        if visible(self.request.user).exists():
            return []
        return [Notice(_("No file was made yet. “New export” makes the first."))]


def days(row: Export) -> str:
    return f"{day(row.first_day)} \u2013 {day(row.last_day)}"


def figure(number: int | None) -> str:
    return "" if number is None else number_format(number, use_l10n=True, force_grouping=True)


class OneExport(KeptFile):
    def get_object(self, queryset: Any = None) -> Export:
        row: Export = super().get_object(queryset)
        return seen(row, self.request.user)

    def notices(self) -> list[Notice]:
        row: Export = self.object
        if row.format not in JOURNAL_ONLY or not row.finished_at:
            return []
        if not changed_since(row.finished_at):
            return []
        text = _(
            "The chart of accounts was changed since. This file stays as it is; another one of "
            "the same days takes the accounts of now."
        )
        return [Notice(text, reverse("chart:index"), "warn")]

    def sections(self) -> list[Section]:
        row: Export = self.object
        facts: list[list[Any]] = [
            [_("What"), row.get_kind_display()],
            [_("Days"), days(row)],
            [_("Format"), row.get_format_display()],
            [_("Whose books"), row.legal_entity],
            [_("Money"), gettext("Live") if row.livemode else gettext("Test")],
            [_("Asked for"), f"{moment(row.asked_at)}, {row.asked_by}"],
        ]
        if row.finished_at and row.size is not None:
            facts += [
                [_("Finished"), moment(row.finished_at)],
                [_("Rows"), figure(row.rows)],
                [_("Size"), filesizeformat(row.size)],
                [_("SHA-256"), row.sha256],
                [_("Kept until"), moment(row.kept_until)],
            ]
        sections = [self.state(), Section(_("The file"), facts)]
        if row.problem:
            wrong: list[list[Any]] = [
                [_("What went wrong"), Cell(PROBLEMS[row.problem], tone="bad")],
                [_("How to mend it"), MENDED_BY[row.problem]],
                *_what(row),
            ]
            sections.insert(1, Section(_("Not offered"), wrong))
        if row.sha256:
            sections += [_totals(row), self.downloads()]
        return sections


def _what(row: Export) -> list[list[Any]]:
    """What hinders it: figures, or each account that the chart lacks with the way to add it."""
    if row.problem != Problem.NO_CODE:
        return [[_("Figures"), row.detail]]
    add = reverse("chart:add")
    return [
        [_("Account"), Cell(heading(account), f"{add}?account={account}")]
        for account in row.detail.split(", ")
    ]


def _totals(row: Export) -> Section:
    return Section(
        _("Totals, equal to the ledger"),
        [[*map(heading, group), *amounts] for group, amounts in row.totals],
        headings=[*_GROUPS[Export.Kind(row.kind)], *_SUMS[_sums(row)]],
        empty=_("Nothing was booked in these days."),
        totals=together(row.totals),
    )


_GROUPS: dict[Export.Kind, list[Text]] = {
    Export.Kind.JOURNAL: [_("Account"), _("Currency")],
    Export.Kind.RECEIPTS: [_("State"), _("Currency")],
    Export.Kind.LINES: [_("Designation"), _("Currency")],
    Export.Kind.DONORS: [_("Currency")],
}
_SUMS: dict[int, list[Text]] = {1: [_("Amount")], 2: [_("Debit"), _("Credit")]}


def _sums(row: Export) -> int:
    both = row.kind == Export.Kind.JOURNAL and row.format != Export.Format.XERO
    return 2 if both else 1


def seen(row: Export, user: Any) -> Export:
    """The row, for who may see it.

    Raises:
        PermissionDenied: a list of donors, for somebody who may not export donors.
    """
    if row.kind == Export.Kind.DONORS and not user.has_perm(DONORS):
        raise PermissionDenied
    return row


class OfExport(Act):
    """An act on an export, for who may see it."""

    permission = ASK

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.has_perm(self.permission):
            seen(get_object_or_404(Export, pk=kwargs["pk"]), request.user)
        return super().dispatch(request, *args, **kwargs)


class Again(OfExport, MakeAgain):
    ask_again = staticmethod(making.ask_again)

    def question(self) -> Text:
        return _("The file is made anew from the ledger as it is now, and compared again.")


class Erase(OfExport, EraseFile):
    erase = staticmethod(making.erase)


def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, part by part; the download is on record before the first byte."""
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    row = seen(
        get_object_or_404(Export.objects.select_related("legal_entity"), pk=pk), request.user
    )
    try:
        parts = making.download(row, actor=request.user)
    except making.Gone:
        messages.error(request, _("There is no file: not yet, or no longer."))
        return redirect("exports:inspect", row.pk)
    answer = StreamingHttpResponse(parts, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{making.name_of(row)}"'
    answer["Content-Length"] = str(row.size)
    answer["Cache-Control"] = "no-store"
    return answer


class ExportsDesk(MadeDesk):
    model = Export
    name = "exports"
    menu_label = _("Exports")
    icon = "download"
    ordering: ClassVar[list[str]] = ["-asked_at", "-pk"]
    index_view_class = Exports
    add_view_class = AskForExport
    inspect_view_class = OneExport
    acts = [Again, Erase]

    def extra_urls(self) -> list[URLPattern]:
        return [
            *super().extra_urls(),
            path("download/<int:pk>/", download, name="download"),
        ]
