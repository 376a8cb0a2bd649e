"""What a page says of itself to machines: schema.org, as a block of data in its head.

It holds nothing that the page does not show to people, too.
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Page

from campaigns.models import CampaignPage
from pages import findable
from pages.context import Organisation
from pages.models import HomePage

Node = dict[str, Any]
# As Django's own json_script does: what could end the block or begin another is written apart.
APART = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def block(context: Mapping[str, Any]) -> SafeString:
    page = context.get("page")
    if not isinstance(page, Page) or not page.pk:
        return SafeString()
    nodes = [*_nodes(page, context["organisation"], context)]
    text = json.dumps({"@context": "https://schema.org", "@graph": nodes}, ensure_ascii=False)
    safe = mark_safe(text.translate(APART))  # noqa: S308 - no tag is left in it
    return format_html('<script type="application/ld+json">{}</script>', safe)


def _nodes(page: Page, who: Organisation, context: Mapping[str, Any]) -> Iterator[Node]:
    if isinstance(page, HomePage):
        yield _organisation(who)
    else:
        yield _crumbs(page, who, context)
    if isinstance(page, CampaignPage) and context.get("box"):
        yield _give(who, f"?{context['box'].query}", page.title)
    if asked := [*_questions(page)]:
        yield {"@type": "FAQPage", "mainEntity": asked}


def _organisation(who: Organisation) -> Node:
    known = {
        "name": who.name,
        "legalName": who.legal_name,
        "taxID": who.tax_id,
        "description": who.footer_text,
        "address": who.address,
        "email": who.email,
        "telephone": who.phone,
    }
    return {
        "@type": "NGO",
        "@id": _identity(),
        "url": f"{settings.PUBLIC_URL}/",
        "logo": f"{settings.PUBLIC_URL}{static('img/icon-180.png')}",
        **{name: value for name, value in known.items() if value},
        "potentialAction": _give(who),
    }


def _give(who: Organisation, query: str = "", name: str = "") -> Node:
    return {
        "@type": "DonateAction",
        **({"name": name} if name else {}),
        "target": f"{settings.PUBLIC_URL}{who.give_url}{query}",
        "recipient": {"@type": "NGO", "@id": _identity(), "name": who.name},
    }


def _identity() -> str:
    return f"{settings.PUBLIC_URL}/#organization"


def _crumbs(page: Page, who: Organisation, context: Mapping[str, Any]) -> Node:
    way = [(who.name, who.home_url)]
    above = [context["index"]] if context.get("index") else context.get("ancestors", ())
    way += [(one.title, findable.address(one)) for one in above if one.depth > findable.HOME_DEPTH]
    way.append((page.title, findable.address(page)))
    if card := context.get("card"):  # a wish
        way.append((card.name, card.url))
    items = [
        {"@type": "ListItem", "position": n, "name": name, "item": f"{settings.PUBLIC_URL}{url}"}
        for n, (name, url) in enumerate(way, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _questions(page: Page) -> Iterator[Node]:
    for piece in getattr(page, "body", ()):
        for one in piece.value["questions"] if piece.block_type == "questions" else ():
            yield {
                "@type": "Question",
                "name": one["question"],
                "acceptedAnswer": {"@type": "Answer", "text": _plain(one["answer"].source)},
            }


@lru_cache(256)
def _plain(markup: str) -> str:
    return " ".join(strip_tags(markup.replace("<", " <")).split())
