"""A real browser for tests: one Chromium per worker, a fresh context per page."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any, Literal, Protocol

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

WHERE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
# Also what is blocked without a word in the console.
BLOCKED = """
addEventListener('securitypolicyviolation', event => console.error(
  `Content Security Policy: ${event.effectiveDirective} blocked ${event.blockedURI}`
));
"""
WIDTHS = {"phone": (360, 740), "tablet": (820, 1180), "desktop": (1280, 800)}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class NewPage(Protocol):
    def __call__(
        self,
        *,
        size: Literal["phone", "tablet", "desktop"] = "desktop",
        scheme: Literal["light", "dark"] = "light",
        locale: str = "en-US",
        javascript: bool = True,
        **context: Any,
    ) -> Page: ...


def executable() -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, WHERE)), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright's event loop stays in the process once it has begun.

    They alone get a second try, for a real browser on a busy machine draws when it can; who needed
    it is named at the end.
    """
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1))
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    if executable() is None and not os.environ.get("CI"):
        missing = pytest.mark.skip(reason="Chromium is not installed: sh deploy/bootstrap.sh tests")
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(missing)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = [
        r for r in terminalreporter.stats.get("skipped", []) if "Chromium" in str(r.longrepr)
    ]
    for again in terminalreporter.stats.get("rerun", []):
        terminalreporter.write_line(f"TRIED TWICE: {again.nodeid}", yellow=True, bold=True)
        terminalreporter.write_line(again.longreprtext)
    if skipped:
        terminalreporter.write_line(
            f"NOT TESTED: {len(skipped)} browser tests, because Chromium is not installed.",
            red=True,
            bold=True,
        )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's own loop runs in this thread
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Makes pages in a browser of their own kind; a script error or a blocked resource fails."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def make(
        *, size: str = "desktop", scheme: Any = "light", locale: str = "en-US",
        javascript: bool = True, **context: Any,
    ) -> Page:  # fmt: skip
        width, height = WIDTHS[size]
        contexts.append(
            browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                locale=locale,
                java_script_enabled=javascript,
                reduced_motion="reduce",
                **context,
            )
        )
        contexts[-1].set_default_timeout(10_000)
        contexts[-1].add_init_script(BLOCKED)
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda said: (
                wrong.append(f"{page.url}: {said.text}")
                if said.type == "error" and "Content Security Policy" in said.text
                else None
            ),
        )
        return page

    yield make
    for context in contexts:
        context.close()
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """Accessibility faults of a page as it stands, one line each; an empty list is the aim."""
    engine = Axe()

    def faults(page: Page) -> list[str]:
        answer = engine.run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
        return [
            f"{fault['id']} ({fault['impact']}): {fault['help']}: {node['target']}"
            for fault in answer.response["violations"]
            for node in fault["nodes"]
        ]

    return faults
