"""Money given back. The row comes first; what Stripe makes of it is taken over into it.

proposed ─┬→ asked ─┬→ pending ─┬→ succeeded ─→ failed     the bank may send it back later
          │         │           └→ failed, canceled
          │         ├→ succeeded, failed, canceled
          │         └→ refused by Stripe: nothing happened
          └→ declined by the second person
A refund made in Stripe's dashboard begins with what Stripe says of it.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import money, rules
from donations.models.donations import SUMS
from donations.models.sums import summed_in_donation

STEPS = [
    *(("proposed", after) for after in ("asked", "declined")),
    *(("asked", after) for after in ("pending", "succeeded", "failed", "canceled", "refused")),
    *(("pending", after) for after in ("succeeded", "failed", "canceled")),
    ("succeeded", "failed"),
    # Refused for the time being, as far as we heard; Stripe's own word for it counts.
    *(("refused", after) for after in ("pending", "succeeded", "failed", "canceled")),
]


class Refund(models.Model):
    """One refund of one donation, whole or in part. Rows are never deleted."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Waiting for a second person")
        ASKED = "asked", _("On its way to Stripe")
        PENDING = "pending", _("On its way to the donor")
        SUCCEEDED = "succeeded", _("Refunded")
        FAILED = "failed", _("Came back from the bank")
        CANCELED = "canceled", _("Canceled")
        REFUSED = "refused", _("Refused by Stripe")
        DECLINED = "declined", _("Declined by the second person")

    class Reason(models.TextChoices):
        REQUESTED = "requested_by_customer", _("The donor asked for it")
        DUPLICATE = "duplicate", _("Paid twice")
        FRAUDULENT = "fraudulent", _("Fraud: somebody else's card")
        COVERED = "covered", _("Covered already, as the donor wished for that case")
        # Of gifts that came outside Stripe.
        BOUNCED = "bounced", _("The check came back unpaid")
        MISTAKE = "mistake", _("Entered wrongly")
        RETURNED = "returned", _("Given back to the donor")

    donation = models.ForeignKey(
        "donations.Donation", models.PROTECT, related_name="refunds", verbose_name=_("donation")
    )
    # Our random id: idempotency key of the call, and the only metadata that Stripe gets.
    reference = models.CharField(max_length=64, unique=True)
    # None until Stripe answers.
    stripe_id = models.CharField(max_length=80, unique=True, null=True, blank=True)
    amount_minor = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(max_length=3)
    reason = models.CharField(_("reason"), max_length=24, choices=Reason, blank=True)
    # For colleagues and auditors; neither Stripe nor the donor sees it.
    note = models.CharField(_("note"), max_length=200, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status)
    # Stripe's code for why it failed or was refused.
    problem = models.CharField(_("problem"), max_length=80, blank=True)
    # None: made in Stripe's dashboard.
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The second person, where one was needed; also who declined.
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    # When the key was first used: Stripe forgets keys after a day.
    asked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        permissions = [
            ("request_refund", "Can ask for a refund"),
            ("approve_refund", "Can approve or decline a colleague's refund"),
        ]
        indexes = [models.Index(fields=["-created_at"], name="refund_newest_first")]
        constraints = [
            models.CheckConstraint(name="refund_is_something", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="refund_by_two_people",
                condition=Q(approved_by=None) | ~Q(approved_by=F("requested_by")),
            ),
            # Two of the staff at once, or one who presses twice: one refund under way.
            models.UniqueConstraint(
                fields=["donation"],
                condition=Q(status__in=["proposed", "asked"]),
                name="one_refund_under_way",
            ),
        ]
        triggers = [
            rules.never_deleted("refund_kept"),
            rules.frozen(
                "refund_terms_frozen",
                *("donation_id", "reference", "amount_minor", "currency", "requested_by_id"),
            ),
            rules.frozen("refund_name_frozen", "stripe_id", when='OLD."stripe_id" IS NOT NULL'),
            pgtrigger.FSM(name="refund_status_steps", field="status", transitions=STEPS),
            summed_in_donation("refund_summed", {"refunded_minor": SUMS["refunded_minor"]}),
        ]

    def __str__(self) -> str:
        return f"{money.display(self.amount_minor, self.currency, 'en')} ({self.reference[:8]})"
