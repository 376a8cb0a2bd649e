"""The desk of a year's papers: counted, looked over, issued, watched, taken to the printer."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column

from core.headers import as_file
from donations.models import Statement, StatementRun
from donations.receipts import printing, runs
from donations.staff.asking import Ask
from donations.staff.cells import Cell, Notice, Section, Text, amount, day, moment
from donations.staff.desk import Act, Listing, MomentColumn, NotPossible
from donations.staff.made import Made, MadeDesk, Told
from donations.staff.period_forms import BooksForm
from donations.staff.series import figure

ASK, ISSUE = "donations.add_statementrun", "donations.issue_statementrun"
SEE = "donations.view_statementrun"
State = StatementRun.State
TONES = {State.READY: "warn", State.DONE: "good", State.STOPPED: "bad", State.FAILED: "bad"}
UNDER_WAY = (State.WAITING, State.COUNTING, State.ISSUING)
# On a run's page; all of them are on the list of papers.
SHOWN = 20
WHY_NOT = {
    "no_words": _("The rules of this organisation's country know no papers for a year."),
    "not_over": _("That tax year is not over."),
    "not_ready": _("Nothing was issued: this run is not one that can be."),
    "other": _("Nothing was issued: what you looked over is not what was counted."),
    "alone": _("What became of the gifts goes along with statements only."),
    "under_way": _("Nothing was issued: another run of the same year is being issued."),
}
Kind = StatementRun.Kind
# Why a count has no papers: by kind, and whether somebody was left out.
NOTHING = {
    (Kind.STATEMENT, False): _("Nobody gave anything in this year that a statement would list."),
    (Kind.STATEMENT, True): _("Nobody can get a statement: what each one lacks stands below."),
    (Kind.RECEIPT, False): _("Every gift of this year is on a receipt already, or gets none."),
    (Kind.RECEIPT, True): _("Nobody can get an annual receipt: what each one lacks stands below."),
}
CHANGES = {
    "changed": _("Something of it changed"),
    "gone": _("Is no longer among them"),
    "new": _("Came to them"),
}


def state_of(run: StatementRun) -> Told:
    """How far it is; while it is under way the page is told of news."""
    percent = 100 * runs.drawn_count(run) // max(1, run.count or 1)
    state = State(run.state)
    text = str(state.label)
    if state == State.READY and not run.count:
        return Told(state.value, gettext("Counted: nothing to issue"), 100, "good")
    if state == State.ISSUING and run.fixed_at:
        text = gettext("Being drawn and mailed: %(percent)s %%") % {"percent": percent}
    under_way = state in UNDER_WAY
    # The page asks again while it is "waiting" or "running".
    told = "running" if under_way else state.value
    watch = reverse("yearly:progress", args=[run.pk]) if under_way else ""
    return Told(told, text, percent, TONES.get(state, ""), watch)


class RunForm(BooksForm):
    kind = forms.ChoiceField(
        label=_("What"),
        choices=StatementRun.Kind.choices,
        help_text=_(
            "A statement lists everything, also what was refunded, and says what is receipted. An "
            "annual receipt is for what is on no receipt yet."
        ),
    )
    year = forms.IntegerField(label=_("Tax year"), min_value=2000, max_value=2100)
    encloses = forms.BooleanField(
        label=_("With what became of the gifts"),
        help_text=_(
            "With statements: a link in the mail, a paper of its own behind each letter. The "
            "statements themselves are the same without it."
        ),
        required=False,
    )
    field_order = ("kind", "year", "encloses")

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.fields["entity"].label = _("Legal entity")
        if first := self.initial["entity"]:
            self.fields["year"].initial = runs.last_over(first)


class NewRun(Ask):
    page_title = _("Count a year")
    header_icon = "calendar-alt"
    permission = ASK
    namespace, desk_title = "yearly", _("Papers of the year")
    form_class = RunForm
    button = _("Count it")

    def question(self) -> Text:
        return _(
            "Everything is counted and shown; nothing leaves the house before somebody has "
            "looked it over and issues it."
        )

    def make(self, data: dict[str, Any]) -> StatementRun:
        try:
            return runs.ask(data.pop("kind"), **data, actor=self.request.user)
        except runs.NotPossible as refused:
            field = "encloses" if refused.code == "alone" else "year"
            raise forms.ValidationError({field: WHY_NOT[refused.code]}) from None


class Runs(Listing):
    page_title = _("Papers of the year")
    add_item_label = _("Count a year")

    def get_base_queryset(self) -> QuerySet[StatementRun]:
        rows: QuerySet[StatementRun] = super().get_base_queryset()
        return rows.select_related("legal_entity", "asked_by")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("year", str),
            Column("legal_entity", label=_("Legal entity")),
            Column("get_state_display", label=_("State")),
            Column(lambda row: figure(row.count or 0), label=_("Papers")),
            MomentColumn("asked_at", label=_("Asked for"), sort_key="asked_at"),
            Column("asked_by", label=_("By")),
        ]


class OneRun(Made):
    def told(self) -> Told:
        return state_of(self.object)

    def get_page_subtitle(self) -> str:
        return str(self.object)

    def notices(self) -> list[Notice]:
        run: StatementRun = self.object
        if run.state != State.READY:
            return []
        if not run.count:
            return [Notice(NOTHING[Kind(run.kind), bool(run.left_out)], tone="good")]
        earlier = StatementRun.objects.filter(
            kind=run.kind,
            legal_entity=run.legal_entity,
            livemode=run.livemode,
            year=run.year,
            state=State.DONE,
        ).last()
        if earlier is None or run.kind == StatementRun.Kind.RECEIPT:
            return []
        text = gettext("Papers of this year were issued on %(day)s already: donors get a second.")
        return [Notice(text % {"day": moment(earlier.issued_at)}, tone="warn")]

    def sections(self) -> list[Section]:
        run: StatementRun = self.object
        rows: list[list[Any]] = [
            [_("Legal entity"), run.legal_entity.name],
            [_("Tax year"), " \u2013 ".join(map(day, runs.year_of(run).days))],
            [_("Money"), _("Live") if run.livemode else _("Test")],
            [_("Goes along"), _("What became of the gifts") if run.encloses else _("Nothing")],
            [_("Asked for"), f"{moment(run.asked_at)}, {run.asked_by}"],
        ]
        if run.fingerprint:
            rows.append([_("Fingerprint of all of it"), run.fingerprint])
        if run.issued_at:
            rows.append([_("Issued"), f"{moment(run.issued_at)}, {run.issued_by}"])
        sections = [self.state(), Section(str(run), rows)]
        if run.changed:
            names = [[name, CHANGES.get(what, what)] for name, what in run.changed[:200]]
            sections.insert(1, Section(_("What had changed"), names, [_("Name"), _("What")]))
        if run.fingerprint:
            sections += [self._counts(run), *([self._papers(run)] if run.count else [])]
        if run.left_out:
            sections.append(
                Section(_("Left out: something is missing"), run.left_out, [_("Name"), _("What")])
            )
        return sections

    def _counts(self, run: StatementRun) -> Section:
        mailed = run.statements.exclude(email="").count()
        printed = (run.count or 0) - mailed
        rows = [
            [_("Papers"), figure(run.count or 0)],
            *([_("Total"), amount(minor, code)] for code, _count, minor in run.totals),
            [_("By mail"), figure(mailed)],
            [_("To print and post"), figure(printed)],
        ]
        if run.state == State.DONE:
            rows += [
                [_("Letters, by postcode and name"), Cell(label, url)]
                for label, url in _letters(run, printed)
            ]
        return Section(_("How many"), rows)

    def _papers(self, run: StatementRun) -> Section:
        """The largest; a paper's page has its sample, and its file once it is issued."""
        found = run.statements.select_related("receipt").defer("facts", "receipt__snapshot")
        file = reverse("yearly:paper", args=[0])[: -len("0/")]
        beside = reverse("yearly:enclosed", args=[0])[: -len("0/")]
        rows = [
            [
                Cell(row.name, f"{file}{row.pk}/"),
                row.email or _("to print"),
                row.gifts,
                amount(row.amount_minor, row.currency),
                row.receipt.label if row.receipt else "",
                *([Cell(_("PDF"), f"{beside}{row.pk}/")] if run.encloses else []),
            ]
            for row in found.order_by("-amount_minor", "pk")[:SHOWN]
        ]
        headings = [_("In the name of"), _("Goes to"), _("Gifts"), _("Amount"), _("Number")]
        headings += [_("Goes along")] if run.encloses else []
        title = gettext("The largest %(n)d, each with its PDF") % {"n": len(rows)}
        return Section(title, rows, headings, empty=_("Nobody."))


