"""Suppliers, orders, what came of them, what was billed, and money advanced to partners.

draft → approved → ordered → received → invoiced → closed
  └────────┴──────────┴→ canceled         direct: ordered → invoiced, nothing is received

An invoice is entered → approved → paid, or rejected. Whoever drew up or placed an order neither
confirms what came nor lets its money go: the database refuses it.
"""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core import rules

STEPS = [
    ("draft", "approved"),
    ("approved", "ordered"),
    ("ordered", "received"),
    ("ordered", "invoiced"),
    ("received", "invoiced"),
    ("invoiced", "closed"),
    *((before, "canceled") for before in ("draft", "approved", "ordered")),
]
MOST_OF_A_LINE = 500


def person() -> "models.ForeignKey[object, object]":
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )


def not_who_orders(name: str, field: str, operation: pgtrigger.Operation) -> pgtrigger.Trigger:
    """Separation of duties: this person has neither drawn up nor placed the order."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=operation,
        condition=pgtrigger.Condition(f'NEW."{field}" IS NOT NULL'),
        func=f"""
            IF EXISTS (
                SELECT 1 FROM gifts_purchaseorder o WHERE o.id = NEW.order_id
                  AND NEW.{field} IN (o.drawn_up_by_id, o.placed_by_id)
            ) THEN
                RAISE EXCEPTION '{name}: whoever orders may not do this';
            END IF;
            RETURN NEW;
        """,  # noqa: S608 - our own words
    )


@pghistory.track(
    model_name="SupplierEvent",
    fields=["name", "kind", "country", "currency", "address", "email", "is_open"],
)
class Supplier(models.Model):
    """Whom we pay for things and fees: a shop, a partner who buys, a school, a carrier."""

    class Kind(models.TextChoices):
        SHOP = "shop", _("Shop")
        PARTNER = "partner", _("Partner who buys locally")
        SCHOOL = "school", _("School or course")
        CARRIER = "carrier", _("Carrier")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("what they are"), max_length=8, choices=Kind, default=Kind.SHOP)
    country = models.CharField(_("country"), max_length=2, help_text=_("Two letters, such as US."))
    # Of their invoices, where it is not ours.
    currency = models.CharField(_("currency of their invoices"), max_length=3, default="USD")
    address = models.TextField(_("address"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_open = models.BooleanField(_("we buy there"), default=True)

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="one_supplier_of_a_name"),
            models.CheckConstraint(
                name="supplier_codes_are_upper_case",
                condition=Q(currency__regex=r"^[A-Z]{3}$", country__regex=r"^[A-Z]{2}$"),
            ),
        ]
        triggers = [rules.never_deleted("supplier_kept")]

    def __str__(self) -> str:
        return self.name


class PurchaseOrder(models.Model):
    """What we buy of one supplier at one time, and where its money stands."""

    class Route(models.TextChoices):
        CENTRAL = "central", _("Sent to our hub")
        LOCAL = "local", _("Bought by a partner against an advance")
        DIRECT = "direct", _("Paid straight to a school or carrier")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        APPROVED = "approved", _("Approved")
        ORDERED = "ordered", _("Ordered")
        RECEIVED = "received", _("Received")
        INVOICED = "invoiced", _("Invoiced")
        CLOSED = "closed", _("Closed")
        CANCELED = "canceled", _("Canceled")

    supplier = models.ForeignKey(
        Supplier, models.PROTECT, related_name="orders", verbose_name=_("supplier")
    )
    route = models.CharField(_("route"), max_length=8, choices=Route, default=Route.CENTRAL)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    legal_entity = models.ForeignKey("donations.LegalEntity", models.PROTECT)
    livemode = models.BooleanField()
    currency = models.CharField(_("currency"), max_length=3)
    note = models.CharField(_("note"), max_length=200, blank=True)
    drawn_up_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("drawn up by")
    )
    approved_by = person()
    placed_by = person()
    created_at = models.DateTimeField(_("drawn up"), auto_now_add=True)
    placed_at = models.DateTimeField(_("ordered"), null=True, blank=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-pk"]
        permissions = [
            ("approve_order", "Can approve an order of a colleague"),
            ("place_order", "Can place an approved order, or cancel one"),
            ("receive_order", "Can confirm what came of an order"),
            ("cover_order", "Can let general money cover what an order lacks"),
            ("close_order", "Can explain differences and close an order"),
        ]
        constraints = [
            models.CheckConstraint(
                name="order_by_two_people",
                condition=Q(approved_by=None) | ~Q(approved_by=F("drawn_up_by")),
            ),
            models.CheckConstraint(
                name="order_is_approved_before_it_is_placed",
                condition=Q(state__in=["draft", "canceled"]) | Q(approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="order_placed_means_when_and_by_whom",
                condition=Q(state__in=["draft", "approved"], placed_by=None, placed_at=None)
                | Q(
                    state__in=["ordered", "received", "invoiced", "closed"],
                    placed_by__isnull=False,
                    placed_at__isnull=False,
                )
                | Q(state="canceled"),
            ),
        ]
        triggers = [
            rules.never_deleted("order_kept"),
            rules.starts_as("order_starts_as_draft", "state", "draft"),
            pgtrigger.FSM(name="order_state_steps", field="state", transitions=STEPS),
            rules.frozen(
                "order_terms_frozen",
                *("legal_entity_id", "livemode", "currency", "drawn_up_by_id", "created_at"),
            ),
            rules.frozen(
                "order_approved_as_it_was",
                *("supplier_id", "route", "approved_by_id"),
                when="OLD.\"state\" <> 'draft'",
            ),
            rules.frozen(
                "order_placed_once",
                "placed_by_id",
                "placed_at",
                when='OLD."placed_by_id" IS NOT NULL',
            ),
            pgtrigger.Trigger(
                name="order_route_and_money_fit_its_state",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition('OLD."state" <> NEW."state"'),
                func="""
                    IF NEW.state = 'received' AND NEW.route = 'direct' THEN
                        RAISE EXCEPTION 'nothing is received of order %', NEW.id;
                    ELSIF NEW.state = 'invoiced' AND OLD.state = 'ordered'
                        AND NEW.route <> 'direct' THEN
                        RAISE EXCEPTION 'order % has not been received', NEW.id;
                    ELSIF NEW.state IN ('invoiced', 'closed') AND NOT EXISTS (
                        SELECT 1 FROM gifts_invoice i WHERE i.order_id = NEW.id
                          AND (i.state = 'paid'
                               OR (i.state = 'approved' AND NEW.state = 'invoiced'))
                    ) THEN
                        RAISE EXCEPTION 'order % has no such invoice', NEW.id;
                    ELSIF NEW.state IN ('closed', 'canceled') AND EXISTS (
                        SELECT 1 FROM gifts_advance a
                        WHERE a.order_id = NEW.id AND a.settled_at IS NULL
                    ) THEN
                        RAISE EXCEPTION 'the advance of order % is not settled', NEW.id;
                    ELSIF NEW.state = 'canceled' AND (
                        EXISTS (SELECT 1 FROM gifts_goodsreceipt r WHERE r.order_id = NEW.id)
                        OR EXISTS (SELECT 1 FROM gifts_invoice i
                                   WHERE i.order_id = NEW.id AND i.state <> 'rejected')
                    ) THEN
                        RAISE EXCEPTION 'something of order % came or was billed', NEW.id;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk:05}, {self.supplier}"


