"""Where files lie: in the database, each with its text. Whatever comes in is cleaned and read."""

from io import BytesIO
from typing import Any

from django.apps import apps
from django.core.files.base import File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible

from core import pdf_cleaning
from core.tokens import sha256


def _rows() -> Any:
    """The table of a field that asks for this while it is made itself."""
    return apps.get_model("campaigns", "DownloadFile").objects


@deconstructible
class DownloadStore(Storage):
    """Files by their names; none of them has an address of its own."""

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        content = _rows().filter(pk=name).values_list("content", flat=True).first()
        if content is None:
            raise FileNotFoundError(name)
        return File(BytesIO(bytes(content)), name)

    def _save(self, name: str, content: Any) -> str:
        """Every door leads here, so nothing is kept that was not cleaned.

        Raises:
            core.pdf_cleaning.NotClean: it cannot be.
        """
        content.seek(0)
        cleaned = pdf_cleaning.clean(content.read())
        _rows().create(
            name=name,
            content=cleaned.data,
            sha256=sha256(cleaned.data),
            text=cleaned.read.text,
            pages=cleaned.read.pages,
            unread=cleaned.read.unread,
        )
        return name

    def delete(self, name: str) -> None:
        _rows().filter(pk=name).delete()

    def exists(self, name: str) -> bool:
        return bool(_rows().filter(pk=name).exists())

    def size(self, name: str) -> int:
        return self.open(name).size
