"""A donor without a browser: pages, cookies and forms over plain HTTP."""

import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from email.message import Message
from html import unescape
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode, urljoin

import altcha

# Chromium would wait as long; a page that takes more is a fault.
TIMEOUT_SECONDS = 30


@dataclass
class Form:
    """One form of a page, filled as it stood there."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            marks = {key: value for key, value in given.items() if key.startswith("data-")}
            self.forms.append(
                Form(given.get("action", ""), given.get("method", "get"), marks=marks)
            )
        elif self.forms and name and tag == "input":
            if given.get("type") not in ("radio", "checkbox"):
                self.forms[-1].values[name] = given.get("value", "")
            elif "checked" in given:
                self.forms[-1].values[name] = given.get("value", "on")
        elif self.forms and name and tag == "textarea":
            self._area = name
            self.forms[-1].values[name] = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1].values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""


@dataclass(frozen=True)
class Answer:
    url: str
    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return urljoin(self.url, self.headers.get("Location", ""))

    @property
    def complaints(self) -> str:
        """What a form that came back says is wrong."""
        found = re.findall(r'class="field-error"[^>]*>(.*?)</p>', self.text, re.DOTALL)
        words = [" ".join(unescape(re.sub("<[^>]+>", " ", one)).split()) for one in found]
        return f"{self.status}: {'; '.join(words)}"

    @property
    def forms(self) -> list[Form]:
        parser = _Forms()
        parser.feed(self.text)
        return parser.forms

    def form(self, mark: str = "", *, to: str = "") -> Form:
        """The page's form that is sent by POST, or the one that carries a mark or leads there."""
        for form in self.forms:
            marked = not mark or mark in form.marks
            if form.method.lower() == "post" and marked and to in form.action:
                return form
        raise AssertionError(f"{self.url} ({self.status}) has no form to send")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_given: Any) -> None:
        return None


class Visitor:
    """One person with cookies of her own, at a network address of her own."""

    def __init__(self, origin: str, address: str) -> None:
        self.origin = origin
        self.address = address
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(CookieJar()),
            _NoRedirect(),
        )

    def get(self, where: str) -> Answer:
        return self._ask(urljoin(self.origin, where), None)

    def send(self, page: Answer, form: Form, **typed: str | list[str]) -> Answer:
        """Fill a form and press its button; several values of a name as a list."""
        data = urlencode({**form.values, **typed}, doseq=True).encode()
        return self._ask(urljoin(page.url, form.action), data, page.url)

    def _ask(self, url: str, data: bytes | None, came_from: str = "") -> Answer:
        headers = {"X-Forwarded-For": self.address, "Accept-Language": "en"}
        if data is not None:
            headers |= {"Origin": self.origin, "Referer": came_from}
        request = urllib.request.Request(url, data, headers)  # noqa: S310 - our own origin
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                return Answer(url, response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(url, error.code, error.headers, error.read())


def solved(challenge: str) -> str:
    """What the browser's worker would find for a review page's proof of work."""
    made = altcha.Challenge.from_dict(json.loads(challenge))
    solution = altcha.solve_challenge(made)
    assert solution is not None  # the counter is within what the page's own worker tries
    return str(altcha.Payload(made, solution).to_base64())
