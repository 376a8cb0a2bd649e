"""Who learns: people behind private links, their attempts and certificates, and workplaces.

Nothing here is public but what a holder lets the page of a certificate's code show.
"""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.utils.translation import gettext_lazy as _

from campaigns.models.training_pages import Sector
from core import rules

GRADED = 'OLD."graded_at" IS NOT NULL'


class Workplace(models.Model):
    """An organization whose people learn together; its coordinator has one mailbox and no account.

    It asked in a form, which anybody can fill in; it counts once it is confirmed from the mailbox.
    """

    class Size(models.TextChoices):
        TEN = "10", _("up to 10 people")
        FIFTY = "50", _("11 to 50 people")
        QUARTER = "250", _("51 to 250 people")
        THOUSAND = "1000", _("251 to 1,000 people")
        MORE = "more", _("more than 1,000 people")

    name = models.CharField(_("name"), max_length=120)
    sector = models.ForeignKey(
        Sector, models.PROTECT, related_name="workplaces", verbose_name=_("sector")
    )
    size = models.CharField(_("size"), max_length=4, choices=Size)
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    # It agreed that its people's certificates name it.
    is_named = models.BooleanField(_("named on certificates"), default=False)
    # The form it came by: sent twice is once.
    reference = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField(_("asked"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    # Stands on posters, so it is no secret; None while nobody may join.
    join_token = models.CharField(max_length=64, unique=True, null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("organization in training")
        verbose_name_plural = _("organizations in training")
        default_permissions = ("view",)
        permissions = [("close_workplace", "Can close an organization's training")]
        constraints = [
            models.UniqueConstraint(Lower("email"), Lower("name"), name="workplace_asks_once"),
            models.CheckConstraint(
                name="workplace_is_joined_while_confirmed_and_open",
                condition=Q(join_token=None) | Q(confirmed_at__isnull=False, closed_at=None),
            ),
        ]
        triggers = [
            rules.frozen(
                "workplace_confirmed_once", "confirmed_at", when='OLD."confirmed_at" IS NOT NULL'
            ),
            rules.frozen("workplace_closed_once", "closed_at", when='OLD."closed_at" IS NOT NULL'),
        ]

    def __str__(self) -> str:
        return self.name


class Learner(models.Model):
    """Somebody who took a check, behind a private link. No name and no address is kept here."""

    workplace = models.ForeignKey(
        Workplace, models.SET_NULL, null=True, blank=True, related_name="learners"
    )
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    begun_at = models.DateTimeField()
    # When she last did something; what is left lying is erased by it.
    active_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"#{self.pk}"


class LearnerLink(models.Model):
    """A private link to a learner's page: its hash alone. Each mail carries a link of its own."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="links")
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"#{self.learner_id}"


class Study(models.Model):
    """One learner and one course, whatever languages its pages have."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="studies")
    # The translation key of the course's pages; the pages may go.
    course_key = models.UUIDField()
    title = models.CharField(max_length=255)
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    # The first time the check was passed.
    finished_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["learner", "course_key"], name="study_begins_once")
        ]
        triggers = [
            rules.frozen(
                "study_finished_once", "finished_at", when='OLD."finished_at" IS NOT NULL'
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Attempt(models.Model):
    """The questions as one learner saw them once, and what she answered.

    Graded from these frozen questions alone, whatever becomes of the course.
    """

    study = models.ForeignKey(Study, models.CASCADE, related_name="attempts")
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    title = models.CharField(max_length=255)
    # The course's text was not yet checked by experts.
    is_sample = models.BooleanField()
    # Each: question, choice (one, several), answers (text, right), explanation.
    questions = models.JSONField()
    total = models.PositiveSmallIntegerField()
    pass_percent = models.PositiveSmallIntegerField()
    begun_at = models.DateTimeField()
    # Of each question the places of what was chosen, in order.
    answers = models.JSONField(null=True)
    right = models.PositiveSmallIntegerField(null=True)
    passed = models.BooleanField(null=True)
    graded_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            # Two tabs are one attempt.
            models.UniqueConstraint(
                fields=["study"], name="attempt_open_once", condition=Q(graded_at=None)
            ),
            models.CheckConstraint(
                name="attempt_graded_whole_or_not_at_all",
                condition=Q(graded_at=None, answers=None, right=None, passed=None)
                | Q(
                    graded_at__isnull=False,
                    answers__isnull=False,
                    right__isnull=False,
                    passed__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="attempt_has_questions",
                condition=Q(total__gte=1, pass_percent__gte=1, pass_percent__lte=100)
                & (Q(right=None) | Q(right__lte=F("total"))),
            ),
            models.CheckConstraint(
                name="attempt_passed_by_its_own_mark",
                condition=Q(passed=None)
                | (
                    Q(passed=True)
                    & Q(GreaterThanOrEqual(F("right") * 100, F("pass_percent") * F("total")))
                )
                | (Q(passed=False) & Q(LessThan(F("right") * 100, F("pass_percent") * F("total")))),
            ),
        ]
        triggers = [
            rules.frozen(
                "attempt_questions_kept",
                *("study_id", "language", "title", "is_sample", "questions", "total"),
                *("pass_percent", "begun_at"),
            ),
            rules.frozen(
                "attempt_graded_once", "answers", "right", "passed", "graded_at", when=GRADED
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.begun_at:%Y-%m-%d})"


class Certificate(models.Model):
    """Of a passed attempt, with what was printed. Its holder says whether it names her.

    A name is given when it is made and can only be taken away: a certificate is not handed on.
    """

    attempt = models.OneToOneField(Attempt, models.CASCADE, related_name="certificate")
    # Letters to type from paper, the last one a check of the others (`campaigns.training.codes`).
    code = models.CharField(max_length=24, unique=True)
    # Course, sector, language, workplace: as printed.
    facts = models.JSONField()
    name = models.CharField(max_length=80, blank=True)
    shows_name = models.BooleanField(default=False)
    coordinator_sees = models.BooleanField(default=False)
    issued_on = models.DateField()
    expires_on = models.DateField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="certificate_shows_a_name_it_has",
                condition=~Q(name="") | Q(shows_name=False, coordinator_sees=False),
            ),
            models.CheckConstraint(
                name="certificate_withdrawn_without_a_name",
                condition=Q(withdrawn_at=None) | Q(name=""),
            ),
            models.CheckConstraint(
                name="certificate_ends_after_it_begins", condition=Q(expires_on__gt=F("issued_on"))
            ),
        ]
        triggers = [
            rules.frozen(
                "certificate_as_issued",
                *("attempt_id", "code", "facts", "issued_on", "expires_on"),
            ),
            rules.frozen(
                "certificate_withdrawn_once", "withdrawn_at", when='OLD."withdrawn_at" IS NOT NULL'
            ),
            pgtrigger.Trigger(
                name="certificate_name_stays_or_goes",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition('OLD."name" <> NEW."name" AND NEW."name" <> \'\''),
                func="RAISE EXCEPTION 'certificate_name_stays_or_goes: it can only be taken away';",
            ),
            pgtrigger.Trigger(
                name="certificate_of_a_pass",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM campaigns_attempt a WHERE a.id = NEW.attempt_id AND a.passed
                    ) THEN
                        RAISE EXCEPTION 'certificate_of_a_pass: that check was not passed';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.code


class TrainingStep(models.Model):
    """That somebody began, finished or got a certificate on a day: a count and nobody's trace.

    It outlives what it counts, so that figures stay when people's rows are erased.
    """

    class Kind(models.TextChoices):
        BEGAN = "began", _("Began")
        FINISHED = "finished", _("Finished")
        CERTIFIED = "certified", _("Certificate")

    kind = models.CharField(max_length=9, choices=Kind)
    on = models.DateField()
    course_key = models.UUIDField()
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="+")
    workplace = models.ForeignKey(
        Workplace, models.SET_NULL, null=True, blank=True, related_name="steps"
    )

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["on", "sector"], name="training_step_by_day")]
        triggers = [
            rules.frozen("training_step_kept", "kind", "on", "course_key", "sector_id"),
            rules.never_deleted("training_step_never_deleted"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"
