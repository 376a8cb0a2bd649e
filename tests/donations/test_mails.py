"""Every mail we owe leaves once, after what justifies it; what is uncertain is left to staff."""

import smtplib
from datetime import timedelta
from unittest import mock

import pytest
from django.core.mail import EmailMultiAlternatives

from core import mail as core_mail
from donations import mails
from donations.models import Mail, Refund
from tests.campaigns import comments_made, stories_told, training_made
from tests.people import person

Status = Mail.Status


@pytest.fixture
def mail(giving):
    """A mail that waits, with the job that will send it."""
    donation = giving.begin()
    mails.queue(
        "gift_processing",
        to=donation.email,
        language="en",
        cause=f"gift_processing:{donation.pk}",
        donation=donation,
    )
    return Mail.objects.get()


def sending(error):
    return mock.patch.object(EmailMultiAlternatives, "send", side_effect=error)


def state(mail: Mail) -> tuple[str, str]:
    mail.refresh_from_db()
    return mail.status, mail.problem


def test_a_mail_is_sent_once_however_often_its_cause_is_named(mail, run_jobs, mailoutbox):
    for _ in range(3):
        mails.queue(
            mail.template, to=mail.to, language="en", cause=mail.cause, donation=mail.donation
        )
    run_jobs()
    assert len(mailoutbox) == Mail.objects.count() == 1
    assert mailoutbox[0].to == ["ruth@example.org"]
    assert state(mail) == (Status.SENT, "")
    assert mail.sent_at


def test_a_job_repeated_after_sending_sends_nothing(mail, run_jobs, mailoutbox):
    run_jobs()
    mails.send_mail(mail.pk)
    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    "away",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        smtplib.SMTPServerDisconnected(),
        smtplib.SMTPResponseException(451, b"try later"),
        smtplib.SMTPRecipientsRefused({"ruth@example.org": (450, b"greylisted")}),
    ],
)
def test_while_the_mail_server_is_away_a_mail_waits(mail, run_jobs, mailoutbox, away):
    with sending(away):
        (ran,) = run_jobs()
    assert isinstance(ran.error, mails.NotSentYet)
    assert ran.retry_at
    assert state(mail) == (Status.WAITING, type(away).__name__)

    run_jobs(until=timedelta(minutes=1))
    assert state(mail) == (Status.SENT, "")
    assert len(mailoutbox) == 1
    assert mail.attempts == 2


def test_an_address_that_is_refused_has_bounced(mail, run_jobs):
    with sending(smtplib.SMTPRecipientsRefused({"ruth@example.org": (550, b"no such user")})):
        (ran,) = run_jobs()
    assert ran.error is None
    assert state(mail) == (Status.BOUNCED, "SMTPRecipientsRefused")
    assert run_jobs(until=timedelta(days=4)) == []


def test_a_crash_between_claim_and_hand_over_is_left_to_staff(mail, run_jobs, mailoutbox):
    with sending(KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        mails.send_mail(mail.pk)
    assert state(mail)[0] == Status.SENDING
    run_jobs()
    assert state(mail)[0] == Status.SENDING
    assert mailoutbox == []


def test_a_mail_that_cannot_be_written_has_not_left(mail, run_jobs, mailoutbox):
    broken = mock.patch.object(core_mail, "compose", side_effect=KeyError("x"))
    with broken, pytest.raises(KeyError):
        run_jobs()
    assert state(mail) == (Status.WAITING, "KeyError")
    assert mailoutbox == []


def test_two_workers_at_one_mail_send_it_once(mail, mailoutbox):
    first = mails._claim(mail.pk)
    assert first
    assert mails._claim(mail.pk) is None


def test_a_bounce_finds_its_mail_by_the_providers_id(mail, run_jobs):
    run_jobs()
    Mail.objects.update(provider_id="pm-1")
    assert mails.record_bounce(provider_id="pm-1", complained=False, problem="HardBounce")
    assert state(mail) == (Status.BOUNCED, "HardBounce")
    assert not mails.record_bounce(provider_id="pm-2", complained=False, problem="x")
    assert not mails.record_bounce(provider_id="", complained=False, problem="x")


def test_a_corrected_address_gets_the_mail_and_the_old_link_closes(giving, run_jobs, mailoutbox):
    donation = giving.paid(email="rut@example.org")
    run_jobs()
    receipt = donation.receipts.get()
    bounced = Mail.objects.get(template="receipt")
    for _ in range(2):
        mails.correct_and_resend(bounced, to="ruth@example.org")
        bounced.refresh_from_db()
    run_jobs()
    assert [sent.to for sent in mailoutbox] == [["rut@example.org"], ["ruth@example.org"]]
    assert receipt.links.filter(revoked_at=None).count() == 1
    donation.refresh_from_db()
    assert donation.email == "ruth@example.org"


# A plan's mails, a year's, a declaration's and the news have facts, and tests, of their own.
OTHERS = {"letter", "news", "plan", "receipt_of_year", "gift_aid_confirmation", *mails.READDRESS}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("template", sorted(mails.CONTEXTS.keys() - OTHERS))
def test_each_mail_can_be_written_and_previewed(giving, run_jobs, template, language):
    donation = giving.paid(
        language=language,
        tribute_kind="memory",
        tribute_name="Ana",
        tribute_recipient_email="luz@example.org",
    )
    run_jobs()
    mail = Mail(
        template=template,
        to="ruth@example.org",
        language=language,
        donation=donation,
        receipt=donation.receipts.get(),
        refund=Refund(donation=donation, amount_minor=2000, currency="USD", status="succeeded"),
    )
    if template == "emergency":
        mail.about = f"{person(factor=False).pk}:2026-07-01T10:00:00+00:00"
    if template == "safeguarding":
        marked = comments_made.make(stories_told.draft(person(factor=False))[0], "safeguarding")
        mail.about = str(marked.concerns.get().pk)
    if template == "training":
        mail.about = f"coordinator:{training_made.make_workplace().pk}"
    before = donation.receipts.get().links.count()
    context = mails.context_of(mail, preview=True)
    assert donation.receipts.get().links.count() == before
    message = core_mail.compose(template, mail.to, context, language)
    assert "{{" not in message.body
    assert message.subject
