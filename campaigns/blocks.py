"""The pieces a page's body is put together from."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from campaigns import giving
from core import findable
from donations.models import GivingOptions

# The one kind of block whose words need a consent; also in stored bodies.
SURVIVORS_WORDS = "survivor"
# The one kind of block that makes files public; also in stored bodies.
DOWNLOADS = "downloads"
FEATURES = ["h3", "h4", "bold", "italic", "ul", "ol", "link", "hr"]
# What would lead to a house: of what `core.findable` looks for, the kinds that tell of a place.
LEADING = ("place", "coordinates", "phone")
DRAWINGS = [
    ("sky", _("Night sky")),
    ("desk", _("Desk with a lamp")),
    ("books", _("Books on a sill")),
    ("door", _("A lit door")),
    ("path", _("A path to the horizon")),
]


class TextBlock(blocks.StructBlock):
    heading = blocks.CharBlock(required=False, label=_("heading"))
    text = blocks.RichTextBlock(features=FEATURES, label=_("text"))

    class Meta:
        template = "pages/blocks/text.html"
        icon = "pilcrow"
        label = _("Text")


class PictureTextBlock(TextBlock):
    """Text beside one of our own drawings."""

    drawing = blocks.ChoiceBlock(choices=DRAWINGS, label=_("drawing"))

    class Meta:
        template = "pages/blocks/picture_text.html"
        icon = "image"
        label = _("Text beside a drawing")


class FigureBlock(blocks.StructBlock):
    value = blocks.CharBlock(max_length=12, label=_("figure"))
    label = blocks.CharBlock(max_length=80, label=_("what it counts"))


class FiguresBlock(blocks.StructBlock):
    heading = blocks.CharBlock(required=False, label=_("heading"))
    figures = blocks.ListBlock(FigureBlock(), min_num=2, max_num=4, label=_("figures"))
    source = blocks.CharBlock(
        required=False,
        label=_("source"),
        help_text=_("Where the figures come from, and as of when."),
    )

    class Meta:
        template = "pages/blocks/figures.html"
        # As many as it needs, else it cannot be saved and nobody sees why.
        default: ClassVar[dict[str, Any]] = {"figures": [{"value": "", "label": ""}] * 2}
        icon = "list-ol"
        label = _("Figures")


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=60, label=_("title"))
    text = blocks.CharBlock(max_length=240, label=_("text"))


class StepsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("heading"))
    steps = blocks.ListBlock(StepBlock(), min_num=2, max_num=5, label=_("steps"))

    class Meta:
        template = "pages/blocks/steps.html"
        default: ClassVar[dict[str, Any]] = {"steps": [{"title": "", "text": ""}] * 2}
        icon = "order"
        label = _("Steps: how a gift travels")


class GiveBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("heading"))
    text = blocks.CharBlock(required=False, max_length=300, label=_("text"))

    class Meta:
        template = "pages/blocks/give.html"
        icon = "pick"
        label = _("Call to give")


class MeaningBlock(blocks.StructBlock):
    amount = blocks.CharBlock(max_length=20, label=_("amount"), help_text=_("As in $5."))
    text = blocks.CharBlock(max_length=200, label=_("what it does, in plain words"))

    class Meta:
        help_text = _("A line to read below the amounts, as in “$5: a bus pass for a week”.")


class GiveBoxBlock(blocks.StructBlock):
    """Amounts to press, one tap from the give form. They are those of "suggested amounts"."""

    heading = blocks.CharBlock(label=_("heading"))
    text = blocks.CharBlock(required=False, max_length=300, label=_("text"))
    frequency = blocks.ChoiceBlock(
        choices=GivingOptions.Frequency.choices,
        default=GivingOptions.Frequency.MONTHLY,
        label=_("how often"),
    )
    meanings = blocks.ListBlock(MeaningBlock(), min_num=0, label=_("what an amount does"))

    def get_context(
        self, value: dict[str, Any], parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """On a campaign's page the box leads to what the campaign is for; none while it takes no
        gifts.
        """
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        progress = context.get("progress")
        toward = progress.toward if progress else {}
        box = context.get("box")  # the page's own, if it has one
        if progress and not toward:
            box = None
        elif box is None or box.frequency != value["frequency"]:
            box = giving.give_box(value["frequency"], toward)
        context["box"] = box
        return context

    class Meta:
        template = "pages/blocks/give_box.html"
        icon = "pick"
        label = _("Give box: amounts to press")
        help_text = _(
            "The amounts to press are the suggested amounts of “how often”: nobody types them "
            "here. “What an amount does” are lines to read below them; it may stay empty."
        )
        # Else it begins with an empty meaning, whose fields must be filled before it is saved.
        default: ClassVar[dict[str, Any]] = {"meanings": [], "frequency": "once"}


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("question"))
    answer = blocks.RichTextBlock(features=FEATURES, label=_("answer"))


class QuestionsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(required=False, label=_("heading"))
    questions = blocks.ListBlock(QuestionBlock(), min_num=1, label=_("questions"))

    class Meta:
        template = "pages/blocks/questions.html"
        icon = "help"
        label = _("Questions and answers")


class BodyBlock(blocks.StreamBlock):
    text = TextBlock()
    picture_text = PictureTextBlock()
    figures = FiguresBlock()
    steps = StepsBlock()
    questions = QuestionsBlock()
    give = GiveBlock()
    give_box = GiveBoxBlock()


class PictureBlock(blocks.StructBlock):
    """One picture of the library, where each one says who is in it."""

    picture = ImageChooserBlock(label=_("picture"))
    alternative = blocks.CharBlock(
        required=False,
        max_length=200,
        label=_("in words"),
        help_text=_("What it shows, for who does not see it. Empty if it only decorates."),
    )
    caption = blocks.CharBlock(required=False, max_length=200, label=_("caption"))

    class Meta:
        template = "campaigns/blocks/picture.html"
        icon = "image"
        label = _("Picture")


class QuoteBlock(blocks.StructBlock):
    """Words of staff or of a public person. A survivor's words need her consent on record first."""

    words = blocks.TextBlock(max_length=500, label=_("their words"))
    name = blocks.CharBlock(max_length=80, label=_("who says it"))
    # There is no third choice.
    who = blocks.ChoiceBlock(
        choices=[
            ("staff", _("One of our staff, who agreed to it")),
            ("public", _("A public person, in public")),
        ],
        label=_("who that is"),
        help_text=_("Words of survivors are not quoted here, also not without a name."),
    )
    office = blocks.CharBlock(required=False, max_length=120, label=_("office or source"))

    class Meta:
        template = "campaigns/blocks/quote.html"
        icon = "openquote"
        label = _("Quote of staff or a public person")


