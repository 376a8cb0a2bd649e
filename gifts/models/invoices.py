"""What suppliers ask for, in their currency and ours, and money that went ahead."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core import rules
from gifts.models.buying import OrderLine, PurchaseOrder, Supplier, not_who_orders, person


class Invoice(models.Model):
    """A supplier's bill for an order, or the papers of a partner who bought with an advance."""

    class State(models.TextChoices):
        ENTERED = "entered", _("Entered")
        APPROVED = "approved", _("Approved")
        PAID = "paid", _("Paid")
        REJECTED = "rejected", _("Rejected")

    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="invoices")
    # The order's: here, so that a number of theirs is taken once.
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="invoices")
    number = models.CharField(_("their number"), max_length=60)
    dated = models.DateField(_("date of the invoice"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ENTERED)
    currency = models.CharField(_("currency"), max_length=3)
    # The whole sum, with shipping and taxes, as on paper.
    amount_minor = models.PositiveBigIntegerField(_("sum"))
    # Of which belongs to no single line: shipping, taxes.
    extra_minor = models.PositiveBigIntegerField(_("shipping and taxes"), default=0)
    # Units of the order's currency for one of the invoice's; 1 where they are the same.
    rate = models.DecimalField(_("exchange rate"), max_digits=18, decimal_places=9, default=1)
    # The sum in the order's currency: what is booked.
    cost_minor = models.PositiveBigIntegerField(_("cost"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    approved_by = person()
    paid_by = person()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["pk"]
        permissions = [
            ("approve_invoice", "Can approve or reject an invoice"),
            ("pay_invoice", "Can record payments, advances and what comes back of them"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=~Q(state="rejected"),
                name="one_invoice_that_counts_per_order",
            ),
            models.UniqueConstraint(
                "supplier",
                Lower("number"),
                condition=~Q(state="rejected"),
                name="an_invoice_number_of_a_supplier_once",
            ),
            models.CheckConstraint(
                name="invoice_adds_up",
                condition=Q(amount_minor__gt=0, cost_minor__gt=0, rate__gt=0)
                & Q(extra_minor__lt=F("amount_minor")),
            ),
            models.CheckConstraint(
                name="invoice_approved_means_by_whom",
                condition=Q(state__in=["entered", "rejected"], approved_by=None, paid_by=None)
                | Q(state="approved", approved_by__isnull=False, paid_by=None)
                | Q(state="paid", approved_by__isnull=False, paid_by__isnull=False),
            ),
        ]
        triggers = [
            rules.never_deleted("invoice_kept"),
            rules.starts_as("invoice_starts_as_entered", "state", "entered"),
            pgtrigger.FSM(
                name="invoice_state_steps",
                field="state",
                transitions=[
                    ("entered", "approved"),
                    ("entered", "rejected"),
                    ("approved", "paid"),
                    # All of it came out of an advance.
                    ("entered", "paid"),
                ],
            ),
            rules.frozen(
                "invoice_facts_frozen",
                *("order_id", "supplier_id", "number", "dated", "currency", "amount_minor"),
                *("extra_minor", "rate", "cost_minor", "entered_by_id"),
            ),
            rules.frozen(
                "invoice_approved_once", "approved_by_id", when='OLD."approved_by_id" IS NOT NULL'
            ),
            not_who_orders("invoice_approved_by_another", "approved_by_id", pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return self.number


class InvoiceLine(models.Model):
    """What an invoice asks for one line of its order."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="invoiced")
    quantity = models.PositiveSmallIntegerField(_("how many"))
    # In the invoice's currency, without shipping and taxes.
    amount_minor = models.PositiveBigIntegerField()
    # In the order's currency, with its part of shipping and taxes.
    cost_minor = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "line"], name="invoice_names_a_line_once"),
            models.CheckConstraint(
                name="invoice_line_bills_something_or_nothing",
                condition=Q(quantity=0, amount_minor=0, cost_minor=0)
                | Q(quantity__gt=0, amount_minor__gt=0, cost_minor__gt=0),
            ),
        ]
        triggers = [
            rules.append_only("invoice_line_written_once"),
            pgtrigger.Trigger(
                name="invoice_lines_add_up",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="fresh"),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM gifts_invoice i
                        JOIN (SELECT invoice_id, SUM(amount_minor) AS amount_minor,
                                     SUM(cost_minor) AS cost_minor
                              FROM gifts_invoiceline GROUP BY invoice_id) s
                          ON s.invoice_id = i.id
                        WHERE i.id IN (SELECT invoice_id FROM fresh)
                          AND (i.amount_minor <> s.amount_minor + i.extra_minor
                               OR i.cost_minor <> s.cost_minor)
                    ) THEN
                        RAISE EXCEPTION 'the lines of an invoice must add up to it';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} for {self.amount_minor}"


class Advance(models.Model):
    """Money that went to a partner ahead of buying; the partner's papers and the rest settle it."""

    order = models.OneToOneField(PurchaseOrder, models.PROTECT, related_name="advance")
    amount_minor = models.PositiveBigIntegerField(_("advance"))
    paid_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    paid_at = models.DateTimeField(auto_now_add=True)
    returned_minor = models.PositiveBigIntegerField(_("came back"), null=True, blank=True)
    settled_by = person()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("advance")
        verbose_name_plural = _("advances")
        constraints = [
            models.CheckConstraint(
                name="advance_makes_sense",
                condition=Q(amount_minor__gt=0)
                & (Q(returned_minor=None) | Q(returned_minor__lte=F("amount_minor"))),
            ),
            models.CheckConstraint(
                name="advance_settled_means_all_of_it",
                condition=Q(settled_at=None, settled_by=None, returned_minor=None)
                | Q(
                    settled_at__isnull=False,
                    settled_by__isnull=False,
                    returned_minor__isnull=False,
                ),
            ),
        ]
        triggers = [
            rules.never_deleted("advance_kept"),
            rules.frozen("advance_frozen", "order_id", "amount_minor", "paid_by_id", "paid_at"),
            rules.frozen(
                "advance_settled_once",
                *("returned_minor", "settled_by_id", "settled_at"),
                when='OLD."settled_at" IS NOT NULL',
            ),
            not_who_orders("advance_by_another", "paid_by_id", pgtrigger.Insert),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} ahead"
