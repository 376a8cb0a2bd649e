"""The desk for the checks of the books: what each rule said in the last runs, and one more run."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from donations.books import checking
from donations.models import BooksCheck
from donations.staff.asking import Ask
from donations.staff.cells import Cell, Notice, Section, Text, moment
from donations.staff.desk import Desk, Listing, MomentColumn, Reading

# While a run goes on its page is asked for again by itself, without script.
AGAIN_SECONDS = 4


def outcome(row: BooksCheck) -> str:
    if row.failure:
        return gettext("Broken off")
    if row.finished_at is None:
        return gettext("Under way") if row.started_at else gettext("Waits for the next worker")
    if not row.problems:
        return gettext("The books hold")
    return ngettext("%(n)d problem", "%(n)d problems", row.problems) % {"n": row.problems}


def tone(row: BooksCheck) -> str:
    if row.failure or row.problems:
        return "bad"
    return "good" if row.finished_at else "warn"


def length(milliseconds: float) -> str:
    # Translators: s is for seconds.
    return gettext("%(seconds).1f s") % {"seconds": milliseconds / 1000}


def lasted(row: BooksCheck) -> str:
    return length(sum(one[1] for one in row.results)) if row.results else ""


def whose(row: BooksCheck) -> Any:
    return row.asked_by or _("By the clock or a command")


class CheckFilter(WagtailFilterSet):
    class Meta:
        model = BooksCheck
        fields: ClassVar[list[str]] = ["asked_by"]


class Checks(Listing):
    page_title = _("Checks of the books")
    add_item_label = _("Check the books now")

    def get_base_queryset(self) -> QuerySet[BooksCheck]:
        rows: QuerySet[BooksCheck] = super().get_base_queryset()
        return rows.select_related("asked_by")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("asked_at", lambda row: moment(row.asked_at)),
            Column(outcome, label=_("Outcome")),
            Column(lasted, label=_("It took")),
            Column(whose, label=_("By")),
            MomentColumn("finished_at", label=_("Finished")),
        ]


class OneCheck(Reading):
    def get_page_subtitle(self) -> str:
        return moment(self.object.asked_at)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        row = getattr(self, "object", None)
        if row and row.finished_at is None and not row.failure:
            answer["Refresh"] = str(AGAIN_SECONDS)
        return answer

    def notices(self) -> list[Notice]:
        row: BooksCheck = self.object
        found = [Notice(outcome(row), tone=tone(row))]
        if row.finished_at is None and row.started_at and not row.failure:
            text = gettext("%(done)d of %(all)d rules; this page brings itself up to date.")
            told = {"done": len(row.results), "all": row.rules_count}
            found.append(Notice(text % told))
        return found

    def sections(self) -> list[Section]:
        row: BooksCheck = self.object
        facts: list[list[Any]] = [
            [_("Asked for"), moment(row.asked_at)],
            [_("By"), whose(row)],
            [_("Started"), moment(row.started_at, seconds=True)],
            [_("Finished"), moment(row.finished_at, seconds=True)],
            [_("Rules checked"), f"{len(row.results)} / {row.rules_count}"],
            [_("Problem"), row.failure],
        ]
        rules = [
            [name, Cell(_("holds"), tone="good") if not n else Cell(n, tone="bad"), length(took)]
            for name, took, n, _kept in row.results
        ]
        wrong = [
            [name, about, text] for name, _took, _n, kept in row.results for about, text in kept
        ]
        shown = [
            Section(_("The run"), facts),
            Section(_("Rules"), rules, [_("Rule"), _("Outcome"), _("It took")]),
        ]
        if wrong:
            headings = [_("Rule"), _("About"), _("What is wrong")]
            shown.insert(1, Section(_("Problems (the first of each rule)"), wrong, headings))
        return shown


class CheckNow(Ask):
    page_title = _("Check the books now")
    permission = "donations.add_bookscheck"
    namespace, desk_title = "checks", Checks.page_title
    button = page_title

    def question(self) -> Text:
        return _(
            "Every rule of the money is recomputed from the rows. It runs beside your work; the "
            "page shows how far it is."
        )

    def make(self, data: dict[str, Any]) -> BooksCheck:
        check = checking.ask(by=self.request.user)
        messages.success(self.request, _("It waits for the next worker."))
        return check


class ChecksDesk(Desk):
    model = BooksCheck
    name = "checks"
    menu_label = _("Checks of the books")
    icon = "check"
    ordering = ["-pk"]
    filterset_class = CheckFilter
    index_view_class = Checks
    inspect_view_class = OneCheck

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(**kwargs) | {"add_url_name": "checks:new"}

    def extra_urls(self) -> list[URLPattern]:
        return [path("new/", CheckNow.as_view(), name="new")]
