"""Stripe's list of events against our inbox: what was told while nobody listened.

Stripe keeps events for 30 days; what lies further back shows in the other families.
"""

from datetime import timedelta
from functools import partial

from django.utils import timezone

from donations import gateway, inbox
from donations.models import Event
from donations.reconciliation.compare import Cause, Comparison, Found, Stretch

KEPT_AT_STRIPE = timedelta(days=29)


def compare(stretch: Stretch) -> Comparison:
    since = max(stretch.since, timezone.now() - KEPT_AT_STRIPE)
    hints = {
        hint.id: hint
        for hint in gateway.list_events(sorted(inbox.KINDS), since=since)
        if stretch.holds(hint.created_at) and hint.livemode == stretch.livemode
    }
    known = dict(Event.objects.filter(pk__in=hints).values_list("pk", "status"))
    found = []
    for key, hint in sorted(hints.items(), key=lambda pair: (pair[1].created_at, pair[0])):
        detail = {"kind": hint.kind}
        if key not in known:
            found.append(Found(Cause.EVENT_MISSED, key, detail, partial(inbox.receive, hint)))
        elif known[key] == Event.Status.FAILED:
            found.append(Found(Cause.EVENT_STUCK, key, detail, partial(_replay, key)))
    return Comparison(len(hints), found)


def _replay(key: str) -> None:
    inbox.replay(Event.objects.get(pk=key))
