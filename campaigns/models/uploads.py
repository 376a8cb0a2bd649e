"""Who is in an upload: nobody, or staff and volunteers who agreed in writing."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Upload(models.Model):
    """There is no third choice: a survivor's photograph is kept nowhere on this site."""

    class Shows(models.TextChoices):
        NOBODY = "nobody", _("Nobody: no person, and nothing that tells of one")
        STAFF = "staff", _("Staff or volunteers, who signed a release")

    # No default: whoever uploads has looked.
    shows = models.CharField(
        _("who is in it"),
        max_length=6,
        choices=Shows,
        help_text=_(
            "Pictures of survivors are not kept here, also not from behind, blurred or as hands."
        ),
    )
    release = models.CharField(
        _("their release"),
        max_length=200,
        blank=True,
        help_text=_("Whose it is, of which day, and where it is kept."),
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        """A release goes with people, and with nobody else.

        Raises:
            ValidationError: beside the field.
        """
        super().clean()
        self.release = self.release.strip()
        if self.shows == self.Shows.STAFF and not self.release:
            raise ValidationError({"release": _("Please say where their release is kept.")})
        if self.shows == self.Shows.NOBODY and self.release:
            raise ValidationError({"release": _("Nobody is in it, so there is no release.")})


RELEASED = models.CheckConstraint(
    name="%(class)s_shows_nobody_or_released",
    condition=Q(shows="nobody", release="") | (Q(shows="staff") & ~Q(release="")),
)
