"""Who may do what with comments, by name: a page says who can give the second approval."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q

SEE, DECIDE, ERASE = (
    "campaigns.view_storycomment",
    "campaigns.decide_storycomment",
    "campaigns.erase_storycomment",
)
SWITCH = "campaigns.change_storytalk"
HOLD = "campaigns.hold_commentconcern"


def deciders(*, without: Iterable[int | None] = ()) -> list[Any]:
    """Who else may approve."""
    return list(_holders(DECIDE).exclude(pk__in=[pk for pk in without if pk]))


def named() -> list[Any]:
    """Who reads what was marked as safeguarding: by this right alone, no superuser as such."""
    return list(_holders(HOLD))


def is_named(user: Any) -> bool:
    return bool(_holders(HOLD).filter(pk=user.pk).exists())


def _holders(permission: str) -> Any:
    app, codename = permission.split(".")
    holds = Q()
    for way in ("user_permissions", "groups__permissions"):
        holds |= Q(**{f"{way}__content_type__app_label": app, f"{way}__codename": codename})
    people = get_user_model()._default_manager.filter(holds, is_active=True)
    return people.distinct().order_by("email")
