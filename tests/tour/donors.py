"""Who gives in the tour: forty people (or four hundred), each with a story of her own."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

DESIGNATIONS = ("where-needed-most", "education", "work")
# Each declining test card says no to two addresses at most: at three the defence would wake.
DECLINING = (
    "4000000000000002",
    "4000000000009995",
    "4000000000009987",
    "4000000000000069",
    "4000000000000127",
    "4000000000000119",
)
CARDS = ("4242424242424242", "5555555555554444", "378282246310005", "4242424242424242")
# Names that have broken software before; the receipt must print each as typed.
NAMES = (
    "Ruth Osei",
    "José Ángel Muñoz",
    "Nguyễn Thị Hạnh",
    "D'Arcy O\u2019Neill",
    "Zoë Łukaszewska",
    "Ana-María de la Cruz y Ortega",
    "Amara Okafor",
    "Søren Ægir Þórsson",
    "Mary & Tom <Baker>",
    "Dr. Wanjirũ Mwangi",
)
AMOUNTS = ("50", "25.00", "100", "12.34", "250", "1,234.56", "5", "77.77", "10000", "33.10")


@dataclass(frozen=True)
class Donor:
    """What one person types, and which story of `tests.tour.stories` she lives."""

    number: int
    story: str
    name: str
    email: str
    amount: str
    designation: str
    card: str
    cover_fee: bool = False
    spanish: bool = False
    receipt_name: str = ""
    tribute_kind: str = ""
    tribute_name: str = ""
    tribute_email: str = ""

    @property
    def address(self) -> str:
        """Of her own network."""
        return f"10.{self.number // 62_500}.{self.number // 250 % 250}.{self.number % 250 + 1}"

    @property
    def typed(self) -> dict[str, str]:
        """For the give form; the free amount wins over the buttons."""
        given = {
            "amount_choice": "other",
            "amount": self.amount,
            "designation": self.designation,
            "name": self.name,
            "email": self.email,
            "receipt_name": self.receipt_name,
            "tribute_kind": self.tribute_kind,
            "tribute_name": self.tribute_name,
            "tribute_recipient_email": self.tribute_email,
            "tribute_recipient_name": "Their family" if self.tribute_email else "",
        }
        return given | ({"cover_fee": "on"} if self.cover_fee else {})


# One round of everyday life: of twenty people, these meet something other than a paid card.
ROUND = (
    *("plain", "declined_first", "plain", "bank_paid", "plain", "double_form", "plain"),
    *("secure", "leaves", "plain", "double_pay", "changes", "plain", "bank_bounced"),
    *("never_returns", "secure_refused_first", "goes_back", "plain", "gives_up", "plain"),
)


def everyday(count: int) -> list[Donor]:
    """So many people, the same ones each time."""
    people = _people()
    stories = itertools.cycle(ROUND)
    return [replace(next(people), story=next(stories)) for _ in range(count)]


def later(count: int, story: str, *, first: int) -> list[Donor]:
    """People who come when something is wrong, numbered from `first`."""
    return [replace(donor, story=story) for donor in itertools.islice(_people(first), count)]


def _people(first: int = 1) -> Iterator[Donor]:
    for number in itertools.count(first):
        tribute = {0: "honor", 4: "memory"}.get(number % 8, "")
        yield Donor(
            number=number,
            story="plain",
            name=NAMES[number % len(NAMES)],
            email=f"donor{number}@example.org",
            amount=AMOUNTS[number % len(AMOUNTS)],
            designation=DESIGNATIONS[number % 3],
            card=CARDS[number % len(CARDS)],
            cover_fee=number % 4 == 1,
            spanish=number % 7 == 3,
            receipt_name="The Baker Family Trust, Est. 1974" if number % 9 == 5 else "",
            tribute_kind=tribute,
            tribute_name="Abena Osei-Bonsu" if tribute else "",
            tribute_email=f"family{number}@example.org" if number % 16 == 0 else "",
        )
