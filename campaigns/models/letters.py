"""Letters that staff write to readers, and the one copy that each address gets."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField

from campaigns.letters.blocks import LetterBodyBlock
from core import rules
from core.discretion import telling


class Letter(models.Model):
    """draft → waiting for its time → sending ⇄ paused → sent. Words change in a draft alone."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        WAITING = "waiting", _("Waits for its time")
        SENDING = "sending", _("Being sent")
        PAUSED = "paused", _("Paused")
        SENT = "sent", _("Sent")

    class Audience(models.TextChoices):
        NEWSLETTER = "newsletter", _("Everybody who reads the newsletter")
        FOLLOWERS = "followers", _("Those who follow a campaign")
        MONTHLY = "monthly", _("Abolitionists: readers whose monthly gift goes on")
        WISH = "wish", _("Readers who gave to a wish")

    audience = models.CharField(_("to whom"), max_length=10, choices=Audience)
    campaign = models.ForeignKey(
        "campaigns.Campaign",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="letters",
        verbose_name=_("campaign"),
        help_text=_("For a letter to its followers alone."),
    )
    wish = models.ForeignKey(
        "gifts.Wish",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("wish"),
        help_text=_("For a letter to those who gave to it alone."),
    )
    subject = models.CharField(_("subject"), max_length=80, blank=True)
    preview = models.CharField(
        _("preview line"), max_length=120, blank=True, help_text=_("Mailboxes show it below.")
    )
    body = StreamField(LetterBodyBlock(), blank=True, verbose_name=_("letter"))
    subject_es = models.CharField(_("subject in Spanish"), max_length=80, blank=True)
    preview_es = models.CharField(_("preview line in Spanish"), max_length=120, blank=True)
    body_es = StreamField(LetterBodyBlock(), blank=True, verbose_name=_("letter in Spanish"))
    is_on_web = models.BooleanField(
        _("may also be read on our site"),
        default=False,
        help_text=_("Under an address of its own, linked in the mail, once it is being sent."),
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    made_at = models.DateTimeField(_("written"), auto_now_add=True)
    queued_at = models.DateTimeField(_("decided"), null=True, blank=True)
    queued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Not before.
    send_at = models.DateTimeField(_("leaves"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    # What stopped it, other than a person.
    problem = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        permissions = [("send_letter", "Can send a letter to its readers")]
        constraints = [
            models.CheckConstraint(
                name="letter_audience_has_its_row",
                condition=Q(audience="followers", campaign__isnull=False, wish=None)
                | Q(audience="wish", campaign=None, wish__isnull=False)
                | Q(audience__in=["newsletter", "monthly"], campaign=None, wish=None),
            ),
            models.CheckConstraint(
                name="letter_decided_by_somebody",
                condition=Q(state="draft", queued_at=None, queued_by=None, send_at=None)
                | (
                    ~Q(state="draft")
                    & Q(queued_at__isnull=False, queued_by__isnull=False, send_at__isnull=False)
                ),
            ),
        ]
        triggers = [
            rules.starts_as("letter_begins_as_draft", "state", "draft"),
            pgtrigger.FSM(
                name="letter_steps",
                field="state",
                transitions=[
                    *(("draft", "waiting"), ("waiting", "draft"), ("waiting", "sending")),
                    *(("waiting", "paused"), ("sending", "paused"), ("paused", "sending")),
                    *(("paused", "draft"), ("sending", "sent")),
                ],
            ),
            rules.frozen(
                "letter_words_kept",
                *("audience", "campaign_id", "wish_id", "subject", "preview", "body"),
                *("subject_es", "preview_es", "body_es"),
                when="OLD.state <> 'draft'",
            ),
            pgtrigger.Protect(
                name="letter_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.state <> 'draft'"),
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.subject_es

    @property
    def languages(self) -> list[str]:
        """In which it is written: whoever reads in another does not get it."""
        return [code for code, body in (("en", self.body), ("es", self.body_es)) if body]

    def words(self, language: str) -> tuple[str, str, Any]:
        """Subject, preview line and body."""
        if language == "es":
            return self.subject_es, self.preview_es, self.body_es
        return self.subject, self.preview, self.body

    def clean(self) -> None:
        """The database's rules in words, and what a bystander must not read in a mailbox.

        Raises:
            ValidationError: beside the fields.
        """
        wrong: dict[str, Any] = {}
        for name, row in (("campaign", self.campaign), ("wish", self.wish)):
            meant = {"campaign": self.Audience.FOLLOWERS, "wish": self.Audience.WISH}[name]
            if row and self.audience != meant:
                wrong[name] = _("This letter goes to others.")
            elif not row and self.audience == meant:
                wrong[name] = _("Please choose which one.")
        for name in ("subject", "preview", "subject_es", "preview_es"):
            if word := telling(getattr(self, name)):
                told = _("Mailboxes show this to bystanders: please say it without “%(word)s”.")
                wrong[name] = ValidationError(told, params={"word": word})
        for subject, body in (("subject", "body"), ("subject_es", "body_es")):
            if getattr(self, body) and not getattr(self, subject):
                wrong[subject] = _("A letter needs a subject.")
            elif getattr(self, subject) and not getattr(self, body):
                wrong[body] = _("Nothing is written yet.")
        if not self.subject and not self.subject_es and not wrong:
            wrong["subject"] = _("Please write it in one language at least.")
        if wrong:
            raise ValidationError(wrong)


class LetterCopy(models.Model):
    """One letter to one address: never two, whatever dies half-way."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        # Set before the hand-over: after a crash it is unknown whether it left. Decision 0003.
        SENDING = "sending", _("Being sent, or unknown")
        SENT = "sent", _("Sent")
        LEFT = "left", _("Not sent: she left before")
        BOUNCED = "bounced", _("Came back")
        COMPLAINED = "complained", _("Marked as unwanted")

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="copies")
    reader = models.ForeignKey(
        "campaigns.Reader", models.SET_NULL, null=True, related_name="copies"
    )
    # None a year after it was sent.
    email = models.EmailField(null=True)
    language = models.CharField(max_length=8)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("copy of a letter")
        verbose_name_plural = _("copies of letters")
        constraints = [
            models.UniqueConstraint(
                "letter", Lower("email"), name="one_copy_of_a_letter_to_an_address"
            )
        ]
        indexes = [
            models.Index(
                fields=["letter", "id"], name="copies_that_wait", condition=Q(state="waiting")
            ),
            models.Index(
                fields=["provider_id"],
                name="copies_by_provider_id",
                condition=~Q(provider_id=""),
            ),
        ]
        triggers = [
            rules.starts_as("copy_begins_waiting", "state", "waiting"),
            pgtrigger.FSM(
                name="copy_steps",
                field="state",
                transitions=[
                    *(("waiting", "sending"), ("waiting", "left"), ("sending", "waiting")),
                    *(("sending", "sent"), ("sending", "bounced"), ("sent", "bounced")),
                    ("sent", "complained"),
                ],
            ),
            pgtrigger.Protect(
                name="copy_kept_once_it_left",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.state <> 'waiting'"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id}: {self.pk}"
