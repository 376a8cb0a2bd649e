"""Blocks of the site's own pages, beside those that campaigns share with them."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from campaigns.blocks import BodyBlock, PartnerBlock
from core import findable

# What would lead to a house: of what `core.findable` looks for, the kinds that tell of a place.
LEADING = ("place", "coordinates", "phone")


class AgreedPartnerBlock(PartnerBlock):
    """A partner that agreed in writing to be named: with who agreed, and when, for our records.

    It has no place, no address and no number of people by region, and refuses words that do.
    """

    # Neither is shown, nor found by the search.
    agreed_by = blocks.CharBlock(
        max_length=120,
        search_index=False,
        label=_("who agreed for the partner"),
        help_text=_("In writing, by somebody who may. It is not shown on the page."),
    )
    agreed_on = blocks.DateBlock(label=_("when they agreed"))

    def clean(self, value: Mapping[str, Any]) -> Any:
        """Raises:
        StructBlockValidationError: it tells of a place, or the agreement is still to come.
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

    partner = AgreedPartnerBlock()
    programmes = ProgrammesBlock()
