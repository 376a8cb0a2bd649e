"""Who gives things in the tour: a hundred and twenty baskets and twenty offers in kind.

A basket is filled at its own page; from the review page on its donor lives a story of
`tests.tour.stories`, as everybody does.
"""

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from time import sleep

from sandbox.control import Sandbox
from tests.tour import donors, stories
from tests.tour.donors import Donor
from tests.tour.stories import READS_SECONDS, Journey, with_fee
from tests.tour.visitor import Visitor

FIRST = 2_000
DEFAULT = "where-needed-most"
CHOICES = ("like", "fund", "back")
# From this price on nobody takes two at once.
DEAR_MINOR = 10_000
# Of fifteen people with a basket, these meet something other than a paid card.
ROUND = (
    *("plain", "never_returns", "plain", "bank_paid", "plain", "plain", "secure", "plain"),
    *("goes_back", "plain", "bank_paid", "plain", "double_form", "plain", "plain"),
)
# Few refusals: one bank account or card that fails for three people would wake the defence.
UNPAID = ("bank_bounced", "leaves", "bank_bounced", "gives_up", "leaves", "gives_up")


@dataclass(frozen=True)
class Asked:
    """A wish as donors know it, and the code of the purpose that its money goes to."""

    slug: str
    code: str
    unit_minor: int
    wanted: int


@dataclass(frozen=True)
class Row:
    wish: Asked
    units: int = 0
    share_minor: int = 0

    @property
    def minor(self) -> int:
        return self.units * self.wish.unit_minor + self.share_minor


@dataclass(frozen=True)
class Filled:
    """What lies in one basket."""

    donor: Donor
    rows: tuple[Row, ...] = ()
    plain_minor: int = 0
    monthly_minor: int = 0
    if_covered: str = "like"

    @property
    def parts(self) -> Counter[str]:
        """Minor units by purpose, without the covered fee."""
        own = Counter({row.wish.code: row.minor for row in self.rows})
        own[DEFAULT] += self.plain_minor + self.monthly_minor
        return +own


@dataclass(frozen=True)
class Paid:
    """How a basket ended, by its donor's own count: what was paid, for what."""

    filled: Filled
    reference: str
    session: str
    parts: Counter[str] = field(default_factory=Counter)

    @property
    def total_minor(self) -> int:
        return self.parts.total()


class BasketJourney(Journey):
    """As any donor's, but for the form."""

    def __init__(self, filled: Filled, public: str, sandbox: Sandbox) -> None:
        super().__init__(filled.donor, public, sandbox)
        self.filled = filled
        self.fee_minor = 0

    def fill(self, *, change: bool = False, twice: bool = False, **typed: str) -> None:
        """One thing after the other from the wishes' pages, then everything in one form."""
        path = f"{self.prefix}/basket/"
        rows = self.filled.rows
        for row in rows[:-1]:
            page = self.visitor.get(f"{path}?wish={row.wish.slug}&units=1")
            kept = self.visitor.send(page, page.form("data-give"), **_typed(row), look_on="1")
            assert kept.status == 302, kept.complaints
        query = f"?wish={rows[-1].wish.slug}&units=1" if rows else ""
        page = self.visitor.get(f"{path}?change={self.reference}" if change else path + query)
        assert page.status == 200, f"the basket: {page.status}"
        form = page.form("data-give")
        gift = self.filled.parts.total()
        self.total_minor = with_fee(gift, form.marks) if self.donor.cover_fee else gift
        self.fee_minor = self.total_minor - gift
        values = {
            "name": self.donor.name,
            "email": self.donor.email,
            "designation": DEFAULT,
            "if_covered": self.filled.if_covered,
            "plain": dollars(self.filled.plain_minor),
            "monthly": dollars(self.filled.monthly_minor),
        }
        for row in rows:
            values |= _typed(row)
        if self.donor.cover_fee:
            values["cover_fee"] = "on"
        sleep(READS_SECONDS)
        self.send(page, form, values | typed, twice=twice)

    def paid(self, total_minor: int) -> Paid:
        parts = self.filled.parts + Counter({DEFAULT: self.fee_minor})
        assert total_minor in (0, parts.total())
        return Paid(self.filled, self.reference, self.session, parts if total_minor else Counter())


def _typed(row: Row) -> dict[str, str]:
    return {
        f"units-{row.wish.slug}": str(row.units or ""),
        f"share-{row.wish.slug}": dollars(row.share_minor),
    }


def dollars(minor: int) -> str:
    return f"{minor / 100:.2f}" if minor else ""


