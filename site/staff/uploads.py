"""The forms through which pictures and documents come in: what is kept is not what was sent."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from core import images, pdf_cleaning
from core.pdf_cleaning import NotClean

# Why a file is not taken, and how to mend it.
SENTENCES = {
    NotClean.KIND: _("This is not a PDF. Export it as a PDF and choose that file."),
    NotClean.SIZE: _("It is larger than 10 MB. Export it with smaller pictures (150 dpi)."),
    NotClean.LOCKED: _(
        "It is locked by a password. Open it, print it into a new PDF and choose that file."
    ),
    NotClean.BROKEN: _(
        "This PDF is damaged or unusual. Open it, print it into a new PDF and choose that file."
    ),
    NotClean.PAGES: _("It has more than 200 pages. Split it into several files."),
    NotClean.LAYERS: _(
        "It has hidden layers, which anybody could show. Print it into a new PDF and choose that "
        "file."
    ),
}


class CleanImageForm(BaseImageForm):
    def clean_file(self) -> Any:
        sent = self.cleaned_data["file"]
        if not isinstance(sent, UploadedFile):
            return sent  # an image whose title is edited; its file is clean already
        try:
            picture = images.redraw(sent.read())
        except images.NotAPicture as problem:
            raise ValidationError(
                _("This picture cannot be used: %(why)s.") % {"why": problem}
            ) from None
        stem = "".join(c for c in (sent.name or "").rsplit(".", 1)[0] if c.isalnum() or c in "-_ ")
        name = f"{stem[:60].strip() or 'picture'}.{picture.extension}"
        return SimpleUploadedFile(name, picture.data, content_type=picture.mime)


class CleanDocumentForm(BaseDocumentForm):
    def clean_file(self) -> Any:
        sent = self.cleaned_data["file"]
        if not isinstance(sent, UploadedFile):
            return sent  # only what stands beside the file is edited
        if (sent.size or 0) > pdf_cleaning.LARGEST_BYTES:
            raise ValidationError(SENTENCES[NotClean.SIZE])
        try:
            cleaned = pdf_cleaning.clean(sent.read())
        except NotClean as problem:
            raise ValidationError(SENTENCES[problem.why]) from None
        self.instance.taken_off_at = None
        return SimpleUploadedFile("download.pdf", cleaned.data, content_type="application/pdf")
