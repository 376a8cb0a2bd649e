"""A letter reaches exactly those who asked for it, each at most once, whatever dies half-way."""

import smtplib
from datetime import timedelta
from unittest import mock

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from campaigns.blocks import FEATURES
from campaigns.jobs import finish_letters
from campaigns.letters import audience, drawing, sending
from campaigns.letters import demo as letters_demo
from campaigns.models import Letter, LetterCopy, Reader
from campaigns.news import links, reading
from donations import bounces, demo
from donations.models import Donation
from tests.gifts.orders_made import Buying
from tests.news_made import BODY, make_campaign, make_letter, make_reader
from tests.people import person, signed_in

pytestmark = pytest.mark.django_db
Copy = LetterCopy.State


@pytest.fixture(autouse=True)
def _settled():
    demo.seed()


@pytest.fixture
def author():
    return person(factor=False)


def send(letter, by, *, at=None):
    seen = sum(audience.counts(letter).values())
    return sending.queue(letter, seen=seen, at=at, by=by)


def reached(mailoutbox):
    return sorted(message.to[0] for message in mailoutbox)


def fill(count, **values):
    now = timezone.now()
    Reader.objects.bulk_create(
        Reader(email=f"r{number}@example.org", language="en", consent="x", consent_version="x",
               asked_at=now, confirmed_at=now, **values)
        for number in range(count)
    )  # fmt: skip


def failing(*outcomes):
    """The hand-over of the next mails: None sends, an error is raised."""
    real, left = EmailMultiAlternatives.send, list(outcomes)

    def hand_over(message, **options):
        outcome = left.pop(0) if left else None
        if outcome:
            raise outcome
        return real(message, **options)

    return mock.patch.object(EmailMultiAlternatives, "send", hand_over)


def test_each_reader_gets_it_once_in_her_language_and_can_leave_by_it(author, run_jobs, mailoutbox):
    ada, luz = make_reader("ada@example.org"), make_reader("luz@example.org", language="es")
    make_reader("asked@example.org", confirmed_at=None)
    make_reader("gone@example.org", left_at=timezone.now(), left_why="left")
    make_reader("follower@example.org", campaign=make_campaign())
    letter = make_letter(subject_es="Primavera", body_es=BODY, is_on_web=True)
    counted = audience.counts(letter)
    for _ in range(2):  # pressed twice at once
        send(letter, author)
    sending.send_letter.defer(letter_id=letter.pk)
    run_jobs()
    assert counted == {"en": 1, "es": 1}
    assert reached(mailoutbox) == [ada.email, luz.email]
    english, spanish = sorted(mailoutbox, key=lambda message: message.to)
    assert (english.subject, spanish.subject) == ("Spring", "Primavera")
    assert english.extra_headers["List-Unsubscribe"] == f"<{links.to_leave(ada)}>"
    assert links.to_leave(luz) in spanish.body
    assert "so far (http://localhost:8000/give/)" in english.body
    assert "Give (https://northstar.example/give/)" in english.body
    assert f"/news/letters/{letter.pk}/" in english.body
    letter.refresh_from_db()
    assert letter.state == "sent"
    assert sending.figures(letter) == {Copy.SENT: 2}


def test_who_leaves_after_the_decision_gets_nothing(author, run_jobs, mailoutbox):
    early, late, _stays = (make_reader(f"{name}@example.org") for name in ("a", "b", "c"))
    letter = make_letter()
    send(letter, author)
    reading.leave(early)
    real = EmailMultiAlternatives.send

    def leaving(message, **options):
        reading.leave(late)  # within the batch, before her own copy
        return real(message, **options)

    # Her copy comes last.
    LetterCopy.objects.filter(reader=late).delete()
    LetterCopy.objects.create(letter=letter, reader=late, email=late.email, language="en")
    with mock.patch.object(EmailMultiAlternatives, "send", leaving):
        run_jobs()
    assert reached(mailoutbox) == ["c@example.org"]
    assert sending.figures(letter) == {Copy.LEFT: 2, Copy.SENT: 1}


def test_killed_half_way_and_resumed_each_gets_at_most_one_and_the_unknown_are_told(
    author, run_jobs, mailoutbox
):
    fill(5)
    letter = make_letter()
    send(letter, author)
    with failing(None, None, KeyboardInterrupt()), pytest.raises(KeyboardInterrupt):
        sending.send_letter(letter.pk)  # the worker dies with the third in hand
    run_jobs()
    letter.refresh_from_db()
    assert letter.state == "sent"
    assert len(mailoutbox) == len(set(reached(mailoutbox))) == 4
    assert sending.figures(letter) == {Copy.SENT: 4, Copy.SENDING: 1}
    LetterCopy.objects.filter(state=Copy.SENDING).update(at=timezone.now() - timedelta(hours=1))
    (lost,) = sending.unknown(letter)
    assert lost.email not in reached(mailoutbox)
    client = signed_in(person("Publisher", "Donor care"))
    page = client.get(f"/admin/letters/inspect/{letter.pk}/").content.decode()
    assert "Of 1 copy nobody knows" in page
    assert lost.email in page


