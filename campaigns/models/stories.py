"""Stories: an index, and below it a page for each story and language, told only with a yes."""

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.fields import StreamField
from wagtail.models import Page, Revision
from wagtail.search.index import SearchField

from campaigns.blocks import DRAWINGS, SURVIVORS_WORDS, StoryBodyBlock
from campaigns.editing.checks_panel import ChecksPanel
from campaigns.editing.previews import SharePreview
from campaigns.stories.panel import SignaturesPanel

__all__ = ["SURVIVORS_WORDS", "Clearance", "StoryIndexPage", "StoryPage"]


class StoryIndexPage(Page):
    """All stories. One for each language."""

    lead = models.CharField(_("lead"), max_length=300, blank=True)

    max_count_per_parent = 1
    parent_page_types = ["pages.HomePage"]
    subpage_types = ["campaigns.StoryPage"]
    content_panels = [*Page.content_panels, FieldPanel("lead", widget=AdminAutoHeightTextInput)]
    search_fields = [*Page.search_fields, SearchField("lead")]
    template = "campaigns/stories/index.html"

    class Meta:
        verbose_name = _("list of stories")
        verbose_name_plural = _("lists of stories")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        stories = StoryPage.objects.child_of(self).live().select_related(*StoryPage.TOLD_WITH)
        stories = stories.prefetch_related("picture__renditions")
        return context | {"stories": stories.order_by("-first_published_at", "path")}


