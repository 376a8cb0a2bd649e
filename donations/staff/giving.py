"""What the give page offers and who receives: designations, suggested amounts, legal entities."""

import re
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.urls import URLPattern
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from core import money
from donations.models import Designation, GivingOptions, LegalEntity


class MoneyForm(WagtailAdminModelForm):
    """Minor units in the table, "25" or "12.50" in the form; several are separated by spaces."""

    money_fields: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = self.instance
        for name in self.money_fields:
            value = getattr(row, name)
            minors = value if isinstance(value, list) else [] if value is None else [value]
            shown = [f"{money.to_decimal(minor, row.currency):f}" for minor in minors]
            old = self.fields[name]
            self.fields[name] = forms.CharField(
                label=old.label, required=old.required, max_length=120, help_text=self.hint(name)
            )
            self.initial[name] = " ".join(text.removesuffix(".00") for text in shown)

    def hint(self, name: str) -> Any:
        return _("In units of the currency, such as 25 or 12.50.")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        currency = data.get("currency") or self.instance.currency
        for name in self.money_fields:
            if name in data:
                try:
                    data[name] = self.to_minor(name, data[name], currency)
                except ValueError:
                    self.add_error(name, _("Please type amounts such as 25 or 12.50."))
        return data

    def to_minor(self, name: str, typed: str, currency: str) -> Any:
        return money.parse(typed, currency) if typed else None


class DesignationForm(MoneyForm):
    money_fields = ("target_minor",)

    class Meta:
        model = Designation
        fields: ClassVar[list[str]] = [
            *("name", "name_es", "description", "description_es", "code", "restriction"),
            *(
                "limited_by",
                "is_public",
                "is_default",
                "position",
                "opens_at",
                "closes_at",
            ),
            *("currency", "target_minor", "over_funding_percent", "fallback"),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("target_minor") and not data.get("fallback"):
            self.add_error("fallback", _("A goal needs a place for what comes after it."))
        if self.instance.pk and data.get("restriction") != self.initial.get("restriction"):
            # Gifts were taken under the old promise; a new purpose gets a row of its own.
            self.add_error("restriction", _("This cannot change once it is in use."))
        return data


class OptionsForm(MoneyForm):
    money_fields = ("amounts_minor", "preselected_minor", "minimum_minor", "fee_fixed_minor")

    class Meta:
        model = GivingOptions
        fields: ClassVar[list[str]] = [
            *("currency", "frequency", "amounts_minor", "preselected_minor", "minimum_minor"),
            *("fee_basis_points", "fee_fixed_minor"),
        ]

    def hint(self, name: str) -> Any:
        if name == "amounts_minor":
            return _("Up to six, with a space between: 25 50 100.")
        return super().hint(name)

    def to_minor(self, name: str, typed: str, currency: str) -> Any:
        if name == "amounts_minor":
            amounts = sorted({money.parse(word, currency) for word in typed.split()})
            if not 1 <= len(amounts) <= 6:
                raise ValueError("one to six amounts")
            return amounts
        return super().to_minor(name, typed, currency)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        chosen, amounts = data.get("preselected_minor"), data.get("amounts_minor")
        if chosen and isinstance(amounts, list) and chosen not in amounts:
            self.add_error("preselected_minor", _("Please choose one of the amounts."))
        return data


class EntityForm(WagtailAdminModelForm):
    website = forms.URLField(label=_("website"), assume_scheme="https")

    class Meta:
        model = LegalEntity
        fields: ClassVar[list[str]] = [
            *("name", "short_name", "tax_id", "address", "email", "phone", "website"),
            *("statement_descriptor", "receipt_pack", "registrations"),
            *("time_zone", "fiscal_year_begins"),
        ]

    def clean_statement_descriptor(self) -> str:
        text: str = self.cleaned_data["statement_descriptor"].strip()
        if len(text) < 5 or not any(sign.isalpha() for sign in text):
            raise ValidationError(_("Stripe asks for 5 to 22 signs with a letter among them."))
        return text

    def clean_registrations(self) -> str:
        lines = [" ".join(line.split()) for line in self.cleaned_data["registrations"].splitlines()]
        kept = [line for line in lines if line]
        if not all(re.fullmatch(r"[A-Z]{2} \S.*", line) for line in kept):
            raise ValidationError(_("Please write each line as two letters and the number."))
        return "\n".join(kept)


class PlainList(generic.IndexView):
    list_export: ClassVar[list[str]] = []
    any_permission_required: ClassVar[list[str]] = ["add", "change", "view"]

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.is_export = False


class Settings(ModelViewSet):
    """Rows that finance keeps by hand: never deleted, because gifts point at them."""

    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = PlainList
    form: type[WagtailAdminModelForm]
    hidden: ClassVar[tuple[str, ...]] = ("delete", "usage")

    def get_form_class(self, for_update: bool = False) -> type[WagtailAdminModelForm]:
        return self.form

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        common: dict[str, Any] = super().get_common_view_kwargs(**kwargs)
        return common | {f"{name}_url_name": None for name in self.hidden}

    def get_urlpatterns(self) -> list[URLPattern]:
        return [line for line in super().get_urlpatterns() if line.name not in self.hidden]


def _amounts(row: GivingOptions) -> str:
    language = get_language() or "en"
    return " · ".join(
        money.display_short(minor, row.currency, language) for minor in row.amounts_minor
    )


class DesignationsDesk(Settings):
    model = Designation
    form = DesignationForm
    name = "designations"
    menu_label = _("Designations")
    icon = "tag"
    ordering = ["position", "name"]
    list_display = ["name", "code", "restriction", "is_public", "position"]
    list_filter = ["restriction", "is_public"]
    search_fields = ["name", "name_es", "code"]


class OptionsDesk(Settings):
    model = GivingOptions
    form = OptionsForm
    name = "amounts"
    menu_label = _("Suggested amounts")
    icon = "list-ol"
    list_display = ["currency", "frequency", Column(_amounts, label=_("Amounts"))]


class EntitiesDesk(Settings):
    """One is made with the installation; another needs receipts' rules of its own, so no "add"."""

    model = LegalEntity
    form = EntityForm
    name = "entities"
    menu_label = _("Legal entity")
    icon = "home"
    list_display = ["name", "country", "tax_id", "currency", "is_default"]
    hidden = ("delete", "usage", "add")
