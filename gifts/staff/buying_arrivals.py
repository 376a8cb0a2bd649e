"""What is done to a placed order: receipts, invoices, advances, differences, closing."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations.staff.cells import Section, Text, amount
from gifts.buying import differences, invoices, receiving
from gifts.buying.invoices import Billed
from gifts.buying.receiving import Came
from gifts.models import Explanation, Invoice, PurchaseOrder, Unit
from gifts.staff.buying_acts import OrderAct, ReasonForm, State, typed_money
from gifts.staff.buying_words import figure

About = Explanation.About


class ReceiveForm(forms.Form):
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    is_all = forms.BooleanField(
        label=_("Nothing more will come"),
        required=False,
        help_text=_("What is missing is listed as a difference."),
    )
    # As it was when the form was opened: sent twice, it is one receipt.
    waiting = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, order: PurchaseOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.there = receiving.outstanding(order)
        for line, rows in self.there.items():
            told = {"kind": line.kind.public_name, "count": len(rows)}
            self.fields[f"well_{line.pk}"] = forms.IntegerField(
                label=gettext("%(kind)s: came well, of %(count)s outstanding") % told,
                min_value=0,
                max_value=len(rows),
                initial=len(rows),
            )
            self.fields[f"damaged_{line.pk}"] = forms.IntegerField(
                label=gettext("%(kind)s: came damaged") % told,
                min_value=0,
                max_value=len(rows),
                initial=0,
            )
        self.order_fields([*(name for name in self.fields if "_" in name and name != "is_all")])

    def came(self) -> dict[int, Came]:
        data = self.cleaned_data
        return {
            line.pk: Came(data[f"well_{line.pk}"], data[f"damaged_{line.pk}"])
            for line in self.there
        }


class Receive(OrderAct):
    name = "receive"
    title = _("Confirm what came")
    permission = "gifts.receive_order"
    icon = "download"
    form_class = ReceiveForm

    @classmethod
    def is_possible(cls, row: PurchaseOrder) -> bool:
        return bool(receiving.outstanding(row)) or row.state == State.ORDERED != row.route

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "order": self.row}

    def get_initial(self) -> dict[str, Any]:
        return {"waiting": sum(map(len, receiving.outstanding(self.row).values()))}

    def question(self) -> Text:
        return _(
            "Count what lies before you, or what a partner's papers show. Things that are no "
            "devices are ready at once; devices are checked first."
        )

    def perform(self, form: ReceiveForm) -> Text:
        data = form.cleaned_data
        return self.do(
            receiving.receive,
            _("It is written down what came."),
            came=form.came(),
            waiting=data["waiting"],
            is_all=data["is_all"],
            note=data["note"],
        )


class CheckForm(forms.Form):
    codes = forms.MultipleChoiceField(
        label=_("They start, and are what was ordered"), widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, order: PurchaseOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes: Any = self.fields["codes"]
        codes.choices = [(code, code) for code in _unchecked(order).values_list("code", flat=True)]


class Check(OrderAct):
    name = "check"
    title = _("Checked")
    permission = "gifts.receive_order"
    icon = "check"
    form_class = CheckForm

    @classmethod
    def is_possible(cls, row: PurchaseOrder) -> bool:
        return bool(_unchecked(row))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "order": self.row}

    def question(self) -> Text:
        return _("Which of the new devices have you looked over? They are ready then.")

    def perform(self, form: CheckForm) -> Text:
        return self.do(receiving.check, _("They are ready."), **form.cleaned_data)


class InvoiceForm(forms.ModelForm):  # type: ignore[type-arg]
    extra = forms.CharField(label=_("Shipping and taxes"), max_length=20, required=False)

    class Meta:
        model = Invoice
        fields = ("number", "dated", "currency", "rate")

    def __init__(self, *args: Any, order: PurchaseOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(order.lines.select_related("kind"))
        self.fields["rate"].help_text = gettext(
            "How much one unit of the invoice's currency is in %(currency)s; 1 if it is the same."
        ) % {"currency": order.currency}
        for line in self.lines:
            told = {"kind": line.kind.public_name, "count": line.quantity}
            self.fields[f"quantity_{line.pk}"] = forms.IntegerField(
                label=gettext("%(kind)s: how many are billed, of %(count)s") % told,
                min_value=0,
                initial=line.quantity,
            )
            self.fields[f"amount_{line.pk}"] = forms.CharField(
                label=gettext("%(kind)s: amount for these") % told, max_length=20, required=False
            )
        of_lines = (name for name in self.fields if name.startswith(("quantity_", "amount_")))
        self.order_fields(["number", "dated", "currency", "rate", *of_lines])

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        names = ["extra", *(f"amount_{line.pk}" for line in self.lines)]
        for name in names:
            if name in data and "currency" in data:
                try:
                    data[name] = typed_money(data[name] or "0", data["currency"])
                except forms.ValidationError as wrong:
                    self.add_error(name, wrong)
        return data

    def billed(self) -> list[Billed]:
        data = self.cleaned_data
        return [
            Billed(line, data[f"quantity_{line.pk}"], data[f"amount_{line.pk}"])
            for line in self.lines
        ]


class EnterInvoice(OrderAct):
    name = "invoice"
    title = _("Enter the invoice")
    permission = "gifts.add_invoice"
    icon = "doc-full"
    form_class = InvoiceForm  # type: ignore[assignment]  # a form of a model is one too

    @classmethod
    def is_possible(cls, row: PurchaseOrder) -> bool:
        counts = row.invoices.exclude(state="rejected")
        return row.state in (State.ORDERED, State.RECEIVED) and not counts.exists()

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "order": self.row}

    def get_initial(self) -> dict[str, Any]:
        return {"currency": self.row.supplier.currency, "rate": 1}

    def question(self) -> Text:
        return _("Type it as it is on paper. Somebody who did not order approves it.")

    def perform(self, form: InvoiceForm) -> Text:
        data = form.cleaned_data
        return self.do(
            invoices.enter,
            _("The invoice is entered and waits for approval."),
            **{name: data[name] for name in ("number", "dated", "currency", "rate")},
            billed=form.billed(),
            extra_minor=data["extra"],
        )


class ApproveInvoice(OrderAct):
    name = "approve-invoice"
    title = _("Approve the invoice")
    permission = "gifts.approve_invoice"
    icon = "check"

    @classmethod
    def is_possible(cls, row: PurchaseOrder) -> bool:
        return _waiting(row) is not None

    def question(self) -> Text:
        found = _waiting(self.row)
        assert found is not None  # the act is possible
        return gettext(
            "Invoice %(number)s of %(supplier)s over %(amount)s is booked as %(cost)s: money that "
            "was set aside is spent, and its restriction is released."
        ) % {
            "number": found.number,
            "supplier": self.row.supplier,
            "amount": amount(found.amount_minor, found.currency),
            "cost": amount(found.cost_minor, self.row.currency),
        }

    def perform(self, form: forms.Form) -> Text:
        return self.do(invoices.approve, _("The invoice is approved and booked."))


class RejectInvoice(ApproveInvoice):
    name = "reject-invoice"
    title = _("Reject the invoice")
    icon = "cross"
    form_class = ReasonForm

    def question(self) -> Text:
        return _("Nothing is booked. Ask the supplier for another one.")

    def perform(self, form: forms.Form) -> Text:
        return self.do(invoices.reject, _("The invoice is rejected."), **form.cleaned_data)


class PayInvoice(OrderAct):
    name = "pay"
    title = _("Invoice is paid")
    permission = "gifts.pay_invoice"
    icon = "check"

    @classmethod
    def is_possible(cls, row: PurchaseOrder) -> bool:
        return row.invoices.filter(state=Invoice.State.APPROVED).exists()

    def question(self) -> Text:
        found = self.row.invoices.get(state=Invoice.State.APPROVED)
        open_minor = invoices.open_of(self.row, found)
        return gettext("Did %(amount)s leave the bank account for %(supplier)s?") % {
            "amount": amount(open_minor, self.row.currency),
            "supplier": self.row.supplier,
        }

    def perform(self, form: forms.Form) -> Text:
        return self.do(invoices.pay, _("The payment is booked."))


class ExplainForm(forms.Form):
    which = forms.ChoiceField(label=_("Difference"), widget=forms.RadioSelect)
    text = forms.CharField(label=_("Explanation"), max_length=200)

    def __init__(self, *args: Any, order: PurchaseOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        which: Any = self.fields["which"]
        which.choices = [
            (
                f"{one.line.pk}-{one.about}-{one.expected}-{one.found}",
                f"{one.line}: {About(one.about).label}, "
                f"{figure(one.about, one.expected, one.line)} → "
                f"{figure(one.about, one.found, one.line)}",
            )
            for one in differences.of([order])
            if one.explanation is None
        ]

    def named(self) -> dict[str, Any]:
        line, about, expected, found = self.cleaned_data["which"].split("-")
        return {
            "line": int(line),
            "about": about,
            "expected": int(expected),
            "found": int(found),
            "text": self.cleaned_data["text"],
        }


class Explain(OrderAct):
    name = "explain"
    title = _("Explain a difference")
    permission = "gifts.close_order"
    icon = "comment"
    form_class = ExplainForm

    @classmethod
    def is_possible(cls, row: PurchaseOrder) -> bool:
        return any(one.explanation is None for one in differences.of([row]))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "order": self.row}

    def question(self) -> Text:
        return _("Why do these figures differ? An order is closed once each is explained.")

    def perform(self, form: ExplainForm) -> Text:
        return self.do(differences.explain, _("The explanation is kept."), **form.named())


class CloseOrder(OrderAct):
    name = "close"
    title = _("Close the order")
    permission = "gifts.close_order"
    icon = "lock"
    states = (State.INVOICED,)

    def question(self) -> Text:
        return _("Everything came, is paid and explained. Nothing of the order changes any more.")

    def summary(self, form: forms.Form) -> list[Section]:
        return []

    def perform(self, form: forms.Form) -> Text:
        return self.do(differences.close, _("The order is closed."))


def _unchecked(order: PurchaseOrder) -> Any:
    return Unit.objects.filter(
        bought__line__order=order, state=Unit.State.RECEIVED, kind__is_device=True
    ).order_by("code")


def _waiting(order: PurchaseOrder) -> Invoice | None:
    return order.invoices.filter(state=Invoice.State.ENTERED).first()
