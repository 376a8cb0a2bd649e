import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from core import pdf

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 10, 6, 12, tzinfo=UTC)
NAMES = "Nguyễn Thị Ánh · กัญญารัตน์ · محمد بن عبد الله · 王小明 · 김철수"
PAGE = f"<!doctype html><html lang=en><title>A page</title><h1>A page</h1><p>{NAMES}</p>"


def draw(html: str = PAGE, title: str = "A page") -> bytes:
    return pdf.render(html, stylesheet="receipt.css", title=title, lang="en", created=AT)


@pytest.mark.parametrize(
    "html",
    [
        "<img src='https://tracker.example/x.png'>",
        "<img src='file:///etc/passwd'>",
        "<img src='/etc/passwd'>",
        "<img src='data:image/png;base64,AAAA'>",
        "<link rel=stylesheet href='http://127.0.0.1:1/x.css'>",
        "<style>@import url(file:///etc/passwd);</style>",
        "<p style='background: url(https://tracker.example/x.svg)'>x</p>",
        "<img src='bundled:../../site/config/settings.py'>",
        "<img src='bundled:receipt.html'>",
        "<img src='bundled:img/../css/site.css'>",
        "<img src='bundled:img/../../../templates/pdf/star.svg'>",
        "<svg><image href='file:///etc/hostname' width=9 height=9 /></svg>",
    ],
)
def test_a_document_can_fetch_nothing_that_is_not_bundled(html: str) -> None:
    with pytest.raises(pdf.ForbiddenAddress):
        draw(f"<!doctype html><html lang=en><body>{html}")


def test_a_hostile_attachment_link_puts_no_file_into_the_document() -> None:
    page = (
        "<link rel=attachment href='file:///etc/passwd'><a rel=attachment href='/etc/passwd'>x</a>"
    )
    with pytest.raises(pdf.ForbiddenAddress):
        draw(f"<!doctype html><html lang=en>{page}")


def test_presentational_attributes_are_ignored() -> None:
    colored = draw("<!doctype html><html lang=en><body bgcolor=red text=lime><p align=right>x</p>")
    assert colored == draw("<!doctype html><html lang=en><body><p>x</p>")


def test_only_bundled_fonts_are_used_whatever_a_page_asks_for() -> None:
    content = draw(PAGE.replace("<p>", "<p style='font-family: DejaVu Sans, Liberation Sans'>"))
    with pikepdf.open(BytesIO(content)) as document:
        names = {str(font.BaseFont) for font in _fonts(document)}
    assert names
    assert all("Noto" in name or "Droid" in name for name in names), names


def test_the_same_page_gives_the_same_bytes_in_another_process_without_fonts(
    tmp_path: Path,
) -> None:
    """Another machine, nearly: no fonts configured, another hash seed, zone and folder."""
    program = (
        "import django, hashlib, sys; django.setup()\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from tests.core.test_pdf import draw\n"
        "print(hashlib.sha256(draw()).hexdigest())"
    )
    (tmp_path / "fonts.conf").write_text(
        f"<?xml version='1.0'?><fontconfig><cachedir>{tmp_path}</cachedir></fontconfig>"
    )
    alone = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, str(ROOT)],
        env={
            **os.environ,
            "FONTCONFIG_FILE": str(tmp_path / "fonts.conf"),
            "PYTHONHASHSEED": "7",
            "TZ": "Asia/Bangkok",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert alone.stdout.strip() == hashlib.sha256(draw()).hexdigest()


def test_threads_draw_what_one_thread_draws() -> None:
    titles = [f"Page {number}" for number in range(8)]
    one = [draw(PAGE.replace("A page", title), title) for title in titles]
    with ThreadPoolExecutor(4) as pool:
        many = list(pool.map(lambda title: draw(PAGE.replace("A page", title), title), titles))
    assert many == one


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("Maya", "Maya"),
        ("Nguyễn", "Nguyễn"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("Anna 💛", "Anna "),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("one\u2028two", "one two"),
        ("\x00a\x07b", "ab"),
        ("हिन्दी", "\ufffd" * 6),
        ("محمد‌بن", "محمد‌بن"),
    ],
)
def test_what_the_fonts_cannot_draw_is_marked_or_left_out(typed: str, drawn: str) -> None:
    assert pdf.printable(typed) == drawn


def test_no_character_falls_back_to_the_empty_box() -> None:
    """PDF/A forbids a reference to .notdef; glyph 0 in a text operator would be one."""
    with pikepdf.open(
        BytesIO(draw(PAGE.replace(NAMES, f"{NAMES} हिन्दी ᚠ 💛 \u2003 ﷽")))
    ) as document:
        for page in document.pages:
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) in ("Tj", "TJ"):
                    for text in operands[0] if str(operator) == "TJ" else operands:
                        if isinstance(text, pikepdf.String):
                            raw = bytes(text)
                            glyphs = [raw[i : i + 2] for i in range(0, len(raw), 2)]
                            assert b"\0\0" not in glyphs


def _fonts(document: pikepdf.Pdf) -> list[pikepdf.Object]:
    return [
        item
        for item in document.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == pikepdf.Name.Font
    ]
