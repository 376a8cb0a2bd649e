"""Mails: made from three templates each, and a backend that keeps them as files."""

import re
import secrets
import smtplib
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any

from anymail.exceptions import AnymailRecipientsRefused, AnymailRequestsAPIError
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import translation

from core.discretion import telling


class TellingSubject(ValueError):
    """The subject names the cause, which somebody beside the reader may see."""


class NotSentYet(Exception):
    """The mail server is away or busy; the mail waits and the job comes back."""


class CameBack(Exception):
    """The mail server knows no such mailbox."""


def compose(
    template: str, to: str, context: Mapping[str, Any], language: str
) -> EmailMultiAlternatives:
    """A mail from templates/emails/<template>.{subject.txt,txt,html}, in the reader's language.

    Answers go to the context's `help_email`, if it has one; mail programs leave by its
    `leave_link` with one press (RFC 8058).

    Raises:
        TellingSubject: the subject would say what the gift is about.
    """
    facts: dict[str, Any] = _tamed(context)
    with translation.override(language):
        subject = _line(render_to_string(f"emails/{template}.subject.txt", facts))
        if word := telling(subject):
            raise TellingSubject(f"{template}: {word!r}")
        facts["subject"] = subject
        text = render_to_string(f"emails/{template}.txt", facts)
        html = render_to_string(f"emails/{template}.html", facts)
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
    message = EmailMultiAlternatives(
        subject,
        re.sub(r"\n{3,}", "\n\n", text).strip() + "\n",
        to=[to],
        reply_to=[facts["help_email"]] if facts.get("help_email") else None,
        headers={
            # Django's own would carry this machine's name.
            "Message-ID": f"<{secrets.token_hex(16)}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": language,
            **_leaving(facts.get("leave_link", "")),
        },
    )
    message.attach_alternative(html.strip() + "\n", "text/html")
    return message


def hand_over(message: EmailMultiAlternatives) -> str:
    """Give a mail to the mail server. Returns the provider's id, by which a bounce finds it.

    Raises:
        NotSentYet: it did not leave, and may later.
        CameBack: there is no such mailbox.
    """
    try:
        message.send()
    except (smtplib.SMTPRecipientsRefused, AnymailRecipientsRefused) as refused:
        outcome = NotSentYet if _for_now(refused) else CameBack
        raise outcome(type(refused).__name__) from None
    except (OSError, smtplib.SMTPException, AnymailRequestsAPIError) as away:
        raise NotSentYet(type(away).__name__) from None
    told = getattr(message, "anymail_status", None)
    return str(getattr(told, "message_id", "") or "")[:200]


def _for_now(refused: Exception) -> bool:
    """Is it "come again later", as greylisting says, and not "no such person"? RFC 5321, 4.2.1"""
    answers = getattr(refused, "recipients", {})
    return isinstance(answers, dict) and any(code < 500 for code, _ in answers.values())


def _leaving(link: str) -> dict[str, str]:
    if not link:
        return {}
    return {
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _tamed(value: Any, key: str = "") -> Any:
    """What people typed, without control characters; only a `message` keeps its lines."""
    if isinstance(value, Mapping):
        return {name: _tamed(item, name) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_tamed(item) for item in value]
    if not isinstance(value, str):
        return value
    if key != "message":
        value = _line(value)
    # Joiners shape letters; the other invisible ones turn or hide what follows.
    return "".join(
        character
        for character in value
        if character in "\n\u200c\u200d" or unicodedata.category(character) not in ("Cc", "Cf")
    )


def _line(text: str) -> str:
    return " ".join(text.split())


class FileBackend(BaseEmailBackend):
    """One file a mail in settings.MAIL_DIRECTORY, named by time so that they sort."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        settings.MAIL_DIRECTORY.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}.eml"
            (settings.MAIL_DIRECTORY / name).write_bytes(message.message().as_bytes())
        return len(email_messages)