class OrderLine(models.Model):
    """So many of one kind, at what we expect to pay, with the money of one purpose."""

    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="lines")
    # None: for general stock, with the money of the designation that was chosen.
    wish = models.ForeignKey(
        "gifts.Wish", models.PROTECT, null=True, blank=True, related_name="order_lines"
    )
    kind = models.ForeignKey("gifts.ItemKind", models.PROTECT, related_name="order_lines")
    designation = models.ForeignKey(
        "donations.Designation", models.PROTECT, related_name="order_lines"
    )
    quantity = models.PositiveSmallIntegerField(_("how many"))
    unit_minor = models.PositiveBigIntegerField(_("expected price of one"))

    class Meta:
        verbose_name = _("line of an order")
        verbose_name_plural = _("lines of orders")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="order_line_is_something",
                condition=Q(quantity__gt=0, quantity__lte=MOST_OF_A_LINE, unit_minor__gt=0),
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="order_line_written_in_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Delete,
                declare=[("changed", "gifts_orderline")],
                func="""
                    changed := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
                    IF NOT EXISTS (
                        SELECT 1 FROM gifts_purchaseorder o
                        WHERE o.id = changed.order_id AND o.state = 'draft'
                    ) THEN
                        RAISE EXCEPTION 'order % is no draft any more', changed.order_id;
                    END IF;
                    IF TG_OP = 'INSERT' AND changed.wish_id IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM gifts_wish w WHERE w.id = changed.wish_id
                          AND w.designation_id = changed.designation_id
                    ) THEN
                        RAISE EXCEPTION 'a wish pays with its own money alone';
                    END IF;
                    RETURN changed;
                """,
            ),
            pgtrigger.Protect(name="order_line_never_changes", operation=pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.kind.public_plural}"

    @property
    def total_minor(self) -> int:
        return self.quantity * self.unit_minor


