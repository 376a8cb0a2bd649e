"""The form through which every picture comes in: what is kept is drawn anew, not what was sent."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext_lazy as _
from wagtail.images.forms import BaseImageForm

from core import images


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
