"""Sample readers, a quarterly letter that was sent, and a draft to a campaign's followers."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone, translation

from campaigns.letters import audience, sending
from campaigns.models import Campaign, Letter, Reader
from campaigns.news import consent

# Address, language, what of, and days ago; one has left, one has not confirmed.
READERS = (
    ("ada@reader.example", "en", "", 80),
    ("bruno@reader.example", "en", "", 61),
    ("carmen@reader.example", "es", "", 47),
    ("dolores@reader.example", "es", "SCHOOL-YEAR", 20),
    ("edith@reader.example", "en", "SCHOOL-YEAR", 18),
    ("ada@reader.example", "en", "SCHOOL-YEAR", 9),
)
LEFT, ASKED = "frank@reader.example", "grace@reader.example"


def _text(heading: str, *paragraphs: str) -> dict[str, Any]:
    told = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return {"type": "text", "value": {"heading": heading, "text": told}}


def _figures(source: str, *figures: tuple[str, str]) -> dict[str, Any]:
    listed = [{"value": value, "label": label} for value, label in figures]
    return {"type": "figures", "value": {"heading": "", "figures": listed, "source": source}}


def _button(label: str, address: str) -> dict[str, Any]:
    return {"type": "button", "value": {"label": label, "address": address}}


ENGLISH = [
    _text(
        "",
        "Dear reader,",
        "this quarter began with a shelf of laptops and ended with an empty one. Here is where "
        "they went, as far as we can say it without telling anybody's story for them.",
    ),
    _figures(
        "From our books and our partners' confirmations, as of the end of the quarter.",
        ("25", "laptops handed over for courses and first jobs"),
        ("3", "course fees paid to schools, for a whole year each"),
    ),
    _text(
        "What comes next",
        "Autumn terms begin in eight weeks. Fees are due before that, and a term that is paid in "
        "full is one worry less.",
    ),
    _button("See what is needed", "https://northstar.example/wishes/"),
    _text("", "Thank you for reading with us.", "Helen Marsh, education officer"),
]
SPANISH = [
    _text(
        "",
        "Estimada lectora, estimado lector:",
        "este trimestre empezó con un estante de portátiles y terminó con el estante vacío. Aquí "
        "contamos adónde fueron, hasta donde se puede sin contar la historia de nadie.",
    ),
    _figures(
        "De nuestros libros y de las confirmaciones de nuestros socios, al cierre del trimestre.",
        ("25", "portátiles entregados para cursos y primeros empleos"),
        ("3", "matrículas pagadas a escuelas, cada una por un año entero"),
    ),
    _text(
        "Lo que sigue",
        "El curso de otoño empieza en ocho semanas. Las matrículas se pagan antes, y un curso "
        "pagado por completo es una preocupación menos.",
    ),
    _button("Ver qué hace falta", "https://northstar.example/es/wishes/"),
    _text("", "Gracias por leernos.", "Helen Marsh, responsable de educación"),
]
UPDATE = [
    _text(
        "Half-way",
        "The first fees have been paid to the schools. We write again when the year's books are "
        "on the table.",
    ),
    _button("Look at the campaign", "https://northstar.example/campaigns/school-year/"),
]


def seed(*, by: Any) -> None:
    """Make what is not there yet. The letter goes out as any other, to mailboxes of nobody."""
    if Reader.objects.exists() or Letter.objects.exists():
        return
    now = timezone.now()
    campaigns = {row.code: row for row in Campaign.objects.all()}
    for email, language, code, days in READERS:
        if code in campaigns or not code:
            _reader(email, language, campaigns.get(code), now - timedelta(days=days))
    gone = _reader(LEFT, "en", None, now - timedelta(days=70))
    Reader.objects.filter(pk=gone.pk).update(left_at=now - timedelta(days=3), left_why="left")
    _reader(ASKED, "en", None, now - timedelta(hours=2), confirmed=False)
    letter = Letter.objects.create(
        audience=Letter.Audience.NEWSLETTER,
        subject="What this quarter's gifts became",
        preview="25 laptops, 3 course fees, and what comes next",
        body=_raw(ENGLISH),
        subject_es="En qué se convirtieron los donativos del trimestre",
        preview_es="25 portátiles, 3 matrículas y lo que sigue",
        body_es=_raw(SPANISH),
        is_on_web=True,
    )
    letter.refresh_from_db()
    seen = sum(audience.counts(letter).values())
    sending.queue(letter, seen=seen, at=None, by=by)
    if school := campaigns.get("SCHOOL-YEAR"):
        Letter.objects.create(
            audience=Letter.Audience.FOLLOWERS,
            campaign=school,
            subject="The first fees are paid",
            preview="Half-way through the school year's campaign",
            body=_raw(UPDATE),
        )


def _reader(
    email: str, language: str, campaign: Campaign | None, at: Any, *, confirmed: bool = True
) -> Reader:
    with translation.override(language):
        agreed = consent.text(campaign)
    return Reader.objects.create(
        email=email,
        language=language,
        campaign=campaign,
        consent=agreed,
        consent_version=consent.VERSION,
        asked_at=at,
        confirmed_at=at + timedelta(minutes=4) if confirmed else None,
    )


def _raw(blocks: Sequence[dict[str, Any]]) -> str:
    return json.dumps(blocks)