class MomentBlock(blocks.StructBlock):
    when = blocks.CharBlock(max_length=40, label=_("when"), help_text=_("As in September 2026."))
    title = blocks.CharBlock(max_length=80, label=_("title"))
    text = blocks.CharBlock(required=False, max_length=300, label=_("text"))


class TimelineBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("heading"))
    moments = blocks.ListBlock(MomentBlock(), min_num=2, max_num=12, label=_("what happens when"))

    class Meta:
        template = "campaigns/blocks/timeline.html"
        default: ClassVar[dict[str, Any]] = {"moments": [{"when": "", "title": "", "text": ""}] * 2}
        icon = "date"
        label = _("Timeline")


class ProgressBlock(blocks.StructBlock):
    """The campaign's figures once more, further down a long page."""

    heading = blocks.CharBlock(label=_("heading"))
    text = blocks.CharBlock(required=False, max_length=300, label=_("text"))

    class Meta:
        template = "campaigns/blocks/progress.html"
        icon = "order"
        label = _("Progress")


class PartnerBlock(blocks.StructBlock):
    """A partner that agreed in writing to be named: with who agreed, and when, for our records.

    It has no place, no address and no number of people by region, and refuses words that do.
    """

    heading = blocks.CharBlock(label=_("heading"))
    name = blocks.CharBlock(
        max_length=120,
        label=_("name of the partner"),
        help_text=_("Only by written agreement. Never a place where survivors live."),
    )
    text = blocks.CharBlock(max_length=400, label=_("what it does"))
    website = blocks.URLBlock(required=False, label=_("its website"))
    # Neither is shown, nor found by the search.
    agreed_by = blocks.CharBlock(
        max_length=120,
        search_index=False,
        label=_("who agreed for the partner"),
        help_text=_("In writing, by somebody who may. It is not shown on the page."),
    )
    agreed_on = blocks.DateBlock(label=_("when they agreed"))

    def clean(self, value: Mapping[str, Any]) -> Any:
        """Nothing in it leads to a house, and the agreement is not still to come.

        Raises:
            StructBlockValidationError: beside the fields.
        """
        cleaned = super().clean(value)
        wrong: dict[str, ValidationError] = {}
        looks = dict(findable.LOOKS)
        for name in ("heading", "name", "text"):
            for kind in LEADING:
                if found := looks[kind](cleaned[name]):
                    text = _("Please leave out “%(found)s”: it may lead to a house.")
                    wrong[name] = ValidationError(text % {"found": found.strip()})
        if cleaned["agreed_on"] > timezone.localdate():
            wrong["agreed_on"] = ValidationError(_("Name a partner after they have agreed."))
        if wrong:
            raise blocks.StructBlockValidationError(block_errors=wrong)
        return cleaned

    class Meta:
        template = "campaigns/blocks/partner.html"
        icon = "group"
        label = _("Partner")