class GoodsReceipt(models.Model):
    """Somebody counted what came, perhaps a part of the order. Written once."""

    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="receipts")
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        triggers = [
            rules.append_only("goods_receipt_written_once"),
            not_who_orders("goods_receipt_by_another", "received_by_id", pgtrigger.Insert),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.at:%Y-%m-%d}"


class OrderedUnit(models.Model):
    """A unit on a line of an order: what it was to cost, who pays for that, what it did cost."""

    unit = models.OneToOneField("gifts.Unit", models.PROTECT, related_name="bought")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="units")
    price_minor = models.PositiveBigIntegerField()
    # The part for which no gift's line stands: from general money or another purpose's leftover.
    covered_minor = models.PositiveBigIntegerField(default=0)
    # Its part of the invoice, in the order's currency; 0 if it was not billed.
    paid_minor = models.PositiveBigIntegerField(null=True, blank=True)
    receipt = models.ForeignKey(
        GoodsReceipt, models.PROTECT, null=True, blank=True, related_name="units"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="ordered_unit_cover_is_a_part",
                condition=Q(covered_minor__lte=F("price_minor")),
            )
        ]
        triggers = [
            rules.never_deleted("ordered_unit_kept"),
            rules.frozen(
                "ordered_unit_frozen", "unit_id", "line_id", "price_minor", "covered_minor"
            ),
            rules.frozen(
                "ordered_unit_billed_once", "paid_minor", when='OLD."paid_minor" IS NOT NULL'
            ),
            rules.frozen(
                "ordered_unit_received_once", "receipt_id", when='OLD."receipt_id" IS NOT NULL'
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} at {self.price_minor}"


class OrderStep(models.Model):
    """Something that happened to an order, for staff to read: who and when. Written once."""

    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="steps")
    kind = models.SlugField(max_length=40)
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    amount_minor = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        triggers = [rules.append_only("order_step_written_once")]

    def __str__(self) -> str:
        return self.kind


class Explanation(models.Model):
    """Why two figures of an order differ, by somebody who looked. It holds for these figures."""

    class About(models.TextChoices):
        RECEIVED = "received", _("Came, against ordered")
        DAMAGED = "damaged", _("Came damaged")
        BILLED = "billed", _("Billed, against came")
        PRICE = "price", _("Price, against expected")

    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="explanations")
    about = models.CharField(max_length=8, choices=About)
    expected = models.BigIntegerField()
    found = models.BigIntegerField()
    text = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "about", "expected", "found"],
                name="one_explanation_of_a_difference",
            ),
            models.CheckConstraint(name="explanation_says_something", condition=~Q(text="")),
        ]
        triggers = [rules.append_only("explanation_written_once")]

    def __str__(self) -> str:
        return self.text
