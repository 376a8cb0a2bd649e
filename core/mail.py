"""A mail backend that keeps each message as an .eml file, for demonstrations and tests."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class FileBackend(BaseEmailBackend):
    """One file a mail in settings.MAIL_DIRECTORY, named by time so that they sort."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        settings.MAIL_DIRECTORY.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}.eml"
            (settings.MAIL_DIRECTORY / name).write_bytes(message.message().as_bytes())
        return len(email_messages)
