"""Reading, taking the check and holding a certificate, at their addresses."""

import re
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.utils import timezone

from campaigns.models import Attempt, Certificate, Learner, LearnerLink
from campaigns.training import certificates, learning
from campaigns.training.forms import BeginForm
from donations.models import Mail
from tests.campaigns.training_made import (
    RIGHT,
    WRONG,
    filled,
    make_attempt,
    make_course,
    make_learner,
)
from tests.roles import PUBLIC, RoleClient

pytestmark = pytest.mark.django_db
TOKEN = "t" * 32
MINE = f"/training/mine/{TOKEN}/"
LINK = re.compile(r"https?://[^/\s]+(/\S*training/mine/\S+/)")


@pytest.fixture(autouse=True)
def course(monkeypatch, seeded):
    monkeypatch.setattr("core.forms.TOO_FAST_SECONDS", 0)
    return make_course()


def begun(client, course, path="/training/begin/", **changes):
    filled_in = BeginForm.marks() | {"course": str(course.translation_key), "website": ""}
    return client.post(path, filled_in | changes)


def words(answer):
    return " ".join(answer.content.decode().split())


def test_lessons_are_read_openly_without_a_cookie_and_marked_as_samples(
    public_client, course, django_assert_max_num_queries
):
    for page in (course.get_parent(), course, course.get_children()[0]):
        path = page.specific.get_url_parts()[2]
        caches["local"].clear()
        with django_assert_max_num_queries(7):  # one of them only after the cache was emptied
            answer = public_client.get(path)
        assert answer.status_code == 200
        assert not answer.cookies
        assert "<form" not in answer.content.decode().replace('<form method="get"', "")
        assert answer["Cache-Control"] == "public, no-cache"
        assert "Sample text: to be checked" in words(answer)
    assert f"/training/begin/?course={course.translation_key}" in words(
        public_client.get(course.get_url_parts()[2])
    )


def test_she_begins_fails_reads_why_passes_and_holds_a_certificate(public_client, course):
    answer = begun(public_client, course)
    mine = answer["Location"]
    assert "Take the check" in words(public_client.get(mine))
    start = public_client.post(f"{mine}start/", {"course": str(course.translation_key)})
    check = start["Location"]
    page = words(public_client.get(check))
    assert "Question 5?" in page
    assert "Because of" not in page
    missing = public_client.post(check, {"q0": "1"})
    assert missing.status_code == 422
    assert '<a href="#id_q1_0">Question 2 is not answered yet.</a>' in words(missing)
    assert 'value="1" id="id_q0_1" checked' in re.sub(
        r' (required|aria-\w+="[^"]*")', "", words(missing)
    )

    public_client.post(check, filled(WRONG))
    told = words(public_client.get(check))
    assert "Not passed yet" in told
    assert "3 of 5 answers were right." in told
    assert "Because of 1." in told
    check = public_client.post(f"{mine}start/", {"course": str(course.translation_key)})["Location"]
    public_client.post(check, filled(RIGHT))
    made = check.replace("/check/", "/certificate/")
    assert made in words(public_client.get(check))
    wrong = public_client.post(made, {"shows_name": "on"})
    assert wrong.status_code == 422
    public_client.post(made, {"name": "Ada Okafor"})
    row = Certificate.objects.get()
    assert (row.name, row.shows_name) == ("Ada Okafor", False)
    assert row.code in words(public_client.get(made))
    file = public_client.post(made, {"file": "1"})
    assert file.content.startswith(b"%PDF")
    assert file.content == public_client.post(made, {"file": "1"}).content
    assert "trafficking" not in file["Content-Disposition"].lower()
    shown = words(public_client.get(f"/training/verify/{row.code}/"))
    assert "This certificate is valid" in shown
    assert "Ada" not in shown
    name = made.replace("/certificate/", "/name/")
    public_client.post(name, {"act": "choose", "shows_name": "on"})
    assert "Ada Okafor" in words(public_client.get(f"/training/verify/?code={row.code.lower()}"))
    public_client.post(name, {"act": "unname"})
    assert "Ada" not in words(public_client.get(f"/training/verify/{row.code}/"))
    public_client.post(name, {"act": "withdraw"})
    assert "taken back" in words(public_client.get(f"/training/verify/{row.code}/"))
    assert "taken back" not in words(public_client.get("/training/verify/KTRD-WXPN-BCHG-MSVZ/"))


def test_a_form_sent_twice_begins_once(public_client, course):
    marks = BeginForm.marks()
    places = {begun(public_client, course, **marks)["Location"] for _ in range(2)}
    assert len(places) == 1
    assert Learner.objects.count() == 1


