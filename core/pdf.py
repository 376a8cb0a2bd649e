"""PDF files from HTML, built to PDF/A-3a and PDF/UA-1 at once: archived, and read aloud.

The same input gives the same bytes on any machine: only the fonts in core/fonts are used, dates
come from the caller, and a document may fetch nothing but pictures and styles in templates/pdf,
written `bundled:name`, and our own drawings, written `bundled:img/name`.
"""

import gc
import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pydyf
import weasyprint
import weasyprint.svg
from cssselect2 import ElementWrapper
from django.conf import settings
from fontTools.ttLib import TTFont
from PIL import ImageFile
from weasyprint.css import ColorProfile
from weasyprint.pdf.metadata import DocumentMetadata
from weasyprint.text.ffi import ffi, fontconfig, gobject, pangoft2
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

FONTS = Path(__file__).parent / "fonts"
SCHEME = "bundled:"
# Our drawings, which pages show as well.
DRAWINGS = "img/"
MIME = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}
# PDF/A knows no PDF/UA identifier, so a file that claims both must describe it as an extension
# schema (ISO 19005-3, 6.6.2.3).
PDFUA_CLAIM = """
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
  xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
  xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<rdf:Description rdf:about=""><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about=""><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
  <pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
  <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
  <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
  <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
    <pdfaProperty:name>part</pdfaProperty:name>
    <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
    <pdfaProperty:category>internal</pdfaProperty:category>
    <pdfaProperty:description>Part of ISO 14289 this file follows</pdfaProperty:description>
  </rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>
"""
for _prefix in ("extension/", "schema#", "property#"):
    ElementTree.register_namespace(
        f"pdfa{_prefix[:-1].capitalize()}", f"http://www.aiim.org/pdfa/ns/{_prefix}"
    )

# Our fonts have all the others.
NOT_PLAIN = re.compile("[^ -~]")

# WeasyPrint turns it on for the whole process: half an upload would pass as a picture.
ImageFile.LOAD_TRUNCATED_IMAGES = False
ffi.cdef("FcConfig * FcConfigCreate (void);")
# Pango's font map is not safe across threads, and layout is Python that holds the GIL anyway.
_lock = threading.Lock()


class ForbiddenAddress(Exception):
    """A document wanted to fetch something that does not come with the project."""


@dataclass(frozen=True)
class Attachment:
    """A file inside the PDF; `relationship` is an AFRelationship such as "Data" or "Source"."""

    name: str
    data: bytes
    mime: str
    relationship: str
    description: str


class _BundledFonts(FontConfiguration):
    """Knows the project's fonts and no other, where WeasyPrint would add the machine's."""

    def __init__(self) -> None:
        self._config = fontconfig.FcConfigCreate()
        for path in sorted(FONTS.glob("*.ttf")):
            fontconfig.FcConfigAppFontAddFile(self._config, str(path).encode())
        self.font_map = ffi.gc(pangoft2.pango_ft2_font_map_new(), gobject.g_object_unref)
        pangoft2.pango_fc_font_map_set_config(
            ffi.cast("PangoFcFontMap *", self.font_map), self._config
        )
        fontconfig.FcConfigDestroy(self._config)  # the font map holds its own reference
        self._folder = None
        self.strut_layouts: dict[Any, Any] = {}
        self.font_features: dict[Any, Any] = {}


class _BundledFiles(URLFetcher):
    def __init__(self) -> None:
        super().__init__(allowed_protocols=())
        # WeasyPrint logs what goes wrong inside a drawing and leaves a hole in the page.
        self.refused = ""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        folder, name = settings.ROOT / "templates" / "pdf", url.removeprefix(SCHEME)
        if name.startswith(DRAWINGS):
            folder, name = settings.ROOT / "site" / "static" / "img", name.removeprefix(DRAWINGS)
        path = (folder / name).resolve()
        if not url.startswith(SCHEME) or path.parent != folder or path.suffix not in MIME:
            self.refused = url
            raise FatalURLFetchingError(url)
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": MIME[path.suffix]})


