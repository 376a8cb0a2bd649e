"""What readers write below a story: people read it before it shows, and it is kept for a time."""

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from campaigns.models.stories import StoryPage
from core import rules

LONGEST_TEXT, LONGEST_NAME = 1000, 40


class StoryTalk(models.Model):
    """Whether readers may write below one story, and whether what they wrote is shown."""

    class State(models.TextChoices):
        OFF = "off", _("Off")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed, comments shown")
        HIDDEN = "hidden", _("Closed, comments hidden")

    story = models.OneToOneField(
        StoryPage, models.CASCADE, related_name="talk", verbose_name=_("story")
    )
    state = models.CharField(_("comments"), max_length=6, choices=State, default=State.OFF)
    changed_at = models.DateTimeField(_("changed"), null=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        default_permissions = ("view", "change")
        verbose_name = _("comments of a story")
        verbose_name_plural = _("comments by story")

    def __str__(self) -> str:
        return str(self.story.title)


class StoryComment(models.Model):
    """One reader's words. They never change: what is not fit to show is declined.

    Doubtful is what the rules of `core.findable` found something in, or somebody on the staff: it
    takes two people to show it and one to decline it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        APPROVED = "approved", _("Shown")
        REPORTED = "reported", _("Hidden by reports")
        DECLINED = "declined", _("Declined")
        DOWN = "down", _("Taken down")
        SAFEGUARDING = "safeguarding", _("Safeguarding")

    class Why(models.TextChoices):
        FINDABLE = "findable", _("Names or guesses who or where somebody is")
        UNKIND = "unkind", _("Hurts or blames")
        SPAM = "spam", _("Advertising")
        TOPIC = "topic", _("Not about the story")
        OTHER = "other", _("Something else")
        NOBODY = "nobody", _("Nobody approved it in time")

    story = models.ForeignKey(
        StoryPage, models.CASCADE, related_name="readers_comments", verbose_name=_("story")
    )
    form_token = models.CharField(max_length=64, unique=True)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    # As typed; empty for "A reader".
    name = models.CharField(_("name"), max_length=LONGEST_NAME, blank=True)
    text = models.TextField(_("comment"), max_length=LONGEST_TEXT, blank=True)
    text_sha256 = models.CharField(max_length=64, blank=True)
    # Kinds of `core.findable`, with spaces between: never the words that were found.
    doubts = models.CharField(_("doubts"), max_length=80, blank=True)
    doubted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    # The browser did a proof of work; without JavaScript it cannot, and the comment waits last.
    is_proven = models.BooleanField(_("proof of work"), default=False)
    # A keyed fingerprint for a day, then nothing.
    network = models.CharField(max_length=32, blank=True)
    # A colleague who was signed in when she wrote; never a donor.
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    written_at = models.DateTimeField(_("written"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.WAITING)
    why = models.CharField(_("why declined"), max_length=8, choices=Why, blank=True)
    first_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    moved_at = models.DateTimeField(_("decided"))
    erased_at = models.DateTimeField(_("erased"), null=True)

    SHOWN: ClassVar[tuple[str, ...]] = (State.APPROVED, State.REPORTED)
    OVER: ClassVar[tuple[str, ...]] = (State.DECLINED, State.DOWN)

    class Meta:
        default_permissions = ("view",)
        permissions = [
            ("decide_storycomment", "Can show, decline and take down comments"),
            ("erase_storycomment", "Can erase a comment that somebody asks to be erased"),
        ]
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            models.CheckConstraint(
                name="comment_shown_by_somebody",
                condition=~Q(state__in=("approved", "reported")) | Q(first_by__isnull=False),
            ),
            models.CheckConstraint(
                name="comment_in_doubt_takes_two",
                condition=~Q(state__in=("approved", "reported"))
                | Q(doubts="", doubted_by=None)
                | Q(second_by__isnull=False),
            ),
            models.CheckConstraint(
                name="comment_two_are_two_people",
                condition=Q(second_by=None)
                | (Q(first_by__isnull=False) & ~Q(second_by=F("first_by"))),
            ),
            models.CheckConstraint(
                name="comment_not_passed_by_its_writer",
                condition=Q(written_by=None)
                | (
                    (Q(first_by=None) | ~Q(first_by=F("written_by")))
                    & (Q(second_by=None) | ~Q(second_by=F("written_by")))
                ),
            ),
            models.CheckConstraint(
                name="comment_declined_for_a_reason",
                condition=Q(state="declined") & ~Q(why="") | ~Q(state="declined") & Q(why=""),
            ),
            models.CheckConstraint(
                name="comment_erased_is_empty",
                condition=Q(erased_at=None) & ~Q(text="")
                | Q(erased_at__isnull=False, text="", name="", text_sha256="", network=""),
            ),
            models.CheckConstraint(
                name="comment_erased_is_over",
                condition=Q(erased_at=None) | Q(state__in=("declined", "down")),
            ),
        ]
        indexes = [
            models.Index(fields=["story", "state", "-written_at"], name="comments_of_a_story"),
            models.Index(fields=["state", "moved_at"], name="comments_by_state"),
        ]
        triggers = [
            rules.starts_as("comment_starts_waiting", "state", "waiting"),
            rules.frozen(
                "comment_facts_kept",
                *("story_id", "form_token", "language", "doubts", "is_proven"),
                *("written_by_id", "written_at"),
            ),
            rules.frozen(
                "comment_words_kept",
                *("name", "text", "text_sha256"),
                when='NEW."erased_at" IS NULL OR OLD."erased_at" IS NOT NULL',
            ),
            rules.frozen(
                "comment_erased_for_good", "erased_at", "state",
                when='OLD."erased_at" IS NOT NULL',
            ),
            pgtrigger.FSM(
                name="comment_state_steps",
                field="state",
                transitions=[
                    *(("waiting", to) for to in ("approved", "declined", "safeguarding")),
                    *(("approved", to) for to in ("waiting", "reported", "down", "safeguarding")),
                    *(("reported", to) for to in ("approved", "down", "safeguarding")),
                    *(("declined", to) for to in ("waiting", "safeguarding")),
                    *(("down", to) for to in ("waiting", "safeguarding")),
                    *(("safeguarding", to) for to in ("waiting", "declined")),
                ],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        # Never its words: they would stand in logs and lists of others' rows.
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def is_doubtful(self) -> bool:
        return bool(self.doubts or self.doubted_by_id)

    @property
    def excerpt(self) -> str:
        return Truncator(self.text).chars(90)


class CommentStep(models.Model):
    """Each act about a comment: who did it and when. It holds none of its words."""

    class Act(models.TextChoices):
        FIRST = "first", _("Approved by the first of two")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        DOWN = "down", _("Taken down")
        AGAIN = "again", _("To be looked at again")
        DOUBTED = "doubted", _("A second person was asked for")
        REPORTED = "reported", _("Hidden: several readers reported it")
        KEPT = "kept", _("Reports looked at, still shown")
        SAFEGUARDING = "safeguarding", _("Marked as safeguarding")
        CLOSED = "closed", _("Safeguarding closed")
        ERASED = "erased", _("Its words were erased")

    comment = models.ForeignKey(StoryComment, models.CASCADE, related_name="steps")
    act = models.CharField(max_length=12, choices=Act)
    why = models.CharField(max_length=8, choices=StoryComment.Why, blank=True)
    # None: by the clock, or by reports.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        triggers = [pgtrigger.Protect(name="comment_step_kept", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return str(self.get_act_display())


class CommentReport(models.Model):
    """A reader says that a comment should not be shown. One counts for each network."""

    class Why(models.TextChoices):
        FINDABLE = "findable", _("It says or guesses who or where somebody is")
        UNKIND = "unkind", _("It hurts, blames or threatens")
        SPAM = "spam", _("It is advertising")
        DANGER = "danger", _("Somebody may be in danger")
        OTHER = "other", _("Something else")

    comment = models.ForeignKey(StoryComment, models.CASCADE, related_name="reports")
    form_token = models.CharField(max_length=64, unique=True)
    why = models.CharField(_("why"), max_length=8, choices=Why)
    words = models.CharField(max_length=500, blank=True)
    # As with comments: a keyed fingerprint, another one for each comment.
    network = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "network"],
                condition=Q(done_at=None) & ~Q(network=""),
                name="comment_reported_once_by_one",
            )
        ]

    def __str__(self) -> str:
        return str(self.get_why_display())


class CommentConcern(models.Model):
    """A comment in which somebody may be in danger: named people alone see it, by a deadline."""

    class Outcome(models.TextChoices):
        PASSED_ON = "passed_on", _("Passed on to those who can help")
        NO_DANGER = "no_danger", _("Nobody is in danger")
        NO_WAY = "no_way", _("Nothing by which anybody could be reached")
        MISTAKE = "mistake", _("Marked by mistake: it goes back to the queue")

    comment = models.ForeignKey(StoryComment, models.CASCADE, related_name="concerns")
    marked_at = models.DateTimeField()
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)

    class Meta:
        default_permissions = ()
        permissions = [("hold_commentconcern", "Is named to read what was marked as safeguarding")]
        constraints = [
            models.UniqueConstraint(
                fields=["comment"], condition=Q(closed_at=None), name="one_open_concern"
            ),
            models.CheckConstraint(
                name="concern_closed_by_somebody_with_an_outcome",
                condition=Q(closed_at=None, closed_by=None, outcome="")
                | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome=""),
            ),
        ]
        triggers = [
            rules.frozen("concern_as_marked", "comment_id", "marked_at", "marked_by_id", "due_at"),
            rules.frozen(
                "concern_closed_once", "closed_at", "closed_by_id", "outcome",
                when='OLD."closed_at" IS NOT NULL',
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


def talk_of(story: Any) -> str:
    """Off where nobody ever switched it."""
    found = StoryTalk.objects.filter(story=story.pk).values_list("state", flat=True).first()
    return found or StoryTalk.State.OFF
