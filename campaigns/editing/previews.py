"""What else of a page an editor may look at before it is public."""

import base64
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from donations.models import LegalEntity
from gifts.pages import share_card

SHARED = "shared"
AS_WIDE_AS_IT_GOES = (
    '<!doctype html><html lang="en"><head><title>{0}</title></head>'
    '<body><main><h1><img src="data:image/png;base64,{1}" width="100%" alt="{0}"></h1></main>'
)
# As much as fits in one row of the picture.
CHARACTERS = 56


class SharePreview:
    """For a page: the picture that goes with its address where somebody shares it."""

    @property
    def preview_modes(self) -> list[tuple[str, str | Promise]]:
        return [("", _("The page")), (SHARED, _("Where it is shared"))]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        if mode_name == SHARED:
            drawn = base64.b64encode(card(self)).decode()
            return HttpResponse(format_html(AS_WIDE_AS_IT_GOES, _("Where it is shared"), drawn))
        answer: HttpResponse = super().serve_preview(request, mode_name)  # type: ignore[misc]
        return answer


def card(page: Any) -> bytes:
    """As the public side draws it, from what is written so far."""
    kinds = (page.search_description, getattr(page, "summary", ""), getattr(page, "lead", ""))
    line = Truncator(next(filter(None, kinds), "")).chars(CHARACTERS)
    entity = LegalEntity.objects.get(is_default=True)
    return share_card.draw(page.seo_title or page.title, line, entity.short_name or entity.name)
