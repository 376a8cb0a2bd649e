"""What the staff side itself keeps."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import rules


class FactorReset(models.Model):
    """Somebody lost the second factor: one administrator asks, another one confirms."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    reason = models.CharField(
        _("reason"), max_length=200, help_text=_("How you made sure that it is truly this person.")
    )
    # None: by the command on the server, for the last administrator locked out.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    class Meta:
        verbose_name = _("reset of a second factor")
        verbose_name_plural = _("resets of second factors")
        default_permissions = ()
        permissions = [
            ("view_factorreset", "Can see resets of second factors"),
            ("ask_factorreset", "Can ask for the reset of a second factor"),
            ("confirm_factorreset", "Can confirm the reset of a second factor"),
        ]
        constraints = [
            models.CheckConstraint(
                name="factor_reset_takes_two",
                condition=Q(confirmed_at=None)
                | Q(asked_by=None, confirmed_by=None)
                | (Q(confirmed_by__isnull=False) & ~Q(asked_by=F("confirmed_by"))),
            ),
            models.CheckConstraint(
                name="nobody_confirms_the_own_reset",
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("person")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)


class CodeSheet(models.Model):
    """That a sheet of one-time codes was given out, and never which codes."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(_("given out"), auto_now_add=True)

    class Meta:
        verbose_name = _("sheet of codes")
        verbose_name_plural = _("sheets of codes")
        default_permissions = ()
        permissions = [
            ("view_codesheet", "Can see who was given a sheet of codes"),
            ("issue_codesheet", "Can give out a sheet of codes"),
        ]
        triggers = [rules.append_only("codesheet_written_once")]

    def __str__(self) -> str:
        return str(self.person)
