"""The guide for editors, as a page where they work: docs/editors.md, with its pictures.

Read is only what the guide is written in: headings, paragraphs, lists, tables, pictures that stand
alone, and bold, code and links within a line. Anything else would be shown as it was typed.
"""

import html
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

FILES = {"en": "editors.md", "es": "editors.es.md"}
PICTURES = "images/guide/"
# Whoever keeps campaigns writes pages, too.
WRITES = "campaigns.view_campaign"

PICTURE = re.compile(r"!\[(.*)\]\((.+)\)")
NUMBERED = re.compile(r"(\d+)\. ")
INLINE = (
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"`(.+?)`"), r"<code>\1</code>"),
    # Pages beside this one are not offered here: their names stay as words.
    (re.compile(r"\[([^\]]+)\]\((?!#|https?:)[^)]+\)"), r"\1"),
    (re.compile(r"\[([^\]]+)\]\(([^)]+)\)"), r'<a href="\2">\1</a>'),
)


@dataclass
class Guide:
    title: str = ""
    # Each an anchor and its heading.
    sections: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""


def read(text: str) -> Guide:
    """A guide from its Markdown; every sign of it that is not Markdown is escaped."""
    guide = Guide()
    parts = [part for part in re.split(r"\n\s*\n", text.strip()) if part]
    guide.body = mark_safe("\n".join(_drawn(parts, guide)))  # noqa: S308 - escaped
    return guide


def _drawn(parts: list[str], guide: Guide) -> Iterator[str]:
    for part in parts:
        lines = part.splitlines()
        if part.startswith("# "):
            guide.title = part[2:]
        elif part.startswith("## "):
            anchor = slugify(part[3:])
            guide.sections.append((anchor, part[3:]))
            yield f'<h2 id="{anchor}">{_inline(part[3:])}</h2>'
        elif found := PICTURE.fullmatch(part.strip()):
            yield _picture(*found.groups())
        elif part.startswith("|"):
            yield _table(lines)
        elif NUMBERED.match(part) or part.startswith("- "):
            yield from _list(part)
        else:
            yield f"<p>{_inline(' '.join(lines))}</p>"


def _list(part: str) -> Iterator[str]:
    """One list; a number that is not 1 goes on counting after a picture between two steps."""
    first = NUMBERED.match(part)
    mark = r"(?m)^\d+\. " if first else r"(?m)^- "
    points = [" ".join(point.split()) for point in re.split(mark, part)[1:]]
    name = "ol" if first else "ul"
    start = f' start="{first[1]}"' if first and first[1] != "1" else ""
    yield f"<{name}{start}>"
    yield from (f"<li>{_inline(point)}</li>" for point in points)
    yield f"</{name}>"


def _table(lines: list[str]) -> str:
    head, _rule, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    drawn = "".join(f'<th scope="col">{_inline(cell)}</th>' for cell in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{_inline(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f'<div class="ns-scroll"><table class="listing"><thead><tr>{drawn}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _picture(told: str, name: str) -> str:
    address = static("guide/" + name.removeprefix(PICTURES))
    # Its room is kept free, else a part that is jumped to moves away while pictures come in.
    width, height = _size(settings.ROOT / "docs" / name)
    size = f'width="{width}" height="{height}"'
    drawn = f'<img src="{address}" alt="{html.escape(told)}" {size}>'
    return f'<figure><a href="{address}">{drawn}</a></figure>'


def _size(picture: Path) -> tuple[int, int]:
    """Of a PNG, from its first bytes; nothing of a picture that is not there."""
    if not picture.is_file():
        return 0, 0
    with picture.open("rb") as file:
        width, height = struct.unpack(">II", file.read(24)[16:])
    return width, height


def _inline(text: str) -> str:
    text = html.escape(text, quote=False)
    for pattern, drawn in INLINE:
        text = pattern.sub(drawn, text)
    return text


class GuidePage(WagtailAdminTemplateMixin, TemplateView):
    template_name = "staff/guide.html"
    page_title = _("Guide for editors")
    header_icon = "help"
    request: HttpRequest

    @cached_property
    def language(self) -> str:
        """As asked for, else the reader's own; English where there is no other."""
        for one in (self.request.GET.get("language"), get_language()):
            if one in FILES:
                return one
        return "en"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": str(self.page_title)}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        text = (settings.ROOT / "docs" / FILES[self.language]).read_text()
        others = [
            (code, get_language_info(code)["name_local"].capitalize())
            for code in FILES
            if code != self.language
        ]
        return context | {"guide": read(text), "language": self.language, "others": others}


class GuideDesk(ViewSet):
    name = "guide"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", GuidePage.as_view(), name="index")]


class GuideItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(WRITES))


def menu_item() -> GuideItem:
    return GuideItem(_("Guide"), reverse("guide:index"), icon_name="help", name="guide", order=9000)
