"""Everything that could show something, as pairs of a name and bytes."""

import io
import logging
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage as Parsed
from email.parser import BytesParser
from email.policy import default as modern
from pathlib import Path
from typing import Any

import pikepdf
from django.core import mail
from django.db import connections

from core.logs import JsonFormatter

Surface = tuple[str, bytes]


def tables(alias: str) -> Iterator[Surface]:
    """Every table of a database as PostgreSQL writes it out: what a dump or a thief would hold."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name), table_name"
            " FROM information_schema.tables WHERE table_type = 'BASE TABLE'"
            " AND table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 2"
        )
        for whole, table in cursor.fetchall():
            with cursor.cursor.copy(f"COPY {whole} TO STDOUT") as rows:
                yield f"{alias}: {table}", b"".join(bytes(piece) for piece in rows)


def mails() -> Iterator[Surface]:
    for message in mail.outbox:
        raw = message.message().as_bytes()
        parsed = BytesParser(policy=modern).parsebytes(raw)
        yield "mail: as sent", raw
        yield "mail: head", "\n".join(f"{k}: {v}" for k, v in parsed.items()).encode()
        yield from _parts(parsed)


def _parts(message: Any) -> Iterator[Surface]:
    for part in message.walk():
        if isinstance(part, Parsed) and not part.is_multipart():
            data = part.get_payload(decode=True)
            yield f"mail: {part.get_content_type()}", (part.get_filename() or "").encode()
            yield from of_file(f"mail: {part.get_content_type()}", data)


def of_response(name: str, response: Any) -> Iterator[Surface]:
    """The status line, headers and cookies; the body; what a file in the body holds."""
    head = [str(response.status_code), response.reason_phrase]
    head += [f"{key}: {value}" for key, value in response.items()]
    yield f"{name} (head)", "\n".join([*head, response.cookies.output()]).encode()
    body = b"".join(response.streaming_content) if response.streaming else response.content
    yield from of_file(name, body)


def of_file(name: str, data: bytes) -> Iterator[Surface]:
    yield name, data
    if data.startswith(b"%PDF-"):
        yield from _pdf(name, data)
    elif data.startswith(b"PK\3\4"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield from of_file(f"{name} ({member})", archive.read(member))


def _pdf(name: str, data: bytes) -> Iterator[Surface]:
    assert shutil.which("pdftotext"), "pdftotext is missing: apt-get install poppler-utils"
    text = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=False)
    assert not text.returncode, f"{name} is no PDF: {data[:60]!r}"
    yield f"{name} (text of the PDF)", text.stdout
    with pikepdf.open(io.BytesIO(data)) as pdf:
        facts = [f"{key} {value}" for key, value in pdf.docinfo.items()]
        described = pdf.Root.get("/Metadata")
        xmp = described.read_bytes() if described is not None else b""
        yield f"{name} (metadata of the PDF)", "\n".join(facts).encode() + xmp
        for file, attached in pdf.attachments.items():
            yield from of_file(f"{name} (attached {file})", attached.get_file().read_bytes())
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream):
                yield f"{name} (inside the PDF)", _stream(thing)


def _stream(thing: pikepdf.Stream) -> bytes:
    try:
        return thing.read_bytes()
    except pikepdf.PdfError:
        return thing.read_raw_bytes()


def files(folder: Path) -> Iterator[Surface]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield from of_file(f"file: {path.name}", path.name.encode() + b"\n" + path.read_bytes())


class Lines(logging.Handler):
    """What every logger would write at DEBUG, in the words of the product's own formatter."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonFormatter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def surface(self) -> Surface:
        return "log", "\n".join(self.lines).encode()


@contextmanager
def listening() -> Iterator[Lines]:
    """Every logger there is, and those that come."""
    heard, root = Lines(), logging.getLogger()
    others, root.handlers = root.handlers, [heard]
    known = [one for one in root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    before = [(one, one.level, one.propagate, one.disabled) for one in (root, *known)]
    for one in known:
        one.setLevel(logging.NOTSET)
        one.propagate, one.disabled = True, False
    root.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        root.handlers = others
        for one, level, propagate, disabled in before:
            one.setLevel(level)
            one.propagate, one.disabled = propagate, disabled
