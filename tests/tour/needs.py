"""Needs in the tour: partners ask, wishes stand on what they ask, and what was given reaches them.

Two processes beside the product's own: `things_staff` does the jobs of the public side and knows
nothing of the vault; `needs_staff` has both databases, as the staff side does.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from deploy import processes
from tests.tour import checks, donors, needs_checks, needs_pages, needs_people
from tests.tour import things_donors as basket
from tests.tour.browsing import Windows
from tests.tour.evidence import Evidence
from tests.tour.needs_pages import CaseWorker
from tests.tour.stage import Stage
from tests.tour.things import Doing, as_picture, at_the_desks
from tests.tour.things_donors import Asked, Filled, Paid, Row

FIRST = 9_000
# Of the first matching run every so many-th match waits for the second one.
LEFT_OUT = 4
# Nobody says a word for so long: then the desks ask.
SILENT_DAYS = 45


class Needs:
    def __init__(self, stage: Stage, kept: Evidence, doing: Doing) -> None:
        self.stage, self.evidence, self.doing = stage, kept, doing
        self.paid: list[Paid] = []
        self.workers: dict[str, CaseWorker] = {}
        # The day on which the quarter's news was published, and its cells.
        self.news = ""
        self.cells: list[dict[str, Any]] = []

    def run(
        self,
        windows: Windows,
        charges: Callable[[], list[dict[str, Any]]],
        *,
        before_news: "Callable[[Needs], None]" = lambda needs: None,
        after_news: "Callable[[Needs], None]" = lambda needs: None,
    ) -> str:
        """All of it, after the things; the books' words.

        Args:
            before_news: what else happens in this quarter; `after_news`: in the next one.
        """
        codes = len(self.stage.mails) - checks.mails_sent(self.stage)
        with ExitStack() as desks:
            self.jobs = desks.enter_context(at_the_desks(self.stage))
            self.staff = desks.enter_context(at_the_desks(self.stage, "needs_staff", "staff"))
            # Two people at browsers, signed in once: a case worker and a coordinator.
            self.worker = desks.enter_context(
                windows.guest("10.204.0.9", "phone", java_script_enabled=False)
            )
            self.desk = desks.enter_context(windows.guest("10.204.0.11", "desktop"))
            self._state()
            self._publish()
            self._match()
            self._deliver()
            self._close()
            self._match_again()
            before_news(self)
            books = self._end(windows, charges, codes)
            after_news(self)
            return books

    # --- What happens ---------------------------------------------------------------------------

    def _state(self) -> None:
        """Four at their pages, one of them by keyboard; the others by the functions behind."""
        note = self.evidence.note
        with self.doing(f"six partners come to life and state {needs_people.NEEDS} needs"):
            self.staff.do("enter_kinds")
            self.sheets = self.staff.do("enter_partners")
            site = self.stage.staff
            houses = {house.key: house for house in needs_people.HOUSES}
            done = dict.fromkeys(("thirty", "thai", "africa", "closing"), 1)
            with ThreadPoolExecutor(1) as pool:
                others = pool.submit(self.staff.do, "state_needs", done=done)
                for number, key in enumerate(("thai", "africa", "closing")):
                    worker = CaseWorker(site, f"10.204.0.{number + 1}", self.sheets[key])
                    assert worker.language == houses[key].language
                    worker.state(next(needs_people.stated(key)))
                    self.workers[key] = worker
                stated = next(needs_people.stated("thirty"))
                needs_pages.by_keyboard(self.worker, site, self.sheets["thirty"], stated)
                others.result()
            opened = self.staff.do("verify_needs")
            assert opened["needs"] == needs_people.NEEDS
            assert opened["partners"] == len(houses)
        note("Needs open, of how many people and partners",
             f"{opened['needs']}, {opened['people']}, {opened['partners']}")  # fmt: skip
        note("Needs stated at the partners' pages", f"{sum(done.values())}, in three languages")

    def _publish(self) -> None:
        """Wishes on eleven people each; a few donors give all that is asked for; it is bought."""
        note = self.evidence.note
        with self.doing("wishes stand on eleven people; donors give, and it is bought"):
            told = self.staff.do("publish_wishes")
            refused = told["refused"]
            at_once = len(told["published"]) - len(refused)
            assert (at_once, len(refused)) == (8, 3)
            counts = [wished.given for wished in needs_people.WISHES]
            self.paid = self.give(dict(zip(told["published"], counts, strict=True)), each=2)
            self.stage.wait_for_jobs()
            bought = self.staff.do("buy_for_wishes")
        note("Wishes on eleven people, and published after a refusal", f"{at_once}, {len(refused)}")
        note("Refused → published", "; ".join(f"{a} → {b}" for a, b in refused.items()))
        note("Bought for these wishes, by route", _told(bought))

    def give(self, counts: dict[str, int], *, each: int, first: int = FIRST) -> list[Paid]:
        """So many things of each wish, by card, through the public pages.

        Args:
            each: how many wishes lie in one basket.
            first: number of the first donor.
        """
        rows = {
            row["slug"]: Asked(**row)
            for row in self.stage.rows(
                "SELECT w.slug, g.code, w.unit_minor, w.wanted FROM gifts_wish w"
                " JOIN donations_designation g ON g.id = w.designation_id"
                " WHERE w.slug = ANY(%s) AND w.state = 'published'",
                list(counts),
            )
        }
        asked = [Row(rows[slug], count) for slug, count in counts.items()]
        people = donors.later(-(-len(asked) // each), "plain", first=first)
        filled = [
            Filled(replace(person, spanish=False), tuple(asked[each * place : each * (place + 1)]))
            for place, person in enumerate(people)
        ]
        with ThreadPoolExecutor(len(filled)) as pool:
            public, sandbox = self.stage.public, self.stage.sandbox
            return list(pool.map(lambda one: basket.live(one, public, sandbox), filled))

    def _match(self) -> None:
        """Proposed, the same when repeated, and approved but for some."""
        with self.doing("things are matched with needs; a person looks and approves most"):
            proposed = self.staff.do("propose")
            assert proposed["matches"] >= sum(wish.given for wish in needs_people.WISHES) * 9 // 10
            told = self.staff.do("sign_in_staff", name="gifts")
            needs_pages.enter(self.desk, self.stage.staff, told)
            self._see("matching-proposal", f"matching/inspect/{proposed['run']}/")
            told = self.staff.do("approve", run=proposed["run"], leave_out=LEFT_OUT)
            assert told["left"]
            self.matched = told["by_partner"]
        self.evidence.note(
            "First matching run: needs, things, proposed, approved",
            f"{proposed['needs']}, {proposed['things']}, {proposed['matches']}, {told['approved']}",
        )
        self.evidence.note("A reason, as it stands there", proposed["said"])

    def _deliver(self) -> None:
        """By parcel, on the spot, straight to schools; one comes damaged, one not at all."""
        note, do = self.evidence.note, self.staff.do
        with self.doing("things reach the partners' offices and are confirmed by code"):
            # Before it left: her case worker ends a request, and its thing is free at once.
            gone = self.matched["africa"][0]
            self.workers["africa"].withdraw(gone)
            freed = do("standing", code=gone)
            assert (freed["need"], freed["thing"]) == ("withdrawn", "ready"), freed
            told = do("send")
            sent: dict[str, dict[str, Any]] = told["sent"]
            assert {"central", "local", "direct"} <= told["routes"].keys(), told["routes"]
            batch = sent["thirty"]["batch"]
            self._see("batch", f"batches/inspect/{batch}/")
            self._print(f"batches/list/{batch}.pdf", "packing-list")
            lost, missing = sent["india"]["sent"][0], sent["thirty"]["sent"][0]
            assert do("lose", unit=lost) == "open"
            # One box is still on its way when its partner ends.
            boxes = sum("batch" in one for key, one in sent.items() if key != "closing")
            assert do("arrive", missing=[missing], but="closing") == boxes
            assert do("turn_up", unit=missing) == "arrived"
            waits = do("overdue", days=SILENT_DAYS)
            assert waits["things on their way"], "nobody would have asked"
            self._confirm(sent)
            by_word = do("confirm")
            needs_pages.see(self.worker, "partners-home", f"{self.stage.staff}/partners/")
        note("Sent, by route", _told(told["routes"]))
        note(
            f"Overdue, had nobody said a word for {SILENT_DAYS} days", waits["things on their way"]
        )
        note("Confirmed by partners", _told(by_word))

    def _confirm(self, sent: dict[str, dict[str, Any]]) -> None:
        """Typed from the labels: theirs are noted; another partner's is like none."""
        sheet = self.sheets["thirty"]
        thirty = CaseWorker(self.stage.staff, "10.204.0.8", sheet | {"codes": sheet["codes"][1:]})
        thai, closing = self.workers["thai"], self.workers["closing"]
        assert thirty.arrived(sent["thirty"]["sent"][1], "received") == 302
        assert thirty.arrived(sent["thirty"]["spot"][0], "received") == 302
        assert thirty.arrived(sent["thai"]["sent"][0], "received") == 422
        assert thirty.arrived("ABCD-2345", "received") == 422
        assert thai.arrived(sent["thai"]["sent"][0], "damaged") == 302
        assert thai.arrived(sent["thai"]["spot"][0], "not_received") == 302
        assert self.staff.do("turn_up", unit=sent["thai"]["spot"][0]) == "arrived"
        assert closing.arrived(sent["closing"]["sent"][0], "received") == 302

    def _close(self) -> None:
        """One partner ends its work with nothing left alone; its people enter no more."""
        with self.doing("a partner closes with nothing left alone"):
            assert self.workers["closing"].is_let_in()
            told = self.staff.do("end_partner", key="closing")
            assert not self.workers["closing"].is_let_in()
        self.evidence.note("Needs of the partner that closed", _told(told["needs"]))

    def _match_again(self) -> None:
        """What was left, lost, damaged and freed meets what is ready now; approved wholly."""
        do = self.staff.do
        with self.doing("a second matching run is approved wholly, and delivered"):
            do("restock")
            proposed = do("propose")
            told = do("approve", run=proposed["run"])
            assert told["approved"] == proposed["matches"]
            do("send")
            do("arrive", missing=[])
            do("confirm")
            self.standing = do("standing")
        states = self.standing["parcels"]
        assert set(states) <= {"confirmed", "damaged", "lost", "returned", "canceled"}, states
        assert all(states[name] for name in ("damaged", "lost"))
        thirty = self.standing["thirty"]
        assert thirty == {"closed": 30}, f"of the house of thirty: {thirty}"
        self.evidence.note("Second matching run: proposed and approved", told["approved"])
        self.evidence.note("Parcels, by their state", _told(states))
        self.evidence.note("Needs, by their state", _told(self.standing["needs"]))

    # --- What must hold -------------------------------------------------------------------------

    def _end(
        self, windows: Windows, charges: Callable[[], list[dict[str, Any]]], codes: int
    ) -> str:
        stage, note, do = self.stage, self.evidence.note, self.staff.do
        with self.doing("both databases agree, and nothing is late"):
            links = self.jobs.do("traces", gifts=[one.reference for one in self.paid])
            wall, books = do("verify", command="verify_wall"), do("verify", command="verify_books")
            assert "Both databases say the same" in wall, wall
            assert "The books hold." in books, books
            note("verify_wall", wall.strip())
            checks.stripe_agrees(stage, charges())
            late = do("overdue")
            assert not any(late.values()), late
            note("Lists of what is late, all empty", ", ".join(late))
        with self.doing("a quarter ends: its news is published, for eleven and more"):
            due = needs_checks.nothing_is_told_yet(stage, links.values())
            told = do("quarter_ends")
            self.news, self.cells = told["day"], told["cells"]
            assert due == told["named"], f"pages name {due}, it is {told['named']}"
            needs_checks.cells_are_of_eleven(stage, told["cells"])
            stage.wait_for_jobs()
            self._see_news(windows, told, links)
            checks.inbox_is_done(stage)
            checks.every_mail_left_once(stage, besides=codes)
            note("Mails of the release", needs_checks.everybody_heard_once(stage))
        note("News due on, published, next due on", f"{due}, {told['day']}, {told['next']}")
        note("Groups of that news", "; ".join(
            f"{one['things']} {one['kind'] or 'of all kinds'}, {one['region']}, {one['stage']}"
            for one in told["cells"]))  # fmt: skip
        return books

    def _see_news(self, windows: Windows, told: dict[str, Any], links: dict[str, str]) -> None:
        """Each donor's page on the day of the news, by a site whose clock stands there."""
        with self._later(told["day"]) as site:
            moved = [link.replace(self.stage.public, site) for link in links.values()]
            whole, part = needs_checks.news_is_told(site, moved, told["next"])
            with windows.guest("10.204.0.12") as guest:
                needs_pages.see(guest, "trace-release", (part or whole)[0])

    @contextmanager
    def _later(self, day: str) -> Iterator[str]:
        port = processes.free_row_of_ports()
        log = self.stage.stack.data / "log" / "later.log"
        with log.open("w") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.tour.later", day, str(port)],
                cwd=processes.ROOT,
                env=self.stage.stack.environment("public")
                | {"DJANGO_SETTINGS_MODULE": "config.settings"},
                stdout=out,
                stderr=out,
            )
        try:
            self.stage.wait(
                "the site of a later day", lambda: processes.answer(port, "/ready/"), 30
            )
            yield f"http://localhost:{port}"
        finally:
            process.terminate()
            process.wait(10)

    def _see(self, name: str, path: str) -> None:
        """As a coordinator; the pages of the desks scroll inside the window."""
        needs_pages.see(self.desk, name, f"{self.stage.staff}/admin/{path}", height=2200)

    def _print(self, path: str, name: str) -> None:
        answer = self.desk.page.request.get(f"{self.stage.staff}/admin/{path}")
        assert answer.headers["content-type"] == "application/pdf", answer.status
        file = self.evidence.folder / "papers" / f"{name}.pdf"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(answer.body())
        as_picture(file)


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{name}: {count}" for name, count in sorted(counts.items()))
