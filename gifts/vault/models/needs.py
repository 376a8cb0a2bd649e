"""What one person needs, as a partner's case worker stated it.

draft → verified → open ⇄ matched → delivered → closed; or withdrawn, expired
"""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import rules
from gifts.vault.models.keys import Sealed
from gifts.vault.models.partners import Partner

STEPS = [
    ("draft", "verified"),
    ("verified", "open"),
    ("open", "matched"),
    # Its thing was lost, or is needed elsewhere.
    ("matched", "open"),
    ("matched", "delivered"),
    # It came to the partner, and was damaged or lost there.
    ("delivered", "open"),
    ("delivered", "closed"),
    *((before, "withdrawn") for before in ("draft", "verified", "open", "matched", "delivered")),
    *((before, "expired") for before in ("draft", "verified", "open")),
]
SAID = ("say_asked", "say_told", "say_may_refuse")


class Recipient(Sealed):
    """A person whom a partner looks after. All that is known of her is inside."""

    CONFIDENTIAL = ("name", "contact", "note")

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="recipients")
    code = models.CharField(_("code"), max_length=9, unique=True)
    since = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta(Sealed.Meta):
        verbose_name = _("person")
        verbose_name_plural = _("people")
        default_permissions = ("view", "add", "change")
        permissions = [("erase_recipient", "Can erase what is held about a person")]
        triggers = [
            rules.never_deleted("recipient_kept"),
            rules.frozen("recipient_is_who_she_is", "partner_id", "code"),
        ]

    def __str__(self) -> str:
        return self.code


