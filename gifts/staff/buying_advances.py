"""Money that goes to a partner ahead of buying, and what comes back of it."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import money
from donations.staff.cells import Text, amount
from gifts.buying import invoices
from gifts.models import PurchaseOrder
from gifts.staff.buying_acts import OrderAct, State, typed_money

Route = PurchaseOrder.Route


class MoneyForm(forms.Form):
    typed = forms.CharField(label=_("Amount"), max_length=20)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean_typed(self) -> int:
        return typed_money(self.cleaned_data["typed"], self.currency)


class PayAdvance(OrderAct):
    name = "advance"
    title = _("Pay an advance")
    permission = "gifts.pay_invoice"
    icon = "upload"
    form_class = MoneyForm

    @classmethod
    def is_possible(cls, row: PurchaseOrder) -> bool:
        local = row.route == Route.LOCAL and row.state == State.ORDERED
        return local and not hasattr(row, "advance")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "currency": self.row.currency}

    def get_initial(self) -> dict[str, Any]:
        total = sum(line.total_minor for line in self.row.lines.all())
        return {"typed": f"{money.to_decimal(total, self.row.currency):f}"}

    def question(self) -> Text:
        return gettext(
            "How much goes to %(supplier)s ahead? Their invoice and what they send back settle it."
        ) % {"supplier": self.row.supplier}

    def perform(self, form: MoneyForm) -> Text:
        given = form.cleaned_data["typed"]
        return self.do(invoices.advance, _("The advance is booked."), amount_minor=given)


class SettleAdvance(PayAdvance):
    name = "settle"
    title = _("Settle the advance")
    icon = "rotate"

    @classmethod
    def is_possible(cls, row: PurchaseOrder) -> bool:
        return hasattr(row, "advance") and row.advance.settled_at is None

    def get_initial(self) -> dict[str, Any]:
        unspent = invoices.unspent_of(self.row)
        return {"typed": f"{money.to_decimal(unspent, self.row.currency):f}"}

    def question(self) -> Text:
        return gettext(
            "%(supplier)s still has %(amount)s of the advance. Is it in the bank account again?"
        ) % {
            "supplier": self.row.supplier,
            "amount": amount(invoices.unspent_of(self.row), self.row.currency),
        }

    def perform(self, form: MoneyForm) -> Text:
        given = form.cleaned_data["typed"]
        said = _("The advance is settled.")
        return self.do(invoices.settle_advance, said, returned_minor=given)
