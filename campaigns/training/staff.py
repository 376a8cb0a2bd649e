"""The desks of the training: courses and who checked them, organizations, sectors, figures."""

import csv
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permission_policies import ModelPermissionPolicy

from campaigns.models import CoursePage, Sector, Workplace
from campaigns.training import figures, marks, posters, workplaces
from core.headers import as_file
from donations import periods
from donations.models import LegalEntity
from donations.staff import words
from donations.staff.cells import Cell, Section, Text, clock, moment
from donations.staff.charts import Chart, Series, columns
from donations.staff.desk import Act, Desk, Listing, MomentColumn, NotPossible, Reading
from donations.staff.giving import Settings
from donations.staff.pages import ForReaders, Page

SEE, CHECK = "campaigns.view_coursepage", "campaigns.check_course"
# To this desk; Wagtail itself would ask for a right to pages.
RIGHTS = ModelPermissionPolicy(CoursePage)
SPANS = (12, 24, 36)


def outline(course: CoursePage) -> marks.Outline:
    return marks.outlines([course])[0]


def standing(course: CoursePage) -> str:
    check = outline(course).check
    if check is None:
        return gettext("Sample: to be checked")
    told = {"who": check.checked_by.get_username(), "when": moment(check.checked_at)}
    return gettext("Checked by %(who)s, %(when)s") % told


class ForTeachers(ForReaders):
    permission = SEE


class Courses(Listing):
    page_title = _("Courses")
    permission_policy = RIGHTS

    def get_base_queryset(self) -> QuerySet[CoursePage]:
        rows: QuerySet[CoursePage] = super().get_base_queryset()
        return rows.select_related("sector", "locale")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("title", lambda row: row.title),
            Column(lambda row: row.sector.public_name, label=_("Sector")),
            Column(lambda row: words.language(row.locale.language_code), label=_("Language")),
            BooleanColumn("live", label=_("Public")),
        ]


class OneCourse(Reading):
    permission_policy = RIGHTS

    def get_page_subtitle(self) -> str:
        return str(self.object.title)

    def sections(self) -> list[Section]:
        row: CoursePage = self.object
        found = outline(row)
        edit = reverse("wagtailadmin_pages:edit", args=[row.pk])
        facts: list[list[Any]] = [
            [_("Standing"), Cell(standing(row), tone="warn" if found.is_sample else "good")],
            [_("Words"), Cell(gettext("Edit the course"), edit)],
            [_("Sector"), row.sector.public_name],
            [_("Language"), words.language(row.locale.language_code)],
            [_("Questions"), found.asks],
            [_("Pass mark"), f"{row.pass_percent} %"],
        ]
        lessons = [
            [Cell(lesson.title, reverse("wagtailadmin_pages:edit", args=[lesson.pk]))]
            for lesson in found.lessons
        ]
        return [Section(_("The course"), facts), Section(_("Lessons that are public"), lessons)]


class CheckForm(forms.Form):
    # Of what was read before the button was pressed.
    digest = forms.CharField(widget=forms.HiddenInput)


class CheckCourse(Act):
    form_class = CheckForm
    name = "check"
    title = _("Mark as checked")
    permission = CHECK
    icon = "check"

    @classmethod
    def is_possible(cls, row: CoursePage) -> bool:
        return outline(row).is_sample

    def question(self) -> Text:
        return gettext(
            "You answer for every sentence of the course, its lessons and its questions as they "
            "are public now. “Sample text” is taken off, and comes back by itself when any of it "
            "changes."
        )

    def get_initial(self) -> dict[str, Any]:
        return {"digest": outline(self.row).digest}

    def perform(self, form: Any) -> Text:
        try:
            marks.check(self.row, digest=form.cleaned_data["digest"], by=self.request.user)
        except marks.Changed as changed:
            raise NotPossible(
                gettext("It was edited meanwhile: please read it again.")
            ) from changed
        return _("The course is marked as checked.")


