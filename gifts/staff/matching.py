"""The desk of matching: runs so far, and one run to be understood and decided."""

from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.widgets.button import HeaderButton

from donations.staff.cells import Notice, Section, moment
from donations.staff.desk import Desk, Listing, Reading, ShortColumn
from gifts.matching import runs, words
from gifts.models import Unit
from gifts.staff import matching_words
from gifts.staff.matching_acts import Approve, Propose, PutAside
from gifts.staff.matching_words import Names
from gifts.staff.next_buys import NextBuysDesk
from gifts.vault.models import Match, MatchRun

PER_PAGE = 50
# More partners than that are told by region alone.
MOST_BARS = 24


class Runs(Listing):
    page_title = _("Matching")

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm(Propose.permission):
            return []
        url = reverse("matching:propose")
        return [HeaderButton(_("Propose matches"), url=url, icon_name="rotate")]

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("made_at", lambda row: moment(row.made_at)),
            Column("get_state_display", label=_("State")),
            ShortColumn("needs_read", label=_("Open needs")),
            ShortColumn("things_read", label=_("Things ready")),
            ShortColumn(lambda row: row.figures["after"]["served"], label=_("Proposed")),
            Column("who", label=_("By whom")),
        ]


class OneRun(Reading):
    template_name = "gifts/staff/matching.html"

    def get_page_title(self) -> str:
        return gettext("Proposal of %(moment)s") % {"moment": moment(self.object.made_at)}

    def get_page_subtitle(self) -> str:
        return ""

    def sections(self) -> list[Section]:
        run: MatchRun = self.object
        against = run.figures.get("against")
        if not against:
            return []
        rows = [
            [_("Get a thing now, and did not there"), ", ".join(against["gained"])],
            [_("Got a thing there, and do not now"), ", ".join(against["lost"])],
            [_("Get another thing"), ", ".join(against["moved"])],
        ]
        return [Section(_("Against the proposal that this one replaced"), rows)]

    def notices(self) -> list[Notice]:
        run: MatchRun = self.object
        found = []
        if run.state == MatchRun.State.DROPPED:
            found.append(Notice(_("Put aside: nothing of it was given."), tone="warn"))
        elif run.state == MatchRun.State.DECIDED:
            sent = _("Decided. What was approved is packed or handed over under “To be sent”.")
            found.append(Notice(sent, reverse("packing:index"), "good"))
        elif approved := run.matches.filter(state=Match.State.APPROVED).count():
            part = ngettext(
                "%(n)s match is approved and under “To be sent”; the others are not decided.",
                "%(n)s matches are approved and under “To be sent”; the others are not decided.",
                approved,
            )
            found.append(Notice(part % {"n": approved}, reverse("packing:index"), "good"))
        elif run.made_at.date() < timezone.now().date():
            older = _("Made before today: what came since is not in it. Better propose anew.")
            found.append(Notice(older, reverse("matching:propose"), "warn"))
        count = Unit.objects.filter(
            state=Unit.State.READY, spec_class=None, kind__is_device=True
        ).count()
        if count:
            text = ngettext(
                "%(n)d device that is ready is not described yet: it counts as the plainest class.",
                "%(n)d devices that are ready are not described yet: they count as the plainest "
                "class.",
                count,
            )
            url = reverse("units:index") + "?state=ready&undescribed=on"
            found.append(Notice(text % {"n": count}, url, "warn"))
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run: MatchRun = self.object
        waiting = self._page(run.figures["unserved"], "waiting")
        unserved = [runs.left(row) for row in waiting]
        today = date.fromisoformat(run.figures["today"])
        names = Names(
            [row["partner"] for row in unserved]
            + [row["name"] for row in run.figures["partners"][: MOST_BARS + 1]]
        )
        rows = run.matches.select_related("need__partner").defer(
            "need__sealed", "need__partner__sealed"
        )
        matches = self._page(rows.order_by("pk"), "page")
        open_count = run.matches.filter(state=Match.State.PROPOSED).count()
        may_decide = self.request.user.has_perm(Approve.permission)
        return super().get_context_data(**kwargs) | {
            "lead": matching_words.lead(run),
            "tiles": matching_words.tiles(run),
            "bars": self._bars(run, names),
            "matches": matches,
            "cards": [matching_words.match_card(match, names) for match in matches],
            "waiting": waiting,
            "waiting_cards": [matching_words.waiting_card(row, names, today) for row in unserved],
            "may_decide": may_decide and open_count > 0,
            "open_count": open_count,
            "ticked": "untick" not in self.request.GET,
            "approve": reverse("matching:approve", args=[run.pk]),
            "next_buys": reverse("next_buys:index"),
        }

    def _page(self, rows: Any, name: str) -> Page[Any]:
        return Paginator(rows, PER_PAGE).get_page(self.request.GET.get(name))

    def _bars(self, run: MatchRun, names: Names) -> list[matching_words.Bars]:
        found = []
        partners = run.figures["partners"]
        if 0 < len(partners) <= MOST_BARS:
            title = _("What each partner gets of what it asks for")
            found.append(matching_words.bars(title, _("Partner"), partners, names.partner))
        elif run.figures["regions"]:
            title = _("What each region gets of what it asks for")
            found.append(
                matching_words.bars(title, _("Region"), run.figures["regions"], words.region)
            )
        return found


class MatchingDesk(Desk):
    model = MatchRun
    name = "matching"
    menu_label = _("Proposals")
    icon = "rotate"
    ordering = ["-pk"]
    index_view_class = Runs
    inspect_view_class = OneRun
    acts = (Approve, PutAside)

    def extra_urls(self) -> list[URLPattern]:
        return [path("propose/", Propose.as_view(), name="propose")]


class Matching(ViewSetGroup):
    menu_label = _("Matching")
    menu_name = "matching"
    menu_icon = "rotate"
    menu_order = 160
    items = (MatchingDesk, NextBuysDesk)