def test_only_a_hash_of_the_private_link_is_kept_and_looking_changes_nothing(public_client, course):
    learner = make_learner(course, token=TOKEN)
    assert TOKEN not in str(list(LearnerLink.objects.values()))
    for path in ("", "mail/", "renew/", "forget/", "start/"):
        answer = public_client.get(f"{MINE}{path}")
        assert answer.status_code in (200, 302)
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert not Attempt.objects.exists()
    assert Learner.objects.get() == learner


def test_somebody_elses_link_leads_nowhere(public_client, course):
    study = make_learner(course, token=TOKEN).studies.get()
    other = make_learner(course, token="o" * 32)
    attempt = make_attempt(study, answers=RIGHT)
    for path in ("check", "certificate", "name"):
        for method in ("get", "post"):
            answer = getattr(public_client, method)(
                f"/training/mine/{'o' * 32}/{path}/{attempt.pk}/"
            )
            assert answer.status_code == 404
    assert public_client.get("/training/mine/guessed/").status_code == 404
    learning.renew_link(other)
    assert public_client.get(f"/training/mine/{'o' * 32}/").status_code == 404


def test_no_certificate_of_a_check_that_was_not_passed(public_client, course):
    attempt = make_attempt(make_learner(course, token=TOKEN).studies.get(), answers=WRONG)
    assert public_client.post(f"{MINE}certificate/{attempt.pk}/").status_code == 404


def test_another_tab_was_faster_and_what_it_sent_stands(public_client, course):
    attempt = make_attempt(make_learner(course, token=TOKEN).studies.get())
    for answers in (RIGHT, WRONG):
        assert public_client.post(f"{MINE}check/{attempt.pk}/", filled(answers)).status_code == 302
    assert "5 of 5 answers" in words(public_client.get(f"{MINE}check/{attempt.pk}/"))


def test_a_mailed_link_is_another_one_and_the_address_is_not_kept(
    public_client, course, run_jobs, mailoutbox, monkeypatch
):
    from campaigns.jobs import forget_learners  # noqa: PLC0415

    make_learner(course, token=TOKEN)
    for _ in range(2):
        answer = public_client.post(f"/es{MINE}mail/", {"email": "ada@example.org"})
        assert answer["Location"].endswith("?sent")
    run_jobs()
    assert len(mailoutbox) == 1
    (path,) = set(LINK.findall(mailoutbox[0].body))
    assert path.startswith("/es/training/mine/")
    assert TOKEN not in path
    assert public_client.get(path).status_code == 200
    later = timezone.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    forget_learners(0)
    assert not Mail.objects.filter(template="training").exists()


def test_a_course_taken_down_half_way_is_said_kindly(public_client, course):
    make_learner(course, token=TOKEN)
    course.unpublish()
    caches["local"].clear()
    assert "not offered just now" in words(public_client.get(MINE))
    answer = public_client.post(f"{MINE}start/", {"course": str(course.translation_key)})
    assert answer.status_code == 410


@pytest.mark.parametrize("key", ["", "x", "0" * 32])
def test_a_course_that_is_none_is_no_fault(public_client, course, key):
    make_learner(course, token=TOKEN)
    answer = public_client.post(f"{MINE}start/", {"course": key})
    assert answer.status_code in (302, 410)
    assert public_client.get(f"/training/begin/?course={key}").status_code == 200


def test_guessing_codes_is_held_back(public_client, monkeypatch):
    monkeypatch.setattr("campaigns.training.views.CHECKS", 1)
    assert public_client.get("/training/verify/AAAA/").status_code == 200
    assert public_client.get("/training/verify/?code=AAAA").status_code == 429
    assert public_client.get("/training/verify/").status_code == 200  # the form is no guess


def test_what_is_left_lying_is_erased_and_certificates_after_their_time(course, monkeypatch):
    from campaigns.jobs import forget_learners  # noqa: PLC0415

    idle = make_learner(course, token="a" * 32)
    make_attempt(idle.studies.get(), answers=WRONG)
    holder = make_learner(course, token="b" * 32)
    made = certificates.make(make_attempt(holder.studies.get(), answers=RIGHT), name="Ada")
    now = timezone.now()
    for days, left, state, name in (
        (89, 2, "valid", "Ada"),
        (91, 1, "valid", "Ada"),
        (732, 1, "ended", ""),
        (732 + 91, 0, "unknown", ""),
    ):
        later = now + timedelta(days=days)
        monkeypatch.setattr(timezone, "now", lambda later=later: later)
        forget_learners(0)
        assert (Learner.objects.count(), certificates.find(made.code).state) == (left, state)
        assert (getattr(Certificate.objects.first(), "name", "")) == name


def test_a_private_page_costs_few_queries(public_client, course, django_assert_max_num_queries):
    make_attempt(make_learner(course, token=TOKEN).studies.get(), answers=WRONG)
    public_client.get(MINE)
    with django_assert_max_num_queries(12):
        assert RoleClient(PUBLIC).get(MINE).status_code == 200
