"""What donors are asked for: a number of one kind of thing, for a purpose and a region.

draft → reviewed → published ⇄ funded → closed
A changed text goes back to draft, also from published; whatever was not funded may be closed too.
"""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core import rules
from gifts.models.catalogue import ItemKind, Purpose, Region

# Set in steps and never below eleven, so that no goal tells how many people there are.
GOALS = (15, 25, 50, 100)
STEPS = [
    ("draft", "reviewed"),
    ("reviewed", "draft"),
    ("reviewed", "published"),
    ("published", "draft"),
    ("published", "funded"),
    # Money went back before anything was bought.
    ("funded", "published"),
    *((before, "closed") for before in ("draft", "reviewed", "published", "funded")),
]


@pghistory.track(
    model_name="WishEvent",
    fields=[
        *("slug", "kind", "purpose", "region", "designation", "wanted", "unit_minor", "text"),
        *("text_es", "written_by", "reviewed_by", "state", "like", "over_funding_percent"),
        *("leftover", "opens_at", "ends_at", "close_reason", "position"),
    ],
)
class Wish(models.Model):
    """A pool of one kind of thing. Never a person: it has no way to any need."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        REVIEWED = "reviewed", _("Reviewed")
        PUBLISHED = "published", _("Published")
        FUNDED = "funded", _("Funded")
        CLOSED = "closed", _("Closed")

    class Leftover(models.TextChoices):
        NEXT_UNIT = "next_unit", _("Kept toward one more")
        FALLBACK = "fallback", _("Goes where the money of a covered wish goes")

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    kind = models.ForeignKey(
        ItemKind, models.PROTECT, related_name="wishes", verbose_name=_("kind of thing")
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    region = models.CharField(_("region"), max_length=16, choices=Region)
    # Holds the wish's money; made when it is first published, never shared.
    designation = models.OneToOneField(
        "donations.Designation", models.PROTECT, null=True, blank=True, related_name="wish"
    )
    wanted = models.PositiveSmallIntegerField(
        _("wanted"), choices=[(goal, str(goal)) for goal in GOALS], default=GOALS[0]
    )
    # Cost and handling of one on the day it was published.
    unit_minor = models.PositiveBigIntegerField(_("cost of one"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    text = models.TextField(_("text"), max_length=800, blank=True)
    text_es = models.TextField(_("text in Spanish"), max_length=800, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    # Another person than who wrote; any change of the text takes the review back.
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reviewed by"),
    )
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    # Where the money goes first when this wish is covered or ends; then to the education fund.
    like = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("a like wish"),
    )
    over_funding_percent = models.PositiveSmallIntegerField(
        _("may exceed the goal by, percent"), default=0
    )
    leftover = models.CharField(
        _("what is left over"), max_length=10, choices=Leftover, default=Leftover.NEXT_UNIT
    )
    opens_at = models.DateTimeField(_("published"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    close_reason = models.CharField(_("why it was closed"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=100)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)

    class Meta:
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")
        ordering = ["position", "-opens_at", "pk"]
        permissions = [
            ("review_wish", "Can pass the text of a colleague's wish"),
            ("publish_wish", "Can publish and end wishes"),
        ]
        indexes = [
            models.Index(fields=["state", "position"], name="wish_by_state"),
        ]
        constraints = [
            models.CheckConstraint(name="wish_goal_is_a_step", condition=Q(wanted__in=GOALS)),
            models.CheckConstraint(
                name="wish_by_two_people", condition=~Q(reviewed_by=F("written_by"))
            ),
            models.CheckConstraint(
                name="wish_review_fits_its_state",
                condition=Q(state="draft", reviewed_by=None, reviewed_at=None)
                | Q(
                    state__in=["reviewed", "published", "funded"],
                    reviewed_by__isnull=False,
                    reviewed_at__isnull=False,
                )
                | Q(state="closed"),
            ),
            models.CheckConstraint(
                name="wish_published_means_price_and_purse",
                condition=Q(state__in=["draft", "reviewed", "closed"])
                | Q(
                    designation__isnull=False,
                    unit_minor__gt=0,
                    opens_at__isnull=False,
                )
                & ~Q(text="")
                & ~Q(text_es=""),
            ),
            models.CheckConstraint(
                name="wish_closed_means_when_and_why",
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(close_reason="")
                | ~Q(state="closed") & Q(closed_at=None, close_reason=""),
            ),
            models.CheckConstraint(
                name="wish_is_not_like_itself", condition=Q(like=None) | ~Q(like=F("pk"))
            ),
            models.CheckConstraint(
                name="wish_ends_after_it_opens",
                condition=Q(ends_at=None) | Q(opens_at=None) | Q(ends_at__gt=F("opens_at")),
            ),
        ]
        triggers = [
            rules.never_deleted("wish_kept"),
            rules.starts_as("wish_starts_as_draft", "state", "draft"),
            pgtrigger.FSM(name="wish_state_steps", field="state", transitions=STEPS),
            rules.frozen(
                "wish_text_changes_in_draft_alone",
                *("text", "text_es", "written_by_id", "kind_id"),
                when="NEW.\"state\" <> 'draft'",
            ),
            rules.frozen(
                "wish_frozen_once_published",
                *("slug", "kind_id", "purpose", "region", "designation_id", "wanted"),
                *("unit_minor", "currency", "opens_at", "like_id", "over_funding_percent"),
                when='OLD."designation_id" IS NOT NULL',
            ),
            rules.frozen(
                "wish_frozen_once_closed",
                *("closed_at", "close_reason"),
                when="OLD.\"state\" = 'closed'",
            ),
            pgtrigger.Trigger(
                name="wish_asks_for_goal_times_price",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    'OLD."designation_id" IS NULL AND NEW."designation_id" IS NOT NULL'
                ),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM donations_designation d
                        WHERE d.id = NEW.designation_id AND d.currency = NEW.currency
                          AND d.target_minor = NEW.wanted * NEW.unit_minor
                    ) THEN
                        RAISE EXCEPTION 'the goal of wish % is not what it asks for', NEW.slug;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.public_name

    @property
    def public_name(self) -> str:
        """As in "Laptops for university, Latin America", in the language of the moment."""
        # Without `get_…_display`, which translates all choices to find one.
        purpose, region = Purpose(self.purpose).label, Region(self.region).label
        return f"{self.kind.public_plural} {purpose}, {region}"

    @property
    def public_text(self) -> str:
        return (get_language() == "es" and self.text_es) or self.text
