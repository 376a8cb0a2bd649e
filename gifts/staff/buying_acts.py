"""What is done to an order until it is placed, and how it is called off."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from core import money
from core.tokens import new_token
from donations.models import Designation
from donations.spending import NotAllowed, TooLittle
from donations.staff.asking import Ask
from donations.staff.cells import Section, Text, amount
from donations.staff.desk import Act
from gifts.buying import Refused, orders
from gifts.models import ItemKind, OrderLine, PurchaseOrder, Supplier, Wish
from gifts.models.buying import MOST_OF_A_LINE
from gifts.staff.buying_words import purpose, refusal

State = PurchaseOrder.State
UNCLEAR = _("Please type an amount such as 25 or 12.50.")


class OrderAct(Act):
    """One call of the domain; its refusals in words."""

    row: PurchaseOrder
    states: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def is_possible(cls, row: PurchaseOrder) -> bool:
        return row.state in cls.states

    def do(self, act: Callable[..., object], said: Text, /, **given: Any) -> Text:
        try:
            act(self.row, by=self.request.user, **given)
        except (Refused, NotAllowed, TooLittle) as problem:
            raise refusal(problem, currency=self.row.currency) from None
        return said


class NewOrderForm(forms.Form):
    supplier = forms.ModelChoiceField(
        label=_("Supplier"), queryset=Supplier.objects.filter(is_open=True)
    )
    route = forms.ChoiceField(
        label=_("Route"), choices=PurchaseOrder.Route.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class NewOrder(Ask):
    """Draw up an order; its lines follow on the next page."""

    page_title = _("New order")
    header_icon = "clipboard-list"
    permission = "gifts.add_purchaseorder"
    namespace, desk_title = "orders", _("Orders")
    form_class = NewOrderForm
    button = _("Draw up")

    def question(self) -> Text:
        return _(
            "An order goes to one supplier. A colleague approves it before it is placed; "
            "whoever draws up or places it neither confirms what comes nor approves the "
            "invoice."
        )

    @cached_property
    def wish(self) -> Wish | None:
        wish = self.request.GET.get("wish", "")
        return Wish.objects.filter(pk=wish).first() if wish.isdecimal() else None

    def get_initial(self) -> dict[str, Any]:
        offered = PurchaseOrder.Route.values
        planned = self.wish.kind.route if self.wish else ""
        return {"route": planned if planned in offered else offered[0]}

    def make(self, data: dict[str, Any]) -> PurchaseOrder:
        currency = self.wish.currency if self.wish else ""
        order = orders.draw_up(by=self.request.user, currency=currency, **data)
        messages.success(self.request, _("The order is drawn up. What shall it buy?"))
        return order

    def after(self, row: PurchaseOrder) -> str:
        asked = f"?wish={self.wish.pk}" if self.wish else ""
        return reverse("orders:line", args=[row.pk]) + asked


class LineForm(forms.Form):
    wish = forms.ModelChoiceField(
        label=_("Wish"),
        queryset=Wish.objects.none(),
        required=False,
        empty_label=_("General stock"),
    )
    kind = forms.ModelChoiceField(
        label=_("Kind of thing"),
        queryset=ItemKind.objects.filter(is_open=True),
        required=False,
        help_text=_("For general stock, or for fees and transport that a wish pays."),
    )
    designation = forms.ModelChoiceField(
        label=_("Paid by"),
        queryset=Designation.objects.filter(target_minor=None).exclude(code="shortfall"),
        required=False,
        help_text=_("For general stock. A wish pays with its own money."),
    )
    quantity = forms.IntegerField(label=_("How many"), min_value=1, max_value=MOST_OF_A_LINE)
    price = forms.CharField(label=_("Expected price of one"), max_length=20)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        wishes: Any = self.fields["wish"]
        rows = Wish.objects.exclude(designation=None).filter(currency=currency)
        wishes.queryset = rows.select_related("kind")

    def clean_price(self) -> int:
        return typed_money(self.cleaned_data["price"], self.currency)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("wish"):
            for name in ("kind", "designation"):
                if not data.get(name):
                    self.add_error(name, _("General stock needs this."))
        return data


class AddLine(OrderAct):
    name = "line"
    title = _("Add a line")
    permission = "gifts.change_purchaseorder"
    icon = "plus"
    form_class = LineForm
    states = (State.DRAFT,)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "currency": self.row.currency}

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("wish", "")
        wish = Wish.objects.filter(pk=asked).first() if asked.isdecimal() else None
        if wish is None or not wish.unit_minor:
            return {"quantity": 1}
        price = max(0, wish.unit_minor - wish.kind.handling_minor)
        return {"wish": wish, "quantity": 1, "price": money.to_decimal(price, wish.currency)}

    def question(self) -> Text:
        return _("What shall be bought, for which wish, and what do you expect one to cost?")

    def perform(self, form: LineForm) -> Text:
        data = form.cleaned_data
        wish = data["wish"]
        return self.do(
            orders.add_line,
            _("The line is added."),
            kind=data["kind"] or wish.kind,
            wish=wish,
            designation=None if wish else data["designation"],
            quantity=data["quantity"],
            unit_minor=data["price"],
        )


class RemoveForm(forms.Form):
    line = forms.ModelChoiceField(
        label=_("Line"), queryset=OrderLine.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, order: PurchaseOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines: Any = self.fields["line"]
        lines.queryset = order.lines.select_related("kind")


class RemoveLine(OrderAct):
    name = "unline"
    title = _("Remove a line")
    permission = "gifts.change_purchaseorder"
    icon = "cross"
    form_class = RemoveForm
    states = (State.DRAFT,)

    @classmethod
    def is_possible(cls, row: PurchaseOrder) -> bool:
        return row.state == State.DRAFT and row.lines.exists()

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "order": self.row}

    def question(self) -> Text:
        return _("Which line shall go?")

    def perform(self, form: RemoveForm) -> Text:
        def remove(_order: PurchaseOrder, *, by: Any) -> None:
            orders.remove_line(form.cleaned_data["line"], by=by)

        return self.do(remove, _("The line is removed."))


class ApproveOrder(OrderAct):
    name = "approve"
    title = _("Approve")
    permission = "gifts.approve_order"
    icon = "check"
    states = (State.DRAFT,)

    def question(self) -> Text:
        told = {
            "supplier": self.row.supplier,
            "lines": "\n".join(
                f"{line}, {purpose(line)}: {amount(line.total_minor, self.row.currency)}"
                for line in self.row.lines.select_related("kind", "wish__kind", "designation")
            ),
        }
        return gettext("Shall this be bought from %(supplier)s?\n\n%(lines)s") % told

    def perform(self, form: forms.Form) -> Text:
        return self.do(orders.approve, _("The order is approved and can be placed."))


class PlaceOrder(OrderAct):
    name = "place"
    title = _("Place the order")
    permission = "gifts.place_order"
    icon = "clipboard-list"
    states = (State.APPROVED,)

    def question(self) -> Text:
        total = sum(line.total_minor for line in self.row.lines.all())
        return gettext(
            "%(total)s are set aside, each unit gets its code, and it is written down for good "
            "whose gifts pay for it. Send the order to %(supplier)s yourself."
        ) % {"total": amount(total, self.row.currency), "supplier": self.row.supplier}

    def perform(self, form: forms.Form) -> Text:
        return self.do(orders.place, _("The order is placed; the labels can be printed."))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class CancelOrder(OrderAct):
    name = "cancel"
    title = _("Cancel the order")
    permission = "gifts.place_order"
    icon = "cross"
    serious = True
    form_class = ReasonForm
    states = (State.DRAFT, State.APPROVED, State.ORDERED)

    def question(self) -> Text:
        return _("Nothing of it will come or be paid. Money that was set aside is free again.")

    def perform(self, form: ReasonForm) -> Text:
        return self.do(orders.cancel, _("The order is canceled."), **form.cleaned_data)


class CoverForm(forms.Form):
    designation = forms.ModelChoiceField(
        label=_("What lacks money"), queryset=Designation.objects.none(), empty_label=None
    )
    origin = forms.ModelChoiceField(
        label=_("Covered by"), queryset=Designation.objects.none(), empty_label=None
    )
    minor = forms.CharField(label=_("Amount"), max_length=20)
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("It stands in the books.")
    )
    # Sent twice, it happens once.
    token = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, order: PurchaseOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = order.currency
        without = Designation.Restriction.WITHOUT
        general = Designation.objects.filter(restriction=without).exclude(code="shortfall")
        fields: Any = self.fields
        fields["designation"].queryset = Designation.objects.filter(
            order_lines__order=order
        ).distinct()
        fields["origin"].queryset = general

    def clean_minor(self) -> int:
        return typed_money(self.cleaned_data["minor"], self.currency)


class CoverOrder(OrderAct):
    name = "cover"
    title = _("Cover from general money")
    permission = "gifts.cover_order"
    icon = "plus-inverse"
    serious = True
    form_class = CoverForm
    states = (State.APPROVED, State.ORDERED, State.RECEIVED)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "order": self.row}

    def get_initial(self) -> dict[str, Any]:
        lacks = orders.lacking(self.row) if self.row.state == State.APPROVED else {}
        for first, (wanted, left) in lacks.items():
            lacking = money.to_decimal(wanted - left, self.row.currency)
            return {"designation": first, "minor": f"{lacking:f}", "token": new_token()}
        return {"token": new_token()}

    def question(self) -> Text:
        return _("Money without a purpose of its own is passed to this one, for good.")

    def summary(self, form: CoverForm) -> list[Section]:
        data = form.cleaned_data
        rows: list[list[Any]] = [
            [_("Covered by"), data["origin"].public_name],
            [_("What lacks money"), data["designation"].public_name],
            [_("Amount"), amount(data["minor"], self.row.currency)],
            [_("Reason"), data["reason"]],
        ]
        return [Section(_("Please look it over"), rows)]

    def perform(self, form: CoverForm) -> Text:
        data = form.cleaned_data
        return self.do(
            orders.cover,
            _("The money is passed on."),
            designation=data["designation"],
            origin=data["origin"],
            amount_minor=data["minor"],
            token=data["token"],
            reason=data["reason"],
        )


def typed_money(typed: str, currency: str) -> int:
    try:
        return money.parse(typed, currency)
    except ValueError:
        raise ValidationError(UNCLEAR) from None
