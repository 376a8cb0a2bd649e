"""The pieces that lessons and the questions of a course are put together from."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from campaigns.blocks import (
    PictureBlock,
    PictureTextBlock,
    QuestionsBlock,
    StepsBlock,
    TextBlock,
)

ONE, SEVERAL = "one", "several"


class SignsBlock(blocks.StructBlock):
    """What may be noticed, as a list. No sign proves anything by itself."""

    heading = blocks.CharBlock(label=_("heading"))
    signs = blocks.ListBlock(
        blocks.CharBlock(max_length=240, label=_("sign")), min_num=2, max_num=12, label=_("signs")
    )
    note = blocks.CharBlock(
        required=False,
        max_length=300,
        label=_("note"),
        help_text=_("As in: one sign alone proves nothing."),
    )

    class Meta:
        template = "campaigns/blocks/signs.html"
        icon = "list-ul"
        label = _("Signs to know")


class HotlineBlock(blocks.StructBlock):
    """Whom to call. The number comes from the settings and is never typed into a lesson."""

    heading = blocks.CharBlock(label=_("heading"))
    text = blocks.CharBlock(required=False, max_length=300, label=_("text"))

    class Meta:
        template = "campaigns/blocks/hotline.html"
        icon = "mobile-alt"
        label = _("Hotline, with its number from the settings")


class LessonBodyBlock(blocks.StreamBlock):
    """What a lesson is put together from."""

    text = TextBlock()
    signs = SignsBlock()
    steps = StepsBlock()
    picture_text = PictureTextBlock()
    picture = PictureBlock()
    questions = QuestionsBlock()
    hotline = HotlineBlock()


class AnswerBlock(blocks.StructBlock):
    text = blocks.CharBlock(max_length=240, label=_("answer"))
    right = blocks.BooleanBlock(required=False, label=_("this one is right"))


class AskBlock(blocks.StructBlock):
    """One question of the check, its answers and why they are right."""

    question = blocks.CharBlock(max_length=300, label=_("question"))
    choice = blocks.ChoiceBlock(
        choices=[(ONE, _("One answer")), (SEVERAL, _("Several answers"))],
        default=ONE,
        label=_("to choose"),
    )
    answers = blocks.ListBlock(AnswerBlock(), min_num=2, max_num=8, label=_("answers"))
    explanation = blocks.TextBlock(
        max_length=600,
        label=_("explanation"),
        help_text=_("Shown after the check to who missed it: what is right, and why."),
    )

    def clean(self, value: Mapping[str, Any]) -> Any:
        """It can be answered, and with one choice in one way.

        Raises:
            StructBlockValidationError: beside the choice.
        """
        cleaned = super().clean(value)
        right = sum(bool(answer["right"]) for answer in cleaned["answers"])
        wrong = ""
        if not right:
            wrong = str(_("Please tick at least one answer as right."))
        elif right > 1 and cleaned["choice"] == ONE:
            wrong = str(_("Two answers are right: choose “several answers”, or untick one."))
        if wrong:
            raise blocks.StructBlockValidationError(block_errors={"choice": ValidationError(wrong)})
        return cleaned

    class Meta:
        icon = "help"
        label = _("Question")


class AsksBlock(blocks.StreamBlock):
    """The questions of a course."""

    ask = AskBlock()