class StoryPage(SharePreview, Page):
    """A story in one language. Nothing of it leads to a person: who agreed stands in the vault."""

    class Teller(models.TextChoices):
        STAFF = "staff", _("One of our staff, who agreed to it")
        SURVIVOR = "survivor", _("A survivor, whose consent to this very text is on record")

    # What a visitor reads beside the body; `gate.digest` and a trigger have the same order.
    SHOWN: ClassVar[tuple[str, ...]] = (
        *("title", "slug", "seo_title", "search_description", "told_by", "teller"),
        *("summary", "picture_id", "picture_in_words", "drawing"),
    )

    # No default: whoever writes has asked.
    told_by = models.CharField(
        _("who tells it"),
        max_length=8,
        choices=Teller,
        help_text=_(
            "A survivor's own story, and each quote of one, needs her consent to the exact text."
        ),
    )
    teller = models.CharField(
        _("by"),
        max_length=120,
        blank=True,
        help_text=_("Name and office of the colleague. Empty for a survivor, who is never named."),
    )
    summary = models.CharField(
        _("summary"),
        max_length=240,
        help_text=_("One or two sentences, also shown on the list and where the page is shared."),
    )
    picture = models.ForeignKey(
        "campaigns.Picture",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
        help_text=_("A place, an object or light. Without one the drawing is shown."),
    )
    picture_in_words = models.CharField(
        _("the picture in words"),
        max_length=200,
        blank=True,
        help_text=_("What it shows, for who does not see it. Empty if it only decorates."),
    )
    drawing = models.CharField(_("drawing"), max_length=8, choices=DRAWINGS, default="sky")
    body = StreamField(StoryBodyBlock(), blank=True, verbose_name=_("body"))

    TOLD_WITH = ("picture",)
    # The pages it was reached through, where they are at hand.
    above: list[Page] | None = None

    parent_page_types = ["campaigns.StoryIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel("told_by"), FieldPanel("teller")], heading=_("Who tells it")),
        FieldPanel("summary", widget=AdminAutoHeightTextInput),
        MultiFieldPanel(
            [FieldPanel("picture"), FieldPanel("picture_in_words"), FieldPanel("drawing")],
            heading=_("What visitors see first"),
        ),
        FieldPanel("body"),
        SignaturesPanel(heading=_("Consents and second person")),
        ChecksPanel(heading=_("What may have been overlooked")),
    ]
    # In no feed: what a reader's program has fetched cannot be taken back.
    search_fields = [*Page.search_fields, SearchField("summary"), SearchField("body")]
    template = "campaigns/stories/story.html"

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        constraints = [
            models.CheckConstraint(
                name="story_names_no_survivor", condition=~Q(told_by="survivor") | Q(teller="")
            )
        ]

    def clean(self) -> None:
        """A survivor is never named; a colleague is.

        Raises:
            ValidationError: beside the field.
        """
        super().clean()
        if self.told_by == self.Teller.SURVIVOR and self.teller:
            raise ValidationError({"teller": _("A survivor is never named, also not otherwise.")})
        if self.told_by == self.Teller.STAFF and not self.teller:
            raise ValidationError({"teller": _("Please say who tells it.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Public only as two people passed it and with each consent; a new one is a draft.

        Raises:
            campaigns.stories.gate.Refused: with what is missing.
        """
        from campaigns.models.comments import StoryTalk  # noqa: PLC0415 - it stands on this one
        from campaigns.stories import gate, words  # noqa: PLC0415 - they read the tables below

        if self._state.adding:
            self.live = False
        # Of a live story's draft Wagtail saves the columns that say so, and none that is shown.
        columns = kwargs.get("update_fields")
        is_shown = columns is None or {*columns} & {*self.SHOWN, "picture", "body", "live"}
        if self.live and is_shown:
            gate.check(self)
        is_new = self._state.adding
        super().save(*args, **kwargs)
        words.note(self)
        if is_new:
            StoryTalk.objects.create(story=self)

    def save_revision(self, *args: Any, **options: Any) -> Revision:
        from campaigns.stories import words  # noqa: PLC0415 - as above

        words.note(self)
        return super().save_revision(*args, **options)

    def publish(self, revision: Revision, user: Any = None, **options: Any) -> Any:
        """Sign for the second person, then publish; what was planned becomes a draft if refused.

        Raises:
            campaigns.stories.gate.Refused: to whoever presses the button.
        """
        from campaigns.stories import gate, tasks  # noqa: PLC0415 - as above

        planned = revision.approved_go_live_at is not None and user is None
        try:
            gate.sign(revision, by=user)
            return super().publish(revision, user=user, **options)
        except gate.Refused:
            if not planned:
                raise
            # Others that are planned for the same minute still go public.
            return tasks.back_to_draft(self)

    def copy(self, *args: Any, **options: Any) -> Any:
        """A copy is a draft without a past: it needs its own second person."""
        return super().copy(*args, **options | {"keep_live": False, "copy_revisions": False})

    def create_alias(self, **options: Any) -> Any:
        """Never: a mirror would be public without anybody passing it.

        Raises:
            campaigns.stories.gate.Refused: always.
        """
        from campaigns.stories import gate  # noqa: PLC0415 - as above

        raise gate.Refused("mirror")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from campaigns.comments import showing  # noqa: PLC0415 - as above

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context |= showing.below(self, request)
        return context | {"index": self.above[-1] if self.above else self.get_parent()}


class Clearance(models.Model):
    """Two people answer for a story as it reads, to the letter. The gate alone writes it."""

    story = models.ForeignKey(StoryPage, models.CASCADE, related_name="clearances")
    digest = models.CharField(max_length=64)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    passed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    passed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["story", "digest"], name="story_cleared_once"),
            models.CheckConstraint(
                name="story_takes_two_people", condition=~Q(written_by=F("passed_by"))
            ),
        ]
        triggers = [pgtrigger.Protect(name="clearance_as_given", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.story_id} {self.digest[:8]}"


class StoryText(models.Model):
    """Of each text of a survivor that this page, a draft or a revision of it ever held.

    By it a text that is taken back is found wherever it still lies; the words are not here.
    """

    story = models.ForeignKey(StoryPage, models.CASCADE, related_name="texts")
    sha256 = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["story", "sha256"], name="story_text_noted_once")
        ]

    def __str__(self) -> str:
        return self.sha256[:16]


class StoryTask(models.Model):
    """Something about a story that waits for a person; of a text that was taken back, its stone.

    It holds no word of the story.
    """

    class Kind(models.TextChoices):
        DRAFT = "draft", _("Was not published on its day: a consent or a second person is missing")
        DOWN = "down", _("Taken off the site: there is no consent on record to its words")
        ELSEWHERE = (
            "elsewhere",
            _("The consent ended and its words are erased: see to print, mails and social media"),
        )

    story = models.ForeignKey(StoryPage, models.SET_NULL, null=True, related_name="tasks")
    kind = models.CharField(_("what"), max_length=9, choices=Kind)
    # Of the text that is gone.
    text_sha256 = models.CharField(_("fingerprint of the text"), max_length=64, blank=True)
    made_at = models.DateTimeField(_("since"), auto_now_add=True)
    done_at = models.DateTimeField(_("done"), null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        default_permissions = ("view", "change")
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["story", "kind", "text_sha256"],
                condition=Q(done_at=None),
                name="one_task_of_a_kind",
            )
        ]
        triggers = [pgtrigger.Protect(name="story_task_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return str(self.get_kind_display())
