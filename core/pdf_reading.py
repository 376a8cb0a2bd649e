"""The text of a PDF, for people who search it: every letter that is drawn or read aloud.

Where words and lines end is guessed: a file draws letters at places and need not say more. What
cannot be told at all, pictures of text and fonts that name no letters, is counted by pages.
"""

import threading
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from typing import Any

# Of one stream of content; more is a file made to fill the memory.
LARGEST_STREAM = 60_000_000
# Of a page's letters, so many may be unknown before nobody can rely on the rest.
UNKNOWN_SHARE = 0.1
# What a font of ornaments draws on a page, in different signs.
FEW_SIGNS = 4
PAINTING = "Do f F f* B B* b b* S s sh BI INLINE Tj TJ ' \""
# What is read aloud, beside what is drawn.
SPOKEN = ("/ActualText", "/Alt", "/E", "/T", "/Contents")
# PDFium is not made for several threads.
_lock = threading.Lock()


class TooMuch(ValueError):
    """A stream unpacks to more than any paper needs."""


@dataclass
class Read:
    """What was found in a file."""

    text: str = ""
    pages: int = 0
    # Pages that show something of which no text, or not all of it, could be read.
    unread: int = 0


def read(data: bytes) -> Read:
    """The text of a file, by pages, and then what is only read aloud.

    Raises:
        TooMuch: a stream is made to fill the memory.
    """
    import pikepdf  # noqa: PLC0415 - 30 MB that few processes need

    texts, unread = [], 0
    with pikepdf.open(BytesIO(data)) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") != "/Image":
                _weigh(thing)
        draws = [bool(pikepdf.parse_content_stream(page, PAINTING)) for page in pdf.pages]
        spoken = list(_spoken(pdf))
    for (text, unknown), shows in zip(_drawn(data), draws, strict=True):
        letters = sum(map(str.isalnum, text))
        unread += shows and (not letters or unknown > UNKNOWN_SHARE * (letters + unknown))
        texts.append(text)
    return Read("\n\n".join(filter(None, [*texts, "\n".join(spoken)])), len(draws), unread)


def _drawn(data: bytes) -> list[tuple[str, int]]:
    """By page: its text, also what lies outside the paper, and how many letters have no name."""
    import pypdfium2  # noqa: PLC0415 - as above
    from pypdfium2.raw import FPDFText_GetUnicode, FPDFText_HasUnicodeMapError  # noqa: PLC0415

    found = []
    with _lock, closing(pypdfium2.PdfDocument(data)) as pdf:
        for page in pdf:
            drawn = page.get_textpage()
            letters = range(drawn.count_chars())
            nameless = [at for at in letters if FPDFText_HasUnicodeMapError(drawn, at) == 1]
            # A few signs over and over are bullets, dots or a rule, and no text.
            signs = {FPDFText_GetUnicode(drawn, at) for at in nameless}
            unknown = len(nameless) if len(signs) > FEW_SIGNS else 0
            found.append((_tidy(drawn.get_text_range()), unknown))
    return found


def dictionaries(thing: Any, depth: int = 0) -> Iterator[Any]:
    """An object of a file, and those that stand in it without a number of their own.

    Raises:
        TooMuch: they lie deeper in each other than anything but mischief needs.
    """
    import pikepdf  # noqa: PLC0415 - as above

    if depth > 20:
        raise TooMuch
    if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        yield thing
        inner = [value for _key, value in thing.items()]
    elif isinstance(thing, pikepdf.Array):
        inner = list(thing)
    else:
        return
    for one in inner:
        if isinstance(one, pikepdf.Object) and not one.is_indirect:
            yield from dictionaries(one, depth + 1)


def _spoken(pdf: Any) -> Iterator[str]:
    """Descriptions of pictures, replaced text, headings of the structure."""
    import pikepdf  # noqa: PLC0415 - as above

    for each in (each for thing in pdf.objects for each in dictionaries(thing)):
        for name in SPOKEN:
            if isinstance(value := each.get(name), pikepdf.String):
                yield _tidy(str(value))


def _weigh(stream: Any) -> None:
    """Before it is unpacked by what cannot stop."""
    if stream.get("/Filter") == "/FlateDecode":
        unpacked = zlib.decompressobj().decompress(stream.read_raw_bytes(), LARGEST_STREAM)
        if len(unpacked) >= LARGEST_STREAM:
            raise TooMuch


def _tidy(text: str) -> str:
    """Letters that were drawn as one are two again; no empty lines, no hyphen of a broken word."""
    plain = unicodedata.normalize("NFKC", text)
    seen = "".join(c for c in plain if c.isspace() or not unicodedata.category(c).startswith("C"))
    lines = (" ".join(line.split()) for line in seen.splitlines())
    return "\n".join(line for line in lines if line)
