"""One string in every form in which it could lie about, and what has to be unpacked first."""

import base64
import binascii
import html
import json
import re
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

# Long enough to be something packed: a signed cookie, a session, a cached value.
TOKEN = re.compile(rb"[A-Za-z0-9_+/-]{24,}={0,2}")


@dataclass(frozen=True)
class Needle:
    form: str
    data: bytes


class Seeker:
    """Looks for one mark: first without regard to case, then as what cannot be lower-cased."""

    def __init__(self, mark: str) -> None:
        self.folded = list(_folded(mark))
        self.exact = list(_exact(mark))

    def forms_in(self, data: bytes) -> set[str]:
        """In which forms the mark is there; packed pieces are opened."""
        found = set()
        for piece in (data, *unpacked(data)):
            lower = piece.lower()
            found |= {needle.form for needle in self.folded if needle.data in lower}
            found |= {needle.form for needle in self.exact if needle.data in piece}
        return found


def _cases(mark: str) -> set[str]:
    return {mark, mark.upper(), mark.lower(), mark.swapcase()}


def _folded(mark: str) -> Iterator[Needle]:
    """Compared with data in lower case; bytes.lower() knows ASCII alone."""
    for text in _cases(mark):
        raw = text.encode()
        plain = "".join(c for c in unicodedata.normalize("NFD", text) if ord(c) < 128)
        for form, data in (
            ("plain", raw),
            ("plain", unicodedata.normalize("NFD", text).encode()),
            ("latin-1", text.encode("latin-1")),
            ("UTF-16", text.encode("utf-16-le")),
            ("UTF-16", text.encode("utf-16-be")),
            ("without accents", plain.encode()),
            ("percent-encoded", quote(text).encode()),
            ("percent-encoded", "".join(f"%{byte:02x}" for byte in raw).encode()),
            ("quoted-printable", quote(text).replace("%", "=").encode()),
            ("HTML", text.encode("ascii", "xmlcharrefreplace")),
            ("HTML", html_named(text).encode()),
            ("HTML", "".join(f"&#{ord(c)};" for c in text).encode()),
            ("HTML", "".join(f"&#x{ord(c):x};" for c in text).encode()),
            ("JSON", json.dumps(text)[1:-1].encode()),
            ("JSON", "".join(f"\\u{ord(c):04x}" for c in text).encode()),
            ("hexadecimal", raw.hex().encode()),
        ):
            yield Needle(form, data.lower())


def html_named(text: str) -> str:
    """With a name for each letter that has one: &eacute; for é."""
    names = {html.entities.html5[name]: name for name in html.entities.html5 if name[-1] == ";"}
    return "".join(c if c.isascii() else f"&{names.get(c, c)}" for c in text)


def _exact(mark: str) -> Iterator[Needle]:
    for text in _cases(mark):
        raw = text.encode()
        for shift in range(3):
            # What stands before it decides how its letters fall into groups of three bytes.
            coded = base64.b64encode(b"\0" * shift + raw)
            begin = (0, 2, 3)[shift]
            end = len(raw + b"\0" * shift) // 3 * 4
            yield Needle("base64", coded[begin:end])
            yield Needle("base64", coded[begin:end].translate(bytes.maketrans(b"+/", b"-_")))


def unpacked(data: bytes) -> Iterator[bytes]:
    """What Django compresses before it signs: sessions, cookies of messages."""
    for token in TOKEN.findall(data):
        bare = token.rstrip(b"=")
        try:
            raw = base64.urlsafe_b64decode(bare + b"=" * (-len(bare) % 4))
            if raw[:1] == b"x":
                yield zlib.decompress(raw)
        except (binascii.Error, zlib.error, ValueError):
            continue
