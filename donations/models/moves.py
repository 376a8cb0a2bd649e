"""Money of a paid gift that its donor wants for something else: the gift's line stays."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import rules


class LineMove(models.Model):
    """What is left of a paid line goes to another designation, because its donor wished so."""

    line = models.ForeignKey("donations.DonationLine", models.PROTECT, related_name="moves")
    origin = models.ForeignKey("donations.Designation", models.PROTECT, related_name="+")
    destination = models.ForeignKey(
        "donations.Designation", models.PROTECT, related_name="+", verbose_name=_("designation")
    )
    amount_minor = models.PositiveBigIntegerField(_("amount"))
    # How the donor asked, in her words or by the place where they are kept.
    wish = models.TextField(_("the donor's wish"), max_length=1_000)
    wished_on = models.DateField(_("wished on"))
    reason = models.CharField(_("reason"), max_length=200)
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(_("moved"), auto_now_add=True)

    class Meta:
        verbose_name = _("line moved to another designation")
        verbose_name_plural = _("lines moved to another designation")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="move_is_something", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="move_goes_elsewhere", condition=~Q(origin=F("destination"))
            ),
            models.CheckConstraint(
                name="move_has_wish_and_reason", condition=~Q(wish="") & ~Q(reason="")
            ),
        ]
        triggers = [rules.append_only("move_written_once")]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.origin_id} to {self.destination_id}"
