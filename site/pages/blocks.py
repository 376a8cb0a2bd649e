"""The pieces a page's body is put together from."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from core import money
from donations.models import GivingOptions, LegalEntity

FEATURES = ["h3", "h4", "bold", "italic", "ul", "ol", "link", "hr"]
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
        """The amounts staff offer for this rhythm in the organisation's currency; maybe none."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        currency = LegalEntity.objects.filter(is_default=True).values("currency")
        offered = GivingOptions.objects.filter(currency__in=currency)
        options = offered.filter(frequency=value["frequency"]).first()
        context |= {"currency": "", "amounts": []}
        if options:
            context["currency"] = options.currency
            context["amounts"] = [
                (f"{money.to_decimal(minor, options.currency):f}", minor)
                for minor in options.amounts_minor
            ]
        return context

    class Meta:
        template = "pages/blocks/give_box.html"
        icon = "pick"
        label = _("Give box: amounts to press")


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