class DownloadsBlock(blocks.StructBlock):
    """Files to take along, each with its name, language, kind and size."""

    heading = blocks.CharBlock(label=_("heading"), max_length=80)
    text = blocks.CharBlock(required=False, max_length=300, label=_("text"))
    files = blocks.ListBlock(
        DocumentChooserBlock(label=_("file")), min_num=1, max_num=12, label=_("files")
    )

    def get_context(
        self, value: dict[str, Any], parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        # A file that was deleted, or taken off the site, leaves no dead link behind.
        files = [file for file in value["files"] if file and not file.taken_off_at]
        return context | {"files": files}

    class Meta:
        template = "campaigns/blocks/downloads.html"
        icon = "download"
        label = _("Downloads: files to take along")


class CampaignBodyBlock(blocks.StreamBlock):
    """What a campaign's page is put together from."""

    text = TextBlock()
    picture_text = PictureTextBlock()
    picture = PictureBlock()
    quote = QuoteBlock()
    timeline = TimelineBlock()
    steps = StepsBlock()
    figures = FiguresBlock()
    progress = ProgressBlock()
    partner = PartnerBlock()
    questions = QuestionsBlock()
    downloads = DownloadsBlock()
    give_box = GiveBoxBlock()


class SurvivorsWordsBlock(blocks.StructBlock):
    """A survivor's words, exactly as she agreed to them; no name, and nothing in its place."""

    words = blocks.TextBlock(
        max_length=800,
        label=_("her words"),
        help_text=_(
            "To the letter: the story is published only while her consent to this very text is on "
            "record."
        ),
    )

    class Meta:
        template = "campaigns/blocks/survivor.html"
        icon = "openquote"
        label = _("A survivor's words")


class StoryBodyBlock(blocks.StreamBlock):
    """What a story is put together from."""

    text = TextBlock()
    survivor = SurvivorsWordsBlock()
    picture_text = PictureTextBlock()
    picture = PictureBlock()
    quote = QuoteBlock()
    timeline = TimelineBlock()
    partner = PartnerBlock()
    questions = QuestionsBlock()
    give_box = GiveBoxBlock()
