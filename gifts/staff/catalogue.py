"""Kinds of things and what they usually cost, kept by hand with their history."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, Column

from core.discretion import telling
from donations.staff.cells import amount
from donations.staff.giving import MoneyForm, PlainList, Settings
from gifts.models import ItemCost, ItemKind

NAMED = _("Receipts show this name: please say it without “%(word)s”.")


class KindForm(MoneyForm):
    money_fields = ("handling_minor",)

    class Meta:
        model = ItemKind
        fields: ClassVar[list[str]] = [
            *("name", "name_es", "plural", "plural_es", "code", "description", "description_es"),
            *("specification", "is_device", "route", "general_stock", "handling_minor"),
            *("currency", "is_open"),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for field in ("name", "name_es", "plural", "plural_es"):
            if word := telling(data.get(field) or ""):
                self.add_error(field, ValidationError(NAMED, params={"word": word}))
        if not data.get("handling_minor"):
            data["handling_minor"] = 0
        if self.instance.pk and data.get("currency") != self.initial.get("currency"):
            self.add_error("currency", _("This cannot change once it is in use."))
        return data


class CostForm(MoneyForm):
    money_fields = ("cost_minor",)

    class Meta:
        model = ItemCost
        fields: ClassVar[list[str]] = ["kind", "region", "cost_minor"]

    def clean(self) -> dict[str, Any]:
        if kind := self.cleaned_data.get("kind"):
            self.instance.kind = kind  # the amount is read in its currency
        data = super().clean()
        if data.get("cost_minor") == 0:
            self.add_error("cost_minor", _("Please type amounts such as 25 or 12.50."))
        return data


def _cost(row: ItemCost) -> str:
    return amount(row.cost_minor, row.kind.currency)


class Costs(PlainList):
    def get_base_queryset(self) -> QuerySet[ItemCost]:
        rows: QuerySet[ItemCost] = super().get_base_queryset()
        return rows.select_related("kind")


class KindsDesk(Settings):
    model = ItemKind
    form = KindForm
    name = "kinds"
    menu_label = _("Kinds of things")
    icon = "tag"
    list_display: ClassVar[list[Any]] = [
        "name",
        "code",
        "route",
        BooleanColumn("general_stock", label=_("General stock")),
        BooleanColumn("is_device", label=_("A device")),
        BooleanColumn("is_open", label=_("Offered")),
    ]
    list_filter: ClassVar[list[str]] = ["route", "general_stock", "is_open"]


class CostsDesk(Settings):
    model = ItemCost
    form = CostForm
    index_view_class = Costs
    name = "costs"
    menu_label = _("Usual costs")
    icon = "list-ol"
    list_display: ClassVar[list[Any]] = ["__str__", Column(_cost, label=_("Usual cost"))]
    list_filter: ClassVar[list[str]] = ["kind", "region"]
