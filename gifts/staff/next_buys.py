"""What to buy next with the money in each pool, for the needs that nothing ready serves."""

from collections import Counter
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from donations.staff.cells import Cell, Notice, Section, amount, clock, day, link, moment
from gifts.buying import pools
from gifts.matching import runs, shopping, words
from gifts.matching.problem import Ask
from gifts.models import Wish
from gifts.staff.buying_pages import ORDER
from gifts.staff.matching_words import Names
from gifts.vault.models import MatchRun

READ = "vault.view_matchrun"


class NextBuys(WagtailAdminTemplateMixin, TemplateView):
    template_name = "gifts/staff/next_buys.html"
    page_title = _("What to buy next")
    header_icon = "pick"
    request: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(READ):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": str(self.page_title)}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        run = MatchRun.objects.order_by("-pk").first()
        if run is None:
            notice = Notice(
                _("Propose matches first: what is left over is bought."), _propose(), "warn"
            )
            return context | {"notices": [notice], "clock": clock()}
        wishes = Wish.objects.exclude(designation=None).select_related("kind", "designation")
        found = [
            pool
            for pool in pools.of(wishes)
            if pool.wish.state != Wish.State.CLOSED or pool.left_minor > 0
        ]
        today = date.fromisoformat(run.figures["today"])
        advice = shopping.advise(runs.unserved(run), found, today=today)
        names = Names()
        told = gettext(
            "Needs as the proposal of %(moment)s left them; money as it is now. No need is counted "
            "twice."
        ) % {"moment": moment(run.made_at)}
        return context | {
            "lead": told,
            "sections": [self._buys(advice, today), _unpaid(advice, names)],
            "clock": clock(),
        }

    def _buys(self, advice: shopping.Advice, today: date) -> Section:
        rows = [
            [
                link("wishes", buy.pool.wish, buy.pool.wish.public_name),
                self._count(buy),
                amount(buy.pool.left_minor, buy.pool.wish.currency),
                "\n".join(_exactly(buy)),
                " ".join(_why(buy, today)),
            ]
            for buy in advice.buys
        ]
        headings = [
            *(_("Wish"), _("Buy"), _("Paid and not yet spent"), _("What exactly"), _("Why")),
        ]
        empty = _("No wish has been published yet.")
        return Section(_("By wish, the most needs served first"), rows, headings, empty=empty)

    def _count(self, buy: shopping.Buy) -> Any:
        count = len(buy.serves)
        if not count or not self.request.user.has_perm(ORDER):
            return count
        url = f"{reverse('orders:add')}?wish={buy.pool.wish.pk}"
        return Cell(gettext("%(count)s: draw up an order") % {"count": count}, url)


def _propose() -> str:
    return reverse("matching:propose")


def _exactly(buy: shopping.Buy) -> list[str]:
    """As in "2: Standard …; Thai; 220 to 240 volts"."""
    return [f"{count}: {words.exactly(*wanted)}" for wanted, count in buy.wanted]


def _why(buy: shopping.Buy, today: date) -> list[str]:
    can_buy, count = buy.pool.can_buy, len(buy.serves)
    if not can_buy:
        return [gettext("Its money does not pay for one yet.")]
    pays = ngettext("Its money pays for %(n)s.", "Its money pays for %(n)s.", can_buy)
    found = [pays % {"n": can_buy}]
    if not count:
        return [*found, gettext("No open need is waiting for it.")]
    serves = ngettext(
        "%(n)s open need would be served.", "%(n)s open needs would be served.", count
    )
    found.append(serves % {"n": count})
    longest = max((today - ask.stated_on).days for ask in buy.serves)
    found.append(gettext("The longest waits %(days)s.") % {"days": words.days(longest)})
    if dates := [ask.needed_by for ask in buy.serves if ask.needed_by]:
        found.append(gettext("The first is needed by %(day)s.") % {"day": day(min(dates))})
    return found


def _unpaid(advice: shopping.Advice, names: Names) -> Section:
    """Needs for which there is neither a thing nor money, by kind, purpose and region."""
    cells: dict[tuple[str, str, str], list[Ask]] = {}
    for ask in advice.unpaid:
        cells.setdefault((ask.kind, ask.purpose, ask.region), []).append(ask)
    counts = Counter({cell: len(asks) for cell, asks in cells.items()})
    rows = [
        [names.what(kind, purpose), words.region(region), count]
        for (kind, purpose, region), count in sorted(
            counts.items(), key=lambda one: (-one[1], one[0])
        )
    ]
    return Section(
        _("No money for these: a wish could ask for it"),
        rows,
        [_("What"), _("Region"), _("Open needs")],
        empty=_("For every open need there is a thing or money."),
    )


class ForMatchers(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        allowed: bool = request.user.has_perm(READ)
        return allowed


class NextBuysDesk(ViewSet):
    name = "next_buys"
    menu_label = _("What to buy next")
    icon = "pick"
    menu_item_class = ForMatchers

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", NextBuys.as_view(), name="index")]
