"""Gifts that came outside Stripe, entered in batches; and files whose rows become such gifts.

A batch:  open → posted       its gifts are donations, in the books, and their receipts on the way
               → discarded    nothing of it was booked
"""

from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import rules
from donations.models.donations import Donation
from donations.models.donors import Donor

Source = Donation.Source
SOURCES = [choice for choice in Source.choices if choice[0] != Source.CARD]
# Rows of a batch are written and removed while it is open, and never after. Whoever posts it has it
# alone; who comes then waits, and finds it closed.
IN_OPEN_BATCH = """
    PERFORM 1 FROM donations_giftbatch b
        WHERE b.id = ({batch}) AND b.state = 'open' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this batch is not open any more';
    END IF;
"""


class GiftBatch(models.Model):
    """Gifts of one kind that were counted, and mostly deposited, together."""

    class State(models.TextChoices):
        OPEN = "open", _("Being entered")
        POSTED = "posted", _("Posted")
        DISCARDED = "discarded", _("Discarded")

    legal_entity = models.ForeignKey(
        "donations.LegalEntity", models.PROTECT, verbose_name=_("legal entity")
    )
    livemode = models.BooleanField(_("live"))
    currency = models.CharField(_("currency"), max_length=3)
    source = models.CharField(_("kind"), max_length=12, choices=SOURCES)
    # Counted by hand before anything is entered: what is entered must equal both.
    expected_count = models.PositiveIntegerField(_("how many gifts"))
    expected_minor = models.PositiveBigIntegerField(_("total"))
    # None: shares, or not taken to the bank yet, or money that is in the bank already.
    deposited_on = models.DateField(_("deposited on"), null=True, blank=True)
    bank_reference = models.CharField(_("bank's reference"), max_length=80, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("begun"), auto_now_add=True)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    posted_at = models.DateTimeField(_("posted"), null=True, blank=True)

    class Meta:
        verbose_name = _("batch of gifts")
        verbose_name_plural = _("batches of gifts")
        ordering = ["-pk"]
        permissions = [("post_giftbatch", "Can post or discard a batch, and book its deposit")]
        constraints = [
            models.CheckConstraint(name="batch_is_not_of_cards", condition=~Q(source="card")),
            models.CheckConstraint(
                name="batch_expects_something",
                condition=Q(expected_count__gt=0, expected_minor__gt=0),
            ),
            models.CheckConstraint(
                name="batch_posted_says_by_whom_and_when",
                condition=Q(state="posted", posted_by__isnull=False, posted_at__isnull=False)
                | (~Q(state="posted") & Q(posted_by=None, posted_at=None)),
            ),
        ]
        triggers = [
            rules.never_deleted("batch_kept"),
            rules.starts_as("batch_starts_open", "state", "open"),
            pgtrigger.FSM(
                name="batch_state_steps",
                field="state",
                transitions=[("open", "posted"), ("open", "discarded")],
            ),
            rules.frozen("batch_is_what_it_is", "legal_entity_id", "livemode", "currency"),
            rules.frozen(
                "batch_frozen_once_posted",
                *("source", "expected_count", "expected_minor", "posted_by_id", "posted_at"),
                when="OLD.state <> 'open'",
            ),
            rules.frozen(
                "batch_deposited_once",
                *("deposited_on", "bank_reference"),
                when="OLD.state <> 'open' AND OLD.deposited_on IS NOT NULL",
            ),
            pgtrigger.Trigger(
                name="batch_posts_whole",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state = 'open' AND NEW.state = 'posted'"),
                declare=[("gifts", "bigint"), ("total", "bigint"), ("booked", "bigint")],
                func="""
                    SELECT count(*), COALESCE(SUM(g.amount_minor), 0), count(g.donation_id)
                        INTO gifts, total, booked
                        FROM donations_offlinegift g WHERE g.batch_id = NEW.id;
                    IF gifts <> NEW.expected_count OR total <> NEW.expected_minor THEN
                        RAISE EXCEPTION 'batch %: % gifts of %, expected % of %',
                            NEW.id, gifts, total, NEW.expected_count, NEW.expected_minor;
                    END IF;
                    IF booked <> gifts THEN
                        RAISE EXCEPTION 'batch %: % of % gifts are booked', NEW.id, booked, gifts;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        told = {"number": self.pk, "kind": self.get_source_display()}
        return gettext("Batch %(number)s: %(kind)s") % told


class OfflineGift(models.Model):
    """A gift as it was entered, with what proves it; posting its batch makes a donation of it."""

    batch = models.ForeignKey(GiftBatch, models.PROTECT, related_name="gifts")
    # None until it is posted.
    donation = models.OneToOneField(
        Donation, models.PROTECT, null=True, blank=True, related_name="offline"
    )
    # Whom the receipt is for: the sponsor of an advised fund, the company that matches, the
    # programme. None: somebody new, made from what follows when the batch is posted.
    donor = models.ForeignKey(Donor, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(
        _("person or organization"), max_length=12, choices=Donor.Kind, default=Donor.Kind.PERSON
    )
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    receipt_name = models.CharField(_("receipt in the name of"), max_length=200, blank=True)
    address_line1 = models.CharField(_("address"), max_length=200, blank=True)
    address_line2 = models.CharField(_("address, second line"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    region = models.CharField(_("state or region"), max_length=80, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    # Who caused the gift and did not give it: adviser, employee, member of the programme.
    credited = models.ForeignKey(
        Donor, models.PROTECT, null=True, blank=True, related_name="soft_credits"
    )
    credited_name = models.CharField(_("soft credit"), max_length=200, blank=True)
    credited_email = models.EmailField(_("e-mail of the soft credit"), blank=True)
    # The employee's own gift, which this one matches.
    matches = models.ForeignKey(
        Donation, models.PROTECT, null=True, blank=True, related_name="matched_by"
    )
    amount_minor = models.PositiveBigIntegerField(_("amount"))
    # In our hands or on our account; of shares, the day they were transferred to us.
    received_on = models.DateField(_("received on"))
    # Proof of the day a check was mailed.
    postmarked_on = models.DateField(_("postmark"), null=True, blank=True)
    check_number = models.CharField(_("check number"), max_length=40, blank=True)
    symbol = models.CharField(_("symbol"), max_length=20, blank=True)
    shares = models.DecimalField(
        _("number of shares"), max_digits=18, decimal_places=6, null=True, blank=True
    )
    # On the day of the transfer, in units of the currency; their mean values the shares (IRS
    # Pub. 561, "Stocks and Bonds").
    high = models.DecimalField(_("high"), max_digits=14, decimal_places=4, null=True, blank=True)
    low = models.DecimalField(_("low"), max_digits=14, decimal_places=4, null=True, blank=True)
    # What the giver got back, with our good-faith estimate of its value.
    benefit_text = models.CharField(_("given back"), max_length=200, blank=True)
    benefit_minor = models.PositiveBigIntegerField(_("its value"), default=0)
    tribute_kind = models.CharField(
        _("tribute"), max_length=8, choices=Donation.Tribute, blank=True
    )
    tribute_name = models.CharField(_("honored person"), max_length=200, blank=True)
    appeal = models.CharField(_("appeal"), max_length=32, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    # The line of the file it came from.
    line = models.PositiveIntegerField(null=True, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("entered"), auto_now=True)

    class Meta:
        verbose_name = _("gift of a batch")
        verbose_name_plural = _("gifts of a batch")
        ordering = ["pk"]
        permissions = [("reverse_offlinegift", "Can reverse a gift that came outside Stripe")]
        constraints = [
            models.CheckConstraint(
                name="offline_gift_makes_sense",
                condition=Q(amount_minor__gt=0)
                & Q(benefit_minor__lte=models.F("amount_minor"))
                & ~Q(name=""),
            ),
            models.CheckConstraint(
                name="benefit_says_what_and_how_much",
                condition=Q(benefit_text="", benefit_minor=0)
                | (~Q(benefit_text="") & Q(benefit_minor__gt=0)),
            ),
            models.CheckConstraint(
                name="postmark_before_arrival",
                condition=Q(postmarked_on=None) | Q(postmarked_on__lte=models.F("received_on")),
            ),
            models.CheckConstraint(
                name="shares_are_whole_facts",
                condition=Q(symbol="", shares=None, high=None, low=None)
                | (
                    ~Q(symbol="")
                    & Q(shares__isnull=False, low__isnull=False, high__isnull=False)
                    & Q(shares__gt=0, low__gt=0, high__gte=models.F("low"))
                ),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="offline_gift_while_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=IN_OPEN_BATCH.format(
                    batch="CASE TG_OP WHEN 'INSERT' THEN NEW.batch_id ELSE OLD.batch_id END"
                )
                + " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;",
            ),
            rules.frozen("offline_gift_stays_in_its_batch", "batch_id"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.pk}"

    @property
    def given_on(self) -> date:
        """The day that decides the tax year.

        A mailed check counts when it was mailed (IRS Pub. 526, "When To Deduct"); anything else
        when it came.
        """
        return self.postmarked_on or self.received_on


class OfflineLine(models.Model):
    """A part of such a gift and what it is for; parts add up to the gift."""

    gift = models.ForeignKey(OfflineGift, models.CASCADE, related_name="lines")
    designation = models.ForeignKey("donations.Designation", models.PROTECT, related_name="+")
    amount_minor = models.PositiveBigIntegerField(_("amount"))

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="offline_line_is_something", condition=Q(amount_minor__gt=0)
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="offline_line_while_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=IN_OPEN_BATCH.format(  # noqa: S608 - our own words
                    batch="SELECT g.batch_id FROM donations_offlinegift g WHERE g.id = NEW.gift_id"
                )
                + " RETURN NEW;",
            ),
            pgtrigger.Trigger(
                name="offline_line_goes_with_its_gift",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM donations_offlinegift g
                        JOIN donations_giftbatch b ON b.id = g.batch_id
                        WHERE g.id = OLD.gift_id AND b.state <> 'open'
                    ) THEN
                        RAISE EXCEPTION 'this batch is not open any more';
                    END IF;
                    RETURN OLD;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} to {self.designation_id}"


class Upload(models.Model):
    """A file of rows, read again and again until it is taken over whole, or let go.

    How it was read is kept: the next file with the same headings is read in the same way.
    """

    class State(models.TextChoices):
        READING = "reading", _("Being looked over")
        TAKEN = "taken", _("Taken over")
        DROPPED = "dropped", _("Let go")

    class Kind(models.TextChoices):
        GIFTS = "gifts", _("Gifts of a batch")
        DONORS = "donors", _("Donors")
        PAST = "past", _("Past gifts")
        BALANCES = "balances", _("Opening balances")

    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    batch = models.ForeignKey(
        GiftBatch, models.PROTECT, null=True, blank=True, related_name="uploads"
    )
    cut_over = models.ForeignKey(
        "donations.CutOver", models.PROTECT, null=True, blank=True, related_name="uploads"
    )
    name = models.CharField(_("file"), max_length=120)
    # As it came, until it is taken over or let go: then names and addresses leave this table.
    data = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    encoding = models.CharField(_("letters"), max_length=20)
    delimiter = models.CharField(_("columns are parted by"), max_length=1)
    headings_sha256 = models.CharField(max_length=64, db_index=True)
    # Our field by number of its column, and how amounts and days are written.
    columns = models.JSONField(default=dict, blank=True)
    decimals = models.CharField(_("amounts"), max_length=8, blank=True)
    days = models.CharField(_("dates"), max_length=8, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.READING)
    rows = models.PositiveIntegerField(_("rows"), null=True, blank=True)
    # Of the rows as they were read and taken over.
    fingerprint = models.CharField(max_length=64, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    class Meta:
        verbose_name = _("uploaded file")
        verbose_name_plural = _("uploaded files")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="upload_is_of_a_batch_or_a_cut_over",
                condition=Q(kind="gifts", batch__isnull=False, cut_over=None)
                | (~Q(kind="gifts") & Q(batch=None, cut_over__isnull=False)),
            ),
            models.CheckConstraint(
                name="upload_is_empty_once_done",
                condition=Q(state="reading") | Q(data=b""),
            ),
        ]
        triggers = [
            rules.never_deleted("upload_kept"),
            pgtrigger.FSM(
                name="upload_state_steps",
                field="state",
                transitions=[("reading", "taken"), ("reading", "dropped")],
            ),
        ]

    def __str__(self) -> str:
        return self.name
