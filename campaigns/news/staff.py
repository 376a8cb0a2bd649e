"""The desk of readers: who gets news, by which words she agreed, and ending it where she asks."""

from typing import ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from campaigns.models import Campaign, Reader
from campaigns.news import reading
from donations.staff import words
from donations.staff.cells import Cell, Notice, Section, Text, moment
from donations.staff.desk import Act, Desk, Listing, MomentColumn, Reading


class ReaderFilter(WagtailFilterSet):
    reads = django_filters.BooleanFilter(
        label=_("Reads now"), method="only_reading", widget=forms.CheckboxInput
    )
    newsletter = django_filters.BooleanFilter(
        label=_("The newsletter"), method="only_newsletter", widget=forms.CheckboxInput
    )
    campaign = django_filters.ModelChoiceFilter(
        label=_("Campaign"), queryset=Campaign.objects.all()
    )

    class Meta:
        model = Reader
        fields: ClassVar[list[str]] = ["reads", "newsletter", "campaign"]

    def only_reading(self, rows: QuerySet[Reader], name: str, value: bool) -> QuerySet[Reader]:
        return rows.filter(confirmed_at__isnull=False, left_at=None) if value else rows

    def only_newsletter(self, rows: QuerySet[Reader], name: str, value: bool) -> QuerySet[Reader]:
        return rows.filter(campaign=None) if value else rows


def find_readers(rows: QuerySet[Reader], typed: str) -> QuerySet[Reader]:
    return rows.filter(email__icontains=typed)


def subject(row: Reader) -> str:
    return str(row.campaign) if row.campaign else gettext("Newsletter")


def standing(row: Reader) -> str:
    if row.left_at:
        return str(row.get_left_why_display())
    return gettext("Reads") if row.confirmed_at else gettext("Asked, not confirmed")


class Readers(Listing):
    finder = staticmethod(find_readers)

    def get_base_queryset(self) -> QuerySet[Reader]:
        rows: QuerySet[Reader] = super().get_base_queryset()
        return rows.select_related("campaign")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("email", lambda row: row.email),
            Column(subject, label=_("News of")),
            Column(lambda row: words.language(row.language), label=_("Language")),
            Column(standing, label=_("Standing")),
            MomentColumn("confirmed_at", label=_("Confirmed"), sort_key="confirmed_at"),
        ]

    def notices(self) -> list[Notice]:
        count = reading.reading(Q(campaign=None)).count()
        text = ngettext(
            "%(count)d address reads the newsletter",
            "%(count)d addresses read the newsletter",
            count,
        )
        return [Notice(text % {"count": count}, "?reads=on&newsletter=on")]


class OneReader(Reading):
    def get_page_subtitle(self) -> str:
        return str(self.object.email)

    def sections(self) -> list[Section]:
        row: Reader = self.object
        facts = [
            [_("Standing"), Cell(standing(row), tone="good" if row.is_reading else "")],
            [_("News of"), subject(row)],
            [_("Language"), words.language(row.language)],
            [_("Asked"), moment(row.asked_at)],
            [_("Confirmed"), moment(row.confirmed_at)],
            [_("Left"), moment(row.left_at)],
            [_("Agreed to"), row.consent],
            [_("Version of the text"), row.consent_version],
        ]
        return [Section(_("The consent, as it was given"), facts)]


class EndNews(Act):
    name = "end"
    title = _("End the news")
    permission = "campaigns.end_reader"
    icon = "cross"

    @classmethod
    def is_possible(cls, row: Reader) -> bool:
        return row.is_reading

    def question(self) -> Text:
        return gettext(
            "For somebody who wrote or called: no more of it goes to %(address)s, from now on. "
            "Only she can ask for it again."
        ) % {"address": self.row.email}

    def perform(self, form: forms.Form) -> Text:
        reading.leave(self.row, why=Reader.Why.ENDED)
        return _("No more of it goes there.")


class ReadersDesk(Desk):
    model = Reader
    name = "readers"
    menu_label = _("Readers")
    icon = "group"
    ordering: ClassVar[list[str]] = ["-asked_at", "-pk"]
    filterset_class = ReaderFilter
    index_view_class = Readers
    inspect_view_class = OneReader
    acts = [EndNews]
