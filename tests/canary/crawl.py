"""Every address of a side, and every one that its pages lead to, as somebody sees it."""

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client

from tests.canary import surfaces
from tests.site.matrix import asking
from tests.site.matrix.addresses import Row
from tests.site.matrix.house import House

LINK = re.compile(rb"""(?:href|src|action|data-[a-z-]+)=["']([^"'#\s]+)""")
NOWHERE = re.compile(r"^/(static|media)/|/logout/|/failwhale/|^/webhooks/")
# Of one address with different questions (a list's order, its pages) so many are followed.
QUESTIONS = 3


@dataclass
class Crawl:
    """One person's walk; `name` begins the name of each surface it yields."""

    name: str
    client: Client
    # How many addresses more than the known ones.
    most: int = 0
    asked: Counter[str] = field(default_factory=Counter)

    def pages(self, rows: list[Row], house: House) -> Iterator[surfaces.Surface]:
        routes = {house.address(row.route): row.route for row in rows if row.get.alike != "405"}
        self.client.raise_request_exception = False
        waiting = dict.fromkeys([*routes, "/nowhere/"])
        most = len(waiting) + self.most
        while waiting and len(self) < most:
            url = next(iter(waiting))
            del waiting[url]
            path = urlsplit(url).path
            if NOWHERE.search(path) or self.asked[path] >= QUESTIONS:
                continue
            self.asked[path] += 1
            response = self.client.get(url)
            assert not asking.broke_in_ours(response), f"{self.name} {url}"
            name = f"{self.name} {routes.get(url) or _row_of(response, rows) or path}"
            yield from surfaces.of_response(name, response)
            if self.most:
                waiting |= dict.fromkeys(links(url, response))

    def looks(
        self, rows: list[Row], house: House, purposes: list[Any]
    ) -> Iterator[surfaces.Surface]:
        """What is shown to this person after she has said what for, by every purpose there is."""
        for row in rows:
            for purpose in purposes if row.asks_purpose else ():
                response = self.client.post(house.address(row.route), {"purpose": purpose.value})
                assert not asking.broke_in_ours(response), f"{self.name} {row.route}"
                name = f"{self.name} {row.route} for {purpose.value}"
                yield from surfaces.of_response(name, response)

    def __len__(self) -> int:
        return sum(self.asked.values())


def _row_of(response: Any, rows: list[Row]) -> str:
    """The line of the tables that a page which was led to belongs to, else ""."""
    match = getattr(response.wsgi_request, "resolver_match", None)
    return next((row.route for row in rows if match and row.route == f"/{match.route}"), "")


def links(url: str, response: Any) -> Iterator[str]:
    """Where a page leads on this same site."""
    if response.status_code in (301, 302):
        found = [response["Location"]]
    elif "html" in response.get("Content-Type", "") and not response.streaming:
        found = [html.unescape(raw.decode()) for raw in LINK.findall(response.content)]
    else:
        found = []
    for one in found:
        to = urlsplit(urljoin(f"http://testserver{url}", one))
        if to.netloc == "testserver" and to.scheme == "http":
            yield to.path + (f"?{to.query}" if to.query else "")
