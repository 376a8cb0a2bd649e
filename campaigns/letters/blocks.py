"""The pieces a letter is put together from. A survivor's words have no piece here."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from campaigns.blocks import FiguresBlock, PictureBlock, TextBlock


class ButtonBlock(blocks.StructBlock):
    label = blocks.CharBlock(max_length=40, label=_("what it says"))
    address = blocks.URLBlock(label=_("where it leads"))

    class Meta:
        template = "campaigns/letters/button.html"
        icon = "link"
        label = _("Button")


class LetterBodyBlock(blocks.StreamBlock):
    text = TextBlock()
    picture = PictureBlock()
    button = ButtonBlock()
    figures = FiguresBlock()
