"""What happens to a donor: each story goes from the give form to its end at the payment page.

A story returns what was paid in the end, in cents: the donor's own count, which the books must
come to as well.
"""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from time import sleep

from sandbox.control import ControlError, Sandbox
from tests.tour.donors import DECLINING, Donor
from tests.tour.visitor import Answer, Form, Visitor, solved

ASKS_THE_BANK = "4000002500003155"
# A form that is sent sooner was filled by a program.
READS_SECONDS = 1.7


@dataclass(frozen=True)
class Given:
    """How it ended for one donor, by her own count."""

    donor: Donor
    reference: str
    paid_minor: int
    # Her gift and the part of it that covers the fee belong to one designation.
    designation: str


class Journey:
    """One donor on her way, with the pages as she sees them."""

    def __init__(self, donor: Donor, public: str, sandbox: Sandbox) -> None:
        self.donor = donor
        self.sandbox = sandbox
        self.visitor = Visitor(public, donor.address)
        self.prefix = "/es" if donor.spanish else ""
        self.reference = ""
        # At Stripe: the newest that was paid, or tried.
        self.session = ""
        self.total_minor = 0
        self.review: Answer | None = None

    # --- Steps ----------------------------------------------------------------------------------

    def fill(self, *, change: bool = False, twice: bool = False, **typed: str) -> None:
        """The form, to the review page; `twice` sends it double, as an impatient finger does."""
        query = f"?change={self.reference}" if change else ""
        page = self.visitor.get(f"{self.prefix}/give/{query}")
        assert page.status == 200, f"the form: {page.status}"
        form = page.form("data-give")
        sleep(READS_SECONDS)
        values = self.donor.typed | typed
        self.total_minor = total(values, form.marks)
        self.send(page, form, values, twice=twice)

    def send(self, page: Answer, form: Form, values: dict[str, str], *, twice: bool) -> None:
        """A filled form, once or double; leads to the review page of one gift."""

        def press(_: int) -> Answer:
            return self.visitor.send(page, form, **values)

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(press, range(2 if twice else 1)))
        assert all(answer.status == 302 for answer in answers), answers[0].complaints
        assert len({answer.location for answer in answers}) == 1, "one form made two gifts"
        self.review = self.visitor.get(answers[0].location)
        assert self.review.status == 200, f"the review: {self.review.status}"
        self.reference = answers[0].location.rstrip("/").rpartition("/")[2]

    def press_pay(self) -> Answer:
        """The review page's button; with the proof of work that a browser would have found."""
        assert self.review is not None  # `fill` came before
        form = self.review.form()
        if challenge := form.marks.get("data-proof"):
            return self.visitor.send(self.review, form, proof=solved(challenge))
        return self.visitor.send(self.review, form)

    def to_payment(self) -> str:
        """The session whose payment page stands open now."""
        answer = self.press_pay()
        for _ in range(3):  # drawn while it was calm: the page comes once more, with a proof
            if answer.status != 200:
                break
            self.review = answer
            answer = self.press_pay()
        assert answer.status == 302, f"no way to the payment page: {answer.status}"
        assert answer.location.startswith((self.sandbox.url, self._sandbox_by_number))
        return answer.location.partition("?")[0].rpartition("/")[2]

    @property
    def _sandbox_by_number(self) -> str:
        return self.sandbox.url.replace("localhost", "127.0.0.1")

    def pay(self, card: str = "", *, authenticate: bool | None = None, works: bool = True) -> str:
        session = self.to_payment()
        self._charge(session, card, authenticate, works)
        return session

    def _charge(self, session: str, card: str, authenticate: bool | None, works: bool) -> None:
        paid = self.sandbox.pay(
            session, card or self.donor.card, authenticate=authenticate, name=self.donor.name
        )
        self.session = session
        assert (paid["error"] is None) == works, paid

    def comes_back(self, says: str = "paid") -> None:
        """The page after paying tells what holds at the server."""
        page = self.visitor.get(f"{self.prefix}/give/return/{self.reference}/")
        assert page.status == 200, f"the return page: {page.status}"
        state = self.visitor.get(f"{self.prefix}/give/status/{self.reference}/").text
        assert f'"{says}"' in state, f"it says {state}, not {says}"

    def given(self, paid_minor: int) -> Given:
        return Given(self.donor, self.reference, paid_minor, self.donor.designation)


# --- Stories ------------------------------------------------------------------------------------
Story = Callable[[Journey], int]


def plain(donor: Journey) -> int:
    donor.fill()
    donor.pay()
    donor.comes_back()
    return donor.total_minor


def never_returns(donor: Journey) -> int:
    """Closes the window at the bank's word: the webhook alone tells."""
    donor.fill()
    donor.pay()
    return donor.total_minor


