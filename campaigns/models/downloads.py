"""Files that visitors may take, each with who is in it. The bytes lie in the database.

So a file is in the same backup as the pages that show it, no web server hands it out by its name,
and one deleted row is the end of it.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument

from campaigns.downloads.keeping import DownloadStore
from campaigns.models.uploads import RELEASED, Upload
from core import rules, tokens


def unguessed(row: "Download", filename: str) -> str:
    """Nothing of the name on the sender's own machine."""
    return f"{tokens.new_reference()}.pdf"


class DownloadFile(models.Model):
    """The bytes of a file as they were cleaned, and the text in them, read in the same moment.

    They come and go together: no file is kept whose words nobody could look for.
    """

    name = models.CharField(max_length=40, primary_key=True)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    text = models.TextField(blank=True)
    pages = models.PositiveIntegerField()
    # Pages with pictures of text, or letters that cannot be read.
    unread = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="download_has_its_fingerprint",
                condition=Q(
                    sha256=models.Func(
                        models.Func("content", function="sha256"),
                        models.Value("hex"),
                        function="encode",
                        output_field=models.TextField(),
                    )
                ),
            ),
            models.CheckConstraint(
                name="download_unread_of_its_pages",
                condition=Q(pages__gt=0, unread__lte=models.F("pages")),
            ),
        ]
        triggers = [
            rules.frozen(
                "download_as_cleaned", "name", "content", "sha256", "text", "pages", "unread"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Download(Upload, AbstractDocument):
    """A file with what visitors read beside it. Only pages that show it make it public."""

    file_size: Any  # bytes; the field is the library's

    file = models.FileField(
        _("file"),
        storage=DownloadStore(),
        upload_to=unguessed,
        help_text=_(
            "A PDF of at most 10 MB. Author, comments, attached files and scripts are taken out."
        ),
    )
    language = models.CharField(
        _("language"), max_length=2, choices=settings.LANGUAGES, help_text=_("Of the text in it.")
    )
    # Words that were taken back stood in it: its bytes and text are gone, another file may come.
    taken_off_at = models.DateTimeField(null=True, blank=True, editable=False)

    admin_form_fields: ClassVar[tuple[str, ...]] = (
        *("title", "file", "language", "shows", "release", "collection"),
    )

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            RELEASED,
            models.CheckConstraint(
                name="download_in_a_language",
                condition=Q(language__in=[code for code, _name in settings.LANGUAGES]),
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Its size is known from the first moment, whichever way it came."""
        if self.file_size is None and not self.taken_off_at and self.file:
            self.file_size = self.file.size
        super().save(*args, **kwargs)

    @property
    def url(self) -> str:
        """The same on both sites: the public one asks whether a page shows it, ours who asks."""
        return reverse("download", args=[self.pk])

    @property
    def filename(self) -> str:
        """As visitors keep it."""
        return f"{slugify(self.title)[:60].strip('-') or 'download'}.pdf"

    @property
    def is_of_this_language(self) -> bool:
        return self.language == (get_language() or settings.LANGUAGE_CODE)[:2]

    @property
    def size_in_words(self) -> str:
        kilobytes = max(1, round((self.file_size or 0) / 1000))
        if kilobytes < 1000:
            return f"{kilobytes}\N{NO-BREAK SPACE}kB"
        return f"{floatformat(kilobytes / 1000, 1)}\N{NO-BREAK SPACE}MB"
