"""What a learner's own page tells: her courses, where each stands, and what she can do next."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from campaigns.models import Attempt, Certificate, CoursePage, Learner, Study, Workplace
from campaigns.training import certificates, learning


@dataclass(frozen=True)
class Card:
    study: Study
    # None while it is not offered in any language.
    course: CoursePage | None
    going: Attempt | None
    # The last one that was graded.
    last: Attempt | None
    passed: Attempt | None
    certificate: Certificate | None

    @property
    def is_valid(self) -> bool:
        return self.certificate is not None and certificates.is_valid(self.certificate)

    @property
    def state(self) -> str:
        """going, ready, passed, certified, ended, gone."""
        if self.is_valid:
            return "certified"
        if self.passed and self.certificate is None:
            return "passed"
        if self.going:
            return "going"
        if self.course is None:
            return "gone"
        return "ended" if self.certificate else "ready"


def of(learner: Learner) -> dict[str, Any]:
    """The context of templates/campaigns/training/mine.html, without what the request brings."""
    language = learning.language_now()
    courses = {page.translation_key: page for page in offered(language)}
    studies = learner.studies.select_related("sector").order_by("begun_at", "pk")
    attempts = Attempt.objects.filter(study__learner=learner).select_related("certificate")
    by_study: dict[int, list[Attempt]] = {}
    for attempt in attempts.order_by("pk"):
        by_study.setdefault(attempt.study_id, []).append(attempt)
    cards = [_card(row, courses.get(row.course_key), by_study.get(row.pk, [])) for row in studies]
    taken = {card.study.course_key for card in cards}
    return {
        "learner": learner,
        "cards": cards,
        "others": [page for key, page in courses.items() if key not in taken],
        "days": days(),
        "years": settings.TRAINING_CERTIFICATE_YEARS,
    }


def offered(language: str, workplace: Workplace | None = None) -> list[CoursePage]:
    """Each live course once, in this language where it has it; a workplace's own sector first."""
    pages = CoursePage.objects.live().select_related("locale", "sector").order_by("path")
    chosen: dict[Any, CoursePage] = {}
    for page in pages:
        if not page.questions.raw_data:
            continue
        if page.translation_key not in chosen or page.locale.language_code == language:
            chosen[page.translation_key] = page
    own = workplace.sector_id if workplace else None
    return sorted(chosen.values(), key=lambda page: page.sector_id != own)


def days() -> int:
    """How long what was begun lies there untouched."""
    return int(settings.TRAINING_ATTEMPT_DAYS)


def _card(row: Study, course: CoursePage | None, attempts: list[Attempt]) -> Card:
    graded = [attempt for attempt in attempts if attempt.graded_at]
    going = next((attempt for attempt in attempts if attempt.graded_at is None), None)
    passed = [attempt for attempt in graded if attempt.passed]
    # Of several, one that stands comes before one that ended or was withdrawn.
    passed.sort(key=lambda attempt: (_standing(attempt), attempt.pk))
    best = passed[-1] if passed else None
    certificate = getattr(best, "certificate", None) if best else None
    return Card(row, course, going, graded[-1] if graded else None, best, certificate)


def _standing(attempt: Attempt) -> int:
    certificate = getattr(attempt, "certificate", None)
    if certificate is None:
        return 1
    return 2 if certificates.is_valid(certificate) else 0
