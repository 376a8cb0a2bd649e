"""A standing gift, its story and what somebody asked to change about it.

A plan's status, which the database lets go no other way:

    incomplete ─→ active ←─→ paused, past_due     as Stripe's subscription says
                    └──────→ canceled             by the donor, staff, Stripe or a dispute
                    └──────→ lapsed               its payments failed to the last
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from core import money, rules

LIVE = ("active", "paused", "past_due")
STEPS = [
    *(("incomplete", after) for after in LIVE),
    *((before, after) for before in LIVE for after in LIVE if before != after),
    *((before, after) for before in LIVE for after in ("canceled", "lapsed")),
]


class Channel(models.TextChoices):
    """Which way a change came in."""

    ACCOUNT = "account", _("Donor, signed in")
    LINK = "link", _("Donor, by a link from a mail")
    STAFF = "staff", _("Staff, for the donor")
    STRIPE = "stripe", _("Stripe")
    SYSTEM = "system", _("By itself")


class StripeCustomer(models.Model):
    """A payer as Stripe knows one: each plan makes its own, so a card never serves another plan."""

    id = models.CharField(max_length=80, primary_key=True)
    # None until the first payment.
    donor = models.ForeignKey(
        "donations.Donor", models.PROTECT, null=True, blank=True, related_name="stripe_customers"
    )
    livemode = models.BooleanField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.id


class Plan(models.Model):
    """A gift that comes again each month or year; Stripe calls it a subscription.

    Terms, card and dates are taken over from Stripe; purpose and language are ours alone.
    """

    class Status(models.TextChoices):
        INCOMPLETE = "incomplete", _("Not begun yet")
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        PAST_DUE = "past_due", _("Last payment failed")
        CANCELED = "canceled", _("Stopped")
        LAPSED = "lapsed", _("Ended, payments failed")

    class Interval(models.TextChoices):
        MONTH = "month", _("Monthly")
        YEAR = "year", _("Yearly")

    class CanceledBy(models.TextChoices):
        NOBODY = "", ""
        DONOR = "donor", _("Donor")
        STAFF = "staff", _("Staff")
        STRIPE = "stripe", _("Stripe")
        DISPUTE = "dispute", _("Dispute")

    class Reason(models.TextChoices):
        NONE = "", _("No reason given")
        MONEY = "money", _("I cannot afford it now")
        ELSEWHERE = "elsewhere", _("I give in another way")
        UNHAPPY = "unhappy", _("I am not happy with something")
        OTHER = "other", _("Something else")

    # Random, 128 bits: the first eight signs are read out on the telephone.
    reference = models.CharField(_("reference"), max_length=32, unique=True)
    legal_entity = models.ForeignKey("donations.LegalEntity", models.PROTECT)
    livemode = models.BooleanField()
    # Set by the first payment.
    donor = models.ForeignKey(
        "donations.Donor", models.PROTECT, null=True, blank=True, related_name="plans"
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.INCOMPLETE)
    # What the card is charged each time, the covered fee included.
    amount_minor = models.PositiveBigIntegerField(_("amount"))
    fee_cover_minor = models.PositiveBigIntegerField(default=0)
    currency = models.CharField(_("currency"), max_length=3)
    interval = models.CharField(_("how often"), max_length=5, choices=Interval)
    designation = models.ForeignKey("donations.Designation", models.PROTECT, related_name="plans")
    # As typed at first; mails go there until staff or a verified account correct it.
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=8, default="en")
    appeal = models.CharField(_("appeal"), max_length=32, blank=True)
    # Her wish: one receipt after the end of the year in place of one for each payment.
    yearly_receipt = models.BooleanField(_("one receipt a year"), default=False, db_default=False)
    # The stopped plan that this one takes up again.
    restarts = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="restarted_by"
    )

    subscription_id = models.CharField(max_length=80, unique=True, null=True, blank=True)
    customer = models.ForeignKey(
        StripeCustomer, models.PROTECT, null=True, blank=True, related_name="plans"
    )
    payment_method_id = models.CharField(max_length=80, blank=True, db_index=True)
    card_brand = models.CharField(max_length=20, blank=True)
    card_last4 = models.CharField(max_length=4, blank=True)
    card_exp_month = models.PositiveSmallIntegerField(null=True, blank=True)
    card_exp_year = models.PositiveSmallIntegerField(null=True, blank=True)

    created_at = models.DateTimeField(_("filled in"), auto_now_add=True)
    started_at = models.DateTimeField(_("first gift"), null=True, blank=True)
    # Every charge is counted from this moment; by Stripe's word, see donations/plans/calendar.py.
    anchor_at = models.DateTimeField(null=True, blank=True)
    # The next regular charge; none while nothing will be charged.
    next_charge_at = models.DateTimeField(_("next gift"), null=True, blank=True)
    # Until then no charge is made; without a date while paused: until somebody resumes it.
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    # While a payment fails: Stripe's invoice, how often it was tried, when it is tried next.
    open_invoice_id = models.CharField(max_length=80, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(_("tried again"), null=True, blank=True)
    canceled_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    canceled_by = models.CharField(max_length=8, choices=CanceledBy, blank=True)
    cancel_reason = models.CharField(_("reason"), max_length=10, choices=Reason, blank=True)
    cancel_note = models.TextField(_("in the donor's words"), max_length=1000, blank=True)
    # Nothing may be charged after this moment.
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # Raised by one on every change taken over from Stripe; an older answer is recognised by it.
    sync_version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("regular gift")
        verbose_name_plural = _("regular gifts")
        indexes = [
            models.Index(fields=["-created_at"], name="plan_newest_first"),
            models.Index(fields=["status", "next_charge_at"], name="plan_by_status_and_date"),
            models.Index("email", name="plan_by_email"),
            models.Index(Upper("appeal"), condition=~Q(appeal=""), name="plan_by_appeal"),
        ]
        constraints = [
            models.CheckConstraint(
                name="plan_amounts_make_sense",
                condition=Q(amount_minor__gt=0) & Q(fee_cover_minor__lt=F("amount_minor")),
            ),
            models.CheckConstraint(
                name="plan_begun_means_whose_and_since_when",
                condition=Q(status="incomplete", started_at=None, donor=None)
                | (
                    ~Q(status="incomplete")
                    & Q(started_at__isnull=False, donor__isnull=False)
                    & Q(subscription_id__isnull=False, customer__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="plan_over_means_since_when_and_no_next_charge",
                condition=Q(status__in=["canceled", "lapsed"], ended_at__isnull=False)
                & Q(next_charge_at=None, retry_at=None)
                | (~Q(status__in=["canceled", "lapsed"]) & Q(ended_at=None)),
            ),
            models.CheckConstraint(
                name="plan_canceled_means_by_whom",
                condition=Q(status="canceled", canceled_at__isnull=False) & ~Q(canceled_by="")
                | (~Q(status="canceled") & Q(canceled_by="")),
            ),
            models.CheckConstraint(
                name="plan_currency_is_upper_case", condition=Q(currency__regex=r"^[A-Z]{3}$")
            ),
        ]
        triggers = [
            rules.never_deleted("plan_kept"),
            rules.starts_as("plan_starts_incomplete", "status", "incomplete"),
            rules.frozen(
                "plan_identity_frozen",
                *("reference", "livemode", "currency", "interval", "legal_entity_id"),
            ),
            rules.frozen(
                "plan_subscription_frozen_once_known",
                *("subscription_id", "customer_id"),
                when='OLD."subscription_id" IS NOT NULL',
            ),
            pgtrigger.FSM(name="plan_status_steps", field="status", transitions=STEPS),
            pgtrigger.Trigger(
                name="plan_purpose_is_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("designation_id"),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM donations_designation d
                        WHERE d.id = NEW.designation_id
                          AND d.target_minor IS NULL AND d.closes_at IS NULL
                    ) THEN
                        RAISE EXCEPTION 'a standing gift needs a purpose without goal and end';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        # Neutral: it may stand in a log.
        amount = money.display(self.amount_minor, self.currency, "en")
        return f"{amount} a {self.interval} ({self.reference[:8].upper()})"

    @property
    def is_live(self) -> bool:
        """It goes on: active, paused, or with a payment that is tried again."""
        return self.status in LIVE

    @property
    def gift_minor(self) -> int:
        """The gift without the covered fee."""
        return self.amount_minor - self.fee_cover_minor

    @property
    def monthly_minor(self) -> int:
        """What it brings a month as it stands: nothing while paused or over."""
        if self.status not in ("active", "past_due"):
            return 0
        return self.amount_minor // 12 if self.interval == "year" else self.amount_minor


class PlanStep(models.Model):
    """Something that happened to a plan, written once. The programme's figures come from these."""

    class Kind(models.TextChoices):
        STARTED = "started", _("Started")
        RESTARTED = "restarted", _("Taken up again")
        RAISED = "raised", _("Raised")
        LOWERED = "lowered", _("Lowered")
        DESIGNATION = "designation", _("Purpose changed")
        RECEIPTS = "receipts", _("Receipts changed")
        PAUSED = "paused", _("Paused")
        SKIPPED = "skipped", _("Next gift skipped")
        RESUMED = "resumed", _("Resumed")
        PAYMENT_FAILED = "payment_failed", _("A payment failed")
        RECOVERED = "recovered", _("The failed payment arrived")
        EXCUSED = "excused", _("The failed payment was let go")
        CARD_CHANGED = "card_changed", _("Card changed")
        CANCELED = "canceled", _("Stopped")
        LAPSED = "lapsed", _("Ended, payments failed")
        PAID_AFTER_END = "paid_after_end", _("Money arrived after the end")
        CARD_EXPIRES = "card_expires", _("Told: the card expires soon")
        YEARLY_AHEAD = "yearly_ahead", _("Told: the yearly gift is due soon")
        RESUME_AHEAD = "resume_ahead", _("Told: the pause ends soon")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=16, choices=Kind)
    at = models.DateTimeField()
    channel = models.CharField(max_length=8, choices=Channel)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # What the plan was and brought a month before, and after.
    status = models.CharField(max_length=10, choices=Plan.Status)
    monthly_before_minor = models.PositiveBigIntegerField()
    monthly_after_minor = models.PositiveBigIntegerField()
    # Names what may be told only once, as "in_…:2" for the second failure of an invoice.
    source = models.CharField(max_length=120, unique=True, null=True, blank=True)
    # Codes, dates and amounts; nothing about a person.
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["kind", "at"], name="plan_step_by_kind_and_time")]
        triggers = [rules.append_only("plan_step_written_once")]

    def __str__(self) -> str:
        return self.kind


class PlanChange(models.Model):
    """What somebody asked for, stored before Stripe hears of it; a job sees it through."""

    class Kind(models.TextChoices):
        AMOUNT = "amount", _("Amount")
        PAUSE = "pause", _("Pause")
        SKIP = "skip", _("Skip")
        RESUME = "resume", _("Resume")
        CANCEL = "cancel", _("Stop")

    class State(models.TextChoices):
        ASKED = "asked", _("Under way")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused by Stripe")
        REPLACED = "replaced", _("Replaced by another wish")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="changes")
    # Our random id: idempotency key of the call.
    reference = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    # Always a final state ("amount_minor": 2500), never a step: repeating it changes nothing.
    wanted = models.JSONField(default=dict)
    channel = models.CharField(max_length=8, choices=Channel)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    problem = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=Q(state="asked"), name="one_change_at_a_time_per_plan"
            ),
        ]
        triggers = [rules.never_deleted("plan_change_kept")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
