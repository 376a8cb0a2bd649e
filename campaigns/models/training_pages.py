"""The pages of the training: an index, below it courses, below each its lessons."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search.index import SearchField

from campaigns.blocks import DRAWINGS
from campaigns.training.blocks import AsksBlock, LessonBodyBlock
from core import rules

# First parts of addresses below the index that are code's (campaigns/training/urls.py).
TAKEN = ("begin", "join", "mine", "verify", "workplaces")


class Sector(models.Model):
    """Where people work who learn: hospitals, hotels. Staff add to it; rows are never deleted."""

    code = models.SlugField(
        _("code"), max_length=40, unique=True, help_text=_("It can never be changed.")
    )
    name = models.CharField(_("name, English"), max_length=80)
    name_es = models.CharField(_("name, Spanish"), max_length=80)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    # Of one that is closed, courses stay; no new workplace chooses it.
    is_open = models.BooleanField(_("offered to new organizations"), default=True)

    class Meta:
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")
        ordering: ClassVar[list[str]] = ["position", "name"]
        triggers = [
            rules.frozen("sector_code_kept", "code"),
            rules.never_deleted("sector_never_deleted"),
        ]

    def __str__(self) -> str:
        return self.public_name

    @property
    def public_name(self) -> str:
        return self.name_in(get_language() or "en")

    def name_in(self, language: str) -> str:
        return self.name_es if language.startswith("es") else self.name


class TrainingIndexPage(Page):
    """All courses. One for each language."""

    lead = models.CharField(_("lead"), max_length=300, blank=True)

    max_count_per_parent = 1
    parent_page_types = ["pages.HomePage"]
    subpage_types = ["campaigns.CoursePage"]
    content_panels = [*Page.content_panels, FieldPanel("lead", widget=AdminAutoHeightTextInput)]
    search_fields = [*Page.search_fields, SearchField("lead")]
    template = "campaigns/training/index.html"

    class Meta:
        verbose_name = _("list of courses")
        verbose_name_plural = _("lists of courses")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from campaigns.training import marks  # noqa: PLC0415 - it reads the tables below

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        courses = CoursePage.objects.child_of(self).live().select_related("sector")
        return context | {"outlines": marks.outlines(courses.order_by("path"))}


class CoursePage(Page):
    """A course for one sector in the words of one language, with the questions of its check."""

    sector = models.ForeignKey(
        Sector, models.PROTECT, related_name="courses", verbose_name=_("sector")
    )
    summary = models.CharField(
        _("summary"),
        max_length=240,
        help_text=_("One or two sentences, also shown on the list and where the page is shared."),
    )
    drawing = models.CharField(_("drawing"), max_length=8, choices=DRAWINGS, default="door")
    body = StreamField(LessonBodyBlock(), blank=True, verbose_name=_("body"))
    questions = StreamField(
        AsksBlock(),
        blank=True,
        verbose_name=_("questions of the check"),
        help_text=_("Who is in the middle of a check goes on with the questions she began with."),
    )
    pass_percent = models.PositiveSmallIntegerField(
        _("pass mark, percent"),
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    shuffles = models.BooleanField(
        _("mix the order of the questions"), default=False, help_text=_("Else they come as here.")
    )

    # What is read with it by the same query.
    TOLD_WITH = ("sector",)
    # The pages it was reached through, where they are at hand.
    above: list[Page] | None = None

    parent_page_types = ["campaigns.TrainingIndexPage"]
    subpage_types = ["campaigns.LessonPage"]
    content_panels = [
        *Page.content_panels,
        FieldPanel("sector"),
        FieldPanel("summary", widget=AdminAutoHeightTextInput),
        FieldPanel("drawing"),
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel("pass_percent"), FieldPanel("shuffles"), FieldPanel("questions")],
            heading=_("Knowledge check"),
        ),
    ]
    # The questions are asked, not found.
    search_fields = [*Page.search_fields, SearchField("summary"), SearchField("body")]
    template = "campaigns/training/course.html"

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        constraints = [
            models.CheckConstraint(
                name="course_pass_percent",
                condition=models.Q(pass_percent__gte=1, pass_percent__lte=100),
            )
        ]

    def clean(self) -> None:
        """Its address belongs to no page of code.

        Raises:
            ValidationError: beside the field.
        """
        super().clean()
        if self.slug in TAKEN:
            raise ValidationError({"slug": _("This address is taken: please choose another.")})

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from campaigns.training import marks  # noqa: PLC0415 - as above

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | {
            "index": self.above[-1] if self.above else self.get_parent(),
            "outline": marks.outlines([self])[0],
        }


class LessonPage(Page):
    """One lesson of a course; they come in the order of the page tree."""

    summary = models.CharField(_("summary"), max_length=240)
    minutes = models.PositiveSmallIntegerField(
        _("minutes to read"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    body = StreamField(LessonBodyBlock(), blank=True, verbose_name=_("body"))

    # The pages it was reached through, where they are at hand.
    above: list[Page] | None = None

    parent_page_types = ["campaigns.CoursePage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary", widget=AdminAutoHeightTextInput),
        FieldPanel("minutes"),
        FieldPanel("body"),
    ]
    search_fields = [*Page.search_fields, SearchField("summary"), SearchField("body")]
    template = "campaigns/training/lesson.html"

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        constraints = [
            models.CheckConstraint(
                name="lesson_minutes", condition=models.Q(minutes__gte=1, minutes__lte=60)
            )
        ]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from campaigns.training import marks  # noqa: PLC0415 - as above

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        above = self.above or [page.specific for page in self.get_ancestors().filter(depth__gt=1)]
        course = above[-1].specific
        outline = marks.outlines([course])[0]
        keys = [lesson.pk for lesson in outline.lessons]
        # In a draft's preview the lesson may not be among the live ones.
        place = keys.index(self.pk) if self.pk in keys else len(keys)
        return context | {
            "index": above[-2],
            "course": course,
            "outline": outline,
            "number": place + 1,
            "before": outline.lessons[place - 1] if place else None,
            "after": outline.lessons[place + 1] if place + 1 < len(keys) else None,
        }


class CourseCheck(models.Model):
    """An expert of the organisation answers for a course and its lessons, to the letter."""

    course = models.ForeignKey(CoursePage, models.CASCADE, related_name="checks")
    # Of all that is shown (`campaigns.training.marks`); a changed text has another.
    digest = models.CharField(max_length=64)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        permissions = [("check_course", "Can mark a course as checked")]
        constraints = [
            models.UniqueConstraint(fields=["course", "digest"], name="course_checked_once")
        ]
        triggers = [rules.frozen("course_check_as_given", "digest", "checked_by_id", "checked_at")]

    def __str__(self) -> str:
        return f"{self.course_id} {self.digest[:8]}"
