"""Gift Aid (United Kingdom): what donors declared, and the tax that was claimed on their gifts.

A claim:  made → sent → paid        its gifts are in no other claim
               → discarded          before it was sent; its gifts are free again
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import rules
from donations.models.donations import Donation

PERSONAL = ("title", "first_name", "last_name", "address", "house", "postcode")


class Declaration(models.Model):
    """A donor's wish that tax be claimed on her gifts, whole and in the words that she read.

    Only its end is added, a written confirmation, and, when its years are over, its erasure.
    """

    class Scope(models.TextChoices):
        THIS = "this", _("This gift alone")
        ALL = "all", _("This gift, those of the past four years, and all to come")

    class Way(models.TextChoices):
        ONLINE = "online", _("On the give form")
        PAPER = "paper", _("On paper")
        TELEPHONE = "telephone", _("By telephone")

    legal_entity = models.ForeignKey(
        "donations.LegalEntity", models.PROTECT, verbose_name=_("legal entity")
    )
    # With the gift that it was given with; whose gift that is is known once it is paid.
    donation = models.ForeignKey(
        Donation, models.PROTECT, null=True, blank=True, related_name="declarations"
    )
    # Of one that staff took down.
    donor = models.ForeignKey(
        "donations.Donor", models.PROTECT, null=True, blank=True, related_name="declarations"
    )
    scope = models.CharField(_("which gifts"), max_length=4, choices=Scope)
    way = models.CharField(_("how it was given"), max_length=9, choices=Way)
    declared_on = models.DateField(_("declared on"))
    # The charity's name and everything that was read, in the donor's language.
    charity = models.CharField(_("charity"), max_length=200)
    wording = models.CharField(_("wording"), max_length=20)
    text = models.TextField(_("what was declared"))
    title = models.CharField(_("title"), max_length=20, blank=True)
    first_name = models.CharField(_("first name"), max_length=100)
    last_name = models.CharField(_("last name"), max_length=100)
    # The home, as written; beside it what HM Revenue and Customs asks for of it.
    address = models.TextField(_("home address"))
    house = models.CharField(_("house name or number"), max_length=100)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, default="GB")
    # One by telephone counts from the day of the letter or mail that confirmed it.
    confirmed_on = models.DateField(_("confirmed in writing on"), null=True, blank=True)
    cancelled_on = models.DateField(_("cancelled on"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("Gift Aid declaration")
        verbose_name_plural = _("Gift Aid declarations")
        constraints = [
            models.CheckConstraint(
                name="declaration_is_of_a_gift_or_a_donor",
                condition=Q(donation__isnull=False) | Q(donor__isnull=False),
            ),
            models.CheckConstraint(
                name="declaration_of_this_gift_names_it",
                condition=~Q(scope="this") | Q(donation__isnull=False),
            ),
            models.CheckConstraint(
                name="declaration_taken_down_by_somebody",
                condition=Q(way="online") | Q(recorded_by__isnull=False),
            ),
            models.CheckConstraint(
                name="declaration_is_whole",
                condition=Q(erased_at__isnull=False)
                | (
                    ~Q(first_name="")
                    & ~Q(last_name="")
                    & ~Q(address="")
                    & ~Q(house="")
                    & ~Q(charity="")
                    & ~Q(text="")
                ),
            ),
            models.CheckConstraint(
                name="declaration_erased_is_empty",
                condition=Q(erased_at=None) | Q(**dict.fromkeys(PERSONAL, "")),
            ),
        ]
        triggers = [
            rules.never_deleted("declaration_kept"),
            rules.frozen(
                "declaration_frozen",
                *("legal_entity_id", "donation_id", "donor_id", "scope", "way", "declared_on"),
                *("charity", "wording", "text", "country", "recorded_by_id", "recorded_at"),
            ),
            rules.frozen(
                "declaration_names_frozen",
                *PERSONAL,
                when='NEW."erased_at" IS NULL OR OLD."erased_at" IS NOT NULL',
            ),
            rules.frozen(
                "declaration_cancelled_once",
                *("cancelled_on", "cancelled_by_id"),
                when='OLD."cancelled_on" IS NOT NULL',
            ),
            rules.frozen(
                "declaration_confirmed_once",
                "confirmed_on",
                when='OLD."confirmed_on" IS NOT NULL',
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()}, {self.declared_on}"  # neutral: it may stand in a log


class Claim(models.Model):
    """Tax claimed of HM Revenue and Customs on the gifts of a period, as one schedule."""

    # Gifts in any other are not claimed.
    CURRENCY = "GBP"

    class State(models.TextChoices):
        MADE = "made", _("Made")
        SENT = "sent", _("Sent")
        PAID = "paid", _("Paid")
        DISCARDED = "discarded", _("Discarded")

    legal_entity = models.ForeignKey(
        "donations.LegalEntity", models.PROTECT, verbose_name=_("legal entity")
    )
    livemode = models.BooleanField(_("live"))
    # Both belong to the period, by the legal entity's time zone.
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"))
    # Small gifts stand together on a line.
    together = models.BooleanField(_("small gifts together"), default=False)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.MADE)
    # Of its lines: what was looked over is what was made.
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    gifts = models.PositiveIntegerField(_("gifts"))
    gifts_minor = models.PositiveBigIntegerField(_("amount of the gifts"))
    # Tax of gifts that were claimed before and went back since.
    adjustment_minor = models.PositiveBigIntegerField(_("tax to give back"), default=0)
    reference = models.CharField(_("reference of the claim"), max_length=40, blank=True)
    received_minor = models.PositiveBigIntegerField(_("tax received"), null=True, blank=True)
    why_other = models.CharField(_("why it is not what was claimed"), max_length=200, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    sent_on = models.DateField(_("sent on"), null=True, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)

    class Meta:
        verbose_name = _("Gift Aid claim")
        verbose_name_plural = _("Gift Aid claims")
        constraints = [
            models.CheckConstraint(
                name="claim_period_is_in_order", condition=Q(first_day__lte=F("last_day"))
            ),
            models.CheckConstraint(
                name="claim_sent_says_when",
                condition=Q(state__in=["made", "discarded"], sent_on=None)
                | Q(state__in=["sent", "paid"], sent_on__isnull=False),
            ),
            models.CheckConstraint(
                name="claim_paid_says_when_and_how_much",
                condition=Q(state="paid", paid_on__isnull=False, received_minor__isnull=False)
                | (~Q(state="paid") & Q(paid_on=None, received_minor=None)),
            ),
            models.CheckConstraint(
                name="claim_paid_otherwise_says_why",
                condition=~Q(state="paid")
                | ~Q(why_other="")
                | Q(received_minor=F("gifts_minor") / 4 - F("adjustment_minor")),
            ),
        ]
        triggers = [
            rules.never_deleted("claim_kept"),
            rules.starts_as("claim_starts_made", "state", "made"),
            rules.frozen(
                "claim_terms_frozen",
                *("legal_entity_id", "livemode", "first_day", "last_day", "together"),
                *("fingerprint", "gifts", "gifts_minor", "adjustment_minor", "made_by_id"),
            ),
            rules.frozen(
                "claim_paid_once",
                *("paid_on", "received_minor", "why_other"),
                when="OLD.state = 'paid' AND NEW.state = 'paid'",
            ),
            pgtrigger.FSM(
                name="claim_state_steps",
                field="state",
                transitions=[
                    *(("made", "sent"), ("made", "discarded")),
                    # The second one takes back what was typed wrongly.
                    *(("sent", "paid"), ("paid", "sent")),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day} \u2013 {self.last_day}"

    @property
    def tax_minor(self) -> int:
        """A quarter of the gifts, which is the basic rate of 20 % of gift and tax together."""
        return self.gifts_minor // 4

    @property
    def claimed_minor(self) -> int:
        """What HM Revenue and Customs should pay."""
        return self.tax_minor - self.adjustment_minor


class ClaimLine(models.Model):
    """A gift in a claim; or what of a claimed gift went back since, and lowers this claim."""

    class Kind(models.TextChoices):
        GIFT = "gift", _("Gift")
        ADJUSTMENT = "adjustment", _("Went back")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=10, choices=Kind)
    donation = models.ForeignKey(Donation, models.PROTECT, related_name="claim_lines")
    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="claim_lines")
    received_on = models.DateField()
    amount_minor = models.PositiveBigIntegerField()
    # False once its claim was discarded.
    counts = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["donation"],
                condition=Q(kind="gift", counts=True),
                name="gift_claimed_once",
            ),
            models.UniqueConstraint(fields=["claim", "kind", "donation"], name="claim_line_once"),
            models.CheckConstraint(name="claim_line_is_something", condition=Q(amount_minor__gt=0)),
        ]
        triggers = [
            rules.never_deleted("claim_line_kept"),
            rules.frozen(
                "claim_line_frozen",
                *("claim_id", "kind", "donation_id", "declaration_id", "received_on"),
                "amount_minor",
            ),
            pgtrigger.Trigger(
                name="claim_line_counts_unless_discarded",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition('OLD."counts" <> NEW."counts"'),
                func="""
                    IF NEW.counts OR NOT EXISTS (
                        SELECT 1 FROM donations_claim c
                        WHERE c.id = NEW.claim_id AND c.state = 'discarded'
                    ) THEN
                        RAISE EXCEPTION 'lines of a claim count until it is discarded';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.donation_id}"


class ClaimFile(models.Model):
    """The schedules of a claim as one ZIP, written once."""

    claim = models.OneToOneField(Claim, models.PROTECT, primary_key=True, related_name="file")
    data = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    schedules = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = [rules.append_only("claim_file_written_once")]

    def __str__(self) -> str:
        return str(self.claim_id)
