"""Which thing goes to which need: proposed by a run, approved by a person."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import rules
from gifts.vault.models.needs import Need


class MatchRun(models.Model):
    """One proposal over all open needs and all things that are ready."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        DECIDED = "decided", _("Decided")
        DROPPED = "dropped", _("Dropped")

    made_at = models.DateTimeField(_("when"), auto_now_add=True)
    user_id = models.BigIntegerField()
    who = models.CharField(_("who"), max_length=254)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PROPOSED)
    needs_read = models.PositiveIntegerField(_("open needs"))
    things_read = models.PositiveIntegerField(_("things ready"))
    # Of all that went in: the same input gives the same answer.
    input_sha256 = models.CharField(max_length=64)
    # What the screen shows beside the matches: who is left without, what it costs.
    figures = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("matching run")
        verbose_name_plural = _("matching runs")
        ordering = ["-pk"]
        default_permissions = ("view",)
        permissions = [
            ("run_matching", "Can propose matches"),
            ("approve_matching", "Can approve matches"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="proposed"), name="one_proposal_at_a_time"
            )
        ]
        triggers = [
            rules.never_deleted("matchrun_kept"),
            rules.frozen("matchrun_is_as_made", "made_at", "user_id", "figures", "input_sha256"),
            rules.frozen("matchrun_decided_once", "state", when="OLD.\"state\" <> 'proposed'"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class Match(models.Model):
    """One thing for one need."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved")
        DROPPED = "dropped", _("Dropped")
        # It came to its end: the thing is in use, or both are free again.
        ENDED = "ended", _("Ended")

    # Both constraints below begin with the run: it needs no index of its own.
    run = models.ForeignKey(MatchRun, models.PROTECT, related_name="matches", db_index=False)
    need = models.ForeignKey(Need, models.PROTECT, related_name="matches")
    # The thing itself is beyond the wall; this code is on its label.
    unit_code = models.CharField(_("thing"), max_length=9)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PROPOSED)
    cost = models.BigIntegerField(_("cost"))
    reasons = models.JSONField(_("reasons"), default=list)
    decided_by = models.BigIntegerField(null=True)
    decided_who = models.CharField(_("decided by"), max_length=254, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_why = models.CharField(_("why it ended"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        ordering = ["pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["run", "need"], name="one_match_of_a_need_in_a_run"),
            models.UniqueConstraint(
                fields=["run", "unit_code"], name="one_match_of_a_thing_in_a_run"
            ),
            models.UniqueConstraint(
                fields=["need"], condition=Q(state="approved"), name="one_living_match_of_a_need"
            ),
            models.UniqueConstraint(
                fields=["unit_code"],
                condition=Q(state="approved"),
                name="one_living_match_of_a_thing",
            ),
            models.CheckConstraint(
                name="match_ended_says_when", condition=Q(state="ended") ^ Q(ended_at=None)
            ),
        ]
        triggers = [
            rules.never_deleted("match_kept"),
            rules.frozen(
                "match_is_as_proposed", "run_id", "need_id", "unit_code", "reasons", "cost"
            ),
            rules.frozen("match_over", "state", when="OLD.\"state\" IN ('dropped', 'ended')"),
            pgtrigger.Trigger(
                name="match_ends_with_its_parcel",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition("NEW.\"state\" = 'ended'"),
                # At the commit: what it sent on its way was confirmed, written off or recalled.
                func="""
                    IF EXISTS (
                        SELECT 1 FROM vault_parcel p
                        WHERE p.match_id = NEW.id
                          AND p.state IN ('packed', 'shipped', 'arrived', 'not_received')
                    ) THEN
                        RAISE EXCEPTION 'match % has a parcel on its way', NEW.id;
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need_id} {self.unit_code}"