def test_two_workers_at_one_letter_send_each_copy_once(author, mailoutbox):
    fill(4)
    letter = make_letter()
    send(letter, author)
    real, workers = EmailMultiAlternatives.send, [1]

    def overtaken(message, **options):
        if workers:
            workers.pop()
            sending.send_letter(letter.pk)  # another one, while the first has a mail in hand
        return real(message, **options)

    with mock.patch.object(EmailMultiAlternatives, "send", overtaken):
        sending.send_letter(letter.pk)
    assert len(mailoutbox) == len(set(reached(mailoutbox))) == 4


def test_a_server_that_is_away_is_waited_for_and_a_lost_job_is_made_again(
    author, run_jobs, mailoutbox
):
    fill(3)
    letter = make_letter()
    send(letter, author, at=timezone.now() + timedelta(hours=1))
    assert run_jobs() == []
    finish_letters(0)
    assert run_jobs() == []  # its time has not come
    Letter.objects.update(send_at=timezone.now())
    for _ in range(2):
        finish_letters(0)  # one job, however often it looks
    with failing(None, smtplib.SMTPServerDisconnected()):
        (first,) = run_jobs()
    assert first.retry_at
    assert sending.figures(letter) == {Copy.SENT: 1, Copy.WAITING: 2}
    run_jobs(until=timedelta(minutes=1))
    assert len(set(reached(mailoutbox))) == len(mailoutbox) == 3


def test_paused_nothing_leaves_and_going_on_sends_the_rest(
    author, run_jobs, mailoutbox, monkeypatch
):
    monkeypatch.setattr(sending, "BATCH", 2)
    fill(5)
    letter = make_letter()
    send(letter, author)
    sending.send_letter(letter.pk)
    assert sending.pause(letter)
    run_jobs()
    assert len(mailoutbox) == 2
    with pytest.raises(sending.NotPossible):
        sending.take_back(letter)
    assert sending.go_on(letter)
    assert not sending.go_on(letter)
    run_jobs()
    assert len(set(reached(mailoutbox))) == len(mailoutbox) == 5


def test_a_fault_of_ours_pauses_the_letter_and_says_so(author, run_jobs, mailoutbox):
    fill(2)
    letter = make_letter()
    send(letter, author)
    with mock.patch.object(drawing.Drawn, "mail", side_effect=KeyError("x")):
        run_jobs(may_fail=True)
    letter.refresh_from_db()
    assert (letter.state, letter.problem, mailoutbox) == ("paused", "KeyError", [])
    sending.go_on(letter)
    run_jobs()
    assert len(mailoutbox) == 2


@pytest.mark.role("staff")
def test_a_letter_that_quoted_what_was_taken_back_says_so_and_calls_it_no_fault(author):
    fill(1)
    letter = make_letter()
    send(letter, author)
    assert sending.pause(letter, problem=sending.TAKEN_BACK)
    client = signed_in(person("Publisher"))
    page = client.get(f"/admin/letters/inspect/{letter.pk}/").content.decode()
    assert "it quoted words that were taken back" in page
    assert "a fault" not in page


def test_an_address_that_bounces_or_complains_gets_no_more(author, run_jobs, mailoutbox):
    fill(3)
    follows = make_reader("r1@example.org", campaign=make_campaign())
    letter = make_letter()
    send(letter, author)
    refused = smtplib.SMTPRecipientsRefused({"r0@example.org": (550, b"no such user")})
    with failing(refused):
        run_jobs()
    LetterCopy.objects.filter(email="r1@example.org").update(provider_id="pm-1")
    event = mock.Mock(event_type="complained", message_id="pm-1", reject_reason="")
    for _ in range(2):
        bounces.on_report(None, event, "Postmark")
    assert sending.figures(letter) == {Copy.BOUNCED: 1, Copy.COMPLAINED: 1, Copy.SENT: 1}
    follows.refresh_from_db()
    assert follows.left_why == "complained"
    assert audience.counts(make_letter()) == {"en": 1}


def test_monthly_donors_and_donors_to_a_wish_get_it_only_if_they_read(make_plan):
    for name in ("ada", "bo", "cy"):
        make_reader(f"{name}@example.org")
    make_plan(email="ADA@example.org")
    make_plan(email="no-reader@example.org")
    wish = Buying().wish(5000, 5000)
    emails = ("Bo@example.org", "no-reader@example.org")
    for gift, email in zip(Donation.objects.filter(plan=None), emails, strict=True):
        Donation.objects.filter(pk=gift.pk).update(email=email)
    for kind, found in (("monthly", "ada@example.org"), ("wish", "bo@example.org")):
        letter = make_letter(audience=kind, wish=wish if kind == "wish" else None)
        assert [row.email for row in audience.readers(letter)] == [found]


