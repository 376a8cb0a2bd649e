"""The desk of impact reports: figures are gathered, looked at with their sources, published."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from campaigns.models import ReportEdition
from campaigns.reports import drawing, editions
from campaigns.reports.gather import OTHERS
from donations.models import Designation, Posting
from donations.staff.asking import Ask
from donations.staff.cells import Cell, Notice, Section, Text, day, moment
from donations.staff.desk import Act, Desk, Listing, MomentColumn, NotPossible, Reading
from gifts.models import ItemKind
from gifts.trace import calendar

SEE, ADD = "campaigns.view_reportedition", "campaigns.add_reportedition"
PUBLISH, DISCARD = "campaigns.publish_reportedition", "campaigns.delete_reportedition"
# Quarters that a form offers.
OFFERED = 12


def time_of(row: ReportEdition) -> str:
    return f"{day(row.first)} \u2013 {day(row.last)}"


def scope_of(row: ReportEdition) -> str:
    if row.is_whole:
        return gettext("The whole organisation")
    return ", ".join(str(kind) for kind in ItemKind.objects.filter(code__in=row.kinds))


def state_of(row: ReportEdition) -> str:
    return gettext("Published") if row.is_published else gettext("Draft")


def _quarters() -> list[tuple[str, str]]:
    """Those whose news is out, the newest first."""
    start = calendar.start_of(calendar.today())
    found: list[tuple[str, str]] = []
    while len(found) < OFFERED:
        start = calendar.before(start)
        if calendar.today() >= calendar.published_on(start):
            # Translators: format of a quarter's first month, as Django writes formats.
            first = date_format(start, gettext("F Y"))
            last = date_format(calendar.last_day(start), gettext("F Y"))
            found.append((start.isoformat(), f"{first} \u2013 {last}"))
    return found


class ReportForm(forms.Form):
    first = forms.ChoiceField(label=_("First quarter"), choices=_quarters)
    last = forms.ChoiceField(label=_("Last quarter"), choices=_quarters)
    kinds = forms.ModelMultipleChoiceField(
        ItemKind.objects.all(),
        label=_("Kinds of things"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: the whole organisation, with the money that was given."),
    )


class NewReport(Ask):
    page_title = _("New impact report")
    header_icon = "doc-full"
    permission = ADD
    namespace, desk_title = "impact", _("Impact reports")
    form_class = ReportForm
    button = _("Gather the figures")

    def question(self) -> Text:
        return _(
            "The figures are gathered now, once, and frozen as a draft that you can look at or "
            "forget. A quarter is offered once its news is out."
        )

    def make(self, data: dict[str, Any]) -> ReportEdition:
        try:
            return editions.draft(
                first=date.fromisoformat(data["first"]),
                last=calendar.last_day(date.fromisoformat(data["last"])),
                kinds=[kind.code for kind in data["kinds"]],
                by=self.request.user,
            )
        except editions.Refused as refused:
            raise ValidationError(str(refused)) from None


class Reports(Listing):
    page_title = _("Impact reports")
    add_item_label = _("New impact report")

    def get_base_queryset(self) -> QuerySet[ReportEdition]:
        rows: QuerySet[ReportEdition] = super().get_base_queryset()
        return rows.select_related("gathered_by").defer("figures")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("first", time_of),
            Column(_scope_in_short, label=_("Of what")),
            Column(state_of, label=_("State")),
            MomentColumn("gathered_at", label=_("Gathered"), sort_key="gathered_at"),
            MomentColumn("published_at", label=_("Published"), sort_key="published_at"),
        ]

    def notices(self) -> list[Notice]:
        if ReportEdition.objects.exists():
            return []
        return [Notice(_("No report was made yet."))]


def _scope_in_short(row: ReportEdition) -> str:
    return gettext("The whole organisation") if row.is_whole else ", ".join(row.kinds)


class OneReport(Reading):
    """The draft or the published figures, each leading to the list it is counted from."""

    def get_page_subtitle(self) -> str:
        return time_of(self.object)

    def notices(self) -> list[Notice]:
        row: ReportEdition = self.object
        found = []
        if not row.is_published and (refused := editions.hindrance(row)):
            found.append(Notice(str(refused), tone="bad"))
        if not row.figures["delivered"]:
            text = _(
                "No things are told of: there were fewer than 11 of each kind in each region, or "
                "ten of them are still open. They come with a later report."
            )
            found.append(Notice(text))
        return found

    def sections(self) -> list[Section]:
        row: ReportEdition = self.object
        facts: list[list[Any]] = [
            [_("Quarters"), time_of(row)],
            [_("Of what"), scope_of(row)],
            [_("State"), Cell(state_of(row), tone="good" if row.is_published else "")],
            [_("Gathered"), f"{moment(row.gathered_at)} {row.gathered_by or ''}".strip()],
            [_("Published"), f"{moment(row.published_at)} {row.published_by or ''}".strip()],
            [_("Fingerprint"), row.sha256],
        ]
        if row.corrects:
            facts.append([_("Corrects"), _to(row.corrects)])
        if hasattr(row, "corrected_by"):
            facts.append([_("Corrected by"), _to(row.corrected_by)])
        pages = [[Cell(page.title, _page(page.pk)), _live(page)] for page in row.pages.all()]
        return [
            Section(_("The report"), facts),
            Section(
                _("Headline figures"),
                [[one.label, one.value] for one in drawing.headlines(row.figures)],
            ),
            *_tables(row),
            Section(
                _("Pages"),
                pages,
                headings=[_("Title"), _("State")],
                empty=_("No page tells of it yet: add one below Pages, Impact reports."),
            ),
        ]


def _to(row: ReportEdition) -> Cell:
    return Cell(f"{row.pk}: {time_of(row)}", reverse("impact:inspect", args=[row.pk]))


def _page(pk: int) -> str:
    return reverse("wagtailadmin_pages:edit", args=[pk])


def _live(page: Any) -> str:
    return gettext("Live") if page.live else gettext("Draft")


def _tables(row: ReportEdition) -> Iterator[Section]:
    """As the page has them; each line's figure with the list behind it."""
    urls = _sources(row)
    for exhibit in drawing.exhibits(row.figures):
        links = urls[exhibit.key]
        yield Section(
            exhibit.title,
            [
                [Cell(line[0]), Cell(line[1], url), *(Cell(cell, url) for cell in line[2:])]
                for line, url in zip(exhibit.rows, links, strict=True)
            ],
            headings=exhibit.headings,
            totals=[exhibit.total],
        )


