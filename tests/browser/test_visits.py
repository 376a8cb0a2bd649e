"""What every public address costs a visitor: found by following links from the front pages."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

import brotli
from playwright.sync_api import Page, Request, Response

from tests.browser.conftest import House
from tests.chromium import NewPage

MOST_BYTES, MOST_REQUESTS = 60_000, 12
FORM = re.compile(r'<form\b[^>]*method="post"', re.IGNORECASE)
# Where a link leads to signing in, the address afterwards is what was visited.
LEADS_ELSEWHERE = ("https:", "tel:", "mailto:")
# One that waits to be scrolled to would never come.
PICTURES = (
    "document.querySelectorAll('img[loading=lazy]').forEach(image => image.loading = 'eager');"
    "Promise.all([...document.images].map(image => image.complete"
    " || new Promise(done => image.onload = image.onerror = done)))"
)
# By how much, and what.
MOVED = """
window.moved = [];
const told = s => `${s.node?.nodeName}.${s.node?.className} from `
  + `${JSON.stringify(s.previousRect)} to ${JSON.stringify(s.currentRect)}`;
new PerformanceObserver(list => list.getEntries().forEach(
  entry => window.moved.push([entry.value, ...entry.sources.map(told)].join(' '))
)).observe({type: 'layout-shift', buffered: true});
"""


@dataclass
class Visit:
    """One address, opened by somebody who was never here before."""

    url: str
    hosts: set[str]
    requests: int
    weight: int
    cookies: set[str]
    has_form: bool
    moved: list[str]
    links: set[str]


@cache
def weight(body: bytes) -> int:
    return len(brotli.compress(body, quality=6))  # as a server does on the way


def visit(page: Page, url: str) -> Visit:
    asked: list[Request] = []
    answers: list[Response] = []
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - it marks its listener
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108
    page.add_init_script(MOVED)
    page.goto(url)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.evaluate(PICTURES)
    hrefs = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
    return Visit(
        url,
        {urlsplit(request.url).netloc for request in asked},
        len(answers),
        sum(weight(a.body()) for a in answers if a.ok),
        {cookie["name"] for cookie in page.context.cookies()},
        bool(FORM.search(page.content())),
        page.evaluate("window.moved"),
        {urldefrag(urljoin(url, h))[0] for h in hrefs if not h.startswith(LEADS_ELSEWHERE)},
    )


def opened(new_page: NewPage, url: str, size: Any) -> Visit:
    page = new_page(size=size)
    try:
        return visit(page, url)
    finally:
        page.context.close()


def kind_of(url: str) -> str:
    """Addresses that differ only in what they choose beforehand are one page."""
    parts = urlsplit(url)
    return f"{parts.path}?{'&'.join(sorted(parse_qs(parts.query)))}"


def test_no_public_page_asks_others_marks_visitors_weighs_much_or_moves(
    house: House, new_page: NewPage
) -> None:
    waiting, seen = [f"{house.public}/", f"{house.public}/es/"], dict[str, Visit]()
    kinds = set[str]()
    while waiting:
        url = waiting.pop(0)
        if kind_of(url) in kinds:
            continue
        kinds.add(kind_of(url))
        size = ("phone", "desktop")[len(seen) % 2]
        seen[url] = found = opened(new_page, url, size)
        waiting += sorted(found.links)

    own = {urlsplit(house.public).netloc}
    assert len(seen) > 20, sorted(seen)
    assert {v.url: v.hosts for v in seen.values() if v.hosts != own} == {}
    marked = {v.url: v.cookies for v in seen.values() if v.cookies}
    assert {url for url in marked if not seen[url].has_form} == set()
    assert {name for names in marked.values() for name in names} <= {
        "public_csrf",
        "public_session",
    }
    assert {v.url: v.weight for v in seen.values() if v.weight > MOST_BYTES} == {}
    assert {v.url: v.requests for v in seen.values() if v.requests > MOST_REQUESTS} == {}
    assert {v.url: v.moved for v in seen.values() if v.moved} == {}
    print(
        f"{len(seen)} addresses: at most {max(v.weight for v in seen.values()):,} bytes and "
        f"{max(v.requests for v in seen.values())} requests"
    )
