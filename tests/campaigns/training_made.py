"""Courses and learners for tests."""

from typing import Any

from django.utils import timezone
from wagtail.models import Locale

from campaigns.models import (
    Attempt,
    CoursePage,
    Learner,
    LessonPage,
    Sector,
    Study,
    TrainingIndexPage,
    Workplace,
)
from campaigns.training import certificates, learning, links
from core.tokens import new_token
from pages.models import HomePage

ANSWERS = ("one", "two", "three")
# To choose for a pass: the second answer of each one-choice question, two of the last question.
RIGHT = ([1], [1], [1], [1], [0, 2])
WRONG = ([0], [0], [1], [1], [0, 2])


def ask(number: int, *right: int, choice: str = "one") -> dict[str, Any]:
    answers = [{"text": f"{word} {number}", "right": n in right} for n, word in enumerate(ANSWERS)]
    return {
        "type": "ask",
        "value": {
            "question": f"Question {number}?",
            "choice": choice,
            "answers": answers,
            "explanation": f"Because of {number}.",
        },
    }


ASKS = [*(ask(n, 1) for n in range(1, 5)), ask(5, 0, 2, choice="several")]


def make_sector(code: str = "clinic") -> Sector:
    return Sector.objects.get_or_create(
        code=code, defaults={"name": code.title(), "name_es": f"{code.title()} (es)"}
    )[0]


def make_course(
    title: str = "Signs at the desk", *, language: str = "en", of: Any = None, **changes: Any
) -> CoursePage:
    """A live course with two lessons, below the list of its language; pages.demo has run."""
    home = HomePage.objects.get(locale__language_code=language)
    index = TrainingIndexPage.objects.child_of(home).first()
    if index is None:
        index = TrainingIndexPage(title="Courses", slug="courses", locale=home.locale)
        home.add_child(instance=index)
    slug = title.lower().replace(" ", "-")
    facts = {
        "sector": make_sector(),
        "summary": "What may be noticed.",
        "questions": ASKS,
        "locale": Locale.objects.get(language_code=language),
    }
    course = CoursePage(title=title, slug=slug, **facts | changes)
    if of:
        course.translation_key = of.translation_key
    index.add_child(instance=course)
    for number in (1, 2):
        lesson = LessonPage(
            title=f"Lesson {number}",
            slug=f"lesson-{number}",
            summary="Short.",
            minutes=number,
            locale=course.locale,
            body=[{"type": "text", "value": {"heading": "H", "text": "<p>Text.</p>"}}],
        )
        course.add_child(instance=lesson)
    return CoursePage.objects.get(pk=course.pk)


def make_learner(
    course: CoursePage, *, token: str = "t" * 32, workplace: Workplace | None = None
) -> Learner:
    return learning.begin(course, token=token, language="en", workplace=workplace)


def make_attempt(study: Study, *, answers: Any = None) -> Attempt:
    attempt = learning.start(study, language="en")
    return learning.answer(attempt, answers=answers) if answers else attempt


def filled(answers: Any) -> dict[str, Any]:
    """What the check's form sends."""
    return {f"q{n}": [str(one) for one in chosen] for n, chosen in enumerate(answers)}


def make_workplace(name: str = "Hotel Aurora", **changes: Any) -> Workplace:
    """One whose link can be handed round."""
    now = timezone.now()
    facts = {
        "sector": make_sector(),
        "size": "50",
        "email": "coordinator@example.org",
        "language": "en",
        "reference": new_token(),
        "asked_at": now,
        "confirmed_at": now,
        "join_token": new_token(),
    }
    return Workplace.objects.create(name=name, **facts | changes)


def addresses() -> dict[str, object]:
    """For tests/site/matrix/house.py, after pages.demo has run."""
    course, workplace = make_course(), make_workplace()
    passed = make_attempt(make_learner(course).studies.get(), answers=RIGHT)
    made = certificates.make(passed)
    mine = f"/training/mine/{'t' * 32}/"
    return {
        "join:token": workplace.join_token,
        "workplaces:token": links.coordinator_token(workplace),
        "workplaces:pk": workplace.pk,
        **{"language": "en", "paper": "a4", "code": made.code},
        "mine:token": "t" * 32,
        **{
            f"/training/mine/<str:token>/{part}/<int:pk>/": f"{mine}{part}/{passed.pk}/"
            for part in ("check", "certificate", "name")
        },
        **{"courses:pk": course.pk, "sectors:pk": course.sector_id},
    }