_fetcher = _BundledFiles()
_images: dict[str, Any] = {}  # bounded: only bundled pictures can be in it


class _Whole(str):
    """Text that is laid out as one piece where WeasyPrint goes letter by letter."""

    __slots__ = ()

    def __iter__(self) -> Iterator[str]:
        yield str(self)


# What asks for single letters.
BY_LETTER = {"dx", "dy", "rotate", "textLength", "letter-spacing"}
_draw_letters = weasyprint.svg.text


def _draw_text(svg: Any, node: Any, font_size: float) -> None:
    """Text of a drawing: each letter by itself takes five times as long, and loses its shape in
    scripts whose letters join."""
    if node.text and not BY_LETTER & set(node.attrib):
        node._etree_node.text = _Whole(node.text)
    _draw_letters(svg, node, font_size)


weasyprint.svg.text = _draw_text
weasyprint.svg.TAGS.update(
    {tag: _draw_text for tag, drawn in weasyprint.svg.TAGS.items() if drawn is _draw_letters}
)


@cache
def _fonts() -> _BundledFonts:
    return _BundledFonts()


class _Written(pydyf.Object):
    """Part of a file as its bytes. pydyf would make them twice: to write, and for the file's ID."""

    data = b""


class _WrittenStream(_Written, pydyf.Stream):
    """The same, where the bytes must stand by themselves."""


def _written(part: pydyf.Object) -> _Written:
    made = _WrittenStream() if isinstance(part, pydyf.Stream) else _Written()
    made.number, made.generation, made.data = part.number, part.generation, part.data
    return made


class _Srgb(ColorProfile):
    """The output intent as it lies on disk; little CMS would write it anew each time."""

    content = b""

    def __init__(self) -> None:
        name = "sRGB2014.icc"
        self.content = files("weasyprint.pdf").joinpath(name).read_bytes()
        super().__init__(
            BytesIO(self.content), name, "relative-colorimetric", (["r"], ["g"], ["b"])
        )


@cache
def _srgb() -> _Srgb:
    return _Srgb()


@cache
def _stylesheet(name: str) -> weasyprint.CSS:
    return weasyprint.CSS(url=SCHEME + name, url_fetcher=_fetcher, font_config=_fonts())


@cache
def _covered() -> frozenset[int]:
    found: set[int] = set()
    for path in FONTS.glob("*.ttf"):
        with TTFont(path, lazy=True) as font:
            found |= set(font.getBestCmap() or ())
    return frozenset(found)


class _Document(weasyprint.HTML):
    """HTML that is well-formed XML is read by expat, in a tenth of the time; other as ever."""

    def __init__(self, html: str) -> None:
        try:
            # What others wrote stands in it escaped, and no entity can be declared in a template.
            tree = ElementTree.fromstring(html.lstrip())  # noqa: S314
        except ElementTree.ParseError:
            super().__init__(string=html, url_fetcher=_fetcher, base_url=SCHEME)
            return
        self.base_url, self.url_fetcher, self.media_type = SCHEME, _fetcher, "print"
        self.wrapper_element = ElementWrapper.from_html_root(tree, content_language=None)
        self.etree_element = self.wrapper_element.etree_element


def printable(text: str) -> str:
    """The text with nothing in it that our fonts cannot draw: PDF/A forbids the empty box.

    A letter outside them becomes U+FFFD; an emoji or an invisible control, which could turn the
    direction of what follows, is left out. A font file put into core/fonts widens what is covered.
    """
    text = unicodedata.normalize("NFC", text)
    if text.isascii() and text.isprintable():
        return text
    covered = _covered()

    def drawn(found: re.Match[str]) -> str:
        character = found[0]
        if character in "\n\t\u200c\u200d":
            return character
        category = unicodedata.category(character)
        if category in ("Cc", "Cf", "Cs", "Co"):
            return ""
        if ord(character) in covered and category not in ("Zl", "Zp"):
            return character
        return {"L": "\ufffd", "M": "\ufffd", "N": "\ufffd", "Z": " "}.get(category[0], "")

    return NOT_PLAIN.sub(drawn, text)


