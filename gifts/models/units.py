"""Single things, their steps, and whose gifts bought them.

ordered ──────────────┐
offered ─→ accepted ──┴→ received ─→ tested ─→ wiped ─→ ready ⇄ matched → shipped → handed over
   └→ declined             bought things, and given ones that are no devices, skip what they need
                           not; → damaged, returned, lost, disposed on the way  → confirmed
   └→ canceled with its order: what gifts paid for it is free again
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import rules
from gifts.models.catalogue import ItemKind

FAULTS = ("damaged", "returned", "lost", "disposed")
STEPS = [
    ("offered", "accepted"),
    ("offered", "declined"),
    ("accepted", "received"),
    # It never came, or it came and was not what was offered.
    ("accepted", "declined"),
    ("accepted", "lost"),
    ("ordered", "received"),
    *(("ordered", after) for after in ("damaged", "returned", "lost", "canceled")),
    *(("received", after) for after in ("tested", "ready", *FAULTS)),
    *(("tested", after) for after in ("wiped", "ready", *FAULTS)),
    *(("wiped", after) for after in ("ready", *FAULTS)),
    *(("ready", after) for after in ("matched", *FAULTS)),
    # A need that was withdrawn frees its unit.
    *(("matched", after) for after in ("ready", "shipped", *FAULTS)),
    # Bought by the partner itself, or paid straight to a school: nothing travels.
    ("matched", "handed_over"),
    *(("shipped", after) for after in ("handed_over", *FAULTS)),
    *(("handed_over", after) for after in ("confirmed", *FAULTS)),
    # Repaired, found again or sent back to us: checked as if it had just come.
    *((before, "received") for before in ("damaged", "lost", "returned")),
    # A given thing that cannot be used, as one that is still locked.
    *((before, "declined") for before in ("received", "tested")),
    *(("declined", after) for after in ("returned", "disposed")),
    ("damaged", "returned"),
    ("damaged", "disposed"),
]


class Unit(models.Model):
    """One physical thing, bought or given in kind. Its state is that of its last step."""

    class Origin(models.TextChoices):
        BOUGHT = "bought", _("Bought")
        GIVEN = "given", _("Given in kind")

    class State(models.TextChoices):
        OFFERED = "offered", _("Offered")
        ACCEPTED = "accepted", _("Accepted, on its way to us")
        DECLINED = "declined", _("Declined")
        ORDERED = "ordered", _("Ordered")
        RECEIVED = "received", _("Received")
        TESTED = "tested", _("Tested")
        WIPED = "wiped", _("Erased and checked")
        READY = "ready", _("Ready")
        MATCHED = "matched", _("Matched")
        SHIPPED = "shipped", _("On its way")
        HANDED_OVER = "handed_over", _("Handed over")
        CONFIRMED = "confirmed", _("In use")
        DAMAGED = "damaged", _("Damaged")
        RETURNED = "returned", _("Returned")
        LOST = "lost", _("Lost")
        DISPOSED = "disposed", _("Disposed of")
        # Its order was canceled, or it was neither billed nor sent: its money is free again.
        CANCELED = "canceled", _("Canceled")

    # Random and readable, on its label: the only name it has on both sides of the wall.
    code = models.CharField(_("code"), max_length=9, unique=True)
    kind = models.ForeignKey(
        ItemKind, models.PROTECT, related_name="units", verbose_name=_("kind of thing")
    )
    # None: general stock.
    wish = models.ForeignKey(
        "gifts.Wish",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="units",
        verbose_name=_("wish"),
    )
    origin = models.CharField(_("origin"), max_length=6, choices=Origin)
    state = models.CharField(_("state"), max_length=12, choices=State)
    # What donors' money pays for it, in the kind's currency; none for what was given.
    cost_minor = models.PositiveBigIntegerField(_("cost"), null=True, blank=True)
    made_at = models.DateTimeField(_("since"), auto_now_add=True)
    # When its last step was taken.
    moved_at = models.DateTimeField(_("in this state since"), auto_now_add=True)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["-made_at", "-pk"]
        permissions = [("move_unit", "Can take a unit to its next step")]
        indexes = [models.Index(fields=["state", "moved_at"], name="unit_by_state")]
        constraints = [
            models.CheckConstraint(
                name="unit_cost_is_of_bought_ones",
                condition=Q(cost_minor=None) | Q(origin="bought", cost_minor__gt=0),
            )
        ]
        triggers = [
            rules.never_deleted("unit_kept"),
            rules.frozen("unit_is_what_it_is", "code", "kind_id", "origin", "made_at"),
            rules.frozen("unit_wish_frozen", "wish_id", when='OLD."wish_id" IS NOT NULL'),
            rules.frozen("unit_cost_frozen", "cost_minor", when='OLD."cost_minor" IS NOT NULL'),
            pgtrigger.Trigger(
                name="unit_starts_as_its_origin_says",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition(
                    'NEW."origin" || \' \' || NEW."state"'
                    " NOT IN ('bought ordered', 'given offered')"
                ),
                func="RAISE EXCEPTION 'a unit that is % cannot begin as %', NEW.origin, NEW.state;",
            ),
            pgtrigger.FSM(name="unit_state_steps", field="state", transitions=STEPS),
            pgtrigger.Trigger(
                name="unit_state_is_its_last_step",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    'OLD."state" <> NEW."state" OR OLD."moved_at" <> NEW."moved_at"'
                ),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM (
                            SELECT s.state, s.at FROM gifts_unitstep s
                            WHERE s.unit_id = NEW.id ORDER BY s.id DESC LIMIT 1
                        ) last WHERE last.state = NEW.state AND last.at = NEW.moved_at
                    ) THEN
                        RAISE EXCEPTION 'the state of unit % is moved by its steps', NEW.code;
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="unit_given_device_is_ready_once_wiped",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.\"origin\" = 'given' AND NEW.\"state\" = 'ready'"
                    " AND OLD.\"state\" IN ('received', 'tested')"
                ),
                func="""
                    IF (SELECT is_device FROM gifts_itemkind WHERE id = NEW.kind_id) THEN
                        RAISE EXCEPTION 'unit % is a device that was not erased', NEW.code;
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="unit_given_device_is_ready_once_checked",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.\"origin\" = 'given' AND NEW.\"state\" = 'ready'"
                    " AND OLD.\"state\" <> 'ready'"
                ),
                # Six kinds of checks, the latest of each passed, and since it last came to us.
                func="""
                    IF (SELECT is_device FROM gifts_itemkind WHERE id = NEW.kind_id) AND 6 <> (
                        SELECT COUNT(*) FROM (
                            SELECT DISTINCT ON (c.check_kind) c.passed FROM gifts_devicecheck c
                            WHERE c.thing_id = NEW.id AND c.at >= (
                                SELECT MAX(s.at) FROM gifts_unitstep s
                                WHERE s.unit_id = NEW.id AND s.state = 'received'
                            )
                            ORDER BY c.check_kind, c.id DESC
                        ) latest WHERE latest.passed
                    ) THEN
                        RAISE EXCEPTION 'unit % has not passed every check', NEW.code;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.code


class UnitStep(models.Model):
    """One change of a unit's state: what, when, by whom. Written once; moves the unit by itself."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="steps")
    state = models.CharField(_("state"), max_length=12, choices=Unit.State)
    at = models.DateTimeField(_("when"), auto_now_add=True)
    # None: the system, by a job.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    # The confidential part's message that this step carried over; each is taken once.
    outbox = models.BigIntegerField(null=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("step of a unit")
        verbose_name_plural = _("steps of units")
        ordering = ["pk"]
        triggers = [
            rules.append_only("unitstep_written_once"),
            pgtrigger.Trigger(
                name="unitstep_moves_the_unit",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                    UPDATE gifts_unit SET state = NEW.state, moved_at = NEW.at
                    WHERE id = NEW.unit_id;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.state}"


class UnitShare(models.Model):
    """What one gift's line paid toward one unit. All shares of a unit are written at once."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="shares")
    line = models.ForeignKey("donations.DonationLine", models.PROTECT, related_name="unit_shares")
    amount_minor = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = _("share of a unit")
        verbose_name_plural = _("shares of units")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="share_is_something", condition=Q(amount_minor__gt=0)),
            models.UniqueConstraint(fields=["unit", "line"], name="one_share_of_a_line_in_a_unit"),
        ]
        triggers = [
            rules.append_only("share_written_once"),
            pgtrigger.Trigger(
                name="share_sums_are_whole",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="fresh"),
                # The lines are locked first: two orders at once never spend one line twice.
                func="""
                    PERFORM 1 FROM donations_donationline
                    WHERE id IN (SELECT line_id FROM fresh) ORDER BY id FOR UPDATE;
                    IF EXISTS (
                        SELECT 1 FROM gifts_unit u
                        WHERE u.id IN (SELECT unit_id FROM fresh)
                          AND u.cost_minor IS DISTINCT FROM (
                            SELECT SUM(s.amount_minor) FROM gifts_unitshare s
                            WHERE s.unit_id = u.id)
                    ) THEN
                        RAISE EXCEPTION 'the shares of a unit must add up to its cost';
                    END IF;
                    IF EXISTS (
                        SELECT 1 FROM donations_donationline l
                        WHERE l.id IN (SELECT line_id FROM fresh)
                          AND l.amount_minor < (
                            SELECT SUM(s.amount_minor) FROM gifts_unitshare s
                            JOIN gifts_unit u ON u.id = s.unit_id
                            WHERE s.line_id = l.id AND u.state <> 'canceled')
                    ) THEN
                        RAISE EXCEPTION 'a line of a gift pays no more than it is';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} of {self.line_id} in {self.unit_id}"
