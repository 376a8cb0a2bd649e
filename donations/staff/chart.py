"""The desk for the chart of accounts: number and name in the organisation's own books."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.views import generic

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
        else:
            self.fields["designation"].help_text = _(
                "Empty: of every designation that has no line of its own. A wish takes that of "
                "its fund."
            )
        self.fields["number"].help_text = _("The account's code in Xero.")
        self.fields["name"].help_text = _(
            "Exactly the account's name in QuickBooks, a subaccount as “Parent:Sub”."
        )


class AddLine(generic.CreateView):
    def get_initial_form_instance(self) -> ChartAccount:
        """The account that a link names: a page that misses it leads here."""
        return ChartAccount(account=self.request.GET.get("account", ""))


class ChartDesk(Settings):
    """One line for each account of the ledger, and for designations that have their own."""

    model = ChartAccount
    form = ChartForm
    add_view_class = AddLine
    name = "chart"
    menu_label = _("Chart of accounts")
    icon = "list-ul"
    ordering = ["number", "pk"]
    list_display = ["name", "number", "family", "account", "designation"]
    list_filter = ["family", "account"]
    search_fields = ["number", "name"]