class CoursesDesk(Desk):
    """Their words are pages; here stands who answers for them."""

    model = CoursePage
    menu_item_class = ForTeachers
    name = "courses"
    menu_label = _("Courses")
    icon = "doc-full-inverse"
    ordering: ClassVar[list[str]] = ["path"]
    index_view_class = Courses
    inspect_view_class = OneCourse
    acts = (CheckCourse,)


def find_workplaces(rows: QuerySet[Workplace], typed: str) -> QuerySet[Workplace]:
    return rows.filter(name__icontains=typed) | rows.filter(email__icontains=typed)


def state(row: Workplace) -> str:
    if row.closed_at:
        return gettext("Closed")
    if row.confirmed_at is None:
        return gettext("Asked, not confirmed")
    return gettext("Open") if row.join_token else gettext("Link closed")


class Workplaces(Listing):
    finder = staticmethod(find_workplaces)

    def get_base_queryset(self) -> QuerySet[Workplace]:
        rows: QuerySet[Workplace] = super().get_base_queryset()
        return rows.select_related("sector")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("name", lambda row: row.name),
            Column(lambda row: row.sector.public_name, label=_("Sector")),
            Column(lambda row: row.get_size_display(), label=_("Size")),
            Column(state, label=_("Standing")),
            MomentColumn("asked_at", label=_("Signed up"), sort_key="asked_at"),
        ]


class OneWorkplace(Reading):
    def get_page_subtitle(self) -> str:
        return str(self.object.name)

    def sections(self) -> list[Section]:
        row: Workplace = self.object
        facts: list[list[Any]] = [
            [_("Standing"), state(row)],
            [_("Sector"), row.sector.public_name],
            [_("Size"), row.get_size_display()],
            [_("Coordinator"), row.email],
            [_("Language"), words.language(row.language)],
            [_("Named on certificates"), words.yes_no(row.is_named)],
            [_("Signed up"), moment(row.asked_at)],
            [_("Confirmed"), moment(row.confirmed_at)],
            [_("Closed"), moment(row.closed_at)],
        ]
        if row.join_token:
            facts += [
                [
                    gettext("Poster, %(language)s, %(paper)s") % {"language": name, "paper": shown},
                    Cell("PDF", reverse("workplaces:poster", args=[row.pk, language, paper])),
                ]
                for language, name in settings.LANGUAGES
                for paper, shown in posters.PAPERS.items()
            ]
        lines = [[line.title, line.began, line.finished] for line in workplaces.lines(row)]
        return [
            Section(_("The organization"), facts),
            Section(
                _("People by course"), lines, headings=[_("Course"), _("Began"), _("Finished")]
            ),
        ]


class CloseWorkplace(Act):
    name = "close"
    title = _("Close for good")
    permission = "campaigns.close_workplace"
    icon = "cross"
    serious = True

    @classmethod
    def is_possible(cls, row: Workplace) -> bool:
        return row.closed_at is None

    def question(self) -> Text:
        return gettext(
            "Nobody joins by its link any more, and its coordinator cannot make a new one. Who "
            "began keeps what is theirs."
        )

    def perform(self, form: Any) -> Text:
        workplaces.close(self.row)
        return _("It is closed.")


def poster(request: HttpRequest, pk: int, language: str, paper: str) -> HttpResponse:
    if not request.user.has_perm("campaigns.view_workplace"):
        raise PermissionDenied
    row = get_object_or_404(Workplace, pk=pk, join_token__isnull=False)
    if language not in dict(settings.LANGUAGES) or paper not in posters.PAPERS:
        raise Http404
    data = posters.render(row, language=language, paper=paper, request=request)
    return as_file(data, f"poster-{language}-{paper}.pdf")


class WorkplacesDesk(Desk):
    """They sign up by themselves; staff read, print and close."""

    model = Workplace
    name = "workplaces"
    menu_label = _("Organizations")
    icon = "group"
    ordering: ClassVar[list[str]] = ["-asked_at", "-pk"]
    list_filter: ClassVar[list[str]] = ["sector", "size"]
    index_view_class = Workplaces
    inspect_view_class = OneWorkplace
    acts = (CloseWorkplace,)

    def extra_urls(self) -> list[URLPattern]:
        return [path("poster/<int:pk>/<str:language>/<str:paper>/", poster, name="poster")]


