"""What every public address costs a visitor: found by following links from the front pages."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from unittest import mock
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit
from urllib.request import urlopen

import brotli
from django.contrib.contenttypes.models import ContentType
from playwright.sync_api import Page, Request, Response, Route
from wagtail.models import Page as WagtailPage

from campaigns.letters import sending
from campaigns.models import Letter, StoryPage
from campaigns.reports import demo as reports_demo
from campaigns.reports import papers
from campaigns.stories import demo as stories_demo
from pages.demo import reports, stories
from tests.browser.conftest import House
from tests.campaigns.comments_made import open_talk
from tests.chromium import NewPage
from tests.news_made import make_letter, make_reader
from tests.people import person, signed_in

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
# Without its style sheet a page is twice as high.
DRESSED = "[...document.querySelectorAll('link[rel=stylesheet]')].every(link => link.sheet)"
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
def weight(url: str) -> int:
    """Asked anew: a browser forgets what a worker loaded once the worker has ended."""
    with urlopen(url) as answer:  # noqa: S310 - the addresses are our own
        return len(brotli.compress(answer.read(), quality=6))  # as a server does on the way


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
        sum(weight(a.url) for a in answers if a.ok),
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


def said_by_editors() -> None:
    """Beside the pages: stories with comments, a report, a letter that is also on the site."""
    editor, second = person(factor=False), person(factor=False)
    stories_demo.seed(stories.STORIES, by=editor, second=second, keeper=person("Privacy lead"))
    for story in StoryPage.objects.live():
        open_talk(story)
    with mock.patch.object(papers, "render", return_value=b"%PDF-1.7"):
        reports_demo.seed(reports.REPORT, by=editor)
    make_reader()
    letter = make_letter(is_on_web=True)
    sending.queue(letter, seen=1, at=None, by=editor)
    Letter.objects.filter(pk=letter.pk).update(state="sending")


def kind_of(url: str) -> str:
    """Addresses that differ only in what they choose beforehand are one page."""
    parts = urlsplit(url)
    return f"{parts.path}?{'&'.join(sorted(parse_qs(parts.query)))}"


def every_address(house: House, new_page: NewPage) -> dict[str, Visit]:
    """What links lead to from the front pages, and beside it what is missing or hangs on a number.

    Each opened once, by turns on a phone and on a desktop.
    """
    said_by_editors()
    begin = [
        "/",
        "/es/",
        "/nowhere/",
        "/es/nowhere/",
        "/c/nowhere/",
        "/receipts/x/",
        "/search/?q=a",
    ]
    begin += [f"/news/letters/{pk}/" for pk in Letter.objects.values_list("pk", flat=True)[:1]]
    waiting, seen = [f"{house.public}{path}" for path in begin], dict[str, Visit]()
    kinds = set[str]()
    while waiting:
        url = waiting.pop(0)
        if kind_of(url) in kinds:
            continue
        kinds.add(kind_of(url))
        size = ("phone", "desktop")[len(seen) % 2]
        seen[url] = found = opened(new_page, url, size)
        waiting += sorted(found.links)
    return seen


def test_no_public_page_asks_others_marks_visitors_weighs_much_or_moves(
    house: House, new_page: NewPage
) -> None:
    seen = every_address(house, new_page)
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


def test_a_form_keeps_its_height_when_its_script_comes_late(
    house: House, new_page: NewPage
) -> None:
    page = new_page()
    held: list[Route] = []
    page.route("**/js/give*", lambda route: held.append(route))  # noqa: PLW0108 - it marks it
    with page.expect_request("**/js/give*"):
        page.goto(f"{house.public}/es/give/?designation=education", wait_until="commit")
    page.get_by_role("contentinfo").wait_for()
    page.wait_for_function(DRESSED)
    page.evaluate("document.fonts.ready.then(() => true)")
    before = page.evaluate("document.body.scrollHeight")
    held[0].continue_()
    page.locator("[data-total]:not([hidden])").wait_for()
    assert page.evaluate("document.body.scrollHeight") == before


def test_no_first_page_of_a_desk_and_no_editor_asks_others(house: House, new_page: NewPage) -> None:
    """What the content policy would block fails by itself (`new_page`)."""
    said_by_editors()
    session = signed_in(person(is_superuser=True)).cookies["staff_session"].value
    page = new_page()
    page.context.add_cookies([{"name": "staff_session", "value": session, "url": house.staff}])
    hosts = set[str]()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(f"{house.staff}/admin/")
    menu = json.loads(page.locator("#wagtail-sidebar-props").text_content() or "")
    desks = {url for url in _urls(menu) if url.startswith("/admin/") and "logout" not in url}
    kinds = {kind.model_class(): pk for pk, kind in _one_of_each_kind()}
    editors = [f"/admin/pages/{pk}/edit/" for pk in kinds.values()]

    broken = []
    for url in [*sorted(desks), *editors]:
        answer = page.goto(f"{house.staff}{url}")
        if answer is None or answer.status != 200:
            broken.append(url)

    assert broken == []
    assert len(desks) > 25
    assert len(editors) > 10
    assert hosts <= {urlsplit(house.staff).netloc, urlsplit(house.public).netloc, ""}
    print(f"{len(desks)} desks, {len(editors)} editors")


def _urls(part: Any) -> Iterator[str]:
    """Every address that the menu leads to."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "url" and isinstance(value, str):
                yield value
            yield from _urls(value)
    elif isinstance(part, list):
        for one in part:
            yield from _urls(one)


def _one_of_each_kind() -> list[tuple[int, ContentType]]:
    pages = WagtailPage.objects.filter(depth__gt=1).order_by("content_type", "-pk")
    return [(row.pk, row.content_type) for row in pages.distinct("content_type")]
