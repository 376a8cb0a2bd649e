"""A sample organization whose people learned, and counts of the months before."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from campaigns.models import Attempt, CoursePage, Sector, TrainingStep, Workplace
from campaigns.training import certificates, learning, links, workplaces
from core.tokens import new_token

NAME, EMAIL = "Hotel Aurora", "coordinator@northstar.example"
# Months ago: began and finished in each sector, in its order.
PAST = (
    (9, ((6, 4), (3, 2), (0, 0))),
    (8, ((9, 7), (4, 4), (2, 1))),
    (7, ((7, 6), (11, 8), (3, 3))),
    (6, ((14, 11), (9, 9), (5, 3))),
    (4, ((12, 9), (16, 12), (6, 6))),
    (3, ((18, 15), (13, 11), (4, 2))),
    (2, ((16, 14), (21, 17), (9, 8))),
    (1, ((22, 19), (18, 16), (7, 7))),
)
# Of the organization's people: name for the certificate or none, whether the coordinator sees it.
# None: failed once and reads on.
PEOPLE: tuple[tuple[str, bool] | None, ...] = (
    ("Ines Castillo", True),
    ("Tomás Rivera", False),
    ("", False),
    ("Grace Mwangi", True),
    None,
    ("", False),
)


@transaction.atomic
def seed() -> str:
    """Make it once, where the courses are there.

    Returns:
        The address of the coordinator's page; nothing if it was made before.
    """
    course = CoursePage.objects.filter(slug="hotel", locale__language_code="en").first()
    if course is None or Workplace.objects.filter(email=EMAIL).exists():
        return ""
    _past()
    asked = {
        "name": NAME,
        "sector": course.sector,
        "size": Workplace.Size.FIFTY,
        "email": EMAIL,
        "language": "en",
        "is_named": True,
        "reference": new_token(),
        "asked_at": timezone.now(),
    }
    workplace = workplaces.confirm(Workplace.objects.create(**asked))
    for person in PEOPLE:
        learner = learning.begin(course, token=new_token(), language="en", workplace=workplace)
        attempt = learning.start(learner.studies.get(), language="en")
        attempt = learning.answer(attempt, answers=_answers(attempt, right=person is not None))
        if person:
            name, seen = person
            certificates.make(
                attempt, name=name, shows_name=seen, coordinator_sees=seen, names_workplace=True
            )
    return links.to_coordinator(workplace)


def _past() -> None:
    month = timezone.localdate().replace(day=1)
    keys = dict(CoursePage.objects.values_list("sector_id", "translation_key"))
    steps = []
    for months, sectors in PAST:
        # About the middle of the month that lies so many before this one.
        on = month - timedelta(days=round(30.44 * months) - 14)
        for sector, (began, finished) in zip(Sector.objects.all(), sectors, strict=False):
            kinds = (("began", began), ("finished", finished), ("certified", finished * 2 // 3))
            steps += [
                TrainingStep(kind=kind, on=on, course_key=keys[sector.pk], sector=sector)
                for kind, count in kinds
                for _ in range(count)
                if sector.pk in keys
            ]
    TrainingStep.objects.bulk_create(steps)


def _answers(attempt: Attempt, *, right: bool) -> list[list[int]]:
    chosen = [
        [place for place, one in enumerate(question["answers"]) if one["right"] == right]
        for question in attempt.questions
    ]
    return [
        one if question["several"] else one[:1]
        for one, question in zip(chosen, attempt.questions, strict=True)
    ]
