"""PDF files and documents for tests."""

from io import BytesIO
from typing import Any

import pikepdf
from django.core.files.base import ContentFile
from wagtail.models import Page

from campaigns.models import Download

LINE = 60


def sheet(*pages: str, width: int = LINE) -> pikepdf.Pdf:
    """A file with these texts, a page each, broken into lines in the middle of words."""
    made = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name.Helvetica,
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )
    for text in pages:
        page = made.add_blank_page(page_size=(612, 792))
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        raw = text.encode("cp1252")
        lines = [raw[at : at + width] for at in range(0, len(raw), width)]
        drawn = b"".join(b"T* " + pikepdf.String(line).unparse() + b" Tj\n" for line in lines)
        page.obj.Contents = made.make_stream(b"BT /F1 12 Tf 14 TL 50 740 Td\n" + drawn + b"ET")
    return made


def written(pdf: pikepdf.Pdf, **how: Any) -> bytes:
    out = BytesIO()
    pdf.save(out, **how)
    return out.getvalue()


def paper(*pages: str, width: int = LINE) -> bytes:
    return written(sheet(*pages, width=width))


def make_download(*pages: str, data: bytes = b"", **facts: Any) -> Download:
    """Kept as the form would keep it."""
    plain = {"title": "Fact sheet", "language": "en", "shows": "nobody"}
    row = Download(**plain | facts)
    row.file.save("x.pdf", ContentFile(data or paper(*pages or ("A sheet.",))), save=False)
    row.save()
    return row


def block(*documents: Download, heading: str = "To take along") -> tuple[str, dict[str, Any]]:
    return ("downloads", {"heading": heading, "text": "", "files": list(documents)})


def show(page: Page, *documents: Download) -> None:
    """Published at the end of this page."""
    body = [(part.block_type, part.value) for part in page.body]
    page.body = [*body, block(*documents)]
    page.save_revision().publish()


def locked_paper() -> bytes:
    return written(sheet("x"), encryption=pikepdf.Encryption(user="", owner="y"))
