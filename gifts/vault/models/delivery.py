"""Things on their way to a partner: in batches to its public office, each with its own end.

batch   packing → shipped → arrived → closed; or canceled before it left
parcel  packed → shipped → arrived → confirmed | damaged | lost
        not_received: its partner misses it, we look for it
        canceled: taken out again; recalled → returned: its need was withdrawn on the way
"""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import rules
from gifts.vault.models.matches import Match
from gifts.vault.models.partners import Partner

BATCH_STEPS = [
    ("packing", "shipped"),
    ("packing", "canceled"),
    ("shipped", "arrived"),
    # Each of its things came to its end, by the word of the partner or of nobody.
    ("shipped", "closed"),
    ("arrived", "closed"),
]
STEPS = [
    *(("packed", after) for after in ("shipped", "canceled", "damaged", "lost")),
    *(("shipped", after) for after in ("arrived", "not_received", "damaged", "lost", "recalled")),
    *(("arrived", after) for after in ("confirmed", "not_received", "damaged", "lost", "recalled")),
    # It came after all, or was found broken.
    *(("not_received", after) for after in ("arrived", "damaged", "lost", "recalled")),
    *(("recalled", after) for after in ("returned", "damaged", "lost")),
]


class Batch(models.Model):
    """Things that travel together to one partner's public office."""

    class State(models.TextChoices):
        PACKING = "packing", _("Being packed")
        SHIPPED = "shipped", _("On its way")
        ARRIVED = "arrived", _("Arrived")
        CLOSED = "closed", _("Closed")
        CANCELED = "canceled", _("Canceled")

    # Written on the outside instead of a sender's reason or anybody's name.
    code = models.CharField(_("code"), max_length=9, unique=True)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="batches")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PACKING)
    moved_at = models.DateTimeField(_("since"), auto_now_add=True)
    carrier = models.CharField(_("carrier"), max_length=60, blank=True)
    expected_on = models.DateField(_("expected on"), null=True, blank=True)
    made_by = models.BigIntegerField()
    made_who = models.CharField(_("packed by"), max_length=254)
    made_at = models.DateTimeField(_("packed"), auto_now_add=True)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ["-pk"]
        default_permissions = ("view",)
        permissions = [("send_batch", "Can pack, ship and follow batches")]
        constraints = [
            models.CheckConstraint(
                name="batch_on_its_way_says_how",
                condition=Q(state__in=["packing", "canceled"])
                | (~Q(carrier="") & Q(expected_on__isnull=False)),
            )
        ]
        triggers = [
            rules.never_deleted("batch_kept"),
            rules.frozen("batch_is_as_made", "code", "partner_id", "made_by", "made_at"),
            rules.frozen("batch_goes_as_it_left", "carrier", when="OLD.\"state\" <> 'packing'"),
            rules.starts_as("batch_starts_in_packing", "state", "packing"),
            pgtrigger.FSM(name="batch_state_steps", field="state", transitions=BATCH_STEPS),
            rules.is_last_step("batch_state_is_its_last_step", "vault_batchstep", "batch_id"),
        ]

    def __str__(self) -> str:
        return self.code


