"""Who held which role when, as an auditor reads it: kept by the database with each change."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group

from accounts.models import Membership, User
from donations.audit import sheets
from donations.audit.sampling import Span

HEADINGS = ("role", "person", "from", "to", "given by", "taken by")
BEFORE = "before it was recorded"


def sheet(span: Span) -> tuple[Sequence[str], sheets.Rows]:
    """Each time that somebody held a role and that touches the period; open ones have no end."""
    begin, end = sheets.borders(span)
    names = dict(Group.objects.values_list("pk", "name"))
    kept: Any = apps.get_model("accounts", "RoleEvent")
    events = kept.objects.select_related("pgh_context").order_by("pgh_created_at", "pgh_id")
    held = dict[tuple[int, int], list[Any]]()
    times = list[list[Any]]()
    for event in events:
        key = (event.group_id, event.user_id)
        who = (event.pgh_context.metadata if event.pgh_context else {}).get("user")
        if event.pgh_label == "given":
            held[key] = [*key, event.pgh_created_at, None, who, None]
            times.append(held[key])
            continue
        time = held.pop(key, None)
        if time is None:
            time = [*key, None, None, None, None]
            times.append(time)
        time[3], time[5] = event.pgh_created_at, who
    for group_id, user_id in Membership.objects.values_list("group_id", "user_id"):
        if (group_id, user_id) not in held:
            times.append([group_id, user_id, None, None, None, None])
    people = dict(User.objects.values_list("pk", "email"))
    told = [
        [
            names.get(group_id, f"role {group_id}"),
            people.get(user_id, f"account {user_id}"),
            sheets.moment(since, span) or BEFORE,
            sheets.moment(until, span),
            people.get(given, "") if given else "",
            people.get(taken, "") if taken else "",
        ]
        for group_id, user_id, since, until, given, taken in times
        if (since is None or since < end) and (until is None or until >= begin)
    ]
    return HEADINGS, sorted(told)