def render(
    html: str,
    *,
    stylesheet: str,
    title: str,
    lang: str,
    attachments: Sequence[Attachment] = (),
    created: datetime,
) -> bytes:
    """One PDF. The root element of `html` must carry the same `lang`, for hyphens and shapes.

    Args:
        stylesheet: name of a file in templates/pdf; parsed once per process.
        created: an aware time that goes into the file as its date.

    Raises:
        ForbiddenAddress: the document refers to a file or address that is not bundled.
    """
    at = created.astimezone(UTC)
    enclosed = [
        weasyprint.Attachment(
            string=item.data,
            name=item.name,
            description=item.description,
            relationship=item.relationship,
            created=at,
            modified=at,
        )
        for item in attachments
    ]

    def finish(_document: weasyprint.Document, pdf: pydyf.PDF) -> None:
        _correct_attachments(pdf, attachments)
        pdf.objects = [one if one.free == "f" else _written(one) for one in pdf.objects]

    def draw() -> bytes:
        document = _Document(printable(html)).render(
            font_config=_fonts(),
            stylesheets=[_stylesheet(stylesheet)],
            cache=_images,
            color_profiles={"srgb": _srgb()},
            output_intent="srgb",
            presentational_hints=False,
        )
        metadata = document.metadata
        metadata.title, metadata.lang = printable(title), lang
        metadata.created = metadata.modified = at.isoformat(timespec="seconds")
        _claim_ua(metadata)
        content: bytes = document.write_pdf(
            finisher=finish,
            attachments=enclosed,
            pdf_variant="pdf/a-3a",
            output_intent="",  # as given above
        )
        return content

    with _lock, _collecting_later():
        _fetcher.refused = ""
        try:
            content = draw()
        except FatalURLFetchingError:
            content = b""
        refused = _fetcher.refused
    if refused:
        raise ForbiddenAddress(refused)
    return content


@contextmanager
def _collecting_later() -> Iterator[None]:
    """A document is a hundred thousand objects that all live until it is written.

    Looking among them for garbage meanwhile took a tenth of the time and found none. Afterwards
    nothing may hold it any more: what is still held then stays until Python looks through all.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.collect(0)
        if collects:
            gc.enable()


def together(files: Iterable[bytes]) -> bytes:
    """The pages of all of them in one file, for paper: what the files claim is lost."""
    import pikepdf  # noqa: PLC0415 - 30 MB that few processes need, and writes to the log

    with pikepdf.new() as whole:
        for data in files:
            with pikepdf.open(BytesIO(data)) as one:
                whole.pages.extend(one.pages)
        written = BytesIO()
        whole.save(written, deterministic_id=True)
    return written.getvalue()


def _claim_ua(metadata: DocumentMetadata) -> None:
    """Say PDF/UA-1 inside the same rdf:RDF as PDF/A: WeasyPrint takes one variant a file."""
    generate: Callable[[str, int, str], bytes] = metadata.generate_rdf_metadata

    def both(variant: str, version: int, conformance: str) -> bytes:
        # Both texts are made here and in WeasyPrint, so a hostile document cannot be among them.
        rdf = ElementTree.fromstring(generate(variant, version, conformance))  # noqa: S314
        rdf.extend(ElementTree.fromstring(PDFUA_CLAIM))  # noqa: S314
        return bytes(ElementTree.tostring(rdf, encoding="utf-8"))

    metadata.generate_rdf_metadata = both


def _correct_attachments(pdf: pydyf.PDF, attachments: Sequence[Attachment]) -> None:
    """WeasyPrint guesses the type from the name and lists each file twice under /AF."""
    if not attachments:
        return
    pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    streams = (
        item
        for item in pdf.objects
        if isinstance(item, pydyf.Stream) and item.extra.get("Type") == "/EmbeddedFile"
    )
    for stream, item in zip(streams, attachments, strict=True):
        stream.extra["Subtype"] = "/" + item.mime.replace("/", "#2f")
