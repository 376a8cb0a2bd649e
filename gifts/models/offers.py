"""What people offer to give: a thing instead of money, from the form to the last paper."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import rules
from gifts.models.catalogue import ItemKind

LARGEST_QUANTITY = 100
STEPS = [
    ("offered", "accepted"),
    ("offered", "declined"),
    ("offered", "withdrawn"),
    ("accepted", "received"),
    ("accepted", "withdrawn"),
    # It never came.
    ("accepted", "closed"),
    ("received", "closed"),
]


class Offer(models.Model):
    """Things somebody would give. Said and typed facts stay as they are; what came is another row.

    offered → accepted → received → closed; declined by us, withdrawn by whoever offered.
    """

    class State(models.TextChoices):
        OFFERED = "offered", _("To be decided")
        ACCEPTED = "accepted", _("Accepted, on its way to us")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        RECEIVED = "received", _("Received")
        CLOSED = "closed", _("Closed")

    class Age(models.TextChoices):
        NEW = "new", _("Less than 2 years")
        MIDDLE = "middle", _("2 to 4 years")
        OLD = "old", _("5 to 7 years")
        OLDER = "older", _("Older")
        UNKNOWN = "unknown", _("I don't know")

    class Condition(models.TextChoices):
        UNUSED = "unused", _("Unused")
        GOOD = "good", _("Works well")
        WORN = "worn", _("Works, with signs of use")
        FAULTY = "faulty", _("Something is broken")

    class Charger(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        NONE = "none", _("It needs none")

    class Way(models.TextChoices):
        SHIPPING = "shipping", _("I send it by mail or parcel")
        DROP_OFF = "drop_off", _("I bring it to you")

    # 32 hexadecimal digits; the first eight are told on the telephone.
    reference = models.CharField(_("number"), max_length=32, unique=True)
    form_token = models.CharField(max_length=64, unique=True)
    kind = models.ForeignKey(
        ItemKind, models.PROTECT, related_name="offers", verbose_name=_("kind of thing")
    )
    description = models.CharField(_("make and model"), max_length=200)
    quantity = models.PositiveSmallIntegerField(_("how many"))
    age = models.CharField(_("how old"), max_length=8, choices=Age)
    condition = models.CharField(_("condition"), max_length=8, choices=Condition)
    charger = models.CharField(_("charger"), max_length=4, choices=Charger)
    way = models.CharField(_("how it comes to us"), max_length=8, choices=Way)
    message = models.TextField(_("message"), max_length=1000, blank=True)
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"))
    country = models.CharField(_("country"), max_length=2)
    language = models.CharField(_("language"), max_length=8, default="en")
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OFFERED)
    offered_at = models.DateTimeField(_("offered"), auto_now_add=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # What the donor was told: why not, or how and where to.
    answer = models.TextField(_("our answer"), max_length=2000, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # As the donor states it on Form 8283, which we sign; never on a paper of ours.
    claimed_minor = models.PositiveBigIntegerField(_("value claimed"), null=True, blank=True)
    form_8283_signed_on = models.DateField(_("Form 8283 signed"), null=True, blank=True)
    form_8283_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["-offered_at", "-pk"]
        permissions = [
            ("decide_offer", "Can accept or decline offers and close them"),
            ("receive_offer", "Can take in what arrives, and write its papers"),
            ("sign_form_8283", "Can record the claimed value and Forms 8283 and 8282"),
        ]
        indexes = [models.Index(fields=["state", "offered_at"], name="offer_by_state")]
        constraints = [
            models.CheckConstraint(
                name="offer_is_of_some",
                condition=Q(quantity__gte=1, quantity__lte=LARGEST_QUANTITY),
            ),
            models.CheckConstraint(
                name="offer_decided_by_whom_and_how",
                condition=Q(state="offered", decided_at=None, decided_by=None, answer="")
                | Q(state="withdrawn")
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(answer="")),
            ),
            models.CheckConstraint(
                name="offer_ended_when",
                condition=Q(state__in=["declined", "withdrawn", "closed"], ended_at__isnull=False)
                | Q(state__in=["offered", "accepted", "received"], ended_at=None),
            ),
            models.CheckConstraint(
                name="offer_claim_is_signed",
                condition=Q(claimed_minor=None, form_8283_signed_on=None, form_8283_signed_by=None)
                | Q(
                    claimed_minor__gt=0,
                    form_8283_signed_on__isnull=False,
                    form_8283_signed_by__isnull=False,
                ),
            ),
        ]
        triggers = [
            rules.never_deleted("offer_kept"),
            rules.starts_as("offer_starts_undecided", "state", "offered"),
            pgtrigger.FSM(name="offer_state_steps", field="state", transitions=STEPS),
            rules.frozen(
                "offer_is_as_typed",
                *("reference", "form_token", "kind_id", "description", "quantity", "age"),
                *("condition", "charger", "way", "message", "name", "country", "offered_at"),
            ),
            rules.frozen(
                "offer_answered_once",
                *("decided_at", "decided_by_id", "answer"),
                when='OLD."decided_at" IS NOT NULL',
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """To tell on the telephone."""
        return self.reference[:8].upper()

    @property
    def what(self) -> str:
        """ "2 Laptops: ThinkPad T480", in the language of the moment."""
        kind = self.kind.public_name if self.quantity == 1 else self.kind.public_plural
        return f"{self.quantity} {kind}: {self.description}"


class OfferPhoto(models.Model):
    """A picture of the thing, drawn anew. Only staff see it; it goes when the offer ends."""

    offer = models.OneToOneField(Offer, models.PROTECT, primary_key=True, related_name="photo")
    data = models.BinaryField()
    mime = models.CharField(max_length=20)

    def __str__(self) -> str:
        return str(self.offer_id)


class HandoverText(models.Model):
    """Where things are sent or brought; put into the answer to an offer that is accepted."""

    way = models.CharField(_("how it comes to us"), max_length=8, choices=Offer.Way, unique=True)
    text = models.TextField(_("instructions"), max_length=1500)
    text_es = models.TextField(_("instructions in Spanish"), max_length=1500)

    class Meta:
        verbose_name = _("instructions for things")
        verbose_name_plural = _("instructions for things")

    def __str__(self) -> str:
        return str(self.get_way_display())
