"""Everybody gives, everything goes wrong, and the books must hold: `make tour`.

It starts the whole product on an empty folder, lets donors give through the real pages, delivers
events twice and out of order, kills the worker, takes Stripe away, buys what was given, brings it
to whom partners asked it for, reports on two quarters, and compares our books with Stripe's to the
cent. var/tour/ keeps what a person would look at.
"""

import argparse
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

from deploy.processes import ROOT
from tests.tour import browsing, checks, donors, evidence, stories
from tests.tour.browsing import Windows
from tests.tour.donors import Donor
from tests.tour.evidence import Evidence
from tests.tour.needs import Needs
from tests.tour.reports import Reports
from tests.tour.stage import Stage, clear
from tests.tour.stories import Given
from tests.tour.things import Things
from tests.tour.training import Training
from tests.tour.words import Words

FOLDER = ROOT / "var" / "tour"
OUTAGE_SECONDS = 5
IN_AN_OUTAGE = 4
# One more card of the same number at a third address wakes the defence.
STOLEN = "4000000000000002"
AT_A_TIME = 6


class Tour:
    def __init__(self, count: int, *, monthly: int, months: int, times: int = 1) -> None:
        self.count = count
        self.times = times
        self.monthly, self.months = monthly, months
        self.evidence = Evidence(FOLDER)
        self.stage = Stage(FOLDER / "run", say)
        self.given: list[Given] = []
        self.step = "begin"
        self.code = ""

    @contextmanager
    def doing(self, name: str) -> Iterator[None]:
        self.step = name
        started = time.monotonic()
        yield
        seconds = time.monotonic() - started
        self.evidence.timings.append((name, seconds))
        say(f"{seconds:6.1f} s  {name}")

    def run(self) -> None:
        with self.doing("the system starts"):
            self.stage.start()
            self.stage.stack.manage("seed_pages")
        with browsing.windows(self.stage.public, self.evidence.screens) as windows:
            self._everyday(windows)
            self._troubled_deliveries()
            self._outage()
            self._card_tester(windows)
            # The killed worker's job comes back a minute later: meanwhile pages hold still.
            with self.doing("pages are photographed"):
                evidence.photograph(windows, self.stage)
            with self.doing("all jobs are done"):
                self.stage.wait_for_jobs()
            self._receipts()
            with self.doing("all jobs are done again"):
                self.stage.wait_for_jobs()
            self._check()
            with self.doing("a donor finds her receipt in her account"):
                own = evidence.interesting_receipts(self.stage)[0]
                evidence.see_my_giving(windows, self.stage, own, self.code)
            # While there are workers: from the next part on their jobs are done at the desks.
            Training(self.stage, self.evidence, self.doing).run(windows)
            Words(self.stage, self.evidence, self.doing).run(windows)
            things = Things(self.stage, self.evidence, self.doing, times=self.times)
            things.run(windows, self.charges)
            reports = Reports(self.stage, self.evidence, self.doing)
            books = Needs(self.stage, self.evidence, self.doing).run(
                windows,
                self.charges,
                before_news=reports.ask_again,
                after_news=reports.next_quarter,
            )
        self._months()
        # With the money of the months that have passed.
        with browsing.windows(self.stage.public, self.evidence.screens) as windows:
            reports.publish(windows)
        evidence.keep(self.stage, self.evidence)
        counts = checks.counted(self.stage)
        title = f"Tour of {time.strftime('%Y-%m-%d %H:%M')}"
        evidence.write_summary(self.evidence, title, books, counts)

    # --- What happens ---------------------------------------------------------------------------

    def _everyday(self, windows: Windows) -> None:
        """Half of all donors, four browsers beside them; the worker is killed in between."""
        everybody = donors.everyday(self.count - 10)
        half = len(everybody) // 2
        self.rest = everybody[half:]
        with self.doing(f"{half} donors and four browsers give; the worker is killed"):
            with ThreadPoolExecutor(AT_A_TIME) as pool:
                people = self._send(pool, everybody[:half])
                killed = pool.submit(self.stage.kill_worker_at_work)
                for guest in (
                    browsing.on_a_phone,
                    browsing.in_spanish_at_night,
                    browsing.without_javascript,
                    browsing.by_keyboard,
                ):
                    self._browsed(guest, windows)
                self.given += [person.result() for person in people]
            self.evidence.note("Worker killed (-9) during", killed.result())

    def _troubled_deliveries(self) -> None:
        """Every event comes twice, late and in any order."""
        self.stage.sandbox.steer_deliveries(duplicate=-1, shuffle=2.0, delay=0.3)
        name = f"{len(self.rest)} donors give; events come twice, late and shuffled"
        with self.doing(name), ThreadPoolExecutor(AT_A_TIME) as pool:
            self.given += [person.result() for person in self._send(pool, self.rest)]
        self.stage.sandbox.steer_deliveries(duplicate=0, shuffle=0, delay=0)

    def _outage(self) -> None:
        """Stripe answers nobody for a while, donors and jobs alike."""
        people = donors.later(IN_AN_OUTAGE, "in_an_outage", first=self.count)
        name = f"Stripe is away for {OUTAGE_SECONDS} s; {IN_AN_OUTAGE} donors wait"
        with self.doing(name), ThreadPoolExecutor(AT_A_TIME) as pool:
            self.stage.sandbox.fault("cut-before", count=10_000, match="/v1/")
            begun = self._send(pool, people)
            time.sleep(OUTAGE_SECONDS)
            self.stage.sandbox.clear_faults()
            self.given += [person.result() for person in begun]

    def _card_tester(self, windows: Windows) -> None:
        """A stolen number at three addresses: from then on browsers prove, or a mail does."""
        with self.doing("a card tester comes; two browsers give all the same"):
            for donor in donors.later(3, "plain", first=self.count + IN_AN_OUTAGE):
                journey = stories.Journey(donor, self.stage.public, self.stage.sandbox)
                journey.fill()
                journey.pay(STOLEN, works=False)
                self.given.append(journey.given(0))
            self.stage.wait(
                "the failures are known",
                lambda: (
                    self.stage.count(
                        "SELECT max(n) FROM (SELECT count(DISTINCT donation_id) AS n"
                        " FROM donations_paymentfailure GROUP BY card) AS spread"
                    )
                    >= 3
                ),
                60,
            )
            self._browsed(browsing.proving, windows)
            self._browsed(
                lambda windows: browsing.by_mailed_link(
                    windows,
                    lambda to: evidence.mailed_link(self.stage, to, evidence.CONFIRM_LINK),
                ),
                windows,
            )

    def _receipts(self) -> None:
        """Downloaded by the mailed link and checked; one had a wrong name and is replaced."""
        with self.doing("receipts are downloaded and checked, one is replaced"):
            chosen = evidence.interesting_receipts(self.stage)
            for receipt in chosen:
                self.code = evidence.download_receipt(self.stage, self.evidence, receipt)
            wrong = chosen[-1]
            said = self.stage.stack.manage(
                "shell", "--no-imports", "-c",
                "from donations.models import Receipt; from donations.receipts import book;"
                f"print(book.replace(Receipt.objects.get(pk={wrong['id']}), reason='name',"
                " corrections={'receipt_name': 'Mary and Tom Baker'}).label)",
                role="public",
            )  # fmt: skip
            label = said.split()[-1]
            self.stage.wait_for_jobs()
            old = self.evidence.folder / "receipts" / f"{wrong['label']}.pdf"
            evidence.check_code(self.stage, old, "replaced")
            evidence.download_receipt(self.stage, self.evidence, {**wrong, "label": label})
            self.evidence.note("Receipts downloaded and checked", len(chosen) + 1)
            self.evidence.note("Replaced", f"{wrong['label']} by {label}")

    def _months(self) -> None:
        """Standing gifts on a moved clock, in a process of its own; the books must hold again."""
        # Codes to sign in are mails without a row.
        codes = len(self.stage.mails) - checks.mails_sent(self.stage)
        with self.doing(
            f"{self.monthly} donors give monthly; {self.months} months pass; the year is closed"
        ):
            found = self.stage.pass_months(
                self.monthly, self.months, self.evidence.folder / "finance"
            )
            for name, value in found.items():
                self.evidence.note(name, value)
            checks.inbox_is_done(self.stage)
            checks.every_mail_left_once(self.stage, besides=codes)

    # --- What must hold -------------------------------------------------------------------------

    def _check(self) -> None:
        stage, note = self.stage, self.evidence.note
        with self.doing("the books hold, and agree with Stripe to the cent"):
            books = stage.stack.manage("verify_books", role="public")
            assert "The books hold." in books, books
            checks.every_gift_is_as_the_donor_left_it(stage, self.given)
            note("Paid gifts = charges at Stripe", sum(bool(g.paid_minor) for g in self.given))
            charged = checks.stripe_agrees(stage, self.charges())
            assert charged == sum(given.paid_minor for given in self.given)
            note("Donors' own count = Stripe's = ledger's, USD", evidence.dollars(charged))
            checks.inbox_is_done(stage)
            checks.every_receipt_came_once(stage)
            note("Mails sent = files", checks.every_mail_left_once(stage))
            refused = checks.vault_refuses_the_public_site(stage)
            note("The public site at the vault's door", refused)
            say(f"          the public site at the vault's door: {refused}")
            counts = checks.counted(stage)
            note("Events, and how often delivered",
                 f"{sum(counts['events'].values())}, {counts['deliveries']}")  # fmt: skip
            took = [
                float(row["took"])
                for row in stage.rows(
                    "SELECT extract(epoch FROM m.sent_at - d.paid_at) AS took FROM donations_mail m"
                    " JOIN donations_donation d ON d.id = m.donation_id"
                    " WHERE m.template = 'receipt' ORDER BY 1"
                )
            ]
            half, most = evidence.percentile(took, 50), evidence.percentile(took, 90)
            note("From charge to mailed receipt", f"half {half:.1f} s, nine of ten {most:.1f} s, "
                 f"with the killed worker {took[-1]:.0f} s")  # fmt: skip

    def charges(self) -> list[dict[str, object]]:
        """As Stripe tells them by its events."""
        found: dict[str, dict[str, object]] = {}
        for event in self.stage.sandbox.events(types=["charge.succeeded"]):
            charge = event["data"]["object"]
            found[charge["id"]] = charge
        return list(found.values())

    # --- Who does it ----------------------------------------------------------------------------

    def _send(self, pool: ThreadPoolExecutor, people: list[Donor]) -> list[Future[Given]]:
        public, sandbox = self.stage.public, self.stage.sandbox
        return [pool.submit(stories.live, person, public, sandbox) for person in people]

    def _browsed(self, guest: Callable[[Windows], browsing.Paid], windows: Windows) -> None:
        reference, paid_minor = guest(windows)
        row = self.stage.rows(
            "SELECT g.code FROM donations_donationline l"
            " JOIN donations_donation d ON d.id = l.donation_id"
            " JOIN donations_designation g ON g.id = l.designation_id WHERE d.reference = %s",
            reference,
        )[0]
        donor = replace(donors.everyday(1)[0], number=0, story=guest.__name__)
        self.given.append(Given(donor, reference, paid_minor, row["code"]))


def say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--full", action="store_true", help="400 donors; 480 baskets; 200 for 60 months"
    )
    options = parser.parse_args()
    clear(FOLDER / "run")
    shutil.rmtree(FOLDER, ignore_errors=True)
    tour = Tour(40, monthly=30, months=12)
    if options.full:
        tour = Tour(400, monthly=200, months=60, times=4)
    started = time.monotonic()
    try:
        tour.run()
    except Exception as error:
        say(f"\nFAILED: {tour.step}\n{type(error).__name__}: {error}")
        for note in getattr(error, "__notes__", []):
            say(f"  {note}")
        evidence.keep(tour.stage, tour.evidence)
        say(f"Logs and mails: {FOLDER.relative_to(ROOT)}/log and /mail; data: /run")
        return 1
    finally:
        tour.stage.stop()
    clear(FOLDER / "run")
    say(f"\n{(FOLDER / 'summary.md').read_text()}")
    say(f"The tour took {time.monotonic() - started:.0f} s; see {FOLDER.relative_to(ROOT)}/.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
