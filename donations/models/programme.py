"""Figures of the giving programme by month: computed from plans and gifts, never booked from."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProgrammeMonth(models.Model):
    """One figure of one month in one currency; `donations/programme.py` rebuilds all of them.

    Months begin at midnight of the legal entity. Amounts of steps are what a plan brings a month
    (a yearly one a twelfth, in whole minor units); those of gifts are what was charged.
    """

    class Measure(models.TextChoices):
        # Of each month the change, with its sign: adding up gives what stands at its end.
        GIVING = "giving", _("Change of plans that bring something, and of what they bring")
        NEW = "new", _("New")
        RESTARTED = "restarted", _("Taken up again")
        RAISED = "raised", _("Raised")
        LOWERED = "lowered", _("Lowered")
        PAUSED = "paused", _("Paused or skipped")
        RESUMED = "resumed", _("Resumed")
        LOST = "lost", _("Lost")
        FAILED = "failed", _("First failure of a payment")
        RECOVERED = "recovered", _("Recovered after failure")
        GIFTS = "gifts", _("Gifts of plans")
        SINGLE = "single", _("Single gifts")

    livemode = models.BooleanField()
    # Its first day.
    month = models.DateField()
    currency = models.CharField(max_length=3)
    measure = models.CharField(max_length=10, choices=Measure)
    # Of what was lost: why, as words.LEAVING has it.
    reason = models.CharField(max_length=10, blank=True)
    count = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        # Nobody changes a figure by hand; reading them goes with reading plans.
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["livemode", "month", "currency", "measure", "reason"],
                name="one_figure_per_month_currency_and_measure",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.currency} {self.measure}"
