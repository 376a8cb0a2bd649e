"""Organizations: signed up from the mailbox, one link to hand round, counts and chosen names."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from campaigns.models import Certificate, Learner, TrainingStep, Workplace
from campaigns.training import certificates, keeping, learning, links, workplaces
from campaigns.training.forms import BeginForm, SignUpForm
from donations.models import Mail
from tests.campaigns.training_made import (
    RIGHT,
    WRONG,
    make_attempt,
    make_course,
    make_learner,
    make_sector,
    make_workplace,
)

pytestmark = pytest.mark.django_db
LINK = re.compile(r"https?://[^/\s]+(/\S*training/workplaces/\S+/)")


@pytest.fixture(autouse=True)
def course(monkeypatch, seeded):
    monkeypatch.setattr("core.forms.TOO_FAST_SECONDS", 0)
    return make_course()


def signed_up(client, email="co@example.org", path="/training/workplaces/", **changes):
    typed = SignUpForm.marks() | {"name": "Hotel Aurora", "email": email, "size": "50"}
    typed |= {"sector": str(make_sector().pk), "website": ""}
    return client.post(path, typed | changes)


def words(answer):
    return " ".join(answer.content.decode().split())


def page_of(workplace, rest=""):
    return f"/training/workplaces/{links.coordinator_token(workplace)}/{rest}"


def joined(client, workplace, course, **changes):
    path = f"/training/join/{workplace.join_token}/"
    typed = BeginForm.marks() | {"course": str(course.translation_key), "website": ""}
    return client.post(path, typed | changes)


def test_nothing_counts_before_the_button_in_the_mail_is_pressed(
    public_client, run_jobs, mailoutbox
):
    for _ in range(2):
        answer = signed_up(public_client, path="/es/training/workplaces/")
        assert answer["Location"] == "/es/training/workplaces/asked/"
    run_jobs()
    row = Workplace.objects.get()
    assert (row.language, row.confirmed_at, row.join_token) == ("es", None, None)
    assert len(mailoutbox) == 1
    (path,) = set(LINK.findall(mailoutbox[0].body))
    for _ in range(2):  # a mail scanner looks
        assert "Hotel Aurora" in words(public_client.get(path))
    row.refresh_from_db()
    assert row.confirmed_at is None
    for _ in range(2):
        public_client.post(path)
    row.refresh_from_db()
    token = row.join_token
    assert token
    public_client.post(path)
    row.refresh_from_db()
    assert row.join_token == token
    assert f"/es/training/join/{token}/" in words(public_client.get(path))


def test_the_answer_is_the_same_for_known_and_unknown_addresses(
    public_client, run_jobs, mailoutbox
):
    make_workplace(email="co@example.org")
    answers = {
        public_client.post("/training/workplaces/link/", {"email": email})["Location"]
        for email in ("CO@example.org", "nobody@example.org")
    }
    assert answers == {"/training/workplaces/asked/"}
    assert signed_up(public_client)["Location"] in answers
    run_jobs()
    assert [mail.to for mail in mailoutbox] == [["co@example.org"]]
    assert Workplace.objects.count() == 1


@pytest.mark.parametrize("language", ["en", "es"])
def test_fresh_links_lead_a_coordinator_to_her_page_and_a_learner_to_hers(
    public_client, run_jobs, mailoutbox, language
):
    workplace, now = make_workplace(language=language), timezone.now()
    # Rows of both may have the same number.
    learner = Learner.objects.create(
        pk=workplace.pk, language=language, begun_at=now, active_at=now
    )
    public_client.post("/training/workplaces/link/", {"email": workplace.email})
    learning.send_link(learner, to="her@example.org", language=language)
    run_jobs()
    sent = {mail.to[0]: mail.body for mail in mailoutbox}
    (path,) = set(LINK.findall(sent[workplace.email]))
    assert workplace.name in words(public_client.get(path))
    assert "/training/mine/" not in sent[workplace.email]
    assert "/training/mine/" in sent["her@example.org"]
    assert not LINK.findall(sent["her@example.org"])


@pytest.mark.parametrize(
    "changes",
    [{"email": "x"}, {"name": ""}, {"name": "x" * 121}, {"sector": ""}, {"website": "x"}],
)
def test_a_sign_up_with_a_mistake_asks_nobody(public_client, changes):
    assert signed_up(public_client, **changes).status_code == 422
    assert not Workplace.objects.exists()


def test_a_mailbox_is_not_flooded_and_a_network_is_held_back(public_client, monkeypatch):
    for number in range(6):
        signed_up(public_client, name=f"Hotel {number}")
    assert Mail.objects.count() == 3
    monkeypatch.setattr("campaigns.training.coordinating.FORMS", 0)
    assert signed_up(public_client).status_code == 429


def test_people_are_told_what_the_coordinator_sees_before_they_begin(public_client, course):
    workplace = make_workplace()
    page = words(public_client.get(f"/training/join/{workplace.join_token}/"))
    assert "What the coordinator sees" in page
    assert "never your answers" in page
    assert page.index("What the coordinator sees") < page.index('type="submit"')
    assert joined(public_client, workplace, course)["Location"].startswith("/training/mine/")
    assert Learner.objects.get().workplace == workplace


def test_a_renewed_link_ends_the_old_one_and_whoever_is_half_way_goes_on(public_client, course):
    workplace = make_workplace()
    old = workplace.join_token
    attempt = make_attempt(make_learner(course, workplace=workplace).studies.get())
    public_client.post(page_of(workplace, "change/"), {"act": "renew"})
    assert public_client.get(f"/training/join/{old}/").status_code == 410
    assert joined(public_client, workplace, course).status_code == 410
    workplace.refresh_from_db()
    assert workplace.join_token != old
    assert learning.answer(attempt, answers=RIGHT).passed
    assert workplaces.lines(workplace) == [workplaces.Line(course.title, 1, 1)]
    public_client.post(page_of(workplace, "change/"), {"act": "stop"})
    page = words(public_client.get(page_of(workplace)))
    assert "Nobody can join now" in page
    poster = public_client.get(page_of(workplace, "poster/en/a4/"))
    assert poster.status_code == 404


def test_counts_for_everybody_and_names_of_those_alone_who_chose_so(public_client, course):
    workplace, other = make_workplace(is_named=True), make_workplace("Other")
    for number, name in enumerate(("Ada", "=Bo", "", "Cyprian")):
        learner = make_learner(course, token=f"{number}" * 32, workplace=workplace)
        passed = make_attempt(learner.studies.get(), answers=RIGHT)
        certificates.make(
            passed, name=name, coordinator_sees=name != "Cyprian", names_workplace=name == "Ada"
        )
    late = make_learner(course, token="w" * 32, workplace=workplace)
    make_attempt(late.studies.get(), answers=WRONG)
    make_learner(course, token="o" * 32, workplace=other)
    page = words(public_client.get(page_of(workplace)))
    assert workplaces.lines(workplace) == [workplaces.Line(course.title, 5, 4)]
    assert "Ada" in page
    assert "Cyprian" not in page
    answer = public_client.get(page_of(workplace, "finishes/"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[2] for row in rows[1:]] == ["'=Bo", "Ada", "", ""]
    named = [row.facts["workplace"] for row in Certificate.objects.order_by("pk")]
    assert named == ["Hotel Aurora", "", "", ""]
    # Counts stay when people are erased, names go.
    for learner in Learner.objects.filter(workplace=workplace):
        learning.forget(learner)
    assert workplaces.lines(workplace) == [workplaces.Line(course.title, 5, 4)]
    assert workplaces.names(workplace) == []


def test_a_renamed_organization_leaves_certificates_as_they_were(public_client, course):
    workplace = make_workplace(is_named=True)
    make_workplace("Taken")
    learner = make_learner(course, workplace=workplace)
    made = certificates.make(
        make_attempt(learner.studies.get(), answers=RIGHT), names_workplace=True
    )
    path = page_of(workplace, "change/")
    public_client.post(path, {"act": "name", "name": "Hotel Boreal"})
    workplace.refresh_from_db()
    assert (workplace.name, workplace.is_named) == ("Hotel Boreal", False)
    for wrong in ("", "taken", "x" * 121):
        assert public_client.post(path, {"act": "name", "name": wrong}).status_code == 422
    made.refresh_from_db()
    assert made.facts["workplace"] == "Hotel Aurora"


def test_an_erased_organization_leaves_its_people_what_is_theirs(public_client, course):
    workplace = make_workplace()
    learner = make_learner(course, workplace=workplace)
    made = certificates.make(
        make_attempt(learner.studies.get(), answers=RIGHT), name="Ada", coordinator_sees=True
    )
    path = page_of(workplace)
    assert public_client.get(f"{path}erase/").status_code == 200
    assert Workplace.objects.exists()
    assert public_client.post(f"{path}erase/").status_code == 200
    assert not Workplace.objects.exists()
    assert public_client.get(path).status_code == 404
    learner.refresh_from_db()
    made.refresh_from_db()
    assert (learner.workplace, made.coordinator_sees, made.name) == (None, False, "Ada")
    assert TrainingStep.objects.filter(kind="finished", workplace=None).count() == 1


def test_a_closed_organization_stays_closed(public_client, course):
    workplace = make_workplace()
    workplaces.close(workplace)
    with pytest.raises(workplaces.NotOpen):
        workplaces.renew(workplace)
    public_client.post(page_of(workplace, "change/"), {"act": "renew"})
    workplace.refresh_from_db()
    assert workplace.join_token is None
    assert "is closed" in words(public_client.get(page_of(workplace)))
    for change in ({"join_token": "x"}, {"closed_at": None}, {"confirmed_at": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Workplace.objects.filter(pk=workplace.pk).update(**change)


def test_a_coordinators_link_ends_after_its_days_and_with_its_mailbox(public_client, monkeypatch):
    workplace = make_workplace()
    path = page_of(workplace)
    assert public_client.get(path)["X-Robots-Tag"] == "noindex, nofollow"
    with monkeypatch.context() as patch:
        patch.setattr(links, "COORDINATOR_DAYS", -1)
        assert public_client.get(path).status_code == 410
    Workplace.objects.update(email="other@example.org")
    assert public_client.get(path).status_code == 404
    assert public_client.get("/training/workplaces/guessed/").status_code == 404


def test_what_nobody_confirms_is_erased_after_a_week(monkeypatch):
    make_workplace(confirmed_at=None, join_token=None)
    make_workplace("Kept")
    later = timezone.now() + timedelta(days=7, minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    keeping.run()
    assert [row.name for row in Workplace.objects.all()] == ["Kept"]


@pytest.mark.parametrize(("language", "paper"), [("en", "a4"), ("es", "letter")])
def test_a_poster_is_one_page_in_each_language_and_paper(public_client, language, paper):
    import pikepdf  # noqa: PLC0415 - only here

    workplace = make_workplace("An organization with quite a long name, as hospitals have them")
    answer = public_client.get(page_of(workplace, f"poster/{language}/{paper}/"))
    with pikepdf.open(io.BytesIO(answer.content)) as file:
        assert len(file.pages) == 1
        width = float(file.pages[0].MediaBox[2])
        assert str(file.Root.Lang) == language
    assert round(width) == {"a4": 595, "letter": 612}[paper]
    for wrong in ("xx/a4", "en/a3"):
        assert public_client.get(page_of(workplace, f"poster/{wrong}/")).status_code == 404


def test_a_coordinators_page_costs_few_queries(
    public_client, course, django_assert_max_num_queries
):
    workplace = make_workplace()
    for number in range(4):
        learner = make_learner(course, token=f"{number}" * 32, workplace=workplace)
        attempt = make_attempt(learner.studies.get(), answers=RIGHT)
        certificates.make(attempt, name="Ada", coordinator_sees=True)
    path = page_of(workplace)
    public_client.get(path)
    with django_assert_max_num_queries(12):
        public_client.get(path)