class Need(Sealed):
    """One thing that one person needs. The plain columns say nothing of who she is."""

    # `typed`: a step that came in after its session had ended, until its author is back.
    CONFIDENTIAL = ("what_for", "note", "typed")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        VERIFIED = "verified", _("Verified")
        OPEN = "open", _("Open")
        MATCHED = "matched", _("Matched")
        DELIVERED = "delivered", _("Delivered")
        CLOSED = "closed", _("Closed")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    class Band(models.TextChoices):
        BASIC = "basic", _("Basic education")
        SECONDARY = "secondary", _("Secondary education")
        VOCATIONAL = "vocational", _("Vocational training")
        HIGHER = "higher", _("Higher education")

    class Class(models.IntegerChoices):
        """How capable the thing must be at least."""

        ANY = 0, _("Any")
        BASIC = 1, _("Basic: reading, writing, calls")
        STANDARD = 2, _("Standard: office work, courses")
        STRONG = 3, _("Strong: pictures, programming")

    class Whose(models.TextChoices):
        """Whose word it is that she asked for it."""

        ADULT = "adult", _("The person herself, of age")
        GUARDIAN = "guardian", _("Her guardian, with the child's assent")

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="needs")
    # Drafts come before the person is named.
    recipient = models.ForeignKey(Recipient, models.PROTECT, null=True, related_name="needs")
    code = models.CharField(_("code"), max_length=9, unique=True)
    # Sent twice is one need.
    form_token = models.CharField(max_length=40, unique=True, null=True)
    # By their codes in the catalogue: kinds of things, purposes and regions live beyond the wall.
    kind = models.CharField(_("kind of thing"), max_length=40, blank=True)
    purpose = models.CharField(_("purpose"), max_length=16, blank=True)
    region = models.CharField(_("region"), max_length=16)
    band = models.CharField(_("education"), max_length=10, choices=Band, blank=True)
    spec_class = models.PositiveSmallIntegerField(_("at least"), choices=Class, default=Class.ANY)
    keyboard = models.CharField(_("keyboard"), max_length=5, blank=True)
    voltage = models.CharField(_("mains voltage"), max_length=3, blank=True)
    # 1 first.
    priority = models.PositiveSmallIntegerField(_("priority"), default=2)
    needed_by = models.DateField(_("needed by"), null=True, blank=True)
    # When the case worker sent it; none while she still writes.
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT)
    moved_at = models.DateTimeField(_("since"), auto_now_add=True)
    made_at = models.DateTimeField(_("stated"), auto_now_add=True)
    # The survivor's say, as her case worker recorded it.
    say_asked = models.BooleanField(_("she asked for it"), default=False)
    say_told = models.BooleanField(_("she was told how it is used"), default=False)
    say_may_refuse = models.BooleanField(
        _("she may refuse without losing any service"), default=False
    )
    say_language = models.CharField(_("in which language"), max_length=40, blank=True)
    say_whose = models.CharField(_("whose word"), max_length=8, choices=Whose, blank=True)
    stated_by = models.BigIntegerField()
    stated_who = models.CharField(_("stated by"), max_length=254)
    # Entered by staff for a case worker on the telephone: who typed.
    typed_by = models.BigIntegerField(null=True)
    typed_who = models.CharField(_("typed by"), max_length=254, blank=True)
    verified_by = models.BigIntegerField(null=True)
    verified_who = models.CharField(_("verified by"), max_length=254, blank=True)
    verified_at = models.DateTimeField(_("verified"), null=True)
    # The first day of the month in which it may come, as staff expect it.
    expected_month = models.DateField(_("expected in"), null=True, blank=True)
    # Why it is not possible, or ended: the partner reads it.
    answer = models.CharField(_("answer to the partner"), max_length=200, blank=True)

    class Meta(Sealed.Meta):
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        ordering = ["-made_at"]
        default_permissions = ("view", "add", "change")
        permissions = [("verify_need", "Can verify a need")]
        indexes = [
            models.Index(fields=["state", "kind", "region", "purpose"], name="need_by_cell"),
            models.Index(fields=["partner", "state"], name="need_by_partner"),
        ]
        constraints = [
            *Sealed.Meta.constraints,
            models.CheckConstraint(
                name="need_priority_of_three", condition=Q(priority__range=(1, 3))
            ),
            models.CheckConstraint(
                name="need_says_what_and_whose_wish_it_is",
                condition=Q(state__in=["draft", "withdrawn", "expired"])
                | Q(
                    recipient__isnull=False,
                    sent_at__isnull=False,
                    say_asked=True,
                    say_told=True,
                    say_may_refuse=True,
                    verified_at__isnull=False,
                )
                & ~Q(kind="")
                & ~Q(purpose="")
                & ~Q(band="")
                & ~Q(say_language="")
                & ~Q(say_whose=""),
            ),
            models.CheckConstraint(
                name="need_verified_by_another",
                condition=Q(verified_by=None, verified_at=None)
                | Q(verified_by__isnull=False, verified_at__isnull=False)
                & ~Q(verified_by=F("stated_by"))
                & (Q(typed_by=None) | ~Q(verified_by=F("typed_by"))),
            ),
        ]
        triggers = [
            rules.never_deleted("need_kept"),
            rules.frozen(
                "need_is_what_it_is", "partner_id", "code", "made_at", "stated_by", "region"
            ),
            rules.frozen(
                "need_changes_in_draft_alone",
                *("recipient_id", "kind", "purpose", "band", *SAID, "say_language", "say_whose"),
                when="OLD.\"state\" <> 'draft'",
            ),
            rules.starts_as("need_starts_as_draft", "state", "draft"),
            pgtrigger.FSM(name="need_state_steps", field="state", transitions=STEPS),
            pgtrigger.Trigger(
                name="need_state_is_its_last_step",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    'OLD."state" <> NEW."state" OR OLD."moved_at" <> NEW."moved_at"'
                ),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM (
                            SELECT s.state, s.at FROM vault_needstep s
                            WHERE s.need_id = NEW.id ORDER BY s.id DESC LIMIT 1
                        ) last WHERE last.state = NEW.state AND last.at = NEW.moved_at
                    ) THEN
                        RAISE EXCEPTION 'the state of need % is moved by its steps', NEW.code;
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="need_that_ends_frees_its_thing",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition("NEW.\"state\" NOT IN ('matched', 'delivered')"),
                # At the commit, by what stands there then.
                func="""
                    IF EXISTS (
                        SELECT 1 FROM vault_match m JOIN vault_need n ON n.id = m.need_id
                        WHERE n.id = NEW.id AND m.state = 'approved'
                          AND n.state NOT IN ('matched', 'delivered')
                    ) THEN
                        RAISE EXCEPTION 'need % still holds a thing', NEW.code;
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.code


class NeedStep(models.Model):
    """One change of a need's state. Written once; moves the need by itself."""

    need = models.ForeignKey(Need, models.PROTECT, related_name="steps")
    state = models.CharField(_("state"), max_length=9, choices=Need.State)
    at = models.DateTimeField(_("when"), auto_now_add=True)
    # None: the system, by a job.
    user_id = models.BigIntegerField(null=True)
    who = models.CharField(_("who"), max_length=254, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        triggers = [
            rules.append_only("needstep_written_once"),
            pgtrigger.Trigger(
                name="needstep_moves_the_need",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                    UPDATE vault_need SET state = NEW.state, moved_at = NEW.at
                    WHERE id = NEW.need_id;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need_id} {self.state}"
