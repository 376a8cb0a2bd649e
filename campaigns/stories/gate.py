"""The one gate: a story goes public if two people passed it and whoever speaks in it agreed.

`StoryPage.save` asks it whenever a page would be live, so that every way of publishing does. What
does not pass through the model meets the trigger `story_is_cleared` in the database.
"""

import json
import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision
from wagtail.permission_policies.pages import PagePermissionPolicy

from campaigns.models import Clearance, StoryPage
from campaigns.stories import standing

WHY: dict[str, Any] = {
    "nobody": _("It takes a second person to publish a story."),
    "unknown": _("Nobody knows who wrote this; save the draft once more by hand."),
    "own": _("It takes a second person: you began this story or changed it last."),
    "consent": _(
        "There is no consent on record to these very words. Below the story stands each text that "
        "needs one."
    ),
    "mirror": _("A story has no mirrors: copy it or translate it, and publish that by itself."),
}

_EDITORS_KEYS = re.compile(r' data-block-key=\\"[^"\\]*\\"')


class Refused(PermissionDenied):
    """A story may not go public; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(WHY[code])
        self.code = code

    def __str__(self) -> str:
        return str(WHY[self.code])


def sign(revision: Revision, *, by: Any) -> Clearance:
    """Somebody passes this version who neither began the story nor changed it last.

    Raises:
        Refused: code "nobody", "unknown" or "own".
    """
    page: StoryPage = revision.as_object()
    shown = digest(page)
    if found := Clearance.objects.filter(story=page.pk, digest=shown).first():
        return found
    if by is None:
        raise Refused("nobody")
    writer = changed_last(revision)
    if writer is None:
        raise Refused("unknown")
    if by.pk in (writer, page.owner_id):
        raise Refused("own")
    return Clearance.objects.create(
        story_id=page.pk, digest=shown, written_by_id=writer, passed_by_id=by.pk
    )


def check(page: StoryPage) -> None:
    """May this page be live as it is?

    Raises:
        Refused: code "nobody" or "consent"; also where the consents cannot be asked.
    """
    if page.pk is None or not page.clearances.filter(digest=digest(page)).exists():
        raise Refused("nobody")
    if set(standing.of_texts(page).values()) - {"living"}:
        raise Refused("consent")


def may_sign(page: StoryPage) -> list[Any]:
    """Who could pass the newest version: whoever may publish and neither began nor changed it."""
    revision = page.latest_revision
    writer = changed_last(revision) if revision else None
    people = PagePermissionPolicy().users_with_permission_for_instance("publish", page)
    return list(people.filter(is_active=True).exclude(pk__in=[writer, page.owner_id]))


def changed_last(revision: Revision) -> int | None:
    """Who made the words what they are now: saving them unchanged makes nobody their writer."""
    earlier = Revision.objects.for_instance(revision.content_object).filter(pk__lt=revision.pk)
    reads = _reads(revision.as_object())
    writer: int | None = revision.user_id
    for before in earlier.order_by("-pk").iterator(chunk_size=5):
        if _reads(before.as_object()) != reads:
            break
        writer = before.user_id
    return writer


def _reads(page: StoryPage) -> str:
    """What a visitor reads, without the keys that the editor gives to paragraphs by itself."""
    return _EDITORS_KEYS.sub("", json.dumps(_shown(page), sort_keys=True))


def _shown(page: StoryPage) -> list[Any]:
    body = page._meta.get_field("body").get_prep_value(page.body)
    return [*(getattr(page, name) for name in StoryPage.SHOWN), body]


def digest(page: StoryPage) -> str:
    """Of all that a visitor reads; a trigger computes the same from the row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(sha256(convert_to((%s::jsonb)::text, 'UTF8')), 'hex')",
            [json.dumps(_shown(page))],
        )
        found: str = cursor.fetchone()[0]
    return found
