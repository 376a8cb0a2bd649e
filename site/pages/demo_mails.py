"""The mails a demonstration has sent, for whoever tries it out: nobody has a mailbox there."""

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

NAME = re.compile(r"\d{8}T\d+-[0-9a-f]+\.eml")
SHOWN = 50
# Drawn as a page of its own that can run nothing and fetch nothing; its links work.
FRAME = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups"


@dataclass(frozen=True)
class Shown:
    name: str
    to: str
    subject: str
    at: datetime | None
    text: str
    has_html: bool


@never_cache
@require_GET
def mails(request: HttpRequest) -> HttpResponse:
    folder = _folder()
    names = sorted((file.name for file in folder.glob("*.eml")), reverse=True)[:SHOWN]
    context = {"mails": [_shown(name) for name in names if NAME.fullmatch(name)]}
    response = render(request, "pages/demo_mails.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
@require_GET
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """One mail as it looks in a mail program."""
    body = _read(name).get_body(("html",))
    if body is None:
        raise Http404
    response = HttpResponse(body.get_content())
    response._csp_exempt = True  # type: ignore[attr-defined]  # the library's own way; ours follows
    response["Content-Security-Policy"] = FRAME
    response["X-Robots-Tag"] = "noindex"
    return response


def _folder() -> Path:
    if not settings.DEMO:
        raise Http404
    folder: Path = settings.MAIL_DIRECTORY
    return folder


def _read(name: str) -> EmailMessage:
    file = _folder() / name
    if not NAME.fullmatch(name) or not file.is_file():
        raise Http404
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    if not isinstance(message, EmailMessage):
        raise Http404
    return message


def _shown(name: str) -> Shown:
    message = _read(name)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return Shown(
        name=name,
        to=str(message["to"] or ""),
        subject=str(message["subject"] or ""),
        at=parsedate_to_datetime(message["date"]) if message["date"] else None,
        text=text.get_content() if text else "",
        has_html=html is not None,
    )