class SectorForm(WagtailAdminModelForm):
    class Meta:
        model = Sector
        fields: ClassVar[list[str]] = ["name", "name_es", "code", "position", "is_open"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["code"].disabled = True


class SectorsDesk(Settings):
    """Never deleted: courses and counts hang on them."""

    model = Sector
    form = SectorForm
    name = "sectors"
    menu_label = _("Sectors")
    icon = "tag"
    list_display: ClassVar[list[Any]] = [
        *("name", "name_es", "code", "position"),
        BooleanColumn("is_open", label=_("Offered")),
    ]
    search_fields: ClassVar[list[str]] = ["name", "name_es", "code"]
    panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("name"), FieldPanel("name_es")]), FieldPanel("code")],
            heading=_("What it is called"),
        ),
        MultiFieldPanel(
            [FieldPanel("position"), FieldPanel("is_open")], heading=_("Where it is offered")
        ),
    ]


def span(count: int) -> tuple[date, date]:
    """The first day of so many months that end with the running one, and today."""
    today = periods.today_of(LegalEntity.objects.get(is_default=True))
    number = today.year * 12 + today.month - count
    return date(number // 12, number % 12 + 1, 1), today


class FiguresPage(Page):
    permission = SEE
    template_name = "campaigns/training/staff/figures.html"
    page_title = _("Training")
    header_icon = "calendar-check"

    @property
    def header_buttons(self) -> list[HeaderButton]:
        return [
            HeaderButton(_("Figures as a file"), reverse("training:figures"), icon_name="download")
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        chosen = self.chosen("months", SPANS)
        first, last = span(chosen)
        sectors = figures.by_sector(first=first, last=last)
        months = figures.by_month(first=first, last=last)
        headings = [_("Sector"), _("Organizations"), _("Began"), _("Finished"), _("Certificates")]
        rows = [
            [row.sector.public_name, row.workplaces, row.began, row.finished, row.certificates]
            for row in sectors
        ]
        return context | {
            "span": chosen,
            "spans": [(one, f"?months={one}") for one in SPANS],
            "sections": [Section(_("By sector"), rows, headings=headings)],
            "charts": [_chart(months)],
            "clock": clock(),
        }


def _chart(months: list[figures.MonthFigures]) -> Chart:
    rows = [
        [Cell(_month(row.month)), Cell(row.began), Cell(row.finished), Cell(row.certificates)]
        for row in reversed(months)
    ]
    return columns(
        _("People who finished a course"),
        [_month(row.month) for row in months],
        [Series(_("Finished"), 1, [row.finished for row in months])],
        table=([_("Month"), _("Began"), _("Finished"), _("Certificates")], rows),
        words=str,
        note=_("Each person once for each course. Who was erased stays counted."),
    )


def _month(day: date) -> str:
    return str(date_format(day, "YEAR_MONTH_FORMAT"))


def as_csv(request: HttpRequest) -> HttpResponse:
    """Every month of three years by sector: codes and plain numbers."""
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    first, last = span(SPANS[-1])
    answer = as_file(b"", "training.csv", "text/csv; charset=utf-8")
    out = csv.writer(answer)
    out.writerow(["month", "sector", "began", "finished", "certificates"])
    for sector in Sector.objects.all():
        for row in figures.by_month(first=first, last=last, sector=sector):
            numbers = [row.began, row.finished, row.certificates]
            out.writerow([f"{row.month:%Y-%m}", sector.code, *numbers])
    return answer


class FiguresDesk(ViewSet):
    name = "training"
    menu_label = _("Figures")
    icon = "calendar-check"
    menu_item_class = ForTeachers

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", FiguresPage.as_view(), name="index"),
            path("figures.csv", as_csv, name="figures"),
        ]
