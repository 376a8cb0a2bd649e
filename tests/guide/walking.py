"""What the walk does with a browser: it presses, types, and takes a picture."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, sync_playwright

from deploy.stack import Stack
from tests import chromium

EDITOR = "editor@northstar.example"
# A row of these holds what our screens show without a visible loss.
COLOURS = 96


@contextmanager
def opened() -> Iterator[Page]:
    executable = chromium.executable()
    assert executable, "Chromium is not installed: sh deploy/bootstrap.sh tests"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=chromium.ARGUMENTS)
        context = browser.new_context(
            viewport={"width": 1280, "height": 800}, reduced_motion="reduce", locale="en-US"
        )
        context.set_default_timeout(30_000)
        page = context.new_page()
        try:
            yield page
        except Exception:
            page.screenshot(path="var/guide-failed.png")
            print(page.url)
            raise
        finally:
            browser.close()


class Walk:
    """One editor; `steps` counts what she presses and fills in."""

    def __init__(self, page: Page, stack: Stack, pictures: Path) -> None:
        self.page, self.stack, self.pictures = page, stack, pictures
        self.steps = 0

    def sign_in(self) -> None:
        page = self.page
        listed = (self.stack.data / "sign-ins.txt").read_text()
        password = re.search(rf"{re.escape(EDITOR)}\s+(\S+)", listed)
        assert password
        page.goto(self.stack.url("staff") + "/admin/")
        page.fill("[name=login]", EDITOR)
        page.fill("[name=password]", password[1])
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_selector("[name=code]")
        self.picture("second-factor", height=500)
        codes = self.stack.manage("second_factor_codes")
        code = re.search(rf"(\d{{6}})\s+{re.escape(EDITOR)}", codes)
        assert code, codes
        page.fill("[name=code]", code[1])
        page.locator("main button[type=submit]").first.click()
        page.wait_for_url("**/admin/")
        self.steps += 5

    def go(self, path: str) -> None:
        self.page.goto(self.stack.url("staff") + path)
        self.settled()

    def open_page(self, language: str, code: str) -> None:
        """From the list of campaigns, as the guide has it."""
        self.go("/admin/campaigns/")
        self.press(language, within=self.page.locator("tr", has_text=code))

    def settled(self) -> None:
        """Loaded, and a moment for what Wagtail does then; its preview never falls silent."""
        self.page.wait_for_load_state("load")
        self.page.wait_for_timeout(1000)

    def press(self, name: str, *, kind: str = "link", within: Locator | None = None) -> None:
        """The first visible thing of this name, as the guide calls it."""
        area = within or self.page
        found = area.get_by_role(kind, name=name)  # type: ignore[arg-type]
        found.locator("visible=true").first.click()
        self.settled()
        self.steps += 1

    def field(self, label: str) -> Locator:
        """As it is called on the screen, whether or not it must be filled."""
        called = re.compile(rf"^\s*{re.escape(label)}\s*\*?\s*$", re.IGNORECASE)
        fields = self.page.locator("input, textarea, select").locator("visible=true")
        return fields.and_(self.page.get_by_label(called)).first

    def fill(self, label: str, text: str) -> None:
        self.field(label).fill(text)
        self.steps += 1

    def filled(self, name: str, text: str) -> None:
        """A field within a block, where several have the same label."""
        self.page.locator(f"[name='{name}']").fill(text)
        self.steps += 1

    def choose(self, label: str, option: str) -> None:
        self.field(label).select_option(label=option)
        self.steps += 1

    def add_block(self, name: str, *, last: int = -1) -> None:
        """By the plus below what stands there, and the block's own name."""
        plus = self.page.get_by_role("button", name="Insert a block").locator("visible=true")
        plus.nth(last).click()
        self.page.get_by_role("option", name=name, exact=True).click()
        self.steps += 2

    def written(self, number: int, text: str) -> None:
        """Typed into the rich text of the block of this number."""
        block = self.page.locator("[data-streamfield-child]").nth(number)
        block.locator("[role=textbox]").first.click()
        self.page.keyboard.type(text)
        self.page.wait_for_timeout(500)  # the editor hands over a moment later what was typed
        self.steps += 1

    def save(self) -> None:
        """Wagtail saves by itself; this brings the checks below the form up to date."""
        self.page.locator("footer [data-w-dropdown-target=toggle]").first.click()
        self.page.get_by_role("button", name="Save draft").locator("visible=true").first.click()
        self.settled()
        self.steps += 2

    def up_to(self, what: Locator) -> None:
        """Into the middle: what sticks to the edges must not cover it."""
        what.evaluate("one => one.scrollIntoView({block: 'center'})")
        self.page.wait_for_timeout(300)

    def picture(self, name: str, *, height: int = 800, left: int = 0) -> None:
        self.page.locator("main").evaluate("one => { one.scrollLeft = 0 }")
        self.page.wait_for_timeout(400)
        clip = {"x": left, "y": 0, "width": 1280 - left, "height": height}
        png = self.page.screenshot(clip=clip)  # type: ignore[arg-type]
        drawn = Image.open(io.BytesIO(png)).convert("RGB")
        drawn.quantize(COLOURS, dither=Image.Dither.NONE).save(
            self.pictures / f"{name}.png", optimize=True
        )