def test_the_count_that_was_shown_is_the_count_that_is_sent(author):
    fill(2)
    letter = make_letter()
    with pytest.raises(sending.Changed):
        sending.queue(letter, seen=3, at=None, by=author)
    Reader.objects.all().update(left_at=timezone.now(), left_why="left")
    with pytest.raises(sending.NotPossible):
        sending.queue(letter, seen=0, at=None, by=author)
    assert not LetterCopy.objects.exists()


def test_the_database_keeps_a_letter_as_it_was_sent(author):
    fill(2)
    letter = make_letter()
    send(letter, author, at=timezone.now() + timedelta(days=1))
    copy = LetterCopy.objects.earliest("pk")
    refused = [
        lambda: Letter.objects.filter(pk=letter.pk).update(subject="Other"),
        lambda: Letter.objects.filter(pk=letter.pk).update(body=[]),
        lambda: Letter.objects.filter(pk=letter.pk).delete(),
        lambda: LetterCopy.objects.create(letter=letter, email=copy.email.upper(), language="en"),
    ]
    for change in refused:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    sending.take_back(letter)
    assert not LetterCopy.objects.exists()
    Letter.objects.filter(pk=letter.pk).update(subject="Other")


def test_a_hundred_copies_cost_few_queries_each(author, mailoutbox):
    fill(120)
    letter = make_letter()
    with CaptureQueriesContext(connection) as deciding:
        send(letter, author)
    with CaptureQueriesContext(connection) as batch:
        sending.send_letter(letter.pk)
    assert len(mailoutbox) == 100
    assert len(deciding) <= 12  # whatever the number of readers
    assert len(batch) <= 2 * 100 + 10


@pytest.mark.role("staff")
def test_staff_write_look_test_and_send_and_a_bystander_reads_nothing_telling(run_jobs, mailoutbox):
    make_reader()
    publisher = person("Publisher")
    client = signed_in(publisher)
    typed = {"audience": "newsletter", "campaign": "", "wish": "", "preview": "", "subject": "x"}
    text = {"heading": "", "text": rich_text("<p>Twelve</p>", features=FEATURES)}
    typed |= {"body": streamfield([("text", text)]), "body_es": streamfield([])}
    typed = nested_form_data(typed | {"subject_es": "", "preview_es": ""})
    refused = client.post("/admin/letters/new/", typed | {"subject": "What survivors need"})
    assert "say it without “surviv”" in refused.content.decode()
    assert client.post("/admin/letters/new/", typed).status_code == 302
    letter = Letter.objects.get()
    typed |= {"subject": "Spring", "preview": "What came of it"}
    client.post(f"/admin/letters/edit/{letter.pk}/", typed)
    page = client.get(f"/admin/letters/inspect/{letter.pk}/").content.decode()
    assert "1 reader: English 1" in page
    assert "Twelve" in page
    # As mailboxes and readers have it: its line below the subject, and the way to leave.
    assert "<strong>Preview line</strong>: What came of it" in page
    assert "No more of this news: http://localhost:8000/news/leave/preview/" in page
    client.post(f"/admin/letters/test/{letter.pk}/")
    run_jobs()
    assert reached(mailoutbox) == [publisher.email]
    assert "List-Unsubscribe" not in mailoutbox[0].extra_headers

    asked = {"at": "", "seen": "1"}
    looked = client.post(f"/admin/letters/send/{letter.pk}/", asked).content.decode()
    assert "a letter that is sent never changes" in looked
    assert Letter.objects.get().state == "draft"
    for _ in range(2):
        client.post(f"/admin/letters/send/{letter.pk}/", asked | {"confirmed": "1"})
    run_jobs()
    assert reached(mailoutbox)[0] == "ada@example.org"
    assert mailoutbox[-1].subject == "Spring"
    assert Letter.objects.get().state == "sent"
    assert client.get("/admin/letters/").status_code == 200
    answer = client.get(f"/admin/letters/edit/{letter.pk}/")
    assert answer["Location"].endswith(f"/inspect/{letter.pk}/")


def test_the_demo_has_a_letter_that_was_sent_and_a_draft(author, run_jobs, mailoutbox):
    make_campaign("SCHOOL-YEAR")
    for _ in range(2):
        letters_demo.seed(by=author)
    run_jobs()
    sent, draft = Letter.objects.order_by("pk")
    assert sending.figures(sent) == {Copy.SENT: 3}
    assert len(mailoutbox) == 3
    draft.full_clean()
    assert audience.counts(draft) == {"en": 2}


def test_a_letter_is_on_our_site_only_if_it_was_chosen_and_has_left(author, public_client):
    make_reader()
    letter = make_letter(is_on_web=True)
    address = f"/news/letters/{letter.pk}/"
    assert public_client.get(address).status_code == 404
    send(letter, author)
    sending.send_letter(letter.pk)
    answer = public_client.get(address)
    assert not answer.cookies
    assert "Twelve" in answer.content.decode()
    Letter.objects.update(is_on_web=False)
    assert public_client.get(address).status_code == 404
