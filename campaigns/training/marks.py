"""What a course consists of, and whether the organisation's experts have checked it as it reads."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.utils import timezone

from campaigns.models import CourseCheck, CoursePage, LessonPage
from core.tokens import sha256


class Changed(Exception):
    """The course reads otherwise than what was looked at."""


@dataclass(frozen=True)
class Outline:
    course: CoursePage
    lessons: Sequence[LessonPage]
    digest: str
    check: CourseCheck | None

    @property
    def is_sample(self) -> bool:
        """Nobody answers for this text yet, and it says so wherever it stands."""
        return self.check is None

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)

    @property
    def asks(self) -> int:
        """How many questions its check has."""
        return len(self.course.questions.raw_data)


def outlines(courses: Iterable[CoursePage]) -> list[Outline]:
    """Of each course its live lessons and its check: two queries, however many there are."""
    courses = list(courses)
    if not courses:
        return []
    below = reduce(or_, (Q(path__startswith=course.path) for course in courses))
    lessons = list(LessonPage.objects.live().filter(below).order_by("path")) if courses else []
    parts = [
        (course, [lesson for lesson in lessons if lesson.path.startswith(course.path)])
        for course in courses
    ]
    digests = [_digest(course, own) for course, own in parts]
    checks = CourseCheck.objects.filter(course__in=courses, digest__in=digests)
    known = {(row.course_id, row.digest): row for row in checks}
    return [
        Outline(course, own, digest, known.get((course.pk, digest)))
        for (course, own), digest in zip(parts, digests, strict=True)
    ]


def check(course: CoursePage, *, digest: str, by: Any) -> None:
    """Somebody answers for the course as she read it. Safe to repeat.

    Raises:
        Changed: it was edited meanwhile.
    """
    [outline] = outlines([CoursePage.objects.get(pk=course.pk)])
    if outline.digest != digest:
        raise Changed(course.title)
    row = CourseCheck(course=course, digest=digest, checked_by=by, checked_at=timezone.now())
    CourseCheck.objects.bulk_create([row], ignore_conflicts=True)


def _digest(course: CoursePage, lessons: Iterable[LessonPage]) -> str:
    """Of everything a learner reads, in its order."""
    shown = [
        [course.title, course.summary, course.pass_percent, course.sector_id],
        _raw(course.body),
        _raw(course.questions),
        *([lesson.title, lesson.summary, _raw(lesson.body)] for lesson in lessons),
    ]
    return sha256(json.dumps(shown, sort_keys=True, ensure_ascii=False))


def _raw(stream: Any) -> list[Any]:
    """The words of a body; the marks of its blocks may differ from one copy to the next."""
    return [[block["type"], _plain(block["value"])] for block in stream.raw_data]


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if key != "id"}
    return value
