"""The front page and the give page, beside the least that Django can do in the same server."""

import json
from urllib.parse import urlsplit

import brotli
from playwright.sync_api import Response, sync_playwright

from bench import load
from bench.ground import Ground, plain_django
from bench.table import Table
from deploy import processes
from tests import chromium

SECONDS = 4.0
PAGES = {"home": "/", "give": "/give/"}


def run(ground: Ground) -> Table:
    ground.worker(runs=False)
    table = Table(
        "Pages",
        [
            "",
            "a second",
            "p50 ms",
            "p99 ms",
            "of plain",
            "queries first",
            "cold",
            "kept",
            "kB",
            "files",
        ],
    )
    port = processes.free_row_of_ports()
    queries = json.loads(ground.stack.manage("shell", "--no-imports", "-c", COUNT, role="public"))
    with plain_django(port):
        plain = fired(port, "/")
        for name, path in PAGES.items():
            result = fired(ground.port, path)
            weight, files = weigh(f"{ground.public}{path}")
            table.add(
                name,
                f"{result.rate:.0f}", f"{result.percentile(50):.1f}",
                f"{result.percentile(99):.1f}", f"{result.rate / plain.rate:.2f}",
                *queries[path], f"{weight / 1000:.1f}", files,
            )  # fmt: skip
        after = fired(port, "/")
    rate = (plain.rate + after.rate) / 2
    table.add(
        "plain Django view", f"{rate:.0f}", f"{plain.percentile(50):.1f}",
        f"{plain.percentile(99):.1f}", "1.00", 0, 0, 0, "", "",
    )  # fmt: skip
    table.remarks.append(
        "4 clients with one connection each, granian with 2 processes of 4 threads. The plain view "
        "has no middleware and no database. kB: everything Chromium loads for the page the first "
        "time, compressed with Brotli (fonts as they are). Queries: the first page in a process's "
        "life, which also learns Django's content types; the first in a minute (target: at most "
        "8); the others."
    )
    return table


def fired(port: int, path: str, *, seconds: float = SECONDS, **headers: str) -> load.Result:
    one = load.request(port, path, **headers)
    load.fire(port, [[one]] * load.CLIENTS, 0.5)
    result = load.fire(port, [[one]] * load.CLIENTS, seconds)
    assert result.wrong == 0, f"{path}: {result.wrong} were not answered with 200"
    return result


def weigh(url: str) -> tuple[int, int]:
    """Bytes of a first visit, and of how many files."""
    got: list[Response] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.executable(), args=chromium.ARGUMENTS
        )
        page = browser.new_page()
        # Playwright marks its handlers, which a built-in method does not let it.
        page.on("response", lambda response: got.append(response))  # noqa: PLW0108
        page.goto(url, wait_until="networkidle")
        sizes = {one.url: compressed(one.url, one.body()) for one in got}
        browser.close()
    return sum(sizes.values()), len(sizes)


def compressed(url: str, body: bytes) -> int:
    if urlsplit(url).path.endswith((".woff2", ".png", ".jpg", ".avif", ".webp")):
        return len(body)
    return len(brotli.compress(body, quality=5))


# In a process of its own with the public site's settings.
COUNT = f"""
import json
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
found = {{}}
for path in {list(PAGES.values())!r}:
    found[path] = []
    for kept in (False, False, True):
        if not kept:
            caches["local"].clear()
        with CaptureQueriesContext(connection) as queries:
            assert Client(headers={{"host": "localhost"}}).get(path).status_code == 200
        found[path].append(len(queries))
print(json.dumps(found))
"""
