"""Blocks of the site's own pages, beside those that campaigns share with them."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from campaigns.blocks import BodyBlock, DownloadsBlock, PartnerBlock


class ProgrammeBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        choices=[
            ("match", _("Employer match")),
            ("round_up", _("Round-up")),
            ("shopping", _("Shopping")),
            ("other", _("Another way")),
        ],
        label=_("kind"),
    )
    name = blocks.CharBlock(max_length=80, label=_("name"))
    text = blocks.CharBlock(max_length=300, label=_("how it works"))
    website = blocks.URLBlock(required=False, label=_("its website"))


class ProgrammesBlock(blocks.StructBlock):
    """Ways to help through others: an employer, a bank or a shop gives along."""

    heading = blocks.CharBlock(label=_("heading"))
    text = blocks.CharBlock(required=False, max_length=300, label=_("text"))
    programmes = blocks.ListBlock(ProgrammeBlock(), min_num=1, label=_("programs"))

    class Meta:
        template = "pages/blocks/programmes.html"
        icon = "list-ul"
        label = _("Programs that give along")


class SiteBodyBlock(BodyBlock):
    """What a page of the site is put together from."""

    partner = PartnerBlock()
    programmes = ProgrammesBlock()
    downloads = DownloadsBlock()
