"""Whom the needs of the tour are for: six partners, their people, and what each of these asks for.

All of it is made up. Purposes and regions are so that eight wishes have eleven people behind them,
and three have not until they tell less.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class House:
    """One partner."""

    key: str
    name: str
    region: str
    country: str
    language: str
    voltage: str
    # What its computers' keys should say.
    keyboard: str
    spoken: str
    people: tuple[str, ...]


SPANISH = ("Rosalía", "Ximena", "Yolanda", "Marisol", "Azucena", "Dolores", "Itzel")
HOUSES = (
    House("thirty", "Casa Treinta", "latin_america", "GT", "es", "110", "latam", "Spanish",
          SPANISH),
    House("thai", "Baan Rung", "southeast_asia", "TH", "th", "230", "th", "Thai",
          ("Malee", "Suchada", "Kanya", "Wipa", "Pensri", "Naree")),
    House("africa", "Nyumba Njema", "africa", "KE", "en", "230", "uk", "Swahili",
          ("Wanjiru", "Achieng", "Nafula", "Makena", "Zawadi")),
    House("india", "Naya Ghar", "south_asia", "IN", "en", "230", "hi", "Hindi",
          ("Sunita", "Kavita", "Meenal", "Rekha", "Jyoti")),
    House("andes", "Casa Andina", "latin_america", "PE", "es", "230", "latam", "Spanish", SPANISH),
    # Ends its work in the course of the tour.
    House("closing", "Mekong House", "southeast_asia", "KH", "en", "230", "us", "Khmer",
          ("Sophea", "Bopha", "Chanthy", "Kolab")),
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """So many people of one partner ask for the same."""

    house: str
    kind: str
    purpose: str
    count: int
    # The first ones of this partner once more, instead of somebody new.
    again: bool = False


ASKED = (
    # One organisation of thirty people.
    Asked("thirty", "computer", "university", 12),
    Asked("thirty", "sewing-machine", "vocational", 12),
    Asked("thirty", "exam-fee", "vocational", 6),
    Asked("thai", "computer", "university", 8),
    Asked("thai", "sewing-machine", "job_search", 11),
    Asked("thai", "exam-fee", "university", 11),
    Asked("africa", "sewing-machine", "job_search", 12),
    Asked("africa", "computer", "job_search", 5),
    Asked("africa", "computer", "vocational", 7),
    Asked("africa", "bicycle", "job_search", 4),
    Asked("africa", "tool-kit", "job_search", 9),
    Asked("india", "computer", "vocational", 11),
    Asked("india", "sewing-machine", "vocational", 4),
    Asked("india", "sewing-machine", "job_search", 8),
    Asked("india", "bicycle", "university", 4),
    Asked("india", "tablet", "language", 9),
    Asked("andes", "exam-fee", "vocational", 8),
    Asked("andes", "bicycle", "vocational", 4),
    Asked("andes", "course-fee", "vocational", 11),
    Asked("andes", "tool-kit", "vocational", 5),
    Asked("andes", "mp3-player", "language", 9, again=True),
    Asked("closing", "computer", "university", 4),
    Asked("closing", "course-fee", "university", 4),
    Asked("closing", "laptop", "university", 2),
)
NEEDS = sum(asked.count for asked in ASKED)
BANDS = {"university": "higher", "vocational": "vocational", "job_search": "basic"}
DEVICES = ("computer", "laptop", "tablet", "mp3-player")
WHAT_FOR = {
    "university": "For lectures and essays of her first year.",
    "vocational": "For a training course and its exercises at home.",
    "job_search": "For the first work of her own.",
    "language": "For an hour of lessons each evening.",
}


@dataclass(frozen=True)
class Stated:
    """One need, as its case worker types it."""

    house: House
    number: int
    kind: str
    purpose: str
    # Of a person whom the partner asked for before: how many before her.
    known: int | None

    @property
    def name(self) -> str:
        names = self.house.people
        return f"{names[self.number % len(names)]} {chr(65 + self.number % 26)}-{self.number}"

    @property
    def contact(self) -> str:
        return f"through the house, room {self.number}"

    @property
    def is_device(self) -> bool:
        return self.kind in DEVICES

    @property
    def steps(self) -> dict[str, dict[str, str]]:
        """What is typed at each step, as the pages ask for it; the person comes apart."""
        details = {"needed_by": "", "note": "Light to carry."}
        if self.is_device:
            # Every third has learnt on whatever keyboard there was.
            keyboard = "" if self.number % 3 == 0 or self.kind == "mp3-player" else "own"
            details["keyboard"] = self.house.keyboard if keyboard else ""
            details["spec_class"] = str(self.number % 2 + 1 if self.kind == "computer" else 0)
        return {
            "purpose": {
                "purpose": self.purpose,
                "band": BANDS.get(self.purpose, "secondary"),
                "what_for": WHAT_FOR[self.purpose],
            },
            "details": details,
            "say": {
                **{"say_asked": "on", "say_told": "on", "say_may_refuse": "on"},
                "say_language": self.house.spoken,
                # Some are children: their guardian speaks, and they agree.
                "say_whose": "guardian" if self.number % 10 == 9 else "adult",
            },
        }


def stated(key: str) -> Iterator[Stated]:
    """What one partner asks for, in its order."""
    house = next(house for house in HOUSES if house.key == key)
    number = 0
    for asked in ASKED:
        if asked.house != key:
            continue
        for place in range(asked.count):
            known = place if asked.again else None
            yield Stated(house, number, asked.kind, asked.purpose, known)
            number += 1


@dataclass(frozen=True)
class Wished:
    """A wish that staff write; `level` is what the ladder lets them publish, if not all of it."""

    kind: str
    purpose: str
    region: str
    # How many its donors give: as many as are asked for, and some more.
    given: int
    level: tuple[str, str] | None = None


WISHES = (
    Wished("computer", "university", "latin_america", 12),
    Wished("computer", "university", "southeast_asia", 12),
    Wished("computer", "vocational", "south_asia", 12),
    Wished("sewing-machine", "job_search", "africa", 12),
    Wished("sewing-machine", "vocational", "latin_america", 12),
    Wished("sewing-machine", "job_search", "southeast_asia", 11),
    Wished("exam-fee", "vocational", "latin_america", 14),
    Wished("exam-fee", "university", "southeast_asia", 11),
    # Five, four and four people: too few, until it tells less.
    Wished("computer", "job_search", "africa", 12, level=("africa", "any")),
    Wished("sewing-machine", "vocational", "south_asia", 12, level=("south_asia", "any")),
    Wished("bicycle", "job_search", "africa", 12, level=("world", "any")),
)
KINDS = (
    {"code": "computer", "name": "Computer", "plural": "Computers", "name_es": "Computadora",
     "plural_es": "Computadoras", "is_device": True, "route": "central", "handling_minor": 2000},
    {"code": "sewing-machine", "name": "Sewing machine", "plural": "Sewing machines",
     "name_es": "Máquina de coser", "plural_es": "Máquinas de coser", "route": "local",
     "handling_minor": 500},
    {"code": "exam-fee", "name": "Exam fee", "plural": "Exam fees",
     "name_es": "Derecho de examen", "plural_es": "Derechos de examen", "route": "direct",
     "handling_minor": 0},
    {"code": "bicycle", "name": "Bicycle", "plural": "Bicycles", "name_es": "Bicicleta",
     "plural_es": "Bicicletas", "route": "local", "handling_minor": 500},
)  # fmt: skip
COSTS = {"computer": 31000, "sewing-machine": 12000, "exam-fee": 8000, "bicycle": 9000}
