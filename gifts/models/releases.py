"""News from the person's side of the trace, for groups of at least eleven things alone.

A thing's news is the cell it stands in: a stage, a month and a region of the world. Whoever knows
all news ever published learns no more of a thing than of the ten others beside it.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core import rules
from gifts.models.catalogue import ItemKind, Region
from gifts.models.units import Unit
from gifts.models.wishes import Wish


class Stage(models.TextChoices):
    HANDED_OVER = "handed_over", _("With the partner")
    CONFIRMED = "confirmed", _("In use")


class Release(models.Model):
    """All news of one quarter, published on one announced day."""

    # Its first day.
    quarter = models.DateField(_("quarter"), unique=True)
    made_at = models.DateTimeField(_("published"), auto_now_add=True)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-quarter"]
        default_permissions = ("view",)
        triggers = [rules.append_only("release_written_once")]

    def __str__(self) -> str:
        return f"{self.quarter:%Y}, {(self.quarter.month + 2) // 3}"


class ReleaseCell(models.Model):
    """At least eleven things of different people that came to one stage, told of as one."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="cells")
    stage = models.CharField(_("stage"), max_length=11, choices=Stage)
    # None: all kinds together.
    kind = models.ForeignKey(ItemKind, models.PROTECT, null=True, related_name="+")
    region = models.CharField(_("region"), max_length=16, choices=Region)
    # In use now; these were told to be with the partner as one cell. They split into parts of
    # eleven at least, so that not even two releases together tell of fewer.
    earlier = models.ForeignKey("self", models.PROTECT, null=True, related_name="later")

    class Meta:
        verbose_name = _("cell of a release")
        verbose_name_plural = _("cells of releases")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="cell_earlier_is_of_what_is_in_use_now",
                condition=Q(earlier=None) | Q(stage="confirmed"),
            )
        ]
        triggers = [rules.append_only("releasecell_written_once")]

    def __str__(self) -> str:
        return f"{self.release_id} {self.stage} {self.region}"


class ReleasedUnit(models.Model):
    """One thing in one cell. All things of a cell are written at once."""

    cell = models.ForeignKey(ReleaseCell, models.PROTECT, related_name="units")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="released")
    stage = models.CharField(max_length=11, choices=Stage)

    class Meta:
        verbose_name = _("thing in a release")
        verbose_name_plural = _("things in releases")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["unit", "stage"], name="thing_released_once_per_stage")
        ]
        triggers = [
            rules.append_only("releasedunit_written_once"),
            pgtrigger.Trigger(
                name="releasedunit_in_cells_of_eleven",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="fresh"),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM fresh f JOIN gifts_releasedunit r ON r.cell_id = f.cell_id
                        GROUP BY f.cell_id HAVING COUNT(DISTINCT r.unit_id) < 11
                    ) THEN
                        RAISE EXCEPTION 'a cell of a release holds eleven things at least';
                    END IF;
                    IF EXISTS (
                        SELECT 1 FROM fresh f JOIN gifts_releasecell c ON c.id = f.cell_id
                        WHERE c.stage <> f.stage OR c.earlier_id IS DISTINCT FROM (
                            SELECT e.cell_id FROM gifts_releasedunit e
                            WHERE e.unit_id = f.unit_id AND e.stage = 'handed_over'
                              AND f.stage = 'confirmed')
                    ) THEN
                        RAISE EXCEPTION 'a thing comes on with those it was told of with';
                    END IF;
                    IF EXISTS (
                        SELECT 1 FROM gifts_releasedunit e
                        WHERE e.stage = 'handed_over' AND e.cell_id IN (
                            SELECT c.earlier_id FROM fresh f
                            JOIN gifts_releasecell c ON c.id = f.cell_id)
                          AND NOT EXISTS (
                            SELECT 1 FROM gifts_releasedunit l
                            WHERE l.unit_id = e.unit_id AND l.stage = 'confirmed')
                        GROUP BY e.cell_id HAVING COUNT(*) < 11
                    ) THEN
                        RAISE EXCEPTION 'what stays behind of a cell is eleven things at least';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cell_id} {self.unit_id}"


class ReleaseNote(models.Model):
    """What a partner says of one pool's things: to all its donors, of no single person."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="notes")
    wish = models.ForeignKey(
        Wish, models.PROTECT, related_name="release_notes", verbose_name=_("wish")
    )
    text = models.CharField(_("text"), max_length=400)
    text_es = models.CharField(_("text, Spanish"), max_length=400)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written"), auto_now_add=True)
    passed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    passed_at = models.DateTimeField(_("passed"), null=True)
    # Taking down is one click of one person.
    taken_down_at = models.DateTimeField(_("taken down"), null=True)

    class Meta:
        verbose_name = _("note of a partner")
        verbose_name_plural = _("notes of partners")
        ordering = ["-pk"]
        default_permissions = ("view", "add")
        permissions = [("pass_releasenote", "Can pass the note of a partner that another wrote")]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "wish"],
                condition=Q(taken_down_at=None),
                name="one_note_of_a_pool_in_a_release",
            ),
            models.CheckConstraint(
                name="note_by_two_people",
                condition=Q(passed_by=None, passed_at=None)
                | Q(passed_by__isnull=False, passed_at__isnull=False)
                & ~Q(passed_by=F("written_by")),
            ),
        ]
        triggers = [
            rules.never_deleted("releasenote_kept"),
            rules.frozen(
                "releasenote_is_as_written",
                *("release_id", "wish_id", "text", "text_es", "written_by_id", "written_at"),
            ),
            rules.frozen(
                "releasenote_passed_once", "passed_by_id", when='OLD."passed_at" IS NOT NULL'
            ),
            rules.frozen(
                "releasenote_stays_down",
                *("taken_down_at", "passed_at"),
                when='OLD."taken_down_at" IS NOT NULL',
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release} {self.wish}"

    @property
    def public_text(self) -> str:
        return (get_language() == "es" and self.text_es) or self.text
