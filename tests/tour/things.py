"""Things in the tour: wishes, baskets, offers in kind, purchases, and everybody's way to follow."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from deploy import processes
from deploy.stack import Role
from tests.tour import checks, donors, evidence, things_checks, things_donors
from tests.tour.browsing import Guest, Size, Windows
from tests.tour.evidence import Evidence
from tests.tour.stage import Stage
from tests.tour.stories import READS_SECONDS
from tests.tour.things_donors import Asked, Filled, Paid, Rivals, Row
from tests.tour.visitor import Visitor

WISHES, BASKETS, OFFERS = 12, 120, 20
# Of these, one goes to the wish like the covered one, which has room for no more.
LATE = 3
# Donors mostly read: more of them at a time than elsewhere do not press harder.
AT_A_TIME = 12
# Wanted by everybody at once; the wish like it has room for who comes late.
RIVALED = "tool-kits-for-vocational-training-latin-america"
SEEN = "mp3"

Doing = Callable[[str], AbstractContextManager[None]]


class Staff:
    """The people at the desks, and the worker: one process, told what to do line by line."""

    def __init__(self, stage: Stage, module: str, role: Role) -> None:
        stage.end_workers()
        self.log = stage.stack.data / "log" / f"{module}.log"
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", f"tests.tour.{module}"],
                cwd=processes.ROOT,
                env=stage.stack.environment(role) | {"DJANGO_SETTINGS_MODULE": "config.settings"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def do(self, act: str, **told: Any) -> Any:
        """Raises: AssertionError: with the last lines that it wrote."""
        assert self.process.stdin  # by how it was started
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"do": act, **told}) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise AssertionError("\n".join(self.log.read_text().splitlines()[-25:]))
        return json.loads(answer)


@contextmanager
def at_the_desks(
    stage: Stage, module: str = "things_staff", role: Role = "public"
) -> Iterator[Staff]:
    staff = Staff(stage, module, role)
    try:
        yield staff
    finally:
        staff.process.communicate(timeout=30)  # at the end of its input it ends its jobs


class Things:
    def __init__(self, stage: Stage, kept: Evidence, doing: Doing, *, times: int = 1) -> None:
        self.stage, self.evidence, self.doing, self.times = stage, kept, doing, times
        self.paid: list[Paid] = []
        self.offers: dict[str, str] = {}
        self.went_back_minor = 0

    def run(self, windows: Windows, charges: Callable[[], list[dict[str, Any]]]) -> str:
        """All of it, after the other donors; `charges` are Stripe's up to now. The books' words."""
        codes = len(self.stage.mails) - checks.mails_sent(self.stage)
        before = sum(int(str(charge["amount"])) for charge in charges() if charge["paid"])
        with at_the_desks(self.stage) as staff:
            self._give(staff, windows)
            self._buy(staff)
            return self._check(staff, windows, before, charges, codes)

    # --- What happens ---------------------------------------------------------------------------

    def _give(self, staff: Staff, windows: Windows) -> None:
        count = BASKETS * self.times
        name = f"{count} baskets and {OFFERS * self.times} offers in kind are given"
        with self.doing(name), ThreadPoolExecutor(AT_A_TIME) as pool:
            staff.do("publish", count=WISHES * self.times)
            staff.do("an_hour_passes")
            wishes = self._wishes()
            rivaled, like = next(one for one in wishes if one[0].slug == RIVALED)
            public, sandbox = self.stage.public, self.stage.sandbox
            first = things_donors.FIRST + 4_000
            rivals = Rivals(rivaled, public, sandbox, first, late=LATE)
            on_their_way = pool.submit(rivals.begin)
            calm = [wish for wish, _ in wishes if wish != rivaled]
            kinds = {row["code"]: row["id"] for row in self.stage.rows(
                "SELECT code, id FROM gifts_itemkind")}  # fmt: skip
            given: list[Future[Paid]] = [
                pool.submit(things_donors.live, filled, public, sandbox)
                for filled in things_donors.baskets(count, calm)
            ]
            offered = [
                pool.submit(things_donors.offer, number, kinds, public)
                for number in range(OFFERS * self.times)
            ]
            seen = next(wish for wish in calm if wish.slug.startswith(SEEN))
            for number, size in enumerate(("phone", "desktop")):
                self.paid.append(_by_browser(windows, seen, number, size))
            assert staff.do("eleven_days_pass", gifts=on_their_way.result()) == LATE
            rivaling = pool.submit(rivals.end, like=like, fund="education")
            self.paid += [one.result() for one in given]
            self.offers = {(one := row.result()).reference: one.fate for row in offered}
            late, self.went_back_minor = rivaling.result()
            self.paid += late
        with self.doing("all jobs of these gifts are done"):
            self.stage.wait_for_jobs()

    def _wishes(self) -> list[tuple[Asked, str]]:
        """What stands on the list, and the purpose of the wish like it."""
        rows = self.stage.rows(
            "SELECT w.slug, g.code, w.unit_minor, w.wanted, coalesce(l.code, '') AS like"
            " FROM gifts_wish w JOIN donations_designation g ON g.id = w.designation_id"
            " LEFT JOIN donations_designation l ON l.id = g.like_id"
            " WHERE w.state = 'published' ORDER BY w.position, w.id"
        )
        return [(Asked(**{k: v for k, v in row.items() if k != "like"}), row["like"])
                for row in rows]  # fmt: skip

    def _buy(self, staff: Staff) -> None:
        """Some money goes back before the purchase and some after it; prices rise."""
        sandbox, note = self.stage.sandbox, self.evidence.note
        calm = self._that_may_go_back()
        with self.doing("offers are decided and taken in, things bought on each route"):
            sandbox.refund(calm[0].session, calm[0].total_minor // 10)
            early = sandbox.dispute(calm[1].session)
            for link in staff.do("decide", offers=self.offers).values():
                _withdraw(self.stage.public, link)
            note("Given things, by their state", _told(staff.do("take_in", offers=self.offers)))
            self.stage.wait_for_jobs()
            bought = staff.do("buy")
            staff.do("tell")
        with self.doing("after the purchase money goes back; everybody hears of her things"):
            sandbox.command("lose_dispute", dispute=early["id"])
            sandbox.refund(calm[2].session)
            sandbox.refund(calm[3].session, calm[3].total_minor // 3)
            late = sandbox.dispute(calm[4].session)
            sandbox.command("lose_dispute", dispute=late["id"])
            debit = next(one for one in self.paid if one.filled.donor.story == "bank_paid")
            sandbox.dispute(debit.session)
            staff.do("tell")
            monthly = [
                one.reference for one in self.paid if one.filled.monthly_minor and one.total_minor
            ]
            assert staff.do("stop_plans", gifts=monthly) == len(monthly)
            self.stage.wait_for_jobs()
        note("Orders, by route", _told(bought["orders"]))
        note("Things bought, by their state", _told(bought["states"]))
        note("Spent on them, USD", evidence.dollars(bought["spent"]))
        note("At the buyers' desks", _told(bought["told"]))
        note("Wishes that are funded", bought["funded"])
        note("Monthly gifts beside a basket", len(monthly))

    def _that_may_go_back(self) -> list[Paid]:
        """Paid by card for a wish and nothing each month: the earliest, whose money buys first."""
        return [
            one
            for one in self.paid
            if one.filled.donor.story == "plain"
            and one.session
            and one.filled.rows
            and one.filled.rows[0].units
            and not one.filled.monthly_minor
            and one.filled.donor.number < things_donors.FIRST + 4_000
        ]

    # --- What must hold -------------------------------------------------------------------------

    def _check(
        self,
        staff: Staff,
        windows: Windows,
        before: int,
        charges: Callable[[], list[dict[str, Any]]],
        codes: int,
    ) -> str:
        stage, note = self.stage, self.evidence.note
        with self.doing("the books hold with things, and every gift can be followed"):
            books = stage.stack.manage("verify_books", role="public")
            assert "The books hold." in books, books
            things_checks.every_basket_is_as_its_donor_left_it(stage, self.paid)
            charged = checks.stripe_agrees(stage, charges())
            own = sum(one.total_minor for one in self.paid)
            assert charged - before == own, f"{charged - before} charged, {own} by the donors"
            there = [one for one in self.paid if one.total_minor]
            assert len(there) >= BASKETS * self.times
            note("Baskets paid, and tried in vain", f"{len(there)}, {len(self.paid) - len(there)}")
            note("Baskets: donors' own count = Stripe's = ledger's, USD", evidence.dollars(own))
            late = sum(one.filled.donor.number >= things_donors.FIRST + 4_000 for one in there) - 2
            note("Paid too late for a covered wish, and what of it went back, USD",
                 f"{late}, {evidence.dollars(self.went_back_minor)}")  # fmt: skip
            back = things_checks.refunds_agree(stage)
            note("Given back = at Stripe, USD", evidence.dollars(back))
            things_checks.receipts_are_for_what_was_kept(stage)
            states = things_checks.offers_ended_as_they_should(stage, self.offers)
            note("Offers in kind", _told(states))
            checks.inbox_is_done(stage)
            links = staff.do("traces", gifts=[one.reference for one in there])
            assert len(links) == len(there)
            said = things_checks.every_way_can_be_followed(stage, links)
            note("Parts of gifts that can be followed", said.total())
            note("Mails that tell of things", things_checks.everybody_was_told_once(stage))
            checks.every_mail_left_once(stage, besides=codes)
        with self.doing("papers and pages of things are kept"):
            self._keep(staff, windows, links)
        return books

    def _keep(self, staff: Staff, windows: Windows, links: dict[str, str]) -> None:
        folder = self.evidence.folder / "papers"
        folder.mkdir(parents=True, exist_ok=True)
        paper = staff.do("paper")
        visitor = Visitor(self.stage.public, "10.203.0.3")
        page = visitor.get(paper["link"])
        got = visitor.send(page, page.form(to="/acknowledgment/"))
        assert hashlib.sha256(got.body).hexdigest() == paper["sha256"], paper["label"]
        (folder / f"{paper['label']}.pdf").write_bytes(got.body)
        labels = staff.do("label_sheet", file=str(folder / "labels.pdf"))
        self.evidence.note("Labels on the sheet", labels)
        for file in folder.glob("*.pdf"):
            as_picture(file)
        shown = [self.paid[number].reference for number in (0, 1)]
        for size, reference in zip(("phone", "desktop"), shown, strict=True):
            with windows.guest("10.203.0.4", size) as guest:
                guest.page.goto(links[reference])
                guest.shot("trace")
                guest.page.goto(f"{self.stage.public}/things/offer/")
                guest.shot("offer-form")


def _by_browser(windows: Windows, wish: Asked, number: int, size: Size) -> Paid:
    """From the wish list to the thanks, looked at in each step."""
    donor = donors.later(1, f"browser-{size}", first=things_donors.FIRST + 3_000 + number)[0]
    donor = replace(donor, name="Noor Haddad", cover_fee=False, spanish=False)
    with windows.guest(donor.address, size) as guest:
        page = guest.page
        page.goto(f"{windows.public}/wishes/")
        # A picture of the whole page shows what nobody has scrolled to.
        page.evaluate("[...document.images].forEach(image => image.loading = 'eager')")
        page.wait_for_load_state("networkidle")
        guest.shot("wish-list")
        page.goto(f"{windows.public}/wishes/{wish.slug}/")
        guest.shot("wish")
        page.locator("button[name=units]").click()
        _type_basket(guest, donor.name, donor.email)
        guest.shot("basket")
        page.locator("[data-give] button:not([name])[type=submit]").click()
        page.wait_for_url("**/give/review/**")
        guest.shot("basket-review")
        guest.to_payment()
        guest.pay()
        reference = guest.thanked()
    filled = Filled(donor, (Row(wish, 1),), plain_minor=1500)
    return Paid(filled, reference, "", filled.parts)


def _type_basket(guest: Guest, name: str, email: str) -> None:
    page = guest.page
    expect(page.locator("fieldset.basket-row")).to_have_count(1)
    page.locator("summary").first.click()
    page.locator("[name=plain]").fill("15")
    page.locator("[name=name]").fill(name)
    page.locator("[name=email]").fill(email)
    page.wait_for_timeout(READS_SECONDS * 1000)


def _withdraw(public: str, link: str) -> None:
    """By the link in the mail: look, think again, press."""
    visitor = Visitor(public, "10.203.0.5")
    page = visitor.get(f"{link.rstrip('/')}/withdraw/")
    assert visitor.send(page, page.form()).status == 302, f"withdrawing: {page.status}"


def as_picture(file: Path) -> None:
    command = ["pdftoppm", "-png", "-r", "80", "-singlefile", file, file.with_suffix("")]
    subprocess.run(command, check=True)


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{name}: {count}" for name, count in sorted(counts.items()))
