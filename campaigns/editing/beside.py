"""Beside a translation's form: the page it is translated from, and what has changed there since."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.forms import Script
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import Page

from campaigns.editing import behind
from campaigns.editing.parts import Piece, pieces

WORD = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Shown:
    """A part as the panel shows it."""

    piece: Piece
    how: str
    anchor: str
    words: str
    # Of the words that "Still right" is said of.
    seen: str


def marked(before: str, now: str) -> SafeString:
    """The words of now, with what came as <ins> and what went as <del>."""
    old, new = WORD.findall(before), WORD.findall(now)
    parts = []
    for how, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if how == "equal":
            parts.append(escape("".join(new[c:d])))
            continue
        if gone := "".join(old[a:b]):
            parts.append(format_html("<del>{}</del>", gone))
        if came := "".join(new[c:d]):
            parts.append(format_html("<ins>{}</ins>", came))
    return mark_safe("".join(parts))  # noqa: S308 - each part is escaped


def earlier(source: Page, wanted: Mapping[str, str]) -> dict[str, Piece]:
    """Parts as they had the fingerprints that are wanted, from the versions that are kept."""
    found: dict[str, Piece] = {}
    if not wanted:
        return found
    versions = source.revisions.order_by("-pk").values_list("content", flat=True)
    for content in versions.iterator(chunk_size=5):
        for one in pieces(source, content):
            if one.key not in found and wanted.get(one.key) == behind.fingerprint(one):
                found[one.key] = one
        if len(found) == len(wanted):
            break
    return found


class BesidePanel(BaseSidePanel):
    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = _("Toggle the page it is translated from")
        icon_name = "globe"

        def get_context_data(self, parent_context: Any) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            return context | {"count": self.panel.found.parts}

    name = "beside"
    order = 360
    template_name = "campaigns/checks/beside.html"

    def __init__(self, page: Page, request: Any, *, source: Page) -> None:
        super().__init__(page, request)
        self.page = page
        self.source = source
        self.found = behind.of(page, source)
        changed = {one.piece.key for one in self.found.told if one.how == "changed"}
        notes = self.found.notes
        before = earlier(source, {key: notes[key].of for key in {*changed, *self.found.gone}})
        self.told = [
            Shown(
                one.piece,
                one.how,
                one.anchor,
                marked(before[one.piece.key].text, one.piece.text)
                if one.how == "changed" and one.piece.key in before
                else one.piece.text,
                behind.fingerprint(one.piece),
            )
            for one in self.found.told
        ]
        lost = gettext("A part that is not kept any more")
        self.gone = [before.get(key, Piece(key, lost, "", "")) for key in self.found.gone]
        language = source.locale.get_display_name()
        self.title = gettext("The page in %(language)s") % {"language": language}

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        return context | {
            "page": self.page,
            "source": self.source,
            "told": self.told,
            "gone": self.gone,
            "found": self.found,
        }

    class Media:
        js: ClassVar[list[Script]] = [Script("js/beside.js", type="module")]


class EditPage(EditView):
    """Wagtail's own, with one more panel beside the form."""

    def get_side_panels(self) -> MediaContainer:
        panels: MediaContainer = super().get_side_panels()
        if self.expects_json_response:  # it saves by itself: the panel is there already
            return panels
        source = behind.source_of(self.page)
        if source and source.permissions_for_user(self.request.user).can_edit():
            panels.append(BesidePanel(self.page, self.request, source=source))
        return panels


@require_POST
def still_right(request: HttpRequest, pk: int) -> HttpResponse:
    """Of one part, or taken back; answers what to say if the source has changed meanwhile."""
    page = get_object_or_404(Page, pk=pk).specific
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    key = request.POST.get("part", "")
    try:
        if request.POST.get("back"):
            behind.call_undone(page, key)
        else:
            seen = request.POST.get("seen", "")
            behind.call_right(page.get_latest_revision_as_object(), key, seen)
    except behind.SourceChanged:
        told = gettext("Its words have changed meanwhile. Load this page anew.")
        return JsonResponse({"told": told}, status=409)
    return JsonResponse({})


class TranslationsDesk(ViewSet):
    name = "translations"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("<int:pk>/still-right/", still_right, name="still_right")]
