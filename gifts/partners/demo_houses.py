"""Made-up partners, their case workers, and what they ask for, and for whom. True of nobody.

As many people as the sample wishes need behind them: eleven of its own for each, so forty-four for
the four wishes that ask for laptops, whatever else some of them ask for.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """So many people of one partner ask for the same thing."""

    kind: str
    purpose: str
    count: int
    # The first of them in the partner's list of people; some ask for several things.
    first: int = 0
    spec_class: int = 0
    # In turn, one for each person; "" where any will do.
    keyboards: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class House:
    """A partner as staff entered it."""

    name: str
    region: str
    country: str
    language: str
    voltage: str
    spoken: str
    # Street, contact and telephone of its public office.
    office: tuple[str, str, str]
    # E-mail and name of its case workers.
    workers: tuple[tuple[str, str], ...]
    given_names: tuple[str, ...]
    asked: tuple[Asked, ...]
    # What a thing is for, by purpose, in the case worker's words.
    what_for: dict[str, str]
    # Whether its case workers are shown how to sign in; the others' passwords nobody knows.
    is_shown: bool = False
    # Suspended after it had asked: what it asks for is in order and not open.
    is_suspended: bool = False

    @property
    def people(self) -> list[str]:
        return [f"{name} {sign}." for sign in "ABC" for name in self.given_names]

    @property
    def each(self) -> Iterator[tuple[Asked, int]]:
        """What is asked for and for which of its people, one need after another."""
        for asked in self.asked:
            for number in range(asked.count):
                yield asked, asked.first + number


BANDS = {
    "university": "higher",
    "vocational": "vocational",
    "job_search": "secondary",
    "language": "basic",
}
IN_ENGLISH = {
    "university": "For lectures and essays of her first year.",
    "vocational": "For a training course and its exercises at home.",
    "job_search": "For applications, and for the first work of her own.",
    "language": "For an hour of lessons each evening.",
}
HOUSES = (
    House(
        *("Casa Lucero", "latin_america", "GT", "es", "110", "Spanish"),
        office=("1 Example Street, Sample Town", "The office", "+502 5555 0100"),
        workers=(("ana@casa-lucero.example", "Ana"), ("berta@casa-lucero.example", "Berta")),
        given_names=(
            "Azucena",
            "Dalia",
            "Estela",
            "Fabiola",
            "Gloria",
            "Hilda",
            "Irma",
            "Jacinta",
            "Karina",
            "Leticia",
        ),
        asked=(
            Asked("laptop", "university", 13, 0, 2, ("latam", "latam", "")),
            Asked("course-fee", "vocational", 12, 13),
            Asked("tool-kit", "vocational", 3, 16),
            Asked("tablet", "vocational", 3, 25),
        ),
        what_for={
            "university": "Para las clases y los trabajos de su primer año.",
            "vocational": "Para un curso de formación y los ejercicios en casa.",
        },
        is_shown=True,
    ),
    House(
        *("Baan Arun", "southeast_asia", "TH", "th", "230", "Thai"),
        office=("2 Example Road, Sample Town", "The office", "+66 2 555 0100"),
        workers=(("mali@baan-arun.example", "Mali"),),
        given_names=(
            "มะลิวัลย์",
            "กัญญารัตน์",
            "ดวงพร",
            "นฤมล",
            "ปิยะดา",
            "รัตนาภรณ์",
            "ศิริพร",
            "อรอุมา",
            "วรรณา",
        ),
        asked=(
            Asked("laptop", "university", 12, 0, 2, ("th", "th", "us")),
            Asked("course-fee", "university", 11, 12),
            Asked("tablet", "vocational", 4, 23),
        ),
        what_for={
            "university": "ใช้เรียนและทำรายงานในปีแรก",
            "vocational": "ใช้ฝึกอาชีพและทำแบบฝึกหัดที่บ้าน",
        },
        is_shown=True,
    ),
    House(
        *("Tumaini House", "africa", "KE", "en", "230", "Swahili"),
        office=("3 Example Avenue, Sample Town", "The office", "+254 20 555 0100"),
        workers=(("grace@tumaini.example", "Grace"),),
        given_names=("Achieng", "Makena", "Nafula", "Wanjiru", "Zawadi", "Imani"),
        asked=(
            Asked("laptop", "job_search", 12, 0, 1, ("uk", "")),
            Asked("tool-kit", "job_search", 4, 12),
            Asked("tablet", "vocational", 4, 14),
        ),
        what_for=IN_ENGLISH,
        is_shown=True,
    ),
    House(
        *("Casa Speranza", "europe", "RO", "en", "230", "Romanian"),
        office=("4 Example Lane, Sample Town", "The office", "+40 21 555 0100"),
        workers=(("ioana@casa-speranza.example", "Ioana"),),
        given_names=("Aurica", "Daciana", "Floarea", "Ilinca", "Luminita", "Smaranda"),
        asked=(
            Asked("course-fee", "vocational", 11),
            Asked("laptop", "vocational", 4, 11, 3),
        ),
        what_for=IN_ENGLISH,
    ),
    House(
        *("Naya Aangan", "south_asia", "NP", "en", "230", "Nepali"),
        office=("5 Example Path, Sample Town", "The office", "+977 1 555 0100"),
        workers=(("sunita@naya-aangan.example", "Sunita"),),
        given_names=("Bimala", "Durga", "Kopila", "Manju", "Pabitra", "Saraswati"),
        asked=(
            Asked("tablet", "language", 11, 0, 0, ("ne", "")),
            Asked("laptop", "university", 4, 11, 2, ("ne",)),
        ),
        what_for=IN_ENGLISH,
    ),
    House(
        *("Beit Nour", "middle_east", "JO", "en", "230", "Arabic"),
        office=("6 Example Square, Sample Town", "The office", "+962 6 555 0100"),
        workers=(("salma@beit-nour.example", "Salma"),),
        given_names=("Hanan",),
        asked=(Asked("laptop", "university", 1, 0, 1, ("ar",)),),
        what_for=IN_ENGLISH,
        is_suspended=True,
    ),
)
