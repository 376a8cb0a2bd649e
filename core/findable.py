"""What makes somebody findable, by local rules: names, telephones, places, dates, coordinates.

English, Spanish and Thai, and whatever is written alike everywhere. The rules would rather hold a
harmless sentence back than let a telling one pass: whoever wrote it is told how to mend it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from django.utils.translation import gettext_lazy as _

LANGUAGES = ("en", "es", "th")
SENTENCES: dict[str, Any] = {
    "name": _("“%(found)s” looks like a name. Please write “she” or “the person” in its place."),
    "phone": _("“%(found)s” looks like a telephone number. Please leave it out."),
    "address": _("“%(found)s” looks like an address on the internet. Please leave it out."),
    "place": _("“%(found)s” looks like a place. Please leave it out, or write “here”."),
    "date": _(
        "“%(found)s” looks like a date. Please leave it out, or write “soon” or “in spring”."
    ),
    "coordinates": _("“%(found)s” looks like coordinates. Please leave them out."),
}


@dataclass(frozen=True)
class Found:
    """What was found, and of which kind."""

    kind: str
    text: str

    @property
    def sentence(self) -> str:
        """How to mend it."""
        return str(SENTENCES[self.kind] % {"found": self.text})


def findable(text: str) -> Found | None:
    """The first thing in a text by which somebody or some place could be found; none if nothing."""
    plain = _plain(text)
    for kind, look in LOOKS:
        if found := look(plain):
            return Found(kind, found.strip())
    return None


def all_findable(text: str) -> list[Found]:
    """The first of each kind that is in a text."""
    plain = _plain(text)
    looked = ((kind, look(plain).strip()) for kind, look in LOOKS)
    return [Found(kind, found) for kind, found in looked if found]


def names_of(person: str, text: str) -> str:
    """The part of this person's name that stands in the text, or ""."""
    plain = _folded(_plain(text))
    for part in re.split(r"[\s,.]+", _plain(person)):
        if len(part) > 2 and re.search(_whole(_folded(part)), plain):
            return part
    return ""


