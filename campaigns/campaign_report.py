"""How one campaign goes, for staff: a page, a file of its figures, and its flyers."""

import csv
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets.button import HeaderButton

from campaigns import flyer
from campaigns.challenges import matching
from campaigns.challenges.matching import Matching
from campaigns.challenges.staff import received
from campaigns.models import Campaign, CampaignPage
from core import money
from core.headers import as_file
from donations import appeal_story
from donations.appeal_story import Line, Story, total
from donations.staff import words
from donations.staff.cells import Cell, Section, Text, amount, clock, moment
from donations.staff.charts import Chart, Series, columns, lines
from donations.staff.pages import Page

SEE = "campaigns.view_campaign"
# Up to so many days each has a column of its own; above, each month has.
DAYS = 45
RHYTHMS: dict[str, tuple[Text, int]] = {
    "once": (_("Once"), 3),
    "month": (_("Monthly"), 1),
    "year": (_("Yearly"), 4),
}
SIZES: dict[str, Text] = {"letter": _("Letter"), "a4": _("A4")}


class ReportPage(Page):
    permission = SEE
    template_name = "campaigns/staff/report.html"
    header_icon = "pick"
    campaign: Campaign

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        rows = Campaign.objects.select_related("designation")
        self.campaign = get_object_or_404(rows, pk=kwargs["pk"])
        self.page_title = str(self.campaign)
        return super().dispatch(request, *args, **kwargs)

    @property
    def header_buttons(self) -> list[HeaderButton]:
        links = [
            (_("Figures as a file"), "figures", "download"),
            (_("Edit"), "edit", "edit"),
        ]
        key = [self.campaign.pk]
        return [
            HeaderButton(label, reverse(f"campaigns:{name}", args=key), icon_name=icon)
            for label, name, icon in links
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        row = self.campaign
        context |= {"campaign": row, "clock": clock()}
        context["sections"] = [*_challenges(row), _paper(row)]
        story = _story(row)
        if not story.lines:
            return context
        currencies = story.currencies
        currencies.sort(key=lambda code: code != row.goal_currency)
        currency = self.chosen("currency", currencies)
        return context | {
            "currency": currency,
            "currencies": [(code, f"?currency={code}") for code in currencies],
            "tiles": tiles(story, currency),
            "charts": charts(story, currency),
        }


def _story(row: Campaign) -> Story:
    """Gifts toward a wish carry no code, and are told on the wish's own page."""
    return appeal_story.read(row.code, row.designation_id) if row.designation_id else Story()


def tiles(story: Story, currency: str) -> list[tuple[Text, str, str]]:
    """A name, a figure, and a word to it."""
    found = story.of(currency)
    gifts, given = total(found, lambda one: one.gifts), total(found, lambda one: one.given_minor)
    back = total(found, lambda one: one.back_minor)
    return [
        (
            _("Stayed"),
            amount(total(found, lambda one: one.kept_minor), currency),
            gettext("what the campaign's page counts"),
        ),
        (_("Given"), amount(given, currency), gettext("by %(count)s gifts") % {"count": gifts}),
        (
            _("Average gift"),
            amount(round(given / gifts), currency) if gifts else "\N{EN DASH}",
            gettext("each monthly payment is one"),
        ),
        (_("Went back"), amount(back, currency), gettext("refunds, and what banks took back")),
        (
            _("Donors"),
            str(story.donors),
            gettext("%(count)s of them gave to us for the first time")
            % {"count": story.new_donors},
        ),
    ]


def charts(story: Story, currency: str) -> list[Chart]:
    found = story.of(currency)
    drawn = [_by_time(found, currency), _by_language(found, currency)]
    if len(story.currencies) > 1:
        drawn.append(_by_currency(story))
    return drawn


def _by_time(found: list[Line], currency: str) -> Chart:
    first, last = found[0].day, max(found[-1].day, timezone.localdate())
    by_day = (found[-1].day - first).days < DAYS
    spans = _days(first, found[-1].day) if by_day else _months(first, last)

    def name(day: date) -> str:
        # Translators: formats of a day and of a month, as Django writes formats.
        return date_format(day, gettext("M j") if by_day else gettext("M Y"))

    def within(day: date, rhythm: str = "") -> list[Line]:
        return [
            one
            for one in found
            if (one.day if by_day else one.day.replace(day=1)) == day and rhythm in ("", one.rhythm)
        ]

    rhythms = [code for code in RHYTHMS if any(one.rhythm == code for one in found)]
    series = [
        Series(
            RHYTHMS[code][0],
            RHYTHMS[code][1],
            [total(within(day, code), lambda one: one.given_minor) for day in spans],
        )
        for code in rhythms
    ]
    rows = [
        [
            Cell(name(day)),
            *(Cell(_counted(within(day, code), currency)) for code in rhythms),
            Cell(_money(total(within(day), lambda one: one.back_minor), currency)),
            Cell(_money(total(within(day), lambda one: one.kept_minor), currency)),
        ]
        for day in reversed(spans)
        if within(day)
    ]
    headings: list[Text] = [
        _("Day") if by_day else _("Month"),
        *(RHYTHMS[code][0] for code in rhythms),
        *(_("Went back"), _("Stayed")),
    ]
    return columns(
        _("Given, by day") if by_day else _("Given, by month"),
        [name(day) for day in spans],
        series,
        table=(headings, rows),
        words=_short(currency),
        note=_("A gift on the day it was paid, a refund on the day it went."),
    )


def _by_language(found: list[Line], currency: str) -> Chart:
    codes = sorted({one.language for one in found})
    parts = {code: [one for one in found if one.language == code] for code in codes}
    names = [words.language(code) for code in codes]
    rows = [
        [Cell(name), Cell(_counted(parts[code], currency))]
        for name, code in zip(names, codes, strict=True)
    ]
    return lines(
        _("By the language of the form"),
        names,
        [max(0, total(parts[code], lambda one: one.given_minor)) for code in codes],
        table=([_("Language"), _("Given")], rows),
        words=_short(currency),
    )


def _by_currency(story: Story) -> Chart:
    """In numbers of gifts, as amounts of different money make no bars."""
    counts = {code: total(story.of(code), lambda one: one.gifts) for code in story.currencies}
    rows = [
        [
            Cell(code),
            Cell(count),
            Cell(amount(total(story.of(code), lambda one: one.kept_minor), code)),
        ]
        for code, count in counts.items()
    ]
    return lines(
        _("By currency"),
        list(counts),
        list(counts.values()),
        table=([_("Currency"), _("Gifts"), _("Stayed")], rows),
        note=_("The bars count gifts. The goal counts those in its own currency."),
    )


def _challenges(row: Campaign) -> list[Section]:
    promises = matching.promises([row.pk])
    if not promises:
        return []
    stayed, now = received(promises), timezone.now()
    table = [
        [
            Cell(one, reverse("challenges:edit", args=[one.pk])),
            one.sponsor or "\N{EN DASH}",
            amount(one.cap_minor, one.currency),
            amount(Matching(one, stayed[matching.span(one)], now).matched_minor, one.currency),
            amount(stayed[matching.sponsors(one)], one.currency),
            moment(one.starts_at),
            moment(one.ends_at),
        ]
        for one in promises
    ]
    headings = [
        *(_("Code"), _("Sponsor"), _("Up to"), _("Matched so far")),
        *(_("Received from the sponsor"), _("From"), _("Until")),
    ]
    return [Section(_("Matching challenges"), table, headings)]


def _paper(row: Campaign) -> Section:
    """The short address, and a flyer for each language and size of paper."""
    pages = CampaignPage.objects.filter(campaign=row).select_related("locale")
    address = flyer.short_address(row)
    table: list[list[Any]] = [[_("Short address"), Cell(address, address)]]
    for page in pages.order_by("locale__language_code", "pk"):
        language = page.locale.language_code
        for size, name in SIZES.items():
            url = reverse("campaigns:flyer", args=[row.pk, language, size])
            label = f"{words.language(language)}, {name}"
            if not page.live:
                label = gettext("%(paper)s (the page is not public yet)") % {"paper": label}
            table.append([_("Flyer"), Cell(label, url)])
    return Section(_("For paper"), table)


def sheet(request: HttpRequest, pk: int, language: str, size: str) -> HttpResponse:
    """The flyer in this language, for colleagues who keep campaigns."""
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    pages = CampaignPage.objects.filter(campaign=pk, locale__language_code=language)
    page = pages.select_related("campaign", "locale").order_by("-live", "pk").first()
    if page is None or size not in flyer.SIZES:
        raise Http404
    name = f"{slugify(page.title) or 'flyer'}-{size}.pdf"
    return as_file(flyer.sheet(page, size=size), name, is_shown=True)


def figures(request: HttpRequest, pk: int) -> HttpResponse:
    """Every day as CSV: codes, plain numbers and dates, safe in a spreadsheet."""
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    row = get_object_or_404(Campaign, pk=pk)
    answer = as_file(b"", f"{row.code.lower()}.csv", "text/csv; charset=utf-8")
    out = csv.writer(answer)
    out.writerow(
        ["day", "currency", "rhythm", "language", "gifts", "given", "went_back", "moved", "stayed"]
    )
    for one in _story(row).lines:
        parts = (one.given_minor, one.back_minor, one.moved_minor, one.kept_minor)
        shown = [f"{money.to_decimal(minor, one.currency):f}" for minor in parts]
        out.writerow([one.day, one.currency, one.rhythm, one.language, one.gifts, *shown])
    return answer


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _months(first: date, last: date) -> list[date]:
    found = [first.replace(day=1)]
    while (following := (found[-1] + timedelta(days=32)).replace(day=1)) <= last:
        found.append(following)
    return found


def _counted(part: list[Line], currency: str) -> str:
    """ "12", and below it what they come to; empty for none."""
    gifts = total(part, lambda one: one.gifts)
    given = amount(total(part, lambda one: one.given_minor), currency)
    return f"{gifts}\n{given}" if gifts else ""


def _money(minor: int, currency: str) -> str:
    return amount(minor, currency) if minor else ""


def _short(currency: str) -> Callable[[int], str]:
    language = get_language() or "en"
    return lambda minor: money.display_short(minor, currency, language)
