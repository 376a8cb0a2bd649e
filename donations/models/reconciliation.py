"""What came of comparing the books with Stripe: one row a run, one for each difference."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import rules


class Reconciliation(models.Model):
    """One comparison of the books with everything Stripe holds of a stretch of time."""

    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    livemode = models.BooleanField()
    repairs = models.BooleanField(_("with repair"))
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    # None: under way, or broken off; `problem` then names the kind of error.
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=80, blank=True)
    # How many things of each family were compared: {"charges": 318, …}.
    compared = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        permissions = [("run_reconciliation", "Can compare the books with Stripe once more")]
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="reconciliation_has_a_stretch", condition=Q(until__gt=F("since"))
            )
        ]
        triggers = [rules.never_deleted("reconciliation_kept")]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"


class Difference(models.Model):
    """Something that Stripe says and the books do not, or the other way round."""

    class Cause(models.TextChoices):
        EVENT_MISSED = "event_missed", _("An event never reached us")
        EVENT_STUCK = "event_stuck", _("An event could not be looked into")
        CHARGE_UNBOOKED = "charge_unbooked", _("A charge is not in the books")
        CHARGE_UNKNOWN_THERE = "charge_unknown_there", _("Stripe knows no such charge")
        CHARGE_AMOUNT = "charge_amount", _("A charge has another amount")
        CHARGE_FAILED_THERE = "charge_failed_there", _("A gift is paid here and not at Stripe")
        MOVEMENT_UNBOOKED = "movement_unbooked", _("A movement of the balance is not in the books")
        MOVEMENT_UNKNOWN_THERE = "movement_unknown_there", _("Stripe knows no such movement")
        MOVEMENT_AMOUNT = "movement_amount", _("A movement has another amount")
        FEE_AMOUNT = "fee_amount", _("A fee has another amount")
        REFUND_UNBOOKED = "refund_unbooked", _("A refund is not in the books")
        REFUND_UNKNOWN_THERE = "refund_unknown_there", _("Stripe knows no such refund")
        REFUND_AMOUNT = "refund_amount", _("A refund has another amount")
        REFUND_STATE = "refund_state", _("A refund stands otherwise")
        DISPUTE_UNBOOKED = "dispute_unbooked", _("A dispute is not in the books")
        DISPUTE_UNKNOWN_THERE = "dispute_unknown_there", _("Stripe knows no such dispute")
        DISPUTE_AMOUNT = "dispute_amount", _("A dispute has another amount")
        DISPUTE_STATE = "dispute_state", _("A dispute stands otherwise")
        PAYOUT_UNBOOKED = "payout_unbooked", _("A payout is not in the books")
        PAYOUT_UNKNOWN_THERE = "payout_unknown_there", _("Stripe knows no such payout")
        PAYOUT_AMOUNT = "payout_amount", _("A payout has another amount")
        PAYOUT_STATE = "payout_state", _("A payout stands otherwise")
        PLAN_UNKNOWN_HERE = "plan_unknown_here", _("A regular gift at Stripe is not known here")
        PLAN_UNKNOWN_THERE = "plan_unknown_there", _("Stripe knows no such regular gift")
        PLAN_STATE = "plan_state", _("A regular gift stands otherwise")
        PLAN_TERMS = "plan_terms", _("A regular gift has another amount or rhythm")
        RENEWAL_OVERDUE = "renewal_overdue", _("A regular gift was due and did not come")
        PAYOUT_UNEXPLAINED = "payout_unexplained", _("The rows of a payout do not add up to it")

    run = models.ForeignKey(Reconciliation, models.PROTECT, related_name="differences")
    cause = models.CharField(_("cause"), max_length=30, choices=Cause)
    # Stripe's id of what it is about.
    about = models.CharField(_("about"), max_length=120)
    # Ids, amounts and states of both sides; nothing of a person.
    detail = models.JSONField(default=dict, blank=True)
    # Gone when looked for once more after the repair.
    repaired = models.BooleanField(_("repaired"), default=False)

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "cause", "about"], name="difference_told_once")
        ]
        triggers = [rules.never_deleted("difference_kept")]

    def __str__(self) -> str:
        return f"{self.cause} {self.about}"
