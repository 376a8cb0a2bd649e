"""One payment, its parts, its tries at Stripe and its story.

A donation's payment status, which the database lets go no other way:

    pending, needs_action, processing, failed, abandoned   in any order, as Stripe's object says
        └→ paid       final: refunds and disputes are rows of their own
    pending, needs_action → canceled by the donor; only money (processing, paid) moves it again
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import money
from donations.models import rules

UNPAID = ("pending", "needs_action", "processing", "failed", "abandoned")
STEPS = [
    *((before, after) for before in UNPAID for after in UNPAID if before != after),
    *((before, "paid") for before in (*UNPAID, "canceled")),
    ("pending", "canceled"),
    ("needs_action", "canceled"),
    ("canceled", "processing"),
]

# What of a donation went back: the sums of its refunds and disputes.
SUMS = {
    "refunded_minor": """SELECT COALESCE(SUM(amount_minor), 0) FROM donations_refund
        WHERE donation_id = NEW.id AND status IN ('pending', 'succeeded')""",
    "disputed_minor": """SELECT COALESCE(SUM(withdrawn_minor), 0) FROM donations_dispute
        WHERE donation_id = NEW.id""",
    "lost_minor": """SELECT COALESCE(SUM(withdrawn_minor), 0) FROM donations_dispute
        WHERE donation_id = NEW.id AND status IN ('lost', 'prevented')""",
}


class Donation(models.Model):
    """One payment by one donor, from intent to final outcome. Rows are never deleted.

    Once paid it stays paid: refunds and disputes are rows of their own, summed here.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting for payment")
        NEEDS_ACTION = "needs_action", _("Waiting for the donor's bank step")
        PROCESSING = "processing", _("On its way from the bank")
        PAID = "paid", _("Paid")
        FAILED = "failed", _("Failed")
        CANCELED = "canceled", _("Canceled")
        ABANDONED = "abandoned", _("Not completed")

    class Tribute(models.TextChoices):
        NONE = "", _("No")
        HONOR = "honor", _("In honor of")
        MEMORY = "memory", _("In memory of")

    # Random, 128 bits: whoever holds the link sees this try and nothing else of the donor.
    reference = models.CharField(_("reference"), max_length=32, unique=True)
    # One form gives one donation, however often it is sent.
    form_token = models.CharField(max_length=64, unique=True)
    legal_entity = models.ForeignKey("donations.LegalEntity", models.PROTECT)
    # Set when paid: only then has the money exactly one donor.
    donor = models.ForeignKey(
        "donations.Donor", models.PROTECT, null=True, blank=True, related_name="donations"
    )
    # The standing gift that this is a payment of; its first one was begun by the form.
    plan = models.ForeignKey(
        "donations.Plan", models.PROTECT, null=True, blank=True, related_name="donations"
    )
    # Stripe's invoice of that payment: at most one donation for each.
    invoice_id = models.CharField(max_length=80, unique=True, null=True, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.PENDING)
    livemode = models.BooleanField()
    currency = models.CharField(_("currency"), max_length=3)
    # What the card is charged, the covered fee included.
    amount_minor = models.PositiveBigIntegerField(_("amount"))
    # The part of it that the donor added toward the processor's fee; a gift like the rest.
    fee_cover_minor = models.PositiveBigIntegerField(default=0)
    # As told by Stripe's balance transaction; none until it arrives.
    processor_fee_minor = models.PositiveBigIntegerField(null=True, blank=True)
    # Good-faith estimate of what the donor got back; lowers the deductible part, not the ledger.
    benefit_minor = models.PositiveBigIntegerField(default=0)
    refunded_minor = models.PositiveBigIntegerField(default=0)
    # What banks have taken back: while they decide, and of that what is gone for good. All three
    # are sums of rows, kept by the database.
    disputed_minor = models.PositiveBigIntegerField(default=0)
    lost_minor = models.PositiveBigIntegerField(default=0)

    # As typed, kept with this gift; receipts print these.
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"))
    receipt_name = models.CharField(_("receipt in the name of"), max_length=200, blank=True)
    address_line1 = models.CharField(_("address"), max_length=200, blank=True)
    address_line2 = models.CharField(_("address, second line"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    region = models.CharField(_("state or region"), max_length=80, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    message = models.TextField(_("message to staff"), blank=True)
    tribute_kind = models.CharField(_("tribute"), max_length=8, choices=Tribute, blank=True)
    tribute_name = models.CharField(max_length=200, blank=True)
    tribute_recipient_name = models.CharField(max_length=200, blank=True)
    tribute_recipient_email = models.EmailField(blank=True)
    tribute_message = models.TextField(blank=True)
    appeal = models.CharField(_("appeal"), max_length=32, blank=True)

    # Set when the donor proved the address by mail, in place of a proof of work.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    payment_intent_id = models.CharField(max_length=80, unique=True, null=True, blank=True)
    charge_id = models.CharField(max_length=80, unique=True, null=True, blank=True)
    # "Visa ending in 4242" in parts; nothing else of a card is ever known here.
    card_brand = models.CharField(max_length=20, blank=True)
    card_last4 = models.CharField(max_length=4, blank=True)
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    # When charged, by Stripe's clock: decides the tax year (IRS Pub. 526, "When To Deduct").
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    # Raised by one on every change taken over from Stripe; an older answer is recognised by it.
    sync_version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("donation")
        verbose_name_plural = _("donations")
        indexes = [
            models.Index(fields=["-created_at"], name="donation_newest_first"),
            models.Index(fields=["status", "created_at"], name="donation_by_status"),
            models.Index(fields=["paid_at"], name="donation_by_payment"),
            models.Index("email", name="donation_by_email"),
        ]
        constraints = [
            models.CheckConstraint(
                name="donation_paid_means_when_whom_and_which_charge",
                condition=Q(
                    status="paid",
                    paid_at__isnull=False,
                    donor__isnull=False,
                    charge_id__isnull=False,
                )
                | (~Q(status="paid") & Q(paid_at=None, donor=None)),
            ),
            models.CheckConstraint(
                name="donation_amounts_make_sense",
                condition=Q(amount_minor__gt=0)
                & Q(fee_cover_minor__lt=F("amount_minor"))
                & Q(refunded_minor__lte=F("amount_minor"))
                & Q(disputed_minor__lte=F("amount_minor"))
                & Q(lost_minor__lte=F("disputed_minor"))
                & Q(benefit_minor__lte=F("amount_minor")),
            ),
            models.CheckConstraint(
                name="donation_invoice_belongs_to_a_plan",
                condition=Q(invoice_id=None) | Q(plan__isnull=False),
            ),
            models.CheckConstraint(
                name="donation_currency_is_upper_case",
                condition=Q(currency__regex=r"^[A-Z]{3}$"),
            ),
        ]
        triggers = [
            rules.never_deleted("donation_kept"),
            rules.starts_as("donation_starts_pending", "status", "pending"),
            rules.frozen(
                "donation_terms_frozen",
                *("reference", "form_token", "livemode", "currency", "amount_minor"),
                *("fee_cover_minor", "legal_entity_id", "plan_id"),
            ),
            rules.frozen(
                "donation_payment_frozen_once_paid",
                *("charge_id", "payment_intent_id", "paid_at"),
                when="OLD.\"status\" = 'paid'",
            ),
            rules.equals("donation_sums_are_of_rows", SUMS),
            pgtrigger.FSM(name="donation_status_steps", field="status", transitions=STEPS),
            pgtrigger.Trigger(
                name="donation_paid_only_with_whole_lines",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.\"status\" <> 'paid' AND NEW.\"status\" = 'paid'"
                ),
                declare=[("total", "bigint")],
                func="""
                    SELECT COALESCE(SUM(amount_minor), 0) INTO total
                    FROM donations_donationline WHERE donation_id = NEW.id;
                    IF total <> NEW.amount_minor THEN
                        RAISE EXCEPTION 'lines of % add up to %, not %',
                            NEW.id, total, NEW.amount_minor;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        # Neutral: it may stand in a log.
        amount = money.display(self.amount_minor, self.currency, "en")
        return f"{amount} ({self.reference[:8].upper()})"

    @property
    def gift_minor(self) -> int:
        """The gift without the covered fee."""
        return self.amount_minor - self.fee_cover_minor

    @property
    def kept_minor(self) -> int:
        """What we have of it for good, as far as is known: what a receipt is for."""
        return max(0, self.amount_minor - self.refunded_minor - self.lost_minor)

    @property
    def went_back(self) -> str:
        """What became of a paid gift, for people; empty if we simply have it."""
        if self.lost_minor:
            return gettext("Taken back by the bank")
        if self.disputed_minor:
            return gettext("Disputed")
        if self.refunded_minor:
            whole = self.refunded_minor == self.amount_minor
            return gettext("Refunded") if whole else gettext("Refunded in part")
        return ""


class DonationLine(models.Model):
    """A part of a donation and what it is for. All lines of a donation are written at once."""

    donation = models.ForeignKey(Donation, models.PROTECT, related_name="lines")
    designation = models.ForeignKey("donations.Designation", models.PROTECT, related_name="lines")
    amount_minor = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="line_is_something", condition=Q(amount_minor__gt=0))
        ]
        triggers = [
            rules.append_only("line_written_once"),
            pgtrigger.Trigger(
                name="line_sum_is_the_donation",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="fresh"),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM donations_donation d
                        WHERE d.id IN (SELECT donation_id FROM fresh)
                          AND d.amount_minor <> (
                            SELECT SUM(l.amount_minor) FROM donations_donationline l
                            WHERE l.donation_id = d.id)
                    ) THEN
                        RAISE EXCEPTION 'the lines of a donation must add up to it';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} to {self.designation_id}"


class CheckoutAttempt(models.Model):
    """One Checkout session for a donation; a further one only when this one has surely ended."""

    class State(models.TextChoices):
        ASKED = "asked", _("Asked for")  # stored before the call, so a lost answer repeats safely
        OPEN = "open", _("Open")
        COMPLETE = "complete", _("Complete")
        EXPIRED = "expired", _("Expired")
        REFUSED = "refused", _("Refused by Stripe")

    donation = models.ForeignKey(Donation, models.PROTECT, related_name="attempts")
    # Our random id: idempotency key of the call, and the only metadata that Stripe gets.
    reference = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    session_id = models.CharField(max_length=120, unique=True, null=True, blank=True)
    url = models.URLField(max_length=2000, blank=True)
    expires_at = models.DateTimeField()
    # Stripe's payment of this session, once there is one.
    payment_intent_id = models.CharField(max_length=80, blank=True)
    # Keyed hash of the network address for the card-testing limits; blanked after a day.
    network = models.CharField(max_length=32, blank=True)
    # What Stripe last said of it; the status of the donation is derived from this.
    outcome = models.CharField(max_length=12, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["network", "created_at"], name="attempt_by_network")]
        constraints = [
            models.UniqueConstraint(
                fields=["donation"],
                condition=Q(state__in=["asked", "open"]),
                name="one_live_attempt_per_donation",
            )
        ]
        triggers = [rules.never_deleted("attempt_kept")]

    def __str__(self) -> str:
        return self.reference


class PaymentFailure(models.Model):
    """One card or bank try that failed, as Stripe's list of charges tells it."""

    charge_id = models.CharField(max_length=80, primary_key=True)
    donation = models.ForeignKey(Donation, models.PROTECT, related_name="failures")
    code = models.CharField(max_length=60, blank=True)
    decline_code = models.CharField(max_length=60, blank=True)
    # "visa", "us_bank_account": who refused, for staff to tell a donor who calls.
    method = models.CharField(max_length=20, blank=True)
    # Stripe's own fingerprint of the card, hashed with our key: counts tries, names no card.
    card = models.CharField(max_length=32, blank=True)
    network = models.CharField(max_length=32, blank=True)
    failed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["network", "failed_at"], name="failure_by_network"),
            models.Index(fields=["card", "failed_at"], name="failure_by_card"),
            models.Index(fields=["failed_at"], name="failure_by_time"),
        ]

    def __str__(self) -> str:
        return self.decline_code or self.code


class TimelineEntry(models.Model):
    """Something that happened to a donation, for staff to read; who and when, no personal data."""

    donation = models.ForeignKey(Donation, models.PROTECT, related_name="timeline")
    at = models.DateTimeField(auto_now_add=True)
    kind = models.SlugField(max_length=40)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        triggers = [rules.append_only("timeline_written_once")]

    def __str__(self) -> str:
        return self.kind
