"""The knowledge check: graded by the questions that were seen, once; and its certificate."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone, translation

from campaigns.models import Attempt, Certificate, CoursePage, Study, TrainingStep
from campaigns.training import certificates, checking, codes, learning, marks
from tests.campaigns.training_made import (
    ASKS,
    RIGHT,
    WRONG,
    ask,
    make_attempt,
    make_course,
    make_learner,
)
from tests.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(seeded):
    return make_course()


@pytest.fixture
def study(course):
    return make_learner(course).studies.get()


@pytest.mark.parametrize(
    ("answers", "right", "missed"),
    [
        ([[1], [0, 2]], 2, ()),
        ([[1], [2, 0]], 2, ()),
        ([[1], [0]], 1, (1,)),  # half of several is none
        ([[1], [0, 1, 2]], 1, (1,)),  # all of them is none either
        ([[0], [1]], 0, (0, 1)),
    ],
)
def test_a_question_is_right_when_exactly_its_right_answers_are_chosen(answers, right, missed):
    questions = [
        {"answers": [{"right": False}, {"right": True}]},
        {"answers": [{"right": True}, {"right": False}, {"right": True}]},
    ]
    scored = checking.score(questions, answers)
    assert (scored.right, scored.missed) == (right, missed)


@pytest.mark.parametrize(("right", "total", "passes"), [(4, 5, True), (3, 5, False), (5, 6, True)])
def test_the_pass_mark_is_reached_not_rounded(right, total, passes):
    assert checking.Score(right, total, ()).passes(80) is passes
    assert not checking.Score(2, 3, ()).passes(67)


def test_what_an_editor_changes_half_way_neither_breaks_nor_regrades(course, study):
    attempt = make_attempt(study)
    course.questions = [ask(9, 0)]
    course.pass_percent = 100
    course.save()
    again = learning.start(study, language="en")
    assert again == attempt  # the open one goes on, with its own questions
    done = learning.answer(attempt, answers=RIGHT)
    assert (done.passed, done.right, done.total) == (True, 5, 5)
    course.delete()
    made = certificates.make(done)
    assert made.facts["title"] == "Signs at the desk"


def test_a_course_that_is_taken_down_can_be_finished_but_not_begun(course, study):
    attempt = make_attempt(study)
    course.unpublish()
    assert learning.answer(attempt, answers=WRONG).passed is False
    with pytest.raises(learning.Closed):
        learning.start(study, language="en")


def test_two_tabs_send_the_same_check_and_the_first_stands(study):
    attempt = make_attempt(study)
    assert make_attempt(study) == attempt
    learning.answer(attempt, answers=RIGHT)
    again = learning.answer(attempt, answers=WRONG)
    assert (again.passed, again.answers) == (True, [list(one) for one in RIGHT])
    assert TrainingStep.objects.filter(kind="finished").count() == 1


def test_she_fails_as_often_as_she_likes_and_finishes_once(study):
    for _ in range(3):
        assert make_attempt(study, answers=WRONG).passed is False
    assert make_attempt(study, answers=RIGHT).passed
    with pytest.raises(learning.Passed):
        learning.start(study, language="en")
    study.refresh_from_db()
    assert study.finished_at
    assert list(TrainingStep.objects.values_list("kind", flat=True)) == ["began", "finished"]


@pytest.mark.parametrize("answers", [RIGHT[:4], (*RIGHT[:4], []), (*RIGHT[:4], [7])])
def test_an_answer_that_is_none_is_refused(study, answers):
    with pytest.raises(ValueError):
        learning.answer(make_attempt(study), answers=answers)


@pytest.mark.parametrize(
    "changes",
    [
        {"answers": [[0]]},
        {"passed": False},
        {"right": 0},
        {"questions": []},
        {"graded_at": None, "answers": None, "right": None, "passed": None},
    ],
)
def test_the_database_keeps_a_graded_attempt_as_it_is(study, changes):
    attempt = make_attempt(study, answers=RIGHT)
    with pytest.raises(DatabaseError), transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk).update(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"passed": True, "right": 3},
        {"passed": False, "right": 4},
        {"passed": True, "right": 6},
        {"passed": None},
    ],
)
def test_the_database_grades_by_the_attempts_own_mark(study, changes):
    attempt = make_attempt(study)
    graded = {"answers": [[0]], "right": 4, "passed": True, "graded_at": timezone.now()}
    with pytest.raises(DatabaseError), transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk).update(**graded | changes)


def test_a_certificate_is_of_a_pass_once_and_cannot_be_handed_on(study):
    failed = make_attempt(study, answers=WRONG)
    with pytest.raises(certificates.NotPassed):
        certificates.make(failed)
    passed = make_attempt(study, answers=RIGHT)
    made = certificates.make(passed, name="Ada  Okafor\n", shows_name=True)
    assert made.name == "Ada Okafor"
    assert certificates.make(passed, name="Eve") == made
    row = {"facts": {}, "issued_on": made.issued_on, "expires_on": made.expires_on}
    for wrong in ({"attempt": failed, "code": "A"}, {"attempt": passed, "code": "B"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Certificate.objects.create(**row | wrong)
    for change in ({"name": "Eve"}, {"code": "C"}, {"facts": {}}, {"name": ""}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Certificate.objects.filter(pk=made.pk).update(**change)


def test_a_name_is_shown_only_where_its_holder_chose_it(study):
    made = certificates.make(make_attempt(study, answers=RIGHT), name="Ada Okafor")
    assert certificates.find(made.code).name == ""
    certificates.choose(made, shows_name=True, coordinator_sees=True)
    assert certificates.find(made.code.replace("-", "").lower()).name == "Ada Okafor"
    certificates.take_name_away(made)
    assert certificates.find(made.code) == certificates.find(made.code)
    assert (certificates.find(made.code).state, certificates.find(made.code).name) == ("valid", "")
    certificates.choose(made, shows_name=True, coordinator_sees=False)
    assert certificates.find(made.code).name == ""
    certificates.withdraw(made)
    assert certificates.find(made.code) == certificates.Shown("withdrawn")
    with pytest.raises(DatabaseError), transaction.atomic():
        Certificate.objects.filter(pk=made.pk).update(withdrawn_at=None)


def test_after_its_time_a_certificate_does_not_stand_and_can_be_earned_anew(study, monkeypatch):
    made = certificates.make(make_attempt(study, answers=RIGHT), name="Ada", shows_name=True)
    later = timezone.now() + timedelta(days=731)
    monkeypatch.setattr(timezone, "now", lambda: later)
    shown = certificates.find(made.code)
    assert (shown.state, shown.name) == ("ended", "")
    assert make_attempt(study, answers=RIGHT).passed
    assert TrainingStep.objects.filter(kind="finished").count() == 1


def test_a_certificate_is_in_the_learners_language(course):
    twin = make_course("Señales", language="es", of=course)
    learner = make_learner(course)
    with translation.override("es"):
        attempt = learning.start(learner.studies.get(), language="es")
    made = certificates.make(learning.answer(attempt, answers=RIGHT))
    assert (made.facts["title"], made.facts["language"]) == (twin.title, "es")
    assert made.facts["sector"] == "Clinic (es)"
    with translation.override("es"):
        assert "Certificado" in certificates._html(made, "es")
    assert certificates.verify_url(made).endswith(f"/es/training/verify/{made.code}/")


def test_codes_are_letters_and_a_slip_of_the_hand_is_noticed():
    code = codes.new_code()
    assert codes.read(f" {code.lower().replace('-', ' ')} ") == code
    plain = code.replace("-", "")
    assert not set(plain) - set(codes.LETTERS)
    for place, sign in enumerate(plain):
        for other in codes.LETTERS:
            typed = plain[:place] + other + plain[place + 1 :]
            assert codes.read(typed) == (code if other == sign else "")
        after = plain[place + 1 : place + 2]
        if after and after != sign:
            swapped = plain[:place] + after + sign + plain[place + 2 :]
            assert codes.read(swapped) == ""
    assert codes.read("") == codes.read("AAAA") == ""


def test_a_course_is_a_sample_until_checked_and_again_after_each_change(course):
    def outline():
        return marks.outlines([CoursePage.objects.get(pk=course.pk)])[0]

    first = outline()
    assert first.is_sample
    marks.check(course, digest=first.digest, by=person())
    assert not outline().is_sample
    lesson = first.lessons[0]
    lesson.summary = "Otherwise."
    lesson.save()
    changed = outline()
    assert changed.is_sample
    with pytest.raises(marks.Changed):
        marks.check(course, digest=first.digest, by=person())
    lesson.unpublish()
    assert outline().digest not in (changed.digest, first.digest)
    course.questions = [*ASKS, ask(6, 0)]
    course.save()
    assert outline().is_sample


def test_counts_stay_when_a_learner_is_forgotten(study):
    certificates.make(make_attempt(study, answers=RIGHT), name="Ada")
    learning.forget(study.learner)
    assert not Study.objects.exists()
    assert not Certificate.objects.exists()
    assert TrainingStep.objects.count() == 3
    with pytest.raises(DatabaseError), transaction.atomic():
        TrainingStep.objects.all().delete()
