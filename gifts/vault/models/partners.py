"""Partners: the organisations that look after people and state their needs.

applied → assessed → active ⇄ review_due → suspended → closed
"""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import rules
from gifts.vault.models.keys import Sealed

STEPS = [
    ("applied", "assessed"),
    ("assessed", "active"),
    ("active", "review_due"),
    ("review_due", "active"),
    ("active", "suspended"),
    ("review_due", "suspended"),
    # After a new assessment.
    ("suspended", "active"),
    *((before, "closed") for before in ("applied", "assessed", "active", "review_due")),
    ("suspended", "closed"),
]


class Partner(Sealed):
    """One organisation. Its needs take part in matching while it is active or a review is due."""

    CONFIDENTIAL = ("office", "contact", "phone")

    class State(models.TextChoices):
        APPLIED = "applied", _("Applied")
        ASSESSED = "assessed", _("Assessed")
        ACTIVE = "active", _("Active")
        REVIEW_DUE = "review_due", _("Active, review due")
        SUSPENDED = "suspended", _("Suspended")
        CLOSED = "closed", _("Closed")

    code = models.CharField(_("code"), max_length=9, unique=True)
    name = models.CharField(_("name"), max_length=120)
    # A region of the world, by its code in the catalogue; the country only helps to ship.
    region = models.CharField(_("region"), max_length=16)
    country = models.CharField(_("country"), max_length=2)
    # What the case workers' pages begin in.
    language = models.CharField(_("language"), max_length=5, default="en")
    voltage = models.CharField(_("mains voltage"), max_length=3, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.APPLIED)
    moved_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta(Sealed.Meta):
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["name"]
        default_permissions = ("view", "add", "change")
        permissions = [("assess_partner", "Can sign a partner's assessment and change its state")]
        triggers = [
            rules.never_deleted("partner_kept"),
            rules.frozen("partner_is_who_it_is", "code", "region"),
            rules.starts_as("partner_starts_as_applied", "state", "applied"),
            pgtrigger.FSM(name="partner_state_steps", field="state", transitions=STEPS),
            pgtrigger.Trigger(
                name="partner_state_is_its_last_step",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    'OLD."state" <> NEW."state" OR OLD."moved_at" <> NEW."moved_at"'
                ),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM (
                            SELECT s.state, s.at FROM vault_partnerstep s
                            WHERE s.partner_id = NEW.id ORDER BY s.id DESC LIMIT 1
                        ) last WHERE last.state = NEW.state AND last.at = NEW.moved_at
                    ) THEN
                        RAISE EXCEPTION 'the state of a partner is moved by its steps';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="partner_active_after_two_signatures",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    'NEW."state" IN (\'assessed\', \'active\') AND OLD."state" <> NEW."state"'
                ),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM vault_assessment a
                        WHERE a.partner_id = NEW.id AND a.second_at IS NOT NULL
                          AND a.review_on > CURRENT_DATE
                    ) THEN
                        RAISE EXCEPTION 'partner % has no assessment signed by two', NEW.code;
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="partner_closes_with_nothing_left",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.\"state\" = 'closed' AND OLD.\"state\" <> 'closed'"
                ),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM vault_need n WHERE n.partner_id = NEW.id
                          AND n.state NOT IN ('closed', 'withdrawn', 'expired')
                    ) OR EXISTS (
                        SELECT 1 FROM vault_parcel p WHERE p.partner_id = NEW.id
                          AND p.state IN
                            ('packed', 'shipped', 'arrived', 'not_received', 'recalled')
                    ) THEN
                        RAISE EXCEPTION 'partner % has needs or things left', NEW.code;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def takes_part(self) -> bool:
        """May its users enter, and do its needs count?"""
        return self.state in (self.State.ACTIVE, self.State.REVIEW_DUE)


class PartnerStep(models.Model):
    """One change of a partner's state. Written once; moves the partner by itself."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="steps")
    state = models.CharField(_("state"), max_length=10, choices=Partner.State)
    at = models.DateTimeField(_("when"), auto_now_add=True)
    # None: the system, by a job.
    user_id = models.BigIntegerField(null=True)
    who = models.CharField(_("who"), max_length=254, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        triggers = [
            rules.append_only("partnerstep_written_once"),
            pgtrigger.Trigger(
                name="partnerstep_moves_the_partner",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                    UPDATE vault_partner SET state = NEW.state, moved_at = NEW.at
                    WHERE id = NEW.partner_id;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.state}"


class Assessment(models.Model):
    """A dated checklist over a partner, its data agreement, and two people's signatures."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="assessments")
    made_on = models.DateField(_("assessed on"))
    # From question to answer, as it was asked then.
    checklist = models.JSONField(_("checklist"))
    agreement_on = models.DateField(_("data agreement of"))
    review_on = models.DateField(_("next review"))
    first_by = models.BigIntegerField()
    first_who = models.CharField(_("first signature"), max_length=254)
    first_at = models.DateTimeField(auto_now_add=True)
    second_by = models.BigIntegerField(null=True)
    second_who = models.CharField(_("second signature"), max_length=254, blank=True)
    second_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["-pk"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                name="assessment_signed_by_two",
                condition=Q(second_by=None, second_at=None)
                | Q(second_by__isnull=False, second_at__isnull=False) & ~Q(second_by=F("first_by")),
            ),
            models.CheckConstraint(name="assessment_ends", condition=Q(review_on__gt=F("made_on"))),
        ]
        triggers = [
            rules.never_deleted("assessment_kept"),
            rules.frozen(
                "assessment_stays_as_signed",
                *("partner_id", "made_on", "checklist", "agreement_on", "review_on", "first_by"),
            ),
            rules.frozen(
                "assessment_signed_once",
                "second_by",
                "second_at",
                when='OLD."second_at" IS NOT NULL',
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.made_on}"


class PartnerUser(models.Model):
    """A case worker's sign-in, confirmed by her partner each quarter."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="users")
    user_id = models.BigIntegerField()
    who = models.CharField(_("who"), max_length=254)
    since = models.DateTimeField(_("since"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("confirmed"), auto_now_add=True)
    confirmed_who = models.CharField(_("confirmed by"), max_length=254, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_who = models.CharField(_("ended by"), max_length=254, blank=True)

    class Meta:
        verbose_name = _("case worker")
        verbose_name_plural = _("case workers")
        ordering = ["who"]
        default_permissions = ("view", "add", "change")
        constraints = [
            models.UniqueConstraint(
                fields=["user_id"], condition=Q(ended_at=None), name="user_works_for_one_partner"
            )
        ]
        triggers = [
            rules.never_deleted("partneruser_kept"),
            rules.frozen("partneruser_is_who_she_is", "partner_id", "user_id", "since"),
            rules.frozen("partneruser_ends_once", "ended_at", when='OLD."ended_at" IS NOT NULL'),
        ]

    def __str__(self) -> str:
        return self.who
