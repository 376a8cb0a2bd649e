"""The picture that is shown where somebody shares a wish: its name and its price, no figures.

Progress is left out on purpose: others keep such pictures for months.
"""

from functools import cache
from io import BytesIO
from pathlib import Path

from django.core.cache import caches
from django.utils.translation import get_language
from PIL import Image, ImageDraw, ImageFont

from donations.models import LegalEntity
from gifts.pages import showing

SECONDS = 3600
SIZE = (1200, 630)
NIGHT, STAR, PAPER, SOFT = "#0a1230", "#f6bd4b", "#fcfaf5", "#c3cbe6"
FONTS = Path(__file__).resolve().parents[2] / "core" / "fonts"
EDGE = 90
# Four long rays and four short ones around a centre, as in the sign of the house.
STAR_SHAPE = ((50, 0), (58, 42), (100, 50), (58, 58), (50, 100), (42, 58), (0, 50), (42, 42))
LARGEST, SMALLEST = 76, 40


def of(slug: str) -> bytes:
    """The picture of this wish in the language of the moment, kept for an hour.

    Raises:
        Http404: donors never saw such a wish.
    """
    key = f"wish-picture:{get_language()}:{slug}"
    kept: bytes | None = caches["local"].get(key)
    if kept is None:
        card = showing.Card(showing.find(slug), "")
        entity = LegalEntity.objects.filter(is_default=True).first()
        kept = draw(card.name, card.each, entity.short_name if entity else "")
        caches["local"].set(key, kept, SECONDS)
    return kept


def draw(title: str, line: str, name: str) -> bytes:
    """A PNG with these words; a long title gets smaller letters, the line below two rows."""
    picture = Image.new("RGB", SIZE, NIGHT)
    pen = ImageDraw.Draw(picture)
    _sky(pen)
    size, rows = LARGEST, [title]
    while size >= SMALLEST:
        rows = _broken(title, _font("NotoSerif-Regular", size))
        if len(rows) <= 3:
            break
        size -= 6
    place = 210
    for row in rows[:4]:
        pen.text((EDGE, place), row, font=_font("NotoSerif-Regular", size), fill=PAPER)
        place += round(size * 1.25)
    for row in _broken(line, _font("NotoSans-Regular", 36))[:2]:
        pen.text((EDGE, place + 18), row, font=_font("NotoSans-Regular", 36), fill=SOFT)
        place += 48
    _star(pen, EDGE, 84, 56)
    pen.text((EDGE + 76, 88), name, font=_font("NotoSerif-Regular", 38), fill=PAPER)
    held = BytesIO()
    picture.save(held, "PNG", optimize=True)
    return held.getvalue()


def _broken(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    rows = [""]
    for word in text.split():
        longer = f"{rows[-1]} {word}".strip()
        if font.getlength(longer) <= SIZE[0] - 2 * EDGE or not rows[-1]:
            rows[-1] = longer
        else:
            rows.append(word)
    return rows


def _sky(pen: ImageDraw.ImageDraw) -> None:
    """Faint stars, always the same and in no rows, and the bright one above all words."""
    for number in range(48):
        x, y = number**3 * 389 % SIZE[0], number**2 * 211 % SIZE[1]
        glow = 1 + number % 3
        pen.ellipse((x, y, x + glow, y + glow), fill="#4a5a96")
    _star(pen, SIZE[0] - 240, 46, 150)


def _star(pen: ImageDraw.ImageDraw, x: int, y: int, size: int) -> None:
    pen.polygon([(x + dx * size / 100, y + dy * size / 100) for dx, dy in STAR_SHAPE], fill=STAR)


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"{name}.ttf", size)
