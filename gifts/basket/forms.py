"""The basket's form: rows of wishes, a plain gift, a monthly gift, and who is giving."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from core import money
from donations.checkout import Part
from donations.forms import LARGEST_GIFT_MINOR, DonationForm, read_amount
from donations.models import Designation, DonationLine, GivingOptions
from gifts.basket import discretion
from gifts.basket.contents import MOST_UNITS, Kept, Row

IfCovered = DonationLine.IfCovered
MONEY = {"inputmode": "decimal", "autocomplete": "off"}
CHOICES = [
    (IfCovered.LIKE.value, gettext_lazy("Give it to a similar wish, else to the education fund")),
    (IfCovered.FUND.value, gettext_lazy("Give it to the education fund")),
    (IfCovered.BACK.value, gettext_lazy("Give that part back to me at once, without a receipt")),
]


@dataclass(frozen=True)
class Offer:
    """What staff offer: amounts and fees of a gift once, and each month where they want those."""

    once: GivingOptions
    monthly: GivingOptions | None


class BasketForm(DonationForm):
    """Whatever is in the basket, in one payment; the first error of a row stands beside it."""

    amount_choice: Any = None
    amount: Any = None
    plain = forms.CharField(
        label=gettext_lazy("A gift of money, once"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs=MONEY),
    )
    monthly = forms.CharField(
        label=gettext_lazy("A gift of money, every month"),
        help_text=gettext_lazy("You can stop any time."),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs=MONEY),
    )
    if_covered = forms.ChoiceField(
        label=gettext_lazy("If others cover it before your payment arrives"),
        choices=CHOICES,
        initial=IfCovered.LIKE,
        required=False,
        widget=forms.RadioSelect,
    )
    terms = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    # A basket's parts are not all gifts of one kind.
    DECLARES = False

    def __init__(self, *args: Any, offer: Offer, rows: Sequence[Row], **kwargs: Any) -> None:
        super().__init__(*args, options=offer.once, **kwargs)
        self.rows, self.offer = rows, offer
        self.parts: list[Part] = []
        self.monthly_minor = 0
        self.fields["designation"].label = _("What is that for?")
        if offer.monthly is None:
            del self.fields["monthly"]
        for row in rows:
            # Empty until chosen: a phone's keyboard opens on a clean field.
            self.fields[f"units-{row.wish.slug}"] = forms.IntegerField(
                label=_("How many"), min_value=0, max_value=MOST_UNITS, required=False,
                initial=row.units or "",
                error_messages={"invalid": _("Please type a whole number, such as 1.")},
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            )  # fmt: skip
            share = money.to_decimal(row.share_minor, self.options.currency)
            self.fields[f"share-{row.wish.slug}"] = forms.CharField(
                label=_("or a share, in %(currency)s") % {"currency": self.options.currency},
                max_length=20, required=False,
                initial=f"{share:f}".removesuffix(".00") if row.share_minor else "",
                widget=forms.TextInput(attrs=MONEY),
            )  # fmt: skip
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)

    def lines(self) -> list[tuple[Row, BoundField, BoundField]]:
        """Each row with its two fields, for the page."""
        return [
            (row, self[f"units-{row.wish.slug}"], self[f"share-{row.wish.slug}"])
            for row in self.rows
        ]

    def contents(self) -> Kept:
        """What was typed, as far as it can be read; for looking on without losing anything."""
        kept: Kept = {}
        for row in self.rows:
            units = str(self.data.get(f"units-{row.wish.slug}", "")).strip()
            try:
                share = self._share(row, self.data)
            except forms.ValidationError:
                share = 0
            count = min(int(units), MOST_UNITS) if units.isdecimal() else 0
            if count or share:
                kept[row.wish.slug] = (count, share)
        return kept

    def clean_if_covered(self) -> str:
        return self.cleaned_data["if_covered"] or IfCovered.LIKE

    def clean_terms(self) -> str:
        seen: str = self.cleaned_data["terms"]
        return seen if seen in discretion.WORDINGS else discretion.CURRENT

    def gift_minor(self, data: dict[str, Any]) -> int:
        """All of it, without the covered fee; 0 with an error where there is nothing to give."""
        purpose: Designation | None = data.get("designation")
        if self.offer.monthly and data.get("monthly"):
            self.monthly_minor = self._typed("monthly", data, self.offer.monthly)
            if purpose and purpose.ends:
                text = _("A monthly gift needs a purpose without an end; please choose another.")
                self.add_error("designation", text)
            elif purpose and self.monthly_minor:
                self.parts.append(Part(purpose, self.monthly_minor))
        for row in self.rows:
            minor = self._row_minor(row, data)
            if minor:
                assert row.wish.designation is not None  # only those are in a basket
                choice = data.get("if_covered") or IfCovered.LIKE
                self.parts.append(Part(row.wish.designation, minor, choice))
        if data.get("plain"):
            plain = self._typed("plain", data, self.options)
            if purpose and plain:
                self.parts.append(Part(purpose, plain))
        total = sum(part.amount_minor for part in self.parts)
        if not total and not self.errors:
            self.add_error(None, _("The basket is empty: please choose how many, or an amount."))
        if total > LARGEST_GIFT_MINOR:
            most = self.shown(LARGEST_GIFT_MINOR)
            text = _("Online we can take up to %(most)s. Please write to us for a larger gift.")
            self.add_error(None, text % {"most": most})
        return total

    def shown(self, amount_minor: int) -> str:
        return money.display_short(amount_minor, self.options.currency, get_language() or "en")

    def _typed(self, name: str, data: dict[str, Any], options: GivingOptions) -> int:
        try:
            return read_amount(data[name], options)
        except forms.ValidationError as error:
            self.add_error(name, error)
            return 0

    def _share(self, row: Row, data: Mapping[str, Any]) -> int:
        text = str(data.get(f"share-{row.wish.slug}") or "").strip()
        if not text:
            return 0
        try:
            return money.parse(text, self.options.currency)
        except ValueError:
            raise forms.ValidationError(
                _("Please type the amount as a number, such as 40 or 12.50.")
            ) from None

    def _row_minor(self, row: Row, data: dict[str, Any]) -> int:
        """What is meant for one wish, in minor units; an error beside the row says what to mend."""
        slug, unit = row.wish.slug, row.progress.unit_minor
        try:
            minor = (data.get(f"units-{slug}") or 0) * unit + self._share(row, data)
        except forms.ValidationError as error:
            self.add_error(f"share-{slug}", error)
            return 0
        if not minor:
            return 0
        if problem := self._problem(row, minor):
            self.add_error(
                f"units-{slug}" if data.get(f"units-{slug}") else f"share-{slug}", problem
            )
            return 0
        return minor

    def _problem(self, row: Row, minor: int) -> str:
        """Why so much cannot be given; what a share leaves is never less than the smallest."""
        left, least = row.left_minor, self.options.minimum_minor
        if row.is_over:
            return _("This is covered or has ended: please take it out of the basket.")
        if minor > left:
            if row.most_units:
                text = ngettext(
                    "Only %(left)s is still missing: %(count)s of them.",
                    "Only %(left)s is still missing: %(count)s of them.",
                    row.most_units,
                )
                return text % {"left": self.shown(left), "count": row.most_units}
            return _("Only %(left)s is still missing.") % {"left": self.shown(left)}
        if minor < min(least, left):
            return _("The smallest share is %(least)s.") % {"least": self.shown(min(least, left))}
        if 0 < left - minor < least:
            text = _("That would leave %(rest)s to nobody: please give all of %(left)s, or less.")
            return text % {"rest": self.shown(left - minor), "left": self.shown(left)}
        return ""
