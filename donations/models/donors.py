"""Who gives."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


@pghistory.track(
    # The row as it was: with the one of today each change can be told.
    pghistory.UpdateEvent(row=pghistory.Old),
    fields=["name", "email", "kind", "country", "region", "language"],
)
class Donor(models.Model):
    """A person or an organisation that gives. Changed only by a verified account or by staff.

    What someone types into a form stays with that donation; it never alters a donor.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        ORGANISATION = "organisation", _("Organisation")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PERSON)
    name = models.CharField(_("name"), max_length=200)
    # None for a donor who gives by cheque and has no address.
    email = models.EmailField(_("e-mail"), null=True, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    region = models.CharField(_("state or region"), max_length=80, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    # The name without accents and in lower case: search finds "Jose" for "José".
    search_name = models.CharField(max_length=200, editable=False, db_index=True)
    note = models.TextField(_("note for staff"), blank=True)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("donor")
        verbose_name_plural = _("donors")
        constraints = [models.UniqueConstraint(Lower("email"), name="donor_email_ignoring_case")]
        triggers = [
            pgtrigger.Trigger(
                name="donor_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM donations_priordonor d
                        JOIN donations_cutover c ON c.id = d.cut_over_id
                        WHERE d.donor_id = OLD.id AND d.is_new AND c.state = 'undone'
                    ) THEN
                        RAISE EXCEPTION 'Cannot delete a donor but of a cut-over that is undone';
                    END IF;
                    RETURN OLD;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.name
