"""Pages for buyers that are no list of rows: what can be bought now, the stock, differences."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from donations.staff.cells import Cell, Section, Text, amount, clock, link
from donations.staff.desk import Act
from gifts.buying import Refused, differences, pools
from gifts.models import ItemKind, PurchaseOrder, Unit, Wish
from gifts.staff.buying import difference_rows, labels_file
from gifts.staff.buying_words import refusal

READ = "gifts.view_purchaseorder"
ORDER = "gifts.add_purchaseorder"
OPEN = (PurchaseOrder.State.RECEIVED, PurchaseOrder.State.INVOICED)
# What has left us, or never came, is no stock.
GONE = (Unit.State.CONFIRMED, Unit.State.CANCELED, Unit.State.DECLINED, Unit.State.DISPOSED)
LABELED = (Unit.State.ORDERED, Unit.State.RECEIVED, Unit.State.READY)
MOST_LABELS = 600


class BuyingPage(WagtailAdminTemplateMixin, TemplateView):
    """Sections to read, for whoever may read orders."""

    template_name = "donations/staff/inspect.html"
    header_icon = "clipboard-list"
    request: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(READ):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": str(self.page_title)}]

    def sections(self) -> Iterable[Section]:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"sections": list(self.sections()), "clock": clock()}


class Buyable(BuyingPage):
    page_title = _("What can be bought now")

    def sections(self) -> list[Section]:
        rows = Wish.objects.exclude(designation=None).select_related("kind", "designation")
        found = [
            pool
            for pool in pools.of(rows)
            if pool.wish.state != Wish.State.CLOSED or pool.left_minor
        ]
        found.sort(key=lambda pool: (-pool.can_buy, pool.wish.position, pool.wish.pk))
        cells = [
            [
                link("wishes", pool.wish, pool.wish.public_name),
                amount(pool.left_minor, pool.wish.currency),
                amount(pool.wish.unit_minor, pool.wish.currency),
                self._count(pool),
                f"{pool.ordered} / {pool.wish.wanted}",
                self._variance(pool),
                self._leftover(pool),
            ]
            for pool in found
        ]
        headings = [
            *(_("Wish"), _("Paid and not yet spent"), _("Planned for one"), _("Can be bought")),
            *(_("Ordered"), _("Above or below plan"), _("Left over")),
        ]
        empty = _("No wish has been published yet.")
        return [Section(_("By wish"), cells, headings, empty=empty)]

    def _count(self, pool: pools.Pool) -> Any:
        if not pool.can_buy or not self.request.user.has_perm(ORDER):
            return pool.can_buy
        text = gettext("%(count)s: draw up an order") % {"count": pool.can_buy}
        return Cell(text, f"{reverse('orders:add')}?wish={pool.wish.pk}")

    def _variance(self, pool: pools.Pool) -> Any:
        if not pool.bought or not pool.above_plan_minor:
            return ""
        tone = "warn" if pool.above_plan_minor > 0 else "good"
        told = amount(pool.above_plan_minor, pool.wish.currency)
        return Cell(f"+{told}" if pool.above_plan_minor > 0 else told, tone=tone)

    def _leftover(self, pool: pools.Pool) -> Any:
        if pool.wish.state != Wish.State.CLOSED or not self.request.user.has_perm(
            PassOn.permission
        ):
            return ""
        return Cell(gettext("Pass it on"), reverse("buyable:leftover", args=[pool.wish.pk]))


class PassOn(Act):
    """What is left of a wish that has ended goes where its rule says."""

    name = "leftover"
    title = _("Pass on what is left")
    permission = "gifts.cover_order"
    icon = "rotate"
    model = Wish
    namespace = "buyable"
    row: Wish

    @classmethod
    def is_possible(cls, row: Wish) -> bool:
        return row.state == Wish.State.CLOSED and row.designation_id is not None

    def back(self) -> str:
        return reverse("buyable:index")

    def question(self) -> Text:
        (pool,) = pools.of([self.row])
        return gettext(
            "%(left)s are left of this wish. Its rule: %(rule)s. The money goes to “%(to)s”."
        ) % {
            "left": amount(pool.left_minor, self.row.currency),
            "rule": self.row.get_leftover_display(),
            "to": pools.heir(self.row).public_name,
        }

    def perform(self, form: Any) -> Text:
        try:
            to, minor = pools.pass_on(self.row, by=self.request.user)
        except Refused as problem:
            raise refusal(problem, currency=self.row.currency) from None
        told = {"left": amount(minor, self.row.currency), "to": to.public_name}
        return gettext("%(left)s went to “%(to)s”.") % told


class Differences(BuyingPage):
    page_title = _("Differences")

    def sections(self) -> list[Section]:
        found = differences.of(PurchaseOrder.objects.filter(state__in=OPEN))
        waiting = [one for one in found if one.explanation is None]
        headings = [
            *(_("Order"), _("Line"), _("What"), _("Expected"), _("Found"), _("Explanation")),
        ]
        return [
            Section(
                _("To be explained"),
                difference_rows(waiting, with_order=True),
                headings,
                empty=_("Orders, receipts and invoices agree."),
            )
        ]


class Stock(BuyingPage):
    page_title = _("Stock")

    def sections(self) -> list[Section]:
        counts: Counter[tuple[int, str]] = Counter()
        for kind, state in Unit.objects.exclude(state__in=GONE).values_list("kind_id", "state"):
            counts[kind, state] += 1
        kinds = ItemKind.objects.filter(pk__in={kind for kind, _state in counts})
        states = [state for state in Unit.State if any(one == state for _kind, one in counts)]
        rows = [
            [
                kind.public_plural,
                *(self._count(kind, state, counts[kind.pk, state]) for state in states),
                Cell(gettext("Labels"), f"{reverse('stock:labels')}?kind={kind.pk}"),
            ]
            for kind in kinds
        ]
        headings = [_("Kind of thing"), *(state.label for state in states), _("Print")]
        empty = _("Nothing has been ordered or given yet.")
        return [Section(_("By kind and state"), rows, headings, empty=empty), self._by_wish()]

    def _count(self, kind: ItemKind, state: str, count: int) -> Any:
        return (
            Cell(count, f"{reverse('units:index')}?kind={kind.pk}&state={state}") if count else ""
        )

    def _by_wish(self) -> Section:
        counts: Counter[int | None] = Counter()
        ready: Counter[int | None] = Counter()
        for wish, state in Unit.objects.exclude(state__in=GONE).values_list("wish_id", "state"):
            counts[wish] += 1
            ready[wish] += state == Unit.State.READY
        wishes = Wish.objects.filter(pk__in=[pk for pk in counts if pk]).select_related("kind")
        rows = [
            [link("wishes", wish, wish.public_name), counts[wish.pk], ready[wish.pk]]
            for wish in wishes
        ]
        if counts[None]:
            rows.append([gettext("General stock"), counts[None], ready[None]])
        headings = [_("Wish"), _("Units"), _("Of them ready")]
        return Section(_("By wish"), rows, headings, empty=_("No units."))


def stock_labels(request: HttpRequest) -> HttpResponse:
    """Labels of all units of a kind that are ordered, received or ready."""
    if not request.user.has_perm(READ):
        raise PermissionDenied
    asked = request.GET.get("kind", "")
    kind = int(asked) if asked.isdecimal() else 0
    rows = Unit.objects.filter(kind=kind, state__in=LABELED).select_related("kind")
    return labels_file(rows.order_by("code")[:MOST_LABELS])


class ForBuyers(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        allowed: bool = request.user.has_perm(READ)
        return allowed


class BuyableDesk(ViewSet):
    name = "buyable"
    menu_label = _("What can be bought now")
    icon = "pick"
    menu_item_class = ForBuyers

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", Buyable.as_view(), name="index"),
            path("leftover/<int:pk>/", PassOn.as_view(), name="leftover"),
        ]


class DifferencesDesk(ViewSet):
    name = "differences"
    menu_label = _("Differences")
    icon = "warning"
    menu_item_class = ForBuyers

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", Differences.as_view(), name="index")]


class StockDesk(ViewSet):
    name = "stock"
    menu_label = _("Stock")
    icon = "list-ul"
    menu_item_class = ForBuyers

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", Stock.as_view(), name="index"),
            path("labels.pdf", stock_labels, name="labels"),
        ]
