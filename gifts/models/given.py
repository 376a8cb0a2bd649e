"""Things that were given: their checks, what they are worth to the books, and their end."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import rules
from gifts.models.offers import Offer
from gifts.models.papers import WipeStatement
from gifts.models.units import Unit


class GivenThing(models.Model):
    """A unit that somebody gave, as it came. Its serial number is known until a paper is made."""

    unit = models.OneToOneField(Unit, models.PROTECT, primary_key=True, related_name="given")
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="things")
    # As the acknowledgment describes it.
    description = models.CharField(_("description"), max_length=200)
    received_on = models.DateField(_("received on"))
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    serial = models.CharField(_("serial number"), max_length=80, blank=True)
    # Keyed: tells whether a number that turns up was this one's, and not which it was.
    serial_hash = models.CharField(max_length=32, blank=True)
    statement = models.ForeignKey(
        WipeStatement, models.PROTECT, null=True, blank=True, related_name="things"
    )

    class Meta:
        verbose_name = _("thing given")
        verbose_name_plural = _("things given")
        ordering = ["-pk"]
        permissions = [
            ("check_giventhing", "Can check what was given, or decline it"),
            ("dispose_giventhing", "Can record that a given thing was disposed of"),
            ("value_giventhing", "Can set the book value of what was given"),
        ]
        constraints = [
            models.CheckConstraint(
                name="serial_is_known_or_hashed", condition=Q(serial="") | Q(serial_hash="")
            )
        ]
        triggers = [
            rules.never_deleted("given_kept"),
            rules.frozen(
                "given_is_as_it_came",
                *("unit_id", "offer_id", "description", "received_on", "received_by_id"),
            ),
            rules.frozen(
                "given_serial_stays_gone", "serial", "serial_hash", when="OLD.serial_hash <> ''"
            ),
            rules.frozen(
                "given_stated_once", "statement_id", when='OLD."statement_id" IS NOT NULL'
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.description}"


class DeviceCheck(models.Model):
    """One person looked at one thing of one device. The latest of each kind counts."""

    class Check(models.TextChoices):
        WORKS = "works", _("It works: screen, keys, battery, network")
        ERASED = "erased", _("Erased and set up anew")
        UNLOCKED = "unlocked", _("Activation lock and management enrolment are off")
        ACCOUNTS = "accounts", _("Firmware tracking and previous accounts removed")
        TRACKERS = "trackers", _("Bag, case and sleeve opened: no tracker inside")
        LABELS = "labels", _("Labels, names and stickers removed")

    thing = models.ForeignKey(GivenThing, models.PROTECT, related_name="checks")
    check_kind = models.CharField(_("what was checked"), max_length=8, choices=Check)
    passed = models.BooleanField(_("all right"))
    method = models.CharField(_("how it was erased"), max_length=120, blank=True)
    certificate = models.CharField(_("certificate"), max_length=120, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("check of a device")
        verbose_name_plural = _("checks of devices")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="erased_how_and_certified",
                condition=~Q(check_kind="erased", passed=True)
                | (~Q(method="") & ~Q(certificate="")),
            ),
            models.CheckConstraint(
                name="failed_check_says_why", condition=Q(passed=True) | ~Q(note="")
            ),
        ]
        triggers = [rules.append_only("check_written_once")]

    def __str__(self) -> str:
        return f"{self.thing_id} {self.check_kind}"


class BookValue(models.Model):
    """What the books hold a given thing to be worth, and how that was found. The latest counts."""

    class Method(models.TextChoices):
        COMPARABLE = "comparable", _("Prices of like used things")
        OFFER = "offer", _("A dealer's offer")
        LIST_PRICE = "list_price", _("List price less wear")
        INVOICE = "invoice", _("The giver's invoice, new and unused")
        APPRAISAL = "appraisal", _("Appraised by an expert")

    thing = models.ForeignKey(GivenThing, models.PROTECT, related_name="values")
    amount_minor = models.PositiveBigIntegerField(_("value"))
    currency = models.CharField(_("currency"), max_length=3)
    method = models.CharField(_("how it was found"), max_length=10, choices=Method)
    source = models.CharField(_("source"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("book value")
        verbose_name_plural = _("book values")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="value_has_a_source", condition=~Q(source="")),
        ]
        triggers = [rules.append_only("value_written_once")]

    def __str__(self) -> str:
        return f"{self.thing_id} {self.amount_minor} {self.currency}"


class Disposal(models.Model):
    """The end of a given thing that did not go to anybody we serve: it may be due on Form 8282."""

    class How(models.TextChoices):
        RETURNED = "returned", _("Given back to whoever gave it")
        RECYCLED = "recycled", _("Recycled")
        DESTROYED = "destroyed", _("Destroyed")
        CHARITY = "charity", _("Given to another charity")
        SOLD = "sold", _("Sold")

    thing = models.OneToOneField(
        GivenThing, models.PROTECT, primary_key=True, related_name="disposal"
    )
    disposed_on = models.DateField(_("on"))
    how = models.CharField(_("how"), max_length=9, choices=How)
    to_whom = models.CharField(_("to whom"), max_length=200)
    why = models.CharField(_("why"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("recorded"), auto_now_add=True)
    # Set where the law asks for it; see gifts.offers.forms_irs.
    form_8282_due_on = models.DateField(_("Form 8282 due"), null=True, blank=True)
    form_8282_filed_on = models.DateField(_("Form 8282 filed"), null=True, blank=True)
    form_8282_filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("disposal")
        verbose_name_plural = _("disposals")
        constraints = [
            models.CheckConstraint(
                name="form_8282_filed_if_due_and_by_whom",
                condition=Q(form_8282_filed_on=None, form_8282_filed_by=None)
                | Q(
                    form_8282_due_on__isnull=False,
                    form_8282_filed_on__isnull=False,
                    form_8282_filed_by__isnull=False,
                ),
            )
        ]
        triggers = [
            rules.never_deleted("disposal_kept"),
            rules.frozen(
                "disposal_is_as_recorded",
                *("thing_id", "disposed_on", "how", "to_whom", "why", "by_id", "at"),
            ),
            rules.frozen(
                "form_8282_filed_once",
                *("form_8282_filed_on", "form_8282_filed_by_id"),
                when='OLD."form_8282_filed_on" IS NOT NULL',
            ),
        ]

    def __str__(self) -> str:
        return f"{self.thing_id} {self.how}"
