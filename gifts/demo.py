"""Sample kinds and wishes of the made-up organisation, in English and Spanish."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from donations.demo_gifts import Gift
from gifts import wishes
from gifts.models import ItemCost, ItemKind, Wish

CENTRAL, LOCAL, DIRECT = ItemKind.Route.CENTRAL, ItemKind.Route.LOCAL, ItemKind.Route.DIRECT


@dataclass(frozen=True)
class Asked:
    kind: str
    purpose: str
    region: str
    wanted: int
    text: str
    text_es: str
    # What somebody of the demonstration gives toward it, in minor units.
    given_minor: int = 0


def seed_kinds(*, general_stock: bool) -> None:
    """Make the kinds that are not there yet.

    Args:
        general_stock: of all of them, where no partner's people stand behind their wishes.
    """
    for kind, costs in KINDS:
        facts = {**kind, "general_stock": general_stock or kind["code"] in STOCK}
        row, made = ItemKind.objects.get_or_create(code=kind["code"], defaults=facts)
        if made:
            ItemCost.objects.bulk_create(
                ItemCost(kind=row, region=region, cost_minor=minor)
                for region, minor in costs.items()
            )


def seed(*, author: Any, reviewer: Any) -> None:
    """Make what is not there yet, through the steps that staff take; edits stay."""
    seed_kinds(general_stock=True)
    like: dict[str, Wish] = {}
    for place, asked in enumerate(WISHES):
        kind_row = ItemKind.objects.get(code=asked.kind)
        cell = {"kind": kind_row, "purpose": asked.purpose, "region": asked.region}
        wish = Wish.objects.filter(**cell).first()
        if wish is None:
            words = {"text": asked.text, "text_es": asked.text_es}
            wish = wishes.write(
                by=author,
                **{**cell, **words, "wanted": asked.wanted, "like": like.get(asked.kind)},
                position=(place + 1) * 10,
            )
            wishes.publish(wishes.review(wish, by=reviewer))
        like[asked.kind] = wish


def gifts() -> list[Gift]:
    """Made-up gifts toward the sample wishes."""
    found = []
    for number, asked in enumerate(WISHES):
        wish = Wish.objects.select_related("designation").filter(
            kind__code=asked.kind, purpose=asked.purpose, region=asked.region
        )
        purse = wish.exclude(designation=None).values_list("designation__code", flat=True).first()
        if asked.given_minor and purse:
            who = NAMES[number % len(NAMES)]
            found.append(Gift(1 + number / 10, who, asked.given_minor, purposes=(purse,)))
    return found


@contextmanager
def at(days_ago: int) -> Iterator[None]:
    """What is done inside was done on a working day so long ago, from ten in the morning on.

    As with the clock of the stand-in for Stripe, steps then carry their days by themselves. One
    after another these days differ, so a later step never comes to lie before an earlier one.
    """
    real, day = timezone.now, timezone.localtime()
    for _ in range(days_ago):
        day -= timedelta(days=3 if day.weekday() == 0 else 2 if day.weekday() == 6 else 1)
    behind = real() - day.replace(hour=10, minute=0) if days_ago else timedelta()
    timezone.now = lambda: real() - behind
    try:
        yield
    finally:
        timezone.now = real


NAMES = ("Nadia Berg", "Owen Clarke", "Priya Raman", "Luz Herrera")
# Always of use, whoever asks: wished for without a count of people.
STOCK = ("mp3-player", "tool-kit")
KINDS: list[tuple[dict[str, Any], dict[str, int]]] = [
    (
        {
            **{"code": "laptop", "name": "Laptop", "plural": "Laptops"},
            **{"name_es": "Computadora portátil", "plural_es": "Computadoras portátiles"},
            "description": "New, with a three-year warranty, a bag and a charger for its country.",
            "description_es": "Nueva, con tres años de garantía, funda y cargador de su país.",
            "specification": "14 inch, 16 GB of memory, 512 GB, webcam, no older than a year.",
            **{"is_device": True, "route": CENTRAL, "handling_minor": 3000},
        },
        {"latin_america": 45000, "southeast_asia": 42000, "africa": 48000, "world": 46000},
    ),
    (
        {
            **{"code": "tablet", "name": "Tablet", "plural": "Tablets"},
            **{"name_es": "Tableta", "plural_es": "Tabletas"},
            "description": "With a keyboard cover, for lessons where power and tables are scarce.",
            "description_es": "Con teclado, para clases donde faltan luz y mesas.",
            **{"is_device": True, "route": CENTRAL, "handling_minor": 2000},
        },
        {"world": 21000, "south_asia": 19000},
    ),
    (
        {
            **{"code": "mp3-player", "name": "MP3 player", "plural": "MP3 players"},
            **{"name_es": "Reproductor MP3", "plural_es": "Reproductores MP3"},
            "description": "Loaded with a language course to listen to on the bus.",
            "description_es": "Con un curso de idiomas para escuchar en el autobús.",
            **{"is_device": True, "route": CENTRAL, "handling_minor": 500},
        },
        {"world": 3500},
    ),
    (
        {
            **{"code": "course-fee", "name": "Course fee", "plural": "Course fees"},
            **{"name_es": "Matrícula", "plural_es": "Matrículas"},
            "description": "Paid straight to the school, for one course with its exam.",
            "description_es": "Se paga directo a la escuela, por un curso con su examen.",
            **{"route": DIRECT, "handling_minor": 0},
        },
        {"world": 30000, "latin_america": 28000, "europe": 52000, "southeast_asia": 24000},
    ),
    (
        {
            **{"code": "tool-kit", "name": "Tool kit", "plural": "Tool kits"},
            **{"name_es": "Juego de herramientas", "plural_es": "Juegos de herramientas"},
            "description": "For hair, sewing or repair: what a first workplace asks for.",
            "description_es": "Para peluquería, costura o reparación: lo que pide un empleo.",
            **{"route": LOCAL, "handling_minor": 1000},
        },
        {"world": 9000, "africa": 8000, "latin_america": 8500},
    ),
]
WISHES = [
    Asked(
        *("laptop", "university", "latin_america", 25),
        "Lectures, essays and the library are online now. One laptop carries a whole degree.",
        "Las clases, los trabajos y la biblioteca están en línea. Una computadora lleva una "
        "carrera entera.",
        given_minor=340000,
    ),
    Asked(
        *("laptop", "university", "southeast_asia", 15),
        "The first year begins in the fall, and the reading list is digital from the first week.",
        "El primer año empieza en otoño, y desde la primera semana las lecturas son digitales.",
        given_minor=600000,
    ),
    Asked(
        *("laptop", "job_search", "africa", 15),
        "Applications go out as files, interviews come by video. A laptop makes both possible.",
        "Las solicitudes se envían como archivo y las entrevistas son por video. Una computadora "
        "permite ambas.",
        given_minor=60000,
    ),
    Asked(
        *("course-fee", "vocational", "latin_america", 50),
        "Bookkeeping, nursing, hairdressing: one fee opens one course, with the exam at its end.",
        "Contabilidad, enfermería, peluquería: una matrícula abre un curso, con su examen final.",
        given_minor=460000,
    ),
    Asked(
        *("course-fee", "university", "southeast_asia", 25),
        "A semester is paid before it starts. This pays it, straight to the university.",
        "El semestre se paga antes de empezar. Esto lo paga, directo a la universidad.",
    ),
    Asked(
        *("course-fee", "vocational", "europe", 15),
        "Courses with a certificate that employers know, paid to the school itself.",
        "Cursos con un certificado que las empresas conocen, pagados a la propia escuela.",
        given_minor=780000,
    ),
    Asked(
        *("tablet", "language", "south_asia", 25),
        "An hour of English or Hindi a day, wherever there is a chair and an outlet.",
        "Una hora de inglés o hindi al día, donde haya una silla y un enchufe.",
        given_minor=105000,
    ),
    Asked(
        *("tablet", "vocational", "world", 15),
        "Training centers teach from screens; a tablet takes the lesson home.",
        "Los centros enseñan con pantallas; una tableta lleva la lección a casa.",
    ),
    Asked(
        *("mp3-player", "language", "world", 50),
        "Small, cheap and patient: it repeats a sentence as often as one likes.",
        "Pequeño, barato y paciente: repite una frase las veces que haga falta.",
        given_minor=90000,
    ),
    Asked(
        *("tool-kit", "job_search", "africa", 25),
        "Scissors, clippers, a case: who brings her own tools is hired first.",
        "Tijeras, máquina, estuche: a quien trae sus herramientas la contratan primero.",
        given_minor=18000,
    ),
    Asked(
        *("tool-kit", "vocational", "latin_america", 15),
        "A sewing course hands out patterns, not scissors. This is the rest.",
        "Un curso de costura da patrones, no tijeras. Esto es lo demás.",
    ),
    Asked(
        *("laptop", "any", "world", 50),
        "A stock of laptops, so that nobody waits for one when a term or a job begins.",
        "Una reserva de computadoras, para que nadie espere cuando empieza un curso o un empleo.",
        given_minor=147000,
    ),
]
