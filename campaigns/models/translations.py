"""What a translation was looked at against, part by part."""

from typing import ClassVar

from django.db import models


class TranslationNotes(models.Model):
    """Of a page in another than the site's first language. Holds fingerprints, never words.

    `parts` has, for each part of the page that it is translated from, which words it had (`of`)
    when the translated part (`at`, with the words `is_`) was written last or called still right.
    """

    page = models.OneToOneField(
        "wagtailcore.Page", models.CASCADE, primary_key=True, related_name="+"
    )
    parts = models.JSONField(default=dict)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return str(self.page_id)
