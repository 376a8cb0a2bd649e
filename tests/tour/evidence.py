"""What the tour leaves for people to look at: receipts, mails, pages and one page of figures."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.tour import checks
from tests.tour.browsing import Windows
from tests.tour.stage import Stage
from tests.tour.visitor import Visitor

LINK = re.compile(r"https?://\S+/receipts/\S+")
CONFIRM_LINK = re.compile(r"https?://\S+/give/confirm/\S+")
CODE = re.compile(r"\b(?:[0-9A-Z]{4}-){2}[0-9A-Z]{4}\b")
SIGN_IN_CODE = re.compile(r"^\s*([0-9A-Z]{3,}(?:-[0-9A-Z]{3,})*)\s*$", re.MULTILINE)
PAGES = {
    "home": "/",
    "home-spanish": "/es/",
    "give": "/give/",
    "how-it-works": "/how-it-works/",
    "safety": "/safety/",
    "not-found": "/no-such-page/",
    "my-giving-sign-in": "/account/login/",
    "receipt-check-empty": "/receipts/check/",
}


@dataclass
class Evidence:
    """The folder var/tour/, filled bit by bit."""

    folder: Path
    figures: list[tuple[str, str]] = field(default_factory=list)
    timings: list[tuple[str, float]] = field(default_factory=list)

    @property
    def screens(self) -> Path:
        return self.folder / "screens"

    def note(self, name: str, value: object) -> None:
        self.figures.append((name, str(value)))


def mailed_link(stage: Stage, to: str, pattern: re.Pattern[str]) -> str:
    """The newest link of a kind that was mailed to somebody; waits for the mail."""
    found: list[str] = []

    def look() -> list[str]:
        for file in stage.mails:
            message = checks.read_mail(file)
            if message["To"] == to:
                found.extend(pattern.findall(checks.body(message)))
        return found

    stage.wait(f"a mail to {to}", look, 90)
    return found[-1].rstrip(".")


def download_receipt(stage: Stage, evidence: Evidence, receipt: dict[str, Any]) -> str:
    """By the mailed link, as a donor does: look, press, keep; then check the printed code."""
    visitor = Visitor(stage.public, "10.201.0.1")
    link = mailed_link(stage, receipt["email"], LINK)
    page = visitor.get(link)
    assert page.status == 200, f"the link to {receipt['label']}: {page.status}"
    got = visitor.send(page, page.form())
    assert got.headers["Content-Type"] == "application/pdf", got.headers
    checks.file_is_the_one_issued(stage, receipt["label"], got.body)
    file = evidence.folder / "receipts" / f"{receipt['label']}.pdf"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(got.body)
    subprocess.run(
        ["pdftoppm", "-png", "-r", "80", "-singlefile", file, file.with_suffix("")], check=True
    )
    return check_code(stage, file, "valid")


def check_code(stage: Stage, file: Path, state: str) -> str:
    """Type the printed code into the check page, as whoever is shown the paper would."""
    printed = subprocess.run(
        ["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True
    ).stdout
    code = CODE.findall(printed)[-1]
    page = Visitor(stage.public, "10.201.0.2").get(f"/receipts/check/?code={code}")
    words = {
        "valid": "Test receipt: no money was received",
        "replaced": "This receipt was replaced",
    }[state]
    assert words in page.text, f"the check of {file.name} does not say: {words}"
    return code


def interesting_receipts(stage: Stage) -> list[dict[str, Any]]:
    """One of each kind: plain, covered fee, tribute, another name, Spanish, by bank."""
    kinds = (
        "d.fee_cover_minor = 0 AND d.tribute_kind = '' AND d.language = 'en'",
        "d.fee_cover_minor > 0",
        "d.tribute_kind = 'memory'",
        "d.receipt_name <> ''",
        "d.language = 'es'",
        "d.card_brand NOT IN ('visa', 'mastercard', 'amex')",
        "d.name = 'Mary & Tom <Baker>'",
    )
    found: dict[str, dict[str, Any]] = {}
    for kind in kinds:
        query = f"""
            SELECT r.id, r.label, d.email FROM donations_receipt r
              JOIN donations_donation d ON d.id = r.donation_id
             WHERE {kind} AND r.state = 'issued' ORDER BY r.number
        """
        rows = stage.rows(query)
        fresh = [row for row in rows if row["label"] not in found]
        if fresh:
            found[fresh[0]["label"]] = fresh[0]
    return list(found.values())


def photograph(windows: Windows, stage: Stage) -> None:
    """The main pages, narrow and wide, light; and the front page by night."""
    for size in ("phone", "desktop"):
        with windows.guest("10.202.0.1", size) as guest:
            for name, path in PAGES.items():
                guest.page.goto(f"{stage.public}{path}")
                guest.shot(name)
            guest.page.goto(f"{stage.staff}/admin/")
            guest.shot("staff-sign-in")
        with windows.guest("10.202.0.1", size, color_scheme="dark") as guest:
            for name in ("home", "give"):
                guest.page.goto(f"{stage.public}{PAGES[name]}")
                guest.shot(f"{name}-dark")


def see_my_giving(windows: Windows, stage: Stage, receipt: dict[str, Any], code: str) -> None:
    """Check a receipt, open an account by a mailed code; the donor's own receipt must be there."""
    email, label = receipt["email"], receipt["label"]
    with windows.guest("10.202.0.2", "phone") as guest:
        guest.page.goto(f"{stage.public}/receipts/check/?code={code}")
        guest.shot("receipt-check")
        guest.page.goto(f"{stage.public}/account/signup/")
        guest.page.locator("main [type=email]").fill(email)
        before = len(stage.mails)
        guest.page.locator("main form [type=submit]").first.click()
        stage.wait("a mail with a code", lambda: len(stage.mails) > before, 30)
        guest.shot("my-giving-code")
        text = checks.body(checks.read_mail(stage.mails[-1]))
        mailed = SIGN_IN_CODE.search(text)
        assert mailed, f"no code in:\n{text}"
        guest.page.locator("main input[name=code]").fill(mailed[1])
        guest.page.locator("main form [type=submit]").first.click()
        guest.page.wait_for_load_state()
        guest.page.goto(f"{stage.public}/account/")
        guest.shot("my-giving")
        assert label in guest.page.content(), f"{email} does not find {label} in her account"


def write_summary(evidence: Evidence, title: str, books: str, counts: dict[str, Any]) -> None:
    lines = [f"# {title}", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in evidence.figures]
    lines += ["", "| For | USD |", "|---|---:|"]
    lines += [f"| {name} | {dollars(sum_)} |" for name, sum_ in counts["by designation"].items()]
    for heading in ("gifts", "receipts", "mails", "events", "jobs"):
        told = ", ".join(f"{name}: {count}" for name, count in sorted(counts[heading].items()))
        lines += ["", f"**{heading.capitalize()}** {told}"]
    lines += ["", "```", books.strip(), "```", "", "| Step | s |", "|---|---:|"]
    lines += [f"| {name} | {seconds:.1f} |" for name, seconds in evidence.timings]
    (evidence.folder / "summary.md").write_text("\n".join(lines) + "\n")


def keep(stage: Stage, evidence: Evidence) -> None:
    """Mails and logs outlive the databases."""
    for name in ("mail", "log"):
        if (stage.stack.data / name).exists():
            shutil.copytree(stage.stack.data / name, evidence.folder / name, dirs_exist_ok=True)


def dollars(minor: int) -> str:
    return f"{minor / 100:,.2f}"


def percentile(values: Sequence[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
