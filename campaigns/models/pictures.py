"""Pictures, each with who is in it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.images.models import AbstractImage, AbstractRendition

from campaigns.models.uploads import RELEASED, Upload


class Picture(Upload, AbstractImage):
    """An uploaded picture, with who is in it."""

    admin_form_fields: ClassVar[tuple[str, ...]] = (
        *("title", "file", "shows", "release", "description", "collection", "tags"),
        *("focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height"),
    )

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [RELEASED]


class Rendition(AbstractRendition):
    """A picture in one size."""

    image = models.ForeignKey(Picture, models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_of_a_kind"
            )
        ]