def declined_first(donor: Journey) -> int:
    donor.fill()
    card = DECLINING[donor.donor.number // 20 % len(DECLINING)]
    session = donor.pay(card, works=False)
    assert donor.pay() == session, "a second try opened a second payment page"
    donor.comes_back()
    return donor.total_minor


def gives_up(donor: Journey) -> int:
    """A card is refused and the donor leaves; the page runs out."""
    donor.fill()
    card = DECLINING[(donor.donor.number // 20 + 3) % len(DECLINING)]
    donor.sandbox.expire(donor.pay(card, works=False))
    return 0


def secure(donor: Journey) -> int:
    donor.fill()
    donor.pay(ASKS_THE_BANK, authenticate=True)
    donor.comes_back()
    return donor.total_minor


def secure_refused_first(donor: Journey) -> int:
    donor.fill()
    donor.pay(ASKS_THE_BANK, authenticate=False, works=False)
    donor.pay()
    donor.comes_back()
    return donor.total_minor


def bank_paid(donor: Journey) -> int:
    donor.fill()
    session = donor.pay("bank")
    donor.comes_back("processing")
    donor.sandbox.settle(session)
    return donor.total_minor


def bank_bounced(donor: Journey) -> int:
    donor.fill()
    session = donor.pay("bank")
    donor.comes_back("processing")
    donor.sandbox.fail(session)
    return 0


def leaves(donor: Journey) -> int:
    """Sees the payment page and never pays; the page runs out."""
    donor.fill()
    donor.sandbox.expire(donor.to_payment())
    return 0


def goes_back(donor: Journey) -> int:
    """Back from the payment page, then forward again: still one payment."""
    donor.fill()
    session = donor.to_payment()
    back = donor.visitor.get(f"{donor.prefix}/give/back/{donor.reference}/")
    assert back.status == 200, f"the page for those who come back: {back.status}"
    assert donor.pay() == session, "coming back opened a second payment page"
    donor.comes_back()
    return donor.total_minor


def double_form(donor: Journey) -> int:
    donor.fill(twice=True)
    donor.pay()
    donor.comes_back()
    return donor.total_minor


def double_pay(donor: Journey) -> int:
    """Both buttons pressed twice at the same moment: ours, and the payment page's."""
    donor.fill()

    def charge(session: str) -> bool:
        try:
            donor.sandbox.pay(session, donor.donor.card)
        except ControlError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        sessions = list(pool.map(lambda _: donor.to_payment(), range(2)))
        assert len(set(sessions)) == 1, "two presses opened two payment pages"
        assert any(pool.map(charge, sessions))
    donor.comes_back()
    return donor.total_minor


def changes(donor: Journey) -> int:
    """Thinks again at the payment page: another amount, and the first page must be closed."""
    donor.fill()
    first = donor.to_payment()
    donor.fill(change=True, amount="61.50")
    assert donor.pay() != first
    try:
        donor.sandbox.pay(first)
    except ControlError:
        donor.comes_back()
        return donor.total_minor
    raise AssertionError("the page of the gift that was changed could still be paid")


def in_an_outage(donor: Journey) -> int:
    """Stripe is away: nothing is lost, and the same button works when it is back."""
    donor.fill()
    answer = donor.press_pay()
    for _ in range(60):
        if answer.status != 503:
            break
        sleep(0.5)
        answer = donor.press_pay()
    donor.pay()
    return donor.total_minor


STORIES: dict[str, Story] = {
    story.__name__: story
    for story in (
        *(plain, never_returns, declined_first, gives_up, secure, secure_refused_first),
        *(bank_paid, bank_bounced, leaves, goes_back, double_form, double_pay, changes),
        in_an_outage,
    )
}


def live(donor: Donor, public: str, sandbox: Sandbox) -> Given:
    """Live one donor's story to its end; a failure names who and where."""
    journey = Journey(donor, public, sandbox)
    try:
        return journey.given(STORIES[donor.story](journey))
    except Exception as error:
        error.add_note(f"donor {donor.number}, story {donor.story}, gift {journey.reference[:8]}")
        raise


def total(typed: dict[str, str], marks: dict[str, str]) -> int:
    """What the form comes to in cents, with the fee as the page itself states it."""
    gift = int(Decimal(typed["amount"].replace(",", "")) * 100)
    return with_fee(gift, marks) if "cover_fee" in typed else gift


def with_fee(gift: int, marks: dict[str, str]) -> int:
    rate, fixed = int(marks["data-rate"]), int(marks["data-fixed"])
    return math.ceil(Decimal((gift + fixed) * 10_000) / (10_000 - rate))
