"""Impact reports in the tour: two in a row over what was really given and really delivered.

A report prints whole elevens of a kind and region and leaves the last ten of what was ready open,
so the eleven or twelve of each that the needs before bring to people would be told nowhere. So
partners ask for more of three kinds while the first quarter lasts; it is given, bought, and
reaches people in the second one. The money is that of the whole tour and of the months after it.

`python -m tests.tour.reports` plays the needs and this part alone, without the months.
"""

import argparse
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.processes import ROOT
from tests.tour import browsing, needs_checks, needs_pages
from tests.tour.browsing import Windows
from tests.tour.evidence import Evidence
from tests.tour.needs import Needs
from tests.tour.stage import Stage, clear
from tests.tour.things import Doing, Staff, at_the_desks
from tests.tour.visitor import Visitor

FIRST = 9_500
K = 11
LOOKS = [(size, scheme) for size in ("phone", "desktop") for scheme in ("light", "dark")]


class Reports:
    def __init__(self, stage: Stage, kept: Evidence, doing: Doing) -> None:
        self.stage, self.evidence, self.doing = stage, kept, doing
        # On which the news of the two quarters is due.
        self.days: list[str] = []

    # --- What is told of ------------------------------------------------------------------------

    def ask_again(self, needs: Needs) -> None:
        """Before the first quarter ends."""
        with self.doing("partners ask for more of three kinds; it is given and bought"):
            counts = needs.staff.do("ask_again")
            needs.give(counts, each=1, first=FIRST)
            self.stage.wait_for_jobs()
            bought = needs.staff.do("buy_again", counts=counts)
            assert bought == sum(counts.values())
        self.evidence.note("Asked for, given and bought for the next quarter", bought)

    def next_quarter(self, needs: Needs) -> None:
        """After the first news: all of it reaches people, and the second news is published."""
        self.days = [needs.news]
        with self.doing("a second quarter passes: more reaches people, its news is published"):
            told = needs.staff.do("next_quarter", after=needs.news)
            self.days.append(told["day"])
            needs_checks.cells_are_of_eleven(self.stage, needs.cells + told["cells"])
            self.stage.wait_for_jobs()
        self.evidence.note("Matched, sent and confirmed in the second quarter", told["approved"])

    # --- What is published ----------------------------------------------------------------------

    def publish(self, windows: Windows) -> None:
        folder = self.evidence.folder / "reports"
        folder.mkdir(parents=True, exist_ok=True)
        note = self.evidence.note
        with self.doing("two impact reports are published, in two languages"):
            with at_the_desks(self.stage, "needs_staff", "staff") as staff:
                told = [
                    staff.do("publish_report", day=day, number=number)
                    for number, day in enumerate(self.days)
                ]
                refused = staff.do("refusals", day=self.days[-1])
                self._see_desks(windows, staff, told[0]["edition"])
            assert refused == ["overlaps", "stands"], refused
            said = self.stage.stack.manage("verify_reports")
            note("verify_reports", said.strip())
            shown: dict[str, int] = {}
            for number, report in enumerate(told, 1):
                lines = report["figures"]["delivered"]
                assert lines, f"report {number} tells of no things"
                for line in lines:
                    cell = f"{line['kind']}, {line['region']}"
                    shown[cell] = shown.get(cell, 0) + line["count"]
                    assert line["count"] % K == 0, line
                # What nobody may learn: the true count is larger, and small ones are in no line.
                assert all(shown[cell] <= report["true"][cell] for cell in shown), report["true"]
                note(f"Report {number} tells of", _lines(lines))
                note(f"Report {number}: what is true", _counts(report["true"]))
                note(f"Report {number}: money", _money(report["figures"]))
                self._papers(folder, number, report)
            note("Refused beside them", "a half-year (overlaps), the same quarter (stands)")
            self._see(windows, told)
        note("Kept in reports/", ", ".join(sorted(file.name for file in folder.iterdir())))

    def _papers(self, folder: Path, number: int, report: dict[str, Any]) -> None:
        """Each as it came by its public address, and its pages as pictures."""
        visitor = Visitor(self.stage.public, "10.211.0.1")
        for page in report["pages"]:
            language = "es" if page["path"].startswith("/es/") else "en"
            answer = visitor.get(page["path"])
            assert answer.status == 200, page["path"]
            for size, key in page["papers"].items():
                got = visitor.get(f"/reports/papers/{key}.pdf")
                assert got.headers["Content-Type"] == "application/pdf", got.status
                assert f"/reports/papers/{key}.pdf" in answer.text
                file = folder / f"report-{number}-{language}-{size.lower()}.pdf"
                file.write_bytes(got.body)
                if size == "A4":
                    subprocess.run(
                        ["pdftoppm", "-png", "-r", "80", file, file.with_suffix("")], check=True
                    )
                drawn = subprocess.run(
                    ["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True
                ).stdout
                for line in report["figures"]["delivered"]:
                    assert line["name"][language] in drawn, (file.name, line)

    def _see(self, windows: Windows, told: list[dict[str, Any]]) -> None:
        shots = {"report-list": "/impact/"}
        for number, report in enumerate(told, 1):
            for page in report["pages"]:
                language = "es" if page["path"].startswith("/es/") else "en"
                shots[f"report-{number}-{language}"] = page["path"]
        for size, scheme in LOOKS:
            with windows.guest("10.211.0.2", size, color_scheme=scheme) as guest:  # type: ignore[arg-type]
                for name, path in shots.items():
                    answer = guest.page.goto(f"{self.stage.public}{path}")
                    assert answer
                    assert answer.status == 200, f"{path}: {answer.status}"
                    guest.shot(f"{name}-{scheme}")

    def _see_desks(self, windows: Windows, staff: Staff, edition: int) -> None:
        """As an editor sees the first report, and as a member of the board does."""
        desks = {
            "second-editor": ("report-desk", f"/admin/impact/inspect/{edition}/"),
            "board": ("board", "/admin/board/"),
        }
        for who, (name, path) in desks.items():
            with windows.guest("10.211.0.3", "desktop") as guest:
                # The code is one of this half minute.
                told = staff.do("sign_in_staff", name=who)
                needs_pages.enter(guest, self.stage.staff, told)
                needs_pages.see(guest, name, f"{self.stage.staff}{path}", height=3200)


def _lines(lines: list[dict[str, Any]]) -> str:
    return "; ".join(f"{one['count']} {one['kind']}, {one['region']}" for one in lines)


def _counts(counts: dict[str, int]) -> str:
    return "; ".join(f"{count} {cell}" for cell, count in sorted(counts.items()))


def _money(figures: dict[str, Any]) -> str:
    told = [
        f"{one['currency']} {one['amount_minor'] / 100:,.2f} in {one['gifts']} gifts"
        for one in figures["given"]
    ]
    return "; ".join(told) or "fewer than eleven gifts: nothing"


def main() -> None:
    """The needs and this part alone, on a fresh system."""
    asked = argparse.ArgumentParser(description=main.__doc__)
    asked.add_argument("--folder", type=Path, default=ROOT / "var" / "tour-reports")
    folder: Path = asked.parse_args().folder
    clear(folder / "run")
    folder.mkdir(parents=True, exist_ok=True)
    kept, stage = Evidence(folder), Stage(folder / "run", print)

    @contextmanager
    def doing(name: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        print(f"{time.monotonic() - started:6.1f} s  {name}", flush=True)

    def charges() -> list[dict[str, Any]]:
        events = stage.sandbox.events(types=["charge.succeeded"])
        found = [event["data"]["object"] for event in events]
        return list({charge["id"]: charge for charge in found}.values())

    try:
        with doing("the system starts"):
            stage.start()
            stage.stack.manage("seed_pages")
        with browsing.windows(stage.public, kept.screens) as windows:
            reports = Reports(stage, kept, doing)
            Needs(stage, kept, doing).run(
                windows,
                charges,
                before_news=reports.ask_again,
                after_news=reports.next_quarter,
            )
            reports.publish(windows)
    finally:
        stage.stop()
    for name, value in kept.figures:
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
