"""The desk for Stripe's events: what came, what became of it, and one more look on request."""

from datetime import datetime
from typing import Any, ClassVar

import django_filters
from django import forms
from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column

from donations import inbox
from donations.models import CheckoutAttempt, Event
from donations.staff.cells import Cell, Notice, Section, Text, link, moment, short_id
from donations.staff.desk import Act, Desk, LinesColumn, Listing, MomentColumn, Reading, ShortColumn
from donations.staff.words import yes_no

Status = Event.Status
TONES = {Status.APPLIED: "good", Status.FAILED: "bad", Status.WAITING: "warn"}


class EventFilter(WagtailFilterSet):
    status = django_filters.MultipleChoiceFilter(
        label=_("Status"), choices=Status.choices, widget=forms.CheckboxSelectMultiple
    )
    received_at = django_filters.DateFromToRangeFilter(
        label=_("Received"), widget=DateRangePickerWidget
    )
    kind = django_filters.AllValuesFilter(label=_("Kind"))

    class Meta:
        model = Event
        fields: ClassVar[list[str]] = ["status", "received_at", "kind", "livemode"]


def silence(since: datetime | None) -> list[Notice]:
    """The alarm that Stripe owes us events: payments may have arrived unheard of."""
    if since is None:
        return []
    text = gettext(
        "Stripe owes us events since %(when)s. Look at Stripe's dashboard whether the webhook "
        "endpoint is failing; every five minutes we ask Stripe ourselves meanwhile."
    )
    return [Notice(text % {"when": moment(since)}, tone="bad")]


def find_events(events: Any, typed: str) -> Any:
    """By an id of Stripe's or ours, or the beginning of a kind."""
    return events.filter(
        Q(pk=typed)
        | Q(object_id=typed)
        | Q(payment_intent_id=typed)
        | Q(reference__istartswith=typed)
        | Q(kind__istartswith=typed)
    )


class Inbox(Listing):
    finder = staticmethod(find_events)
    page_title = _("Events from Stripe")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("kind", _kind),
            LinesColumn(
                _outcome, lambda event: event.problem, label=_("Status"), sort_key="status"
            ),
            ShortColumn(lambda event: short_id(event.object_id), label=_("About")),
            Column("attempts", label=_("Tries")),
            MomentColumn("received_at", label=_("Received"), sort_key="received_at"),
        ]

    def notices(self) -> list[Notice]:
        counts = dict(Event.objects.order_by().values_list("status").annotate(count=Count("pk")))
        here = reverse("inbox:index")
        tiles = [
            Notice(f"{label}: {counts.get(status, 0)}", f"{here}?status={status}", "tile")
            for status, label in Status.choices
        ]
        return [*silence(inbox.silent_since()), *tiles]


def _kind(event: Event) -> SafeString:
    """With places to break a long one: after its dots, never within a word."""
    parts = ((part,) for part in event.kind.split("."))
    return format_html_join(mark_safe(".<wbr>"), "{}", parts)


def _outcome(event: Event) -> str:
    if event.status == Status.IGNORED and event.livemode != settings.STRIPE_LIVE:
        return (
            gettext("Ignored: live event on a test site")
            if event.livemode
            else gettext("Ignored: test event on a live site")
        )
    return event.get_status_display()


class OneEvent(Reading):
    def sections(self) -> list[Section]:
        event: Event = self.object
        rows: list[list[Any]] = [
            [_("Status"), Cell(_outcome(event), tone=TONES.get(Status(event.status), ""))],
            [_("Kind"), event.kind],
            [_("Event"), event.pk],
            [_("About"), event.object_id],
            [_("Payment"), event.payment_intent_id],
            [_("Our reference"), event.reference],
            [_("Live"), yes_no(event.livemode)],
            [_("API version"), event.api_version],
            [_("At Stripe"), moment(event.created_at)],
            [_("Received"), moment(event.received_at)],
            [_("Deliveries"), event.deliveries],
            [_("Tries"), event.attempts],
            [_("Problem"), event.problem],
            [_("Done"), moment(event.processed_at)],
        ]
        if self.may_see("donation"):
            attempt = (
                CheckoutAttempt.objects.filter(_about(event)).select_related("donation").first()
            )
            rows.append([_("Donation"), link("gifts", attempt.donation if attempt else None)])
        return [Section(_("The event"), rows)]


def _about(event: Event) -> Q:
    about = Q(session_id=event.object_id)
    if event.reference:
        about |= Q(reference=event.reference)
    if event.payment_intent_id:
        about |= Q(donation__payment_intent_id=event.payment_intent_id)
    return about


class Replay(Act):
    name = "replay"
    title = _("Look into it once more")
    permission = "donations.replay_event"
    icon = "rotate"

    @classmethod
    def is_possible(cls, row: Event) -> bool:
        return row.status != Status.WAITING

    def question(self) -> Text:
        return _("We ask Stripe again what this is about. What is booked already stays as it is.")

    def perform(self, form: forms.Form) -> Text:
        inbox.replay(self.row)
        return _("It waits for the next worker.")


class InboxDesk(Desk):
    model = Event
    name = "inbox"
    menu_label = _("Events from Stripe")
    icon = "download"
    ordering = ["-received_at", "-pk"]
    filterset_class = EventFilter
    index_view_class = Inbox
    inspect_view_class = OneEvent
    acts = [Replay]


def failed_count() -> str:
    """How many events wait for staff, as a sentence; empty if none."""
    count = Event.objects.filter(status=Status.FAILED).count()
    if not count:
        return ""
    text = ngettext("%(count)d event failed", "%(count)d events failed", count)
    return text % {"count": count}