def _sources(row: ReportEdition) -> dict[str, Sequence[str]]:
    """By exhibit, of each line: the address of the list that its figures are counted from."""
    figures = row.figures
    kinds = {kind.code: kind.pk for kind in ItemKind.objects.all()}
    purposes = dict(Designation.objects.values_list("code", "pk"))
    shown = sorted(figures["delivered"], key=lambda one: -one["count"])
    found: dict[str, Sequence[str]] = {
        "delivered": [_units(kinds.get(one["kind"])) for one in shown],
        "training": ["" for _one in figures["training"]],
    }
    for money in figures["given"]:
        currency = money["currency"]
        found[f"purposes-{currency}"] = [
            _journal(row, currency, designation=purposes.get(one["key"]))
            for one in money["purposes"]
        ]
        found[f"ways-{currency}"] = [
            _journal(row, currency, came=None if one["key"] == OTHERS else one["key"] or "-")
            for one in money["ways"]
        ]
    return found


def _units(kind: int | None) -> str:
    query = [("kind", kind), ("state", "handed_over"), ("state", "confirmed")]
    return f"{reverse('units:index')}?{urlencode([(k, v) for k, v in query if v])}"


def _journal(row: ReportEdition, currency: str, **about: Any) -> str:
    query = {
        "posted_on_from": row.first,
        "posted_on_to": row.last,
        "account": Posting.Account.CONTRIBUTIONS,
        "currency": currency,
        **{name: value for name, value in about.items() if value},
    }
    return f"{reverse('journal:index')}?{urlencode(query)}"


class PublishReport(Act):
    name = "publish"
    title = _("Publish the figures")
    permission = PUBLISH
    icon = "check"
    serious = True

    @classmethod
    def is_possible(cls, row: ReportEdition) -> bool:
        return not row.is_published

    def question(self) -> Text:
        return _(
            "They can be told from now on and never change: no later report can take them back. "
            "They are checked against every figure that was ever published."
        )

    def perform(self, form: Any) -> Text:
        try:
            editions.publish(self.row, by=self.request.user)
        except editions.Refused as refused:
            raise NotPossible(str(refused)) from None
        return _("The figures are published. Tell of them on a page.")


class CorrectReport(Act):
    name = "correct"
    title = _("Correct")
    permission = ADD
    icon = "rotate"

    @classmethod
    def is_possible(cls, row: ReportEdition) -> bool:
        return row.is_published and not hasattr(row, "corrected_by")

    def question(self) -> Text:
        return _(
            "The figures of the same quarters are gathered anew, as a draft. Each of them must be "
            "as it was or differ by eleven; these figures stay as they are."
        )

    def perform(self, form: Any) -> Text:
        editions.draft(
            first=self.row.first,
            last=self.row.last,
            kinds=self.row.kinds,
            corrects=self.row,
            by=self.request.user,
        )
        return _("The correction is a draft: look at it in the list.")


class DiscardReport(Act):
    name = "discard"
    title = _("Forget this draft")
    permission = DISCARD
    icon = "bin"

    @classmethod
    def is_possible(cls, row: ReportEdition) -> bool:
        return not row.is_published and not row.pages.exists()

    def question(self) -> Text:
        return _("The draft is gone; its figures can be gathered again at any time.")

    def perform(self, form: Any) -> Text:
        editions.discard(self.row)
        return _("The draft is gone.")

    def back(self) -> str:
        return reverse("impact:index") if self.row.pk is None else super().back()


class ReportsDesk(Desk):
    model = ReportEdition
    name = "impact"
    menu_label = _("Impact reports")
    menu_name = "impact-reports"
    menu_order = 153
    add_to_admin_menu = True
    icon = "doc-full"
    ordering: ClassVar[list[str]] = ["-last", "-pk"]
    index_view_class = Reports
    inspect_view_class = OneReport
    add_view_class = NewReport
    acts = (PublishReport, CorrectReport, DiscardReport)