def _plain(text: str) -> str:
    """Digits of any script as 0 to 9, wide and joined signs as plain ones, no invisible signs."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(
        str(unicodedata.digit(sign)) if sign.isdigit() and not sign.isascii() else sign
        for sign in text
        if unicodedata.category(sign) != "Cf"
    )


def _folded(text: str) -> str:
    """Without case and accents; marks of Thai vowels stay, as without them other words begin."""
    split = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in split if not "\u0300" <= sign <= "\u036f")


def _whole(word: str) -> str:
    """A whole word; Thai puts no spaces between words."""
    return re.escape(word) if "\u0e00" <= word[0] <= "\u0e7f" else rf"\b{re.escape(word)}\b"


def _first(*patterns: str, flags: int = re.IGNORECASE) -> Callable[[str], str]:
    compiled = [re.compile(pattern, flags) for pattern in patterns]

    def look(text: str) -> str:
        return next((m.group() for p in compiled for m in p.finditer(text)), "")

    return look


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def _words(text: str) -> list[str]:
    return text.split()


@cache
def _countries() -> re.Pattern[str]:
    """Names of countries and territories as people write them in our languages."""
    latin: set[str] = set()
    thai: set[str] = set()
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code not in ("EU", "UN", "EZ", "XA", "XB", "ZZ", "QO"):
                (thai if "\u0e00" <= name[0] <= "\u0e7f" else latin).add(_folded(name))
    # Three signs of Thai stand inside too many other words.
    long_thai = [name for name in thai if len(name) > 3]
    return re.compile(rf"\b(?:{_any_of(latin)})\b|{_any_of(long_thai)}")


def _country(text: str) -> str:
    found = _countries().search(_folded(text))
    return found.group() if found else ""


@cache
def _given_names() -> frozenset[str]:
    lines = (Path(__file__).parent / "given_names.txt").read_text().splitlines()
    return frozenset(_folded(word) for line in lines if line[:1] != "#" for word in line.split())


def _given_name(text: str) -> str:
    """A common given name that is written like a name."""
    for word in re.findall(r"\b[^\W\d_]+\b", text):
        if word[:1].isupper() and _folded(word) in _given_names():
            return str(word)
    return ""


# A capital letter within a sentence; German nouns would be caught as well.
_INSIDE = re.compile(r"(?<=[\w,)\u2019'] )[A-ZÁÉÍÓÚÑÜ][a-záéíóúñü\u2019']+\b")
_HARMLESS = frozenset(
    _words("""
    i i'm i'd i'll i've monday tuesday wednesday thursday friday saturday sunday
    january february march april may june july august september october november december
    english spanish thai french german italian portuguese arabic russian chinese japanese korean
    khmer lao burmese vietnamese hindi bengali nepali swahili ukrainian romanian
    word excel powerpoint office windows microsoft google classroom drive zoom teams meet skype
    android linux ubuntu mac chromebook photoshop illustrator adobe canva autocad python java
    javascript scratch moodle coursera duolingo whatsapp youtube facebook bluetooth internet wifi
    braille toefl ielts sat ged math maths biology chemistry physics usb pdf
    """)
)


def _capital(text: str) -> str:
    for found in _INSIDE.finditer(text):
        if found.group().casefold().replace("\u2019", "'") not in _HARMLESS:
            return found.group()
    return ""


_MONTHS = _any_of(
    _words("""
    january february march april may june july august september october november december
    enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre
    diciembre jan feb mar apr jun jul aug sept sep oct nov dec ene abr ago dic
    """)
)
_THAI_MONTHS = _any_of(
    _words("""
    มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน
    ธันวาคม ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.
    """)
)
_STREETS = (
    r"street|avenue|boulevard|highway|lane|suite|apartment|neighbou?rhood|village|district|province"
    r"|calle|avenida|carrera|callej[oó]n|colonia|barrio|aldea|municipio|departamento de|provincia"
    r"|zona \d+|km \d+|p\.? ?o\.? box"
)
# "Model", "nurse", "employer", "quality" … begin like "Mrs", "Mr" and "you".
_THAI_WORDS = r"แบบ|พยาบาล|จ้าง|หน้า|ช่าง|ภาพ|สมบัติ|ค่า|ครู|แม่|หมอ|สาว|ชาย|ใหม่|เอก"
_THAI_PLACES = r"ประเทศ|ถนน|ซอย|ตำบล|อำเภอ|จังหวัด|หมู่บ้าน|หมู่ที่|แขวง|กรุงเทพ|เชียงใหม่|เชียงราย|พัทยา|ภูเก็ต"

LOOKS: list[tuple[str, Callable[[str], str]]] = [
    (
        "coordinates",
        _first(
            r"[-+]?\d{1,3}[.,]\d{3,}°?\s*[NSEWO]?\s*[,;/ ]\s*[-+]?\d{1,3}[.,]\d{3,}",
            r"\d{1,3}\s*°\s*\d{1,2}\s*['\u2032\u2019]",
            # Open location codes, three words, and links of maps.
            r"\b[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}\b",
            r"/{3}\w+\.\w+\.\w+",
            r"\bgeo:\S+",
        ),
    ),
    (
        "address",
        _first(
            r"\S+@\S+", r"\b(?:https?://|www\.)\S+", r"\b[\w-]+\.(?:com|org|net|info|th|gt|es)\b"
        ),
    ),
    (
        "date",
        _first(
            r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b",
            rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?:\s+(?:of|de))?\s+(?:{_MONTHS})\b",
            rf"\b(?:{_MONTHS})\.?\s+\d{{1,4}}\b",
            rf"\b(?:{_MONTHS})\s+de[l]?\s+\d{{2,4}}\b",
            rf"\d{{1,2}}\s*(?:{_THAI_MONTHS})|(?:{_THAI_MONTHS})\s*\d{{2,4}}",
            r"\b(?:19[4-9]|20[0-4])\d\b|\b25[0-9]{2}\b",
            r"\b(?:born (?:on|in)|birthday|cumpleaños|nació)\b|วันเกิด|เกิดวันที่",
        ),
    ),
    ("phone", _first(r"[+(]?\d(?:[ ().\-/]{0,2}\d){6,}")),
    (
        "place",
        lambda text: (
            _first(
                rf"\b(?:{_STREETS})\b(?:\s+\S+)?",
                rf"(?:{_THAI_PLACES})\S*",
                r"\b(?:city|town|ciudad|pueblo) (?:of|de) \S+",
            )(text)
            or _country(text)
        ),
    ),
    (
        "name",
        lambda text: (
            _first(
                r"\b(?:Mrs?|Ms|Miss|Dr|Prof|Sr|Sra|Srta|Don|Doña|Sister|Hermana|Father|Padre)"
                r"\b\.?\s+[A-ZÁÉÍÓÚÑ]\w+",
                flags=0,
            )(text)
            or _first(
                r"\b(?:her name is|named|is called|known as|se llama|llamad[ao]|apodad[ao])\s+\S+",
                r"(?:ชื่อว่า|ชื่อเล่น|มีชื่อ|เธอชื่อ|นางสาว|น\.ส\.|ด\.ญ\.|ด\.ช\.|เด็กหญิง|เด็กชาย)\s*\S*",
                rf"(?:^|\s)(?:นาง|นาย|คุณ|น้อง)(?!{_THAI_WORDS})[\u0e00-\u0e7f]{{2,}}",
            )(text)
            or _given_name(text)
            or _capital(text)
        ),
    ),
]
