"""The desk for taking over what other books hold: three files, looked over, taken over, undone."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from core.headers import as_file
from donations.models import CutOver, Donor, PastGift, Upload
from donations.offline import cutover, proof
from donations.offline.entering import NotPossible as Refused
from donations.staff.batch_forms import SeenForm
from donations.staff.cells import Cell, Notice, Section, Text, amount, day, moment
from donations.staff.cutover_files import LOAD, SLUGS, Begin, PartColumns, SendPart, bad_rows
from donations.staff.desk import Act, Desk, Listing, MomentColumn, NotPossible, Reading
from donations.staff.offline_words import why_not
from donations.staff.uploads import bad_section

State = CutOver.State
TONES = {State.DRAFT: "warn", State.LOADED: "good"}


@permission_required("donations.view_cutover", raise_exception=True)
def proof_file(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(CutOver.objects.exclude(state=State.DRAFT), pk=pk)
    return as_file(proof.page(row), f"cut-over-{row.pk}.pdf")


class CutOvers(Listing):
    page_title = _("Cut-overs")
    add_item_label = _("New cut-over")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("origin", lambda row: row.origin),
            Column("get_state_display", label=_("State"), sort_key="state"),
            Column(lambda row: day(row.as_of), label=_("Balances as of")),
            MomentColumn("loaded_at", label=_("Taken over"), sort_key="loaded_at"),
        ]

    def notices(self) -> list[Notice]:
        if CutOver.objects.exists():
            return []
        return [Notice(_("Here comes what was kept in other books before these."))]


class OneCutOver(Reading):
    @cached_property
    def look(self) -> cutover.Look | None:
        """The files as they would be taken over now; none of them is kept afterwards."""
        return cutover.look(self.object) if self.object.state == State.DRAFT else None

    def get_page_subtitle(self) -> str:
        return str(self.object)

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        buttons: list[HeaderButton] = list(super().header_buttons)
        row: CutOver = self.object
        if row.state != State.DRAFT:
            url = reverse("cutover:proof", args=[row.pk])
            buttons.insert(0, HeaderButton(_("Proof"), url, icon_name="download", priority=-1))
        elif self.request.user.has_perm(LOAD):
            for place, kind in enumerate(SLUGS):
                url = reverse("cutover:upload", args=[row.pk, kind])
                label = cutover.FILES[place].label
                buttons.insert(
                    place, HeaderButton(label, url, icon_name="upload", priority=place - 9)
                )
        return buttons

    def notices(self) -> list[Notice]:
        if self.look is None:
            return []
        count = sum(map(len, self.look.bad.values()))
        if count:
            text = ngettext(
                "%(n)d row cannot: nothing is entered until it is mended.",
                "%(n)d rows cannot: nothing is entered until they are mended.",
                count,
            )
            return [Notice(text % {"n": count}, tone="bad")]
        if self.look.people or self.look.balances:
            return [Notice(_("Everything can be taken over."), tone="good")]
        return [Notice(_("Send up the files, the donors first."))]

    def sections(self) -> list[Section]:
        row: CutOver = self.object
        facts: list[list[Any]] = [
            [_("State"), Cell(row.get_state_display(), tone=TONES.get(State(row.state), ""))],
            [_("From"), row.origin],
            [_("Balances as of"), day(row.as_of)],
            [_("Whose books"), row.legal_entity],
            [_("Begun"), f"{moment(row.made_at)}, {row.made_by}"],
        ]
        if row.loaded_at:
            facts += [
                [_("Taken over"), f"{moment(row.loaded_at)}, {row.loaded_by}"],
                [_("Fingerprint"), row.fingerprint],
            ]
        if row.undone_at:
            facts.append([_("Undone"), f"{moment(row.undone_at)}, {row.undone_by}: {row.reason}"])
        figures = self.look.figures if self.look else row.figures
        bad: dict[str, Any] = self.look.bad if self.look else {}
        wrong = [bad_section(rows, kind) for kind, rows in bad.items()]
        shown = [
            Section(_("The cut-over"), facts),
            self._files(bad),
            *wrong,
            *figure_sections(figures),
        ]
        return [section for section in shown if section]

    def _files(self, bad: dict[str, Any]) -> Section:
        rows: list[list[Any]] = []
        for upload in cutover.files(self.object).values():
            reads = upload.state == Upload.State.READING
            url = reverse("cutover:columns", args=[upload.pk]) if reads else ""
            count = len(bad.get(upload.kind, ()))
            mend = reverse("cutover:bad", args=[upload.pk]) if count else ""
            rows.append(
                [
                    upload.get_kind_display(),
                    Cell(upload.name, url),
                    Cell(gettext("Download the rows to mend"), mend) if count else "",
                    upload.sha256[:16],
                ]
            )
        headings: list[Text] = [_("What"), _("File"), _("Rows to mend"), _("SHA-256")]
        return Section(_("Files"), rows, headings, empty=_("No file has come."))


def figure_sections(figures: dict[str, Any]) -> list[Section]:
    """What comes: donors, past gifts by year, balances by designation and its class."""
    if not figures:
        return []
    currency = figures["currency"]
    people = [
        [_("Donors"), figures["donors"]],
        [_("New here"), figures["new_donors"]],
        [_("Past gifts"), sum(count for _year, count, _total in figures["years"])],
    ]
    years = [[year, count, amount(total, currency)] for year, count, total in figures["years"]]
    balances = [
        [name, proof.restriction(told), amount(minor, currency)]
        for _code, name, told, minor in figures["balances"]
    ]
    whole = amount(sum(row[3] for row in figures["balances"]), currency)
    return [
        Section(_("What comes"), people),
        Section(
            _("Past gifts, to be read and never booked"),
            years,
            [_("Year"), _("Gifts"), _("Amount")],
            empty=_("None."),
        ),
        Section(
            _("Opening balances"),
            balances,
            [_("Designation"), _("Restriction"), _("Balance")],
            empty=_("None."),
            totals=[[_("Total"), "", whole]] if balances else [],
        ),
    ]


class OnCutOver(Act):
    permission = LOAD
    serious = True

    def perform(self, form: Any) -> Text:
        try:
            return self.act(form.cleaned_data)
        except Refused as refused:
            raise NotPossible(why_not(refused, "")) from None

    def act(self, data: dict[str, Any]) -> Text:
        raise NotImplementedError


class Load(OnCutOver):
    name = "load"
    title = _("Take everything over")
    icon = "check"
    form_class = SeenForm

    @classmethod
    def is_possible(cls, row: CutOver) -> bool:
        return row.state == State.DRAFT

    def get_initial(self) -> dict[str, Any]:
        return {"seen": cutover.look(self.row).fingerprint}

    def question(self) -> Text:
        return _(
            "Donors and past gifts come in, and one entry books the opening balances. It can be "
            "undone until the first month is closed after it, and not later."
        )

    def summary(self, form: forms.Form) -> list[Section]:
        return figure_sections(cutover.look(self.row).figures)

    def act(self, data: dict[str, Any]) -> Text:
        cutover.load(self.row, seen=data["seen"], by=self.request.user)
        return _("Everything was taken over.")


class UndoForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class Undo(OnCutOver):
    name = "undo"
    title = _("Undo")
    icon = "undo"
    form_class = UndoForm

    @classmethod
    def is_possible(cls, row: CutOver) -> bool:
        return row.state == State.LOADED and not cutover.closed_since(row)

    def question(self) -> Text:
        return _(
            "Past gifts and donors that came with it go, but for donors who gave here since. A new "
            "entry takes the opening balances back."
        )

    def act(self, data: dict[str, Any]) -> Text:
        cutover.undo(self.row, reason=data["reason"], by=self.request.user)
        return _("It was undone.")


class CutOverDesk(Desk):
    model = CutOver
    name = "cutover"
    menu_label = _("Cut-over")
    icon = "resubmit"
    ordering: ClassVar[list[str]] = ["-pk"]
    index_view_class = CutOvers
    add_view_class = Begin
    inspect_view_class = OneCutOver
    acts = [Load, Undo]

    def extra_urls(self) -> list[URLPattern]:
        return [
            path("upload/<int:pk>/<slug:kind>/", SendPart.as_view(), name="upload"),
            path("columns/<int:pk>/", PartColumns.as_view(), name="columns"),
            path("bad/<int:pk>/", bad_rows, name="bad"),
            path("proof/<int:pk>/", proof_file, name="proof"),
        ]


def history(donor: Donor) -> Section | None:
    """Gifts that other books hold, as part of a donor's page; they are in none of its sums."""
    rows = [
        [
            day(gift.given_on),
            amount(gift.amount_minor, gift.currency),
            gift.purpose,
            gettext("receipted there, no. %(number)s") % {"number": gift.receipt}
            if gift.receipt
            else gettext("not receipted here"),
            gift.cut_over.origin,
        ]
        for gift in PastGift.objects.filter(donor=donor).select_related("cut_over")[:200]
    ]
    headings: list[Text] = [_("Given on"), _("Amount"), _("For"), _("Receipt"), _("From")]
    return Section(_("From other books, not counted above"), rows, headings) if rows else None
