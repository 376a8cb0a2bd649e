"""The monthly review: who looked at what and what for, ticked by another person."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from donations.staff.cells import Cell, Notice, Section, clock, moment
from donations.staff.charts import Chart, Series, columns
from donations.staff.pages import ForReaders, Page
from gifts.staff.looks import look_rows
from gifts.staff.reading import names, signers
from gifts.vault import review
from gifts.vault.models import Purpose

PERMISSION = "vault.review_access"
MONTHS = 13


class ForReviewers(ForReaders):
    permission = PERMISSION


def months() -> list[date]:
    """This month and those before it, the newest first."""
    found = [timezone.localdate().replace(day=1)]
    while len(found) < MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found


def called(month: date) -> str:
    # Translators: format of a month, as Django writes formats.
    return date_format(month, gettext("F Y"))


class MonthPage(Page):
    """A month of looks: by day, then by person."""

    permission = PERMISSION
    template_name = "gifts/staff/month.html"
    page_title = _("Who looked at what")
    header_icon = "view"

    def month(self) -> date:
        # Before it is over there is nothing to tick: the last whole month comes first.
        newest, *older = months()
        chosen: date = self.chosen("month", [older[0], newest, *older[1:]])
        return chosen

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        month = self.month()
        people = review.of(month)
        return context | {
            "month": month.isoformat(),
            "months": [(one.isoformat(), called(one)) for one in months()],
            "chart": self._chart(month) if people else None,
            "sections": [self._people(month, people), self._purposes(people)],
            "notices": [
                Notice(
                    gettext("%(month)s: looks of %(count)s people were not reviewed")
                    % {"month": called(late), "count": count},
                    f"?month={late.isoformat()}",
                    "warn",
                )
                for late, count in review.unreviewed(timezone.localdate())
            ],
            "clock": clock(),
        }

    def _people(self, month: date, people: list[review.Looks]) -> Section:
        rows = [
            [
                Cell(one.who, f"{reverse('looks:person', args=[one.user_id])}?month={month}"),
                one.count,
                one.records,
                _odd(one.outside),
                _odd(one.undecided),
                _odd(one.most_a_day if one.most_a_day > review.MANY_A_DAY else 0),
                _odd(one.emergencies),
                one.reviewed.reviewed_who if one.reviewed else _missing(),
            ]
            for one in people
        ]
        headings = [
            *(_("Person"), _("Looks"), _("Records"), _("Outside hours"), _("Without a step after")),
            *(_("Many in one day"), _("In an emergency"), _("Reviewed by")),
        ]
        return Section(_("By person, the unusual first"), rows, headings, _("Nobody looked."))

    def _purposes(self, people: list[review.Looks]) -> Section:
        counts: Counter[str] = sum((one.by_purpose for one in people), Counter())
        rows = [[label, counts[code]] for code, label in Purpose.choices if counts[code]]
        return Section(_("By purpose"), rows, empty=_("Nobody looked."))

    def _chart(self, month: date) -> Chart:
        counts: dict[bool, Counter[date]] = {True: Counter(), False: Counter()}
        for at in review.rows_of(month).values_list("at", flat=True):
            counts[review.in_hours(at)][timezone.localdate(at)] += 1
        first, last = month, review.bounds(month)[1].date()
        days = [first + timedelta(days=n) for n in range((last - first).days)]
        inside = [counts[True][one] for one in days]
        outside = [counts[False][one] for one in days]
        cells = [
            [Cell(date_format(one, "j")), Cell(inside[place]), Cell(outside[place])]
            for place, one in enumerate(days)
            if inside[place] or outside[place]
        ]
        return columns(
            _("Looks by day"),
            [str(one.day) for one in days],
            [Series(_("In office hours"), 2, inside), Series(_("Outside hours"), 6, outside)],
            table=([_("Day"), _("In office hours"), _("Outside hours")], cells),
            words=str,
        )


def _odd(count: int) -> Cell | int:
    return Cell(count, tone="warn") if count else 0


def _missing() -> Cell:
    return Cell(gettext("Not yet"), tone="warn")


class TickForm(forms.Form):
    finding = forms.CharField(
        label=_("Finding"),
        max_length=200,
        required=False,
        help_text=_("What you asked about and what was said; empty if all is as usual."),
    )


class PersonPage(MonthPage):
    """One person's looks of a month, and the tick of whoever went through them."""

    template_name = "gifts/staff/looks.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.user_id: int = kwargs["user_id"]
        return super().dispatch(request, *args, **kwargs)

    def back(self) -> str:
        return f"{reverse('looks:index')}?month={self.month()}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        month = self.month()
        looks = review.rows_of(month).filter(user_id=self.user_id).order_by("at")
        one = next((one for one in review.of(month) if one.user_id == self.user_id), None)
        if one is None:
            raise Http404
        context = super(MonthPage, self).get_context_data(**kwargs)
        rows, headings = look_rows(looks)
        done = one.reviewed
        facts: list[list[Any]] = [
            [_("Person"), one.who],
            [_("Month"), called(month)],
            [_("Looks"), one.count],
            [
                _("Reviewed by"),
                done.reviewed_who if done else Cell(gettext("Not yet"), tone="warn"),
            ],
            [_("Reviewed"), moment(done.reviewed_at if done else None)],
            [_("Finding"), done.finding if done else ""],
        ]
        notices = []
        if done and done.looks != one.count:
            text = gettext("Reviewed were %(count)s looks: the log is not as it was.")
            notices.append(Notice(text % {"count": done.looks}, tone="bad"))
        over = review.bounds(month)[1] <= timezone.now()
        if not done:
            who = names(signers(PERMISSION, without=[self.user_id]))
            text = gettext("Who can review it: %(who)s") % {"who": who or gettext("nobody yet")}
            notices.append(Notice(text, tone="warn"))
        return context | {
            "sections": [Section(_("The review"), facts), Section(_("Looks"), rows, headings)],
            "notices": notices,
            "form": TickForm() if over and not done else None,
            "back": self.back(),
            "clock": clock(),
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = TickForm(request.POST)
        if form.is_valid():
            try:
                review.review(
                    month=self.month(), user_id=self.user_id, by=request.user, **form.cleaned_data
                )
                messages.success(request, _("Reviewed."))
            except review.SamePerson:
                messages.error(request, _("It takes somebody else: these looks are your own."))
            except review.NotOver:
                messages.error(request, _("This month is not over yet."))
            except LookupError:
                raise Http404 from None
        return redirect(self.back())


class LooksDesk(ViewSet):
    name = "looks"
    menu_label = _("Who looked at what")
    icon = "view"
    menu_item_class = ForReviewers

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", MonthPage.as_view(), name="index"),
            path("<int:user_id>/", PersonPage.as_view(), name="person"),
        ]