class BatchStep(models.Model):
    """One change of a batch's state. Written once; moves the batch by itself."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="steps")
    state = models.CharField(_("state"), max_length=8, choices=Batch.State)
    at = models.DateTimeField(_("when"), auto_now_add=True)
    # None: the last of its things came to its end.
    user_id = models.BigIntegerField(null=True)
    who = models.CharField(_("who"), max_length=254, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        triggers = [
            rules.append_only("batchstep_written_once"),
            rules.step_moves("batchstep_moves_the_batch", "vault_batch", "batch_id"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.state}"


class Parcel(models.Model):
    """One matched thing on its way. Without a batch: bought or paid where it is needed."""

    class State(models.TextChoices):
        PACKED = "packed", _("Packed")
        SHIPPED = "shipped", _("On its way")
        ARRIVED = "arrived", _("With the partner")
        CONFIRMED = "confirmed", _("In use")
        NOT_RECEIVED = "not_received", _("Missed by the partner")
        DAMAGED = "damaged", _("Damaged")
        LOST = "lost", _("Lost")
        CANCELED = "canceled", _("Taken out before it left")
        RECALLED = "recalled", _("To come back to us")
        RETURNED = "returned", _("Came back to us")

    match = models.ForeignKey(Match, models.PROTECT, related_name="parcels")
    # The match's thing and the partner of its need: what a parcel is asked for by.
    unit_code = models.CharField(_("thing"), max_length=9)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="parcels")
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="parcels")
    state = models.CharField(_("state"), max_length=12, choices=State)
    moved_at = models.DateTimeField(_("since"), auto_now_add=True)
    made_at = models.DateTimeField(_("packed"), auto_now_add=True)

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        ordering = ["-pk"]
        default_permissions = ("view",)
        permissions = [("settle_parcel", "Can record what became of a parcel")]
        indexes = [
            models.Index(fields=["state", "moved_at"], name="parcel_by_state"),
            models.Index(fields=["partner", "unit_code"], name="parcel_by_code"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["match"],
                condition=Q(state__in=["packed", "shipped", "arrived", "not_received", "recalled"]),
                name="one_living_parcel_of_a_match",
            ),
            models.UniqueConstraint(
                fields=["unit_code"],
                condition=Q(state__in=["packed", "shipped", "arrived", "not_received", "recalled"]),
                name="one_living_parcel_of_a_thing",
            ),
            models.CheckConstraint(
                name="parcel_without_a_batch_does_not_travel",
                condition=Q(batch__isnull=False) | ~Q(state__in=["packed", "shipped", "canceled"]),
            ),
        ]
        triggers = [
            rules.never_deleted("parcel_kept"),
            rules.frozen(
                "parcel_is_what_it_is",
                *("match_id", "unit_code", "partner_id", "batch_id", "made_at"),
            ),
            pgtrigger.FSM(name="parcel_state_steps", field="state", transitions=STEPS),
            pgtrigger.Trigger(
                name="parcel_is_of_an_approved_match",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM vault_match m JOIN vault_need n ON n.id = m.need_id
                        WHERE m.id = NEW.match_id AND m.state = 'approved'
                          AND m.unit_code = NEW.unit_code AND n.partner_id = NEW.partner_id
                    ) THEN
                        RAISE EXCEPTION 'a parcel needs an approved match of thing and partner';
                    END IF;
                    IF NEW.batch_id IS NULL THEN
                        IF NEW.state <> 'arrived' THEN
                            RAISE EXCEPTION 'what does not travel begins with the partner';
                        END IF;
                    ELSIF NEW.state <> 'packed' OR NOT EXISTS (
                        SELECT 1 FROM vault_batch b
                        WHERE b.id = NEW.batch_id AND b.state = 'packing'
                          AND b.partner_id = NEW.partner_id
                    ) THEN
                        RAISE EXCEPTION 'a parcel begins in an open batch of its partner';
                    END IF;
                    RETURN NEW;
                """,
            ),
            rules.is_last_step("parcel_state_is_its_last_step", "vault_parcelstep", "parcel_id"),
        ]

    def __str__(self) -> str:
        return self.unit_code


class ParcelStep(models.Model):
    """One change of a parcel's state. Written once; moves the parcel by itself."""

    parcel = models.ForeignKey(Parcel, models.PROTECT, related_name="steps")
    state = models.CharField(_("state"), max_length=12, choices=Parcel.State)
    at = models.DateTimeField(_("when"), auto_now_add=True)
    # None: it followed from something else, as from the end of its need.
    user_id = models.BigIntegerField(null=True)
    who = models.CharField(_("who"), max_length=254, blank=True)
    # Staff wrote down what the partner said on the telephone.
    by_phone = models.BooleanField(_("by telephone"), default=False)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        triggers = [
            rules.append_only("parcelstep_written_once"),
            rules.step_moves("parcelstep_moves_the_parcel", "vault_parcel", "parcel_id"),
        ]

    def __str__(self) -> str:
        return f"{self.parcel_id} {self.state}"
