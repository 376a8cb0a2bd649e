"""The desk for the chart of accounts: number and name in the organisation's own books."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm

from donations.models import ChartAccount
from donations.staff.giving import Settings


class ChartForm(WagtailAdminModelForm):
    class Meta:
        model = ChartAccount
        fields: ClassVar[list[str]] = ["account", "designation", "number", "name", "family"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in ("account", "designation"):
                self.fields[name].disabled = True


class ChartDesk(Settings):
    """One line for each account of the ledger, and for designations that have their own."""

    model = ChartAccount
    form = ChartForm
    name = "chart"
    menu_label = _("Chart of accounts")
    icon = "list-ul"
    ordering = ["number", "pk"]
    list_display = ["name", "number", "family", "account", "designation"]
    list_filter = ["family", "account"]
    search_fields = ["number", "name"]
