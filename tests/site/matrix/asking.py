"""Ask every address as somebody, and name the answer. Nothing that a POST does is kept."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

from django.contrib.auth import middleware
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.template.backends.django import Template

from accounts.models import User
from gifts.vault import workers
from gifts.vault.models import Partner
from staff import second_factor
from tests.people import person, signed_in
from tests.roles import STAFF, RoleClient
from tests.server import ROOT
from tests.site.matrix.addresses import LETTERS, OUTSIDE, SIGN_IN, STRANGERS, Cell, Row
from tests.site.matrix.house import House

MESSAGE = "wagtailadmin/shared/messages.html"
METHODS = ("get", "post")
IN, REFUSED = "let in", "refused"


@contextmanager
def undrawn() -> Iterator[None]:
    """Who is let in is decided before a page is drawn; the canary crawl draws them all."""
    drawn = Template.render

    def render(self: Template, *given: Any, **named: Any) -> str:
        return drawn(self, *given, **named) if self.template.name == MESSAGE else ""

    with mock.patch.object(Template, "render", render):
        yield


@contextmanager
def remembered() -> Iterator[None]:
    """A person's session, row, rights and factor are read once, not for each of many requests."""
    people: dict[str, Any] = {}
    read = middleware.auth.get_user

    def get_user(request: Any) -> Any:
        key = request.session.get("_auth_user_id", "")
        if key not in people:
            people[key] = read(request)
        return people[key]

    rows: dict[str, Any] = {}
    look_up = SessionStore._get_session_from_db

    def get_session(self: SessionStore) -> Any:
        if self.session_key not in rows:
            rows[self.session_key] = look_up(self)
        return rows[self.session_key]

    has_factor = cache(second_factor.is_mfa_enabled)
    with (
        mock.patch.object(middleware.auth, "get_user", get_user),
        mock.patch.object(SessionStore, "_get_session_from_db", get_session),
        mock.patch.object(second_factor, "is_mfa_enabled", has_factor),
    ):
        yield


@contextmanager
def undone() -> Iterator[None]:
    """Nothing that happens inside is kept, in either database."""
    with ExitStack() as stack:
        for alias in ("default", "vault"):
            savepoint = transaction.atomic(alias)
            # A transaction that must be the outermost takes the test's own for nothing; so this.
            savepoint._from_testcase = True  # type: ignore[attr-defined]
            stack.enter_context(savepoint)
        yield
        for alias in ("default", "vault"):
            transaction.set_rollback(True, using=alias)


@dataclass
class Asking:
    """Somebody before one side of the site."""

    letter: str
    client: RoleClient

    def answer(self, method: str, url: str) -> str:
        """What came of it, with every row and cookie as before."""
        cookies = self.client.cookies.copy()
        # Looking changes nothing but the session; taking that back twice would double the time.
        with nullcontext() if method == "get" else undone():
            response = getattr(self.client, method)(url)
        self.client.cookies = cookies
        return name(response)


def name(response: Any) -> str:
    """What the answer comes to: let in (whatever then became of it), turned away, or 404, 405."""
    code = response.status_code
    if code == 403:
        return REFUSED
    if code in (404, 405):
        return str(code)
    if code == 302:
        if "/account/login/" in response["Location"]:
            return SIGN_IN
        if response["Location"] == "/admin/" and _was_told_no(response):
            return REFUSED
    if place := broke_in_ours(response):
        return f"broke at {place}"
    return IN


def _was_told_no(response: Any) -> bool:
    """Wagtail sends people home with a message."""
    told = getattr(response.wsgi_request, "_messages", None)
    queued = getattr(told, "_queued_messages", [])
    return any("do not have permission" in str(message) for message in queued)


def broke_in_ours(response: Any) -> str:
    """The file of ours that an error came from, else "".

    An empty form is more than some pages of the libraries can bear; of ours none may break.
    """
    if response.status_code < 500:
        return ""
    trace = response.exc_info[2] if response.exc_info else None
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = Path(trace.tb_frame.f_code.co_filename) if trace else ROOT / "unknown"
    ours = place.is_relative_to(ROOT) and not place.is_relative_to(sys.prefix)
    return str(place.relative_to(ROOT)) if ours else ""


def fits(row: Row, cell: Cell, letter: str, answer: str) -> bool:
    admin = not row.before_the_door and not row.route.startswith("/partners/")
    if letter in OUTSIDE and admin:
        return answer == REFUSED
    if letter in STRANGERS and not row.before_the_door:
        return answer == (SIGN_IN if letter == "0" else REFUSED)
    if cell.alike:
        return answer == cell.alike
    if letter in cell.who:
        return answer in (IN, "405")
    away = row.before_the_door or letter == "0"
    return answer in (REFUSED, "404", *([SIGN_IN] if away else []))


def somebody(letter: str, side: str, *, donor: User, house: House) -> Asking:
    client = RoleClient(side)
    if letter != "0":
        user = donor if letter == "D" else person(*filter(None, [LETTERS.get(letter)]))
        if letter in OUTSIDE:
            workers.add(Partner.objects.get(pk=house.keys["partners:pk"]), user)
        if side == STAFF:
            client = signed_in(user)
        else:
            client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    client.raise_request_exception = False
    return Asking(letter, client)


def differences(rows: list[Row], who: Asking, house: House) -> list[str]:
    """Each row is asked with GET and POST; a line for each answer that it does not give."""
    found = []
    for row in rows:
        for method in METHODS:
            cell = row.get if method == "get" else row.post
            answer = who.answer(method, house.address(row.route))
            if not fits(row, cell, who.letter, answer):
                found.append(f"{row.where} {method.upper()} {row.route} by {who.letter}: {answer}")
    return found