def _letters(run: StatementRun, count: int) -> list[tuple[str, str]]:
    """One file; with very many letters some, each as much as a printer takes."""
    return [
        (
            gettext("Letters %(first)d to %(last)d, to print (PDF)")
            % {"first": start + 1, "last": min(start + printing.MOST, count)},
            reverse("yearly:letters", args=[run.pk, start // printing.MOST + 1]),
        )
        for start in range(0, count, printing.MOST)
    ]


class Issue(Act):
    name = "issue"
    title = _("Issue them")
    permission = ISSUE
    icon = "check"
    serious = True

    @classmethod
    def is_possible(cls, row: StatementRun) -> bool:
        return row.state == State.READY and bool(row.count)

    def question(self) -> Text:
        run: StatementRun = self.row
        total = ", ".join(amount(minor, code) for code, _count, minor in run.totals)
        text = gettext(
            "%(count)s papers over %(total)s are issued, exactly as they were counted: if one gift "
            "changed since, all of it stops and names what changed. It cannot be undone."
        )
        return text % {"count": figure(run.count or 0), "total": total}

    def get_form_class(self) -> type[forms.Form]:
        return FingerprintForm

    def get_initial(self) -> dict[str, Any]:
        return {"fingerprint": self.row.fingerprint}

    def perform(self, form: forms.Form) -> Text:
        try:
            runs.issue(
                self.row,
                fingerprint=form.cleaned_data["fingerprint"],
                actor=self.request.user,
            )
        except runs.NotPossible as refused:
            raise NotPossible(WHY_NOT[refused.code]) from None
        return _("They are being issued.")


class FingerprintForm(forms.Form):
    """What this person looked over."""

    fingerprint = forms.CharField(widget=forms.HiddenInput, max_length=64)


class GoOn(Act):
    name = "on"
    title = _("Go on with it")
    permission = ISSUE
    icon = "rotate"

    @classmethod
    def is_possible(cls, row: StatementRun) -> bool:
        return row.state == State.ISSUING and not runs.is_at_work(row)

    def question(self) -> Text:
        return _("For when it stands still: it goes on where it was, and nothing happens twice.")

    def perform(self, form: forms.Form) -> Text:
        runs.issue_run.defer(run_id=self.row.pk)
        return _("It goes on.")


def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The file as it was issued; before that a sample, stamped so."""
    _allow(request, SEE)
    rows = Statement.objects.select_related("run__legal_entity", "receipt")
    found = get_object_or_404(rows, pk=pk)
    issued = found.sha256 or (found.receipt and found.receipt.sha256)
    data = runs.stored_bytes(found) if issued else runs.sample(found)
    return as_file(data, f"{found.run.year}-{found.pk}{'' if issued else '-sample'}.pdf")


def enclosed(request: HttpRequest, pk: int) -> HttpResponse:
    """What goes along with a paper: as it was posted, or as the donor would read it today."""
    _allow(request, SEE)
    rows = Statement.objects.filter(run__encloses=True).select_related("run__legal_entity")
    found = get_object_or_404(rows, pk=pk)
    data = runs.enclosed_bytes(found)
    if data is None:
        raise Http404
    return as_file(data, f"gifts-{found.run.year}-{found.pk}.pdf")


def letters(request: HttpRequest, pk: int, part: int) -> HttpResponse:
    """Papers for donors without e-mail, in the order of the post."""
    _allow(request, SEE)
    run = get_object_or_404(StatementRun, pk=pk)
    data = printing.letters(run, part=part)
    if data is None:
        messages.warning(request, _("There is nothing to print: not yet, or not any more."))
        return redirect("yearly:inspect", pk)
    return as_file(data, f"letters-{run.year}-{run.pk}-{part}.pdf")


def _allow(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


class RunsDesk(MadeDesk):
    model = StatementRun
    name = "yearly"
    menu_label = _("Papers of the year")
    icon = "calendar-check"
    ordering: ClassVar[list[str]] = ["-asked_at", "-pk"]
    index_view_class = Runs
    add_view_class = NewRun
    inspect_view_class = OneRun
    acts = [Issue, GoOn]

    def extra_urls(self) -> list[URLPattern]:
        return [
            *super().extra_urls(),
            path("paper/<int:pk>/", paper, name="paper"),
            path("enclosed/<int:pk>/", enclosed, name="enclosed"),
            path("letters/<int:pk>/<int:part>/", letters, name="letters"),
        ]
