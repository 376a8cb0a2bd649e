"""One payment, its parts, its tries at Stripe and its story.

A donation's payment status, which the database lets go no other way:

    pending, needs_action, processing, failed, abandoned   in any order, as Stripe's object says
        └→ paid       final: refunds and disputes are rows of their own
    pending, needs_action → canceled by the donor; only money (processing, paid) moves it again
"""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import money, rules

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

    class Source(models.TextChoices):
        """How the money came; the receipt's rules follow from it (donations/receipts/packs/)."""

        CARD = "card", _("Through the site")
        CHEQUE = "cheque", _("Check")
        CASH = "cash", _("Cash")
        TRANSFER = "transfer", _("Bank transfer")
        ADVISED_FUND = "advised_fund", _("Donor-advised fund")
        RETIREMENT = "retirement", _("Qualified charitable distribution")
        STOCK = "stock", _("Shares of stock")
        MATCH = "match", _("Employer's match")
        SHOPPING = "shopping", _("Shopping programme")
        ROUND_UP = "round_up", _("Round-up programme")

    class Return(models.TextChoices):
        """What was given in return; the tax office has a rule for each."""

        GOODS = "goods", _("Goods or services")
        TOKEN = "token", _("A small thing with our name on it")
        MEMBERSHIP = "membership", _("Rights of a member")
        INTANGIBLE = "intangible", _("Only intangible religious benefits")

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
    source = models.CharField(
        _("how it came"), max_length=12, choices=Source, default=Source.CARD, db_default="card"
    )
    livemode = models.BooleanField()
    currency = models.CharField(_("currency"), max_length=3)
    # What the card is charged, the covered fee included.
    amount_minor = models.PositiveBigIntegerField(_("amount"))
    # The part of it that the donor added toward the processor's fee; a gift like the rest.
    fee_cover_minor = models.PositiveBigIntegerField(default=0)
    # As told by Stripe's balance transaction; none until it arrives.
    processor_fee_minor = models.PositiveBigIntegerField(null=True, blank=True)
    # What the donor got back, and our good-faith estimate of its value (of a token: what it cost
    # us); lowers the deductible part, not the ledger.
    benefit_kind = models.CharField(
        _("given in return"),
        max_length=12,
        choices=Return,
        default=Return.GOODS,
        db_default="goods",
    )
    benefit = models.CharField(_("what it was"), max_length=200, blank=True, db_default="")
    benefit_minor = models.PositiveBigIntegerField(default=0)
    # "25 shares of Example Corp.": described on the document in place of an amount.
    given = models.CharField(
        _("what was given instead of money"), max_length=200, blank=True, db_default=""
    )
    refunded_minor = models.PositiveBigIntegerField(default=0)
    # What banks have taken back: while they decide, and of that what is gone for good. All three
    # are sums of rows, kept by the database.
    disputed_minor = models.PositiveBigIntegerField(default=0)
    lost_minor = models.PositiveBigIntegerField(default=0)

    # As typed, kept with this gift; receipts print these. No e-mail: its receipt is printed.
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
    # Name of the address of the form that began it, where the donor may change it.
    form = models.CharField(max_length=20, default="give")
    # Which wording of what she may expect to hear the donor has seen ("discretion-1").
    terms = models.CharField(max_length=20, blank=True)

    # Its receipt is the one for its year, as the donor wished when it was paid.
    yearly_receipt = models.BooleanField(default=False, db_default=False)

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
            models.Index(Upper("appeal"), condition=~Q(appeal=""), name="donation_by_appeal"),
            # What digits in the desks' search box may be.
            models.Index(fields=["amount_minor"], name="donation_by_amount"),
            models.Index(F("amount_minor") - F("fee_cover_minor"), name="donation_by_own_amount"),
            models.Index("card_last4", condition=~Q(card_last4=""), name="donation_by_card"),
            models.Index(
                OpClass(Upper("postcode"), name="text_pattern_ops"), name="donation_by_postcode"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="donation_paid_means_when_whom_and_which_charge",
                condition=Q(status="paid", paid_at__isnull=False, donor__isnull=False)
                & (
                    Q(source="card", charge_id__isnull=False)
                    | (~Q(source="card") & Q(charge_id=None))
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
                name="donation_benefit_says_what_it_was",
                condition=Q(benefit_minor=0) | ~Q(benefit=""),
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
                *("fee_cover_minor", "legal_entity_id", "plan_id", "source"),
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
    """A part of a donation and what it is for. All lines of a donation are written at once.

    Until it is paid it may move to another designation, if the chosen one was covered meanwhile.
    """

    class IfCovered(models.TextChoices):
        """What the donor wants if what she chose is covered when her payment arrives."""

        LIKE = "like", _("Give it to a similar wish")
        FUND = "fund", _("Give it to the education fund")
        BACK = "back", _("Give this part back to me")

    donation = models.ForeignKey(Donation, models.PROTECT, related_name="lines")
    designation = models.ForeignKey("donations.Designation", models.PROTECT, related_name="lines")
    amount_minor = models.PositiveBigIntegerField()
    if_covered = models.CharField(max_length=4, choices=IfCovered, default=IfCovered.LIKE)
    # What the donor chose, where it was covered or had ended before the money came.
    asked_for = models.ForeignKey(
        "donations.Designation", models.PROTECT, null=True, blank=True, related_name="missed"
    )
    # It goes back to the donor, as she wished for that case; it bears that refund alone.
    goes_back = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="line_is_something", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="line_goes_back_only_if_moved",
                condition=Q(goes_back=False) | Q(asked_for__isnull=False),
            ),
        ]
        triggers = [
            rules.never_deleted("line_kept"),
            rules.frozen("line_terms_frozen", "donation_id", "amount_minor", "if_covered"),
            rules.frozen(
                "line_asked_for_frozen", "asked_for_id", when='OLD."asked_for_id" IS NOT NULL'
            ),
            pgtrigger.Trigger(
                name="line_moves_only_before_payment",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM donations_donation d
                        WHERE d.id = NEW.donation_id AND d.status = 'paid'
                    ) THEN
                        RAISE EXCEPTION 'a paid line cannot be changed, it stays';
                    END IF;
                    RETURN NEW;
                """,
            ),
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
