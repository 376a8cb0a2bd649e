"""Which pages show a file."""

from typing import Any

from django.db.models import Q
from wagtail.fields import StreamField
from wagtail.models import get_page_models

from campaigns.blocks import DOWNLOADS


def by(pk: int) -> Q:
    """Pages, of whatever kind, whose text as it is published shows this file.

    Asked of the pages themselves: an index beside them could be late.
    """
    shown = [{"type": DOWNLOADS, "value": {"files": [{"value": pk}]}}]
    found = Q(pk=None)
    for kind in get_page_models():
        body: Any = next((one for one in kind._meta.fields if one.name == "body"), None)
        if isinstance(body, StreamField) and DOWNLOADS in body.stream_block.child_blocks:
            found |= Q(**{f"{kind._meta.model_name}__body__contains": shown})
    return found
