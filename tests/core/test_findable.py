"""What makes somebody findable is found; what only says what a thing is for is not."""

import pytest

from core.findable import findable, names_of

TELLING = [
    *[("name", text) for text in (
        "Maria needs it for school.", "It is for Lucía's course.", "Her name is suda.",
        "Se llama quetzal.", "Para la Sra. Núñez.", "We met Ixchel at school.",
        "เธอชื่อสมหญิง", "ให้ นางสาว ใจดี เรียน", "ให้ คุณสมศรี",
    )],
    *[("phone", text) for text in (
        "Call +502 5555 0142", "al 5555-0142 por favor", "โทร ๐๘๑ ๒๓๔ ๕๖๗๘", "(020) 7946 0018",
    )],
    *[("address", text) for text in ("ana@example.org", "see www.example.net", "casa.org")],
    *[("place", text) for text in (
        "She lives in Guatemala.", "vive en la zona 10", "near Main street", "Calle 5",
        "en Tailandia", "อยู่ที่จังหวัดตาก", "ในกัมพูชา", "the city of roses",
    )],
    *[("date", text) for text in (
        "on 12 March", "el 3 de mayo", "since 2024", "born in spring", "01/02/2027", "12 มีนาคม",
        "ปี 2567", "March 3",
    )],
    *[("coordinates", text) for text in (
        "14.6349, -90.5069", "14° 38' N", "76HQJFXQ+3C", "geo:14.6,-90.5", "///filled.count.soap",
    )],
]  # fmt: skip
HARMLESS = [
    "For her evening course in nursing.",
    "She writes essays in Word and wants to learn English, two evenings a week.",
    "A laptop with 16 GB and 512 GB, 15 inches, light to carry.",
    "Para su curso de enfermería por la noche, tres veces por semana.",
    "She may start in spring. It helps her to look for work.",
    "Course of 12 months, level B2, 240 hours.",
    "เธอเรียนบัญชีตอนเย็น ต้องใช้คอมพิวเตอร์ทำการบ้าน",
    "ใช้ฝึกเป็น นางแบบ และหา นายจ้าง",
    "",
]


@pytest.mark.parametrize(("kind", "text"), TELLING)
def test_what_tells_is_found(kind, text):
    found = findable(text)
    assert found, text
    assert found.kind == kind
    assert found.text in found.sentence


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_harmless_passes(text):
    assert findable(text) is None


def test_hidden_signs_hide_nothing():
    assert findable("call 5555\u200b 0142")
    assert findable("\uff15\uff15\uff15\uff15 \uff10\uff11\uff14\uff12")  # wide digits


@pytest.mark.parametrize(
    ("person", "text", "part"),
    [
        ("Lucía Quetzal", "for LUCIA's work", "Lucía"),
        ("Ana Quetzal", "a quetzal flies", "Quetzal"),
        ("สมหญิง ใจดี", "ให้สมหญิงเรียน", "สมหญิง"),
        ("Ana Quetzal", "she analyses banana prices", ""),
        ("Li Na", "she lives nearby", ""),
    ],
)
def test_a_persons_own_name_is_found_however_it_is_written(person, text, part):
    assert names_of(person, text) == part