def baskets(count: int, wishes: Sequence[Asked]) -> list[Filled]:
    """So many that end paid, and some beside them that do not."""
    unpaid = itertools.chain(UNPAID, itertools.repeat("leaves"))
    found = []
    for number in range(count + count // 20):
        story = ROUND[number % len(ROUND)] if number < count else next(unpaid)
        donor = donors.later(1, story, first=FIRST + number)[0]
        main = wishes[number % len(wishes)]
        rows = [Row(main, 1 + (main.unit_minor < DEAR_MINOR))]
        if number % 10 == 9:
            rows = [Row(main, 0, main.unit_minor // 2)]
        if number % 3 == 0:
            other = wishes[(7 * number + 3) % len(wishes)]
            rows += [Row(other, 0, 4050)] if other != main else []
        # What returns each month is paid by card.
        monthly = number % 15 == 7
        found.append(
            Filled(
                replace(donor, spanish=number % 7 == 3),
                tuple(rows),
                plain_minor=2500 if number % 5 == 0 else 0,
                monthly_minor=1000 if monthly else 0,
                if_covered=CHOICES[number % 3],
            )
        )
    return found


def live(filled: Filled, public: str, sandbox: Sandbox) -> Paid:
    journey = BasketJourney(filled, public, sandbox)
    try:
        return journey.paid(stories.STORIES[filled.donor.story](journey))
    except Exception as error:
        error.add_note(f"basket of donor {filled.donor.number}, story {filled.donor.story}")
        raise


# --- Covered while somebody pays ----------------------------------------------------------------
class Rivals:
    """Everybody wants the same wish; what comes too late goes where its donor chose.

    Debits take their eleven days meanwhile, and lose the place that they held for ten.
    """

    def __init__(self, wish: Asked, public: str, sandbox: Sandbox, first: int, late: int) -> None:
        self.wish, self.public, self.sandbox = wish, public, sandbox
        people = iter(donors.later(late + 2, "plain", first=first))
        self.late = [
            self._journey(next(people), Row(wish, 1), CHOICES[number % 3]) for number in range(late)
        ]
        self.quick = self._journey(next(people), Row(wish, wish.wanted))
        self.slow = self._journey(next(people), Row(wish, 2))

    def _journey(self, donor: Donor, row: Row, if_covered: str = "like") -> BasketJourney:
        plain = replace(donor, cover_fee=False, spanish=False)
        filled = Filled(plain, (row,), if_covered=if_covered)
        return BasketJourney(filled, self.public, self.sandbox)

    def begin(self) -> list[str]:
        """The debits are on their way; their gifts' references."""
        for journey in self.late:
            journey.fill()
            journey.pay("bank")
            journey.comes_back("processing")
        return [journey.reference for journey in self.late]

    def end(self, *, like: str, fund: str) -> tuple[list[Paid], int]:
        """Ten days later: one takes everything, one is told so. Paid gifts, and what goes back."""
        self.slow.fill()
        self.quick.fill()
        self.quick.pay()
        told = self.slow.press_pay()
        if told.status == 200:  # a proof is asked for since the page was drawn
            self.slow.review = told
            told = self.slow.press_pay()
        assert told.status == 409, f"the wish was covered, and paying answered {told.status}"
        instead = replace(self.slow.filled, rows=(), plain_minor=3000)
        taken_out = {f"units-{self.wish.slug}": "", f"share-{self.wish.slug}": ""}
        self.slow.filled = instead
        self.slow.fill(change=True, **taken_out)
        self.slow.pay()
        done = [one.paid(one.total_minor) for one in (self.quick, self.slow)]
        went_back = 0
        for journey in self.late:
            self.sandbox.settle(journey.session)
            choice = journey.filled.if_covered
            there = Counter({like if choice == "like" else fund: journey.total_minor})
            done.append(Paid(journey.filled, journey.reference, journey.session, there))
            went_back += journey.total_minor if choice == "back" else 0
        return done, went_back


# --- Offers in kind -----------------------------------------------------------------------------
@dataclass(frozen=True)
class Offered:
    donor: Donor
    description: str
    quantity: int
    # What becomes of it, for staff: see things_staff.
    fate: str
    reference: str


THINGS = (
    ("laptop", "Lenovo ThinkPad T480, 16 GB"),
    ("tablet", "Samsung Galaxy Tab S6"),
    ("laptop", "Dell Latitude 7490"),
    ("mp3-player", "SanDisk Clip Sport"),
    ("tool-kit", "Wahl clippers and scissors"),
)
FATES = (
    *("kept", "kept", "kept", "kept", "kept", "kept", "declined", "withdrawn", "locked", "kept"),
    *("kept", "kept", "declined", "kept", "kept", "never came", "kept", "recycled", "kept", "kept"),
)


def offer(number: int, kinds: dict[str, int], public: str) -> Offered:
    """One offer by the public form, from an address of its own."""
    donor = donors.later(1, "offers", first=FIRST + 5_000 + number)[0]
    kind, description = THINGS[number % len(THINGS)]
    fate = FATES[number % len(FATES)]
    if fate in ("locked", "recycled"):
        kind, description = THINGS[0]
    visitor = Visitor(public, donor.address)
    path = f"{'/es' if donor.spanish else ''}/things/offer/"
    page = visitor.get(path)
    assert page.status == 200, f"the offer form: {page.status}"
    quantity = 1 if fate == "locked" else 1 + number % 3
    sleep(READS_SECONDS)
    answer = visitor.send(
        page,
        page.form(),
        **{
            **{"kind": str(kinds[kind]), "description": description, "quantity": str(quantity)},
            **{"age": "middle", "condition": "good", "charger": "yes", "way": "shipping"},
            **{"name": donor.name, "email": donor.email, "country": "US"},
        },
    )
    assert answer.status == 302, answer.complaints
    reference = answer.location.rstrip("/").rpartition("/")[2]
    return Offered(donor, description, quantity, fate, reference)
