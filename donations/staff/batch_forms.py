"""The forms of a batch: its own facts, and one gift, with who it may be."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import money
from donations.models import Designation, Donation, Donor, GiftBatch, OfflineGift
from donations.models.offline import SOURCES
from donations.offline import entering
from donations.offline.facts import BY_ORGANISATIONS, MOST_MINOR, Facts, Fault, value_minor
from donations.staff.finding import near_names
from donations.staff.offline_words import fault
from donations.staff.period_forms import BooksForm, DayInput

Source = Donation.Source
PARTS = (2, 3)
# Who is offered when a name is typed that more than one may have.
MOST_OFFERED = 6
NEW = "new"


class DayField(forms.DateField):
    widget = DayInput


class AmountField(forms.CharField):
    """ "25", "1,250.00", "$25": minor units of the form's currency."""

    def __init__(self, **options: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        options.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(max_length=20, **options)
        self.currency = "USD"

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return money.parse(typed, self.currency)
        except ValueError:
            raise ValidationError(fault("amount")) from None


class SeenForm(forms.Form):
    """What was looked over, so that nothing else is done."""

    seen = forms.CharField(widget=forms.HiddenInput)


class BatchForm(BooksForm):
    source = forms.ChoiceField(label=_("Kind"), choices=SOURCES)
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    expected_count = forms.IntegerField(
        label=_("How many gifts"), min_value=1, max_value=entering.MOST_GIFTS
    )
    expected = AmountField(
        label=_("Total"), help_text=_("Counted before anything is entered: the batch must match.")
    )
    deposited_on = DayField(
        label=_("Deposited on"),
        required=False,
        help_text=_(
            "Leave it empty for shares, for what is not at the bank yet, and to put gifts right "
            "whose money is at the bank already."
        ),
    )
    bank_reference = forms.CharField(label=_("Bank's reference"), max_length=80, required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *given: Any, batch: GiftBatch | None = None, **options: Any) -> None:
        super().__init__(*given, **options)
        self.initial.setdefault("currency", self.initial["entity"].currency)
        if batch:
            for name in ("entity", "source", "currency"):
                del self.fields[name]
        currency = batch.currency if batch else str(self.data.get("currency", "USD"))[:3]
        amount: Any = self.fields["expected"]
        amount.currency = currency.upper()

    def clean_currency(self) -> str:
        code: str = self.cleaned_data["currency"].upper()
        if not Designation.objects.filter(currency=code).exists():
            raise ValidationError(_("Nothing is given for in this currency."))
        return code

    def clean_expected(self) -> int:
        minor: int = self.cleaned_data["expected"]
        if not 0 < minor <= MOST_MINOR * entering.MOST_GIFTS:
            raise ValidationError(fault("amount"))
        return minor

    def clean_deposited_on(self) -> date | None:
        day: date | None = self.cleaned_data["deposited_on"]
        if day and day > timezone.localdate():
            raise ValidationError(fault("future"))
        return day

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("source") == Source.STOCK and data.get("deposited_on"):
            self.add_error("deposited_on", _("Shares are not taken to the bank."))
        return data


class GiftForm(forms.Form):
    """One gift; what its kind does not have is not asked. Made to be typed through by Tab."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    amount = AmountField(label=_("Amount"), required=False)
    symbol = forms.CharField(label=_("Symbol"), max_length=20, required=False)
    shares = forms.DecimalField(
        label=_("Number of shares"), max_digits=18, decimal_places=6, required=False
    )
    high = forms.DecimalField(
        label=_("High of the day"), max_digits=14, decimal_places=4, required=False
    )
    low = forms.DecimalField(
        label=_("Low of the day"), max_digits=14, decimal_places=4, required=False
    )
    received_on = DayField(label=_("Received on"))
    postmarked_on = DayField(label=_("Postmark"), required=False)
    check_number = forms.CharField(label=_("Check number"), max_length=40, required=False)
    designation = forms.ModelChoiceField(label=_("For"), queryset=Designation.objects.none())
    appeal = forms.CharField(label=_("Appeal"), max_length=32, required=False)
    # From here on folded up.
    address_line1 = forms.CharField(label=_("Address"), max_length=200, required=False)
    address_line2 = forms.CharField(label=_("Second line"), max_length=200, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    region = forms.CharField(label=_("State or region"), max_length=80, required=False)
    country = forms.CharField(label=_("Country"), max_length=2, required=False)
    kind = forms.ChoiceField(label=_("Person or organization"), choices=Donor.Kind.choices)
    receipt_name = forms.CharField(
        label=_("Receipt in the name of"), max_length=200, required=False
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    credited_name = forms.CharField(label=_("Soft credit to"), max_length=200, required=False)
    credited_email = forms.EmailField(label=_("E-mail of the soft credit"), required=False)
    matches = forms.CharField(
        label=_("Matches the gift"),
        max_length=32,
        required=False,
        help_text=_("The first eight signs of our reference of the employee's gift."),
    )
    benefit_text = forms.CharField(label=_("Given back"), max_length=200, required=False)
    benefit = AmountField(label=_("Its value"), required=False)
    tribute_kind = forms.ChoiceField(
        label=_("Tribute"), choices=Donation.Tribute.choices, required=False
    )
    tribute_name = forms.CharField(label=_("Honored person"), max_length=200, required=False)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    QUICK: ClassVar[tuple[str, ...]] = (
        *("name", "email", "postcode", "amount", "symbol", "shares", "high", "low"),
        *("received_on", "postmarked_on", "check_number", "designation", "appeal"),
    )

    def __init__(
        self, *given: Any, batch: GiftBatch, gift: OfflineGift | None = None, **options: Any
    ) -> None:
        super().__init__(*given, **options)
        self.batch, self.gift = batch, gift
        self.donor: Donor | None = None
        self.fields["name"].widget.attrs["autofocus"] = True
        open_ones = Designation.objects.filter(target_minor=None)
        for number in PARTS:
            self.fields[f"designation{number}"] = forms.ModelChoiceField(
                label=gettext("And for"), queryset=open_ones, required=False
            )
            self.fields[f"amount{number}"] = AmountField(label=gettext("Of it"), required=False)
        choice: Any = self.fields["designation"]
        choice.queryset, choice.empty_label = open_ones, None
        self._suit(batch.source)
        for field in self.fields.values():
            if isinstance(field, AmountField):
                field.currency = batch.currency
        self.initial = {**self._usual(), **self.initial}

    def _suit(self, source: str) -> None:
        """What this kind of gift does not have is not asked."""
        shares = ("symbol", "shares", "high", "low")
        gone = ["amount", "check_number"] if source == Source.STOCK else [*shares]
        if source != Source.CHEQUE:
            gone.append("postmarked_on")
        if source in (Source.CASH, Source.TRANSFER):
            gone.append("check_number")
        if source != Source.MATCH:
            gone.append("matches")
        if source in BY_ORGANISATIONS:
            gone.append("kind")
        for name in gone:
            del self.fields[name]
        labels = {
            Source.STOCK: _("Transferred to us on"),
            Source.TRANSFER: _("On our account on"),
        }
        if label := labels.get(Source(source)):
            self.fields["received_on"].label = label
        if source in BY_ORGANISATIONS:
            self.fields["name"].label = _("Name of the organization")

    def _usual(self) -> dict[str, Any]:
        """As in the row before: gifts of a batch have much in common."""
        last = self.batch.gifts.order_by("-pk").first()
        default = Designation.objects.filter(is_default=True).first()
        return {
            "received_on": last.received_on if last else self.batch.deposited_on,
            "appeal": last.appeal if last else "",
            "designation": default.pk if default else None,
            "country": "" if last is None else last.country,
            "language": "en",
        }

    @property
    def quick(self) -> list[Any]:
        return [self[name] for name in self.QUICK if name in self.fields]

    @property
    def more(self) -> list[Any]:
        return [self[name] for name in self.fields if name not in self.QUICK]

    @property
    def offered(self) -> list[Donor]:
        """Donors this may be, once a name was typed that is not beyond doubt."""
        return getattr(self, "_offered", [])

    def begin_where_it_is_wrong(self) -> None:
        """Whoever typed it stands in the first field that is to be mended."""
        wrong = next((field for field in self if field.errors), None)
        if wrong:
            del self.fields["name"].widget.attrs["autofocus"]
            self.fields[wrong.name].widget.attrs["autofocus"] = True

    @property
    def is_more_needed(self) -> bool:
        return any(field.errors for field in self.more) or self.batch.source in BY_ORGANISATIONS

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors.get("name"):
            self._who(data)
        return data

    def _who(self, data: dict[str, Any]) -> None:
        """Whose gift it is: said by the person, beyond doubt, or to be asked."""
        said = str(self.data.get("donor", ""))
        if said == NEW:
            return
        if self.gift and not {"name", "email", "postcode"} & set(self.changed_data):
            self.donor = self.gift.donor
            return
        if said.isdigit():
            self.donor = Donor.objects.filter(pk=said).first()
        facts = {name: data.get(name) or "" for name in ("name", "email", "postcode")}
        self.donor = self.donor or entering.recognise(**facts)
        if self.donor:
            return
        alike = near_names(facts["name"]).annotate(gifts=Count("donations"))
        self._offered = sorted(
            alike[: MOST_OFFERED * 4],
            key=lambda one: (one.postcode != facts["postcode"], -one.gifts, one.pk),
        )[:MOST_OFFERED]
        if self._offered:
            self.add_error(None, _("Is it one of these?"))

    def facts(self) -> Facts:
        """The gift as it was typed; whoever is known brings her address."""
        data = self.cleaned_data
        typed: dict[str, Any] = {name: data.get(name) or "" for name in _TEXTS}
        if self.batch.source in BY_ORGANISATIONS:
            typed["kind"] = Donor.Kind.ORGANISATION
        amount_minor = self._amount(data)
        matched = self._matched(data)
        facts = Facts(
            **typed,
            amount_minor=amount_minor,
            received_on=data["received_on"],
            lines=tuple(self._lines(data, amount_minor)),
            postmarked_on=data.get("postmarked_on"),
            shares=data.get("shares"),
            high=data.get("high"),
            low=data.get("low"),
            benefit_minor=data.get("benefit") or 0,
            matches_id=matched.pk if matched else None,
            credited_id=self._credited(data, matched),
            line=self.gift.line if self.gift else None,
        )
        if self.donor is None:
            return facts
        last = entering.last_addresses([self.donor.pk]).get(self.donor.pk)
        return entering.with_address_of(facts, self.donor, last=last)

    def _amount(self, data: dict[str, Any]) -> int:
        if self.batch.source != Source.STOCK:
            return data.get("amount") or 0
        prices = [data.get(name) or Decimal(0) for name in ("shares", "high", "low")]
        shares, high, low = prices
        return value_minor(shares, high=high, low=low, currency=self.batch.currency)

    def _lines(self, data: dict[str, Any], amount_minor: int) -> Iterator[tuple[int, int]]:
        """The first purpose takes what the others leave."""
        others = [
            (data[f"designation{number}"].pk, data.get(f"amount{number}") or 0)
            for number in PARTS
            if data.get(f"designation{number}")
        ]
        yield data["designation"].pk, amount_minor - sum(minor for _pk, minor in others)
        yield from others

    def _matched(self, data: dict[str, Any]) -> Donation | None:
        typed = (data.get("matches") or "").lower()
        if not typed:
            return None
        found = list(
            Donation.objects.filter(reference__startswith=typed, status=Donation.Status.PAID)[:2]
        )
        if len(typed) < 8 or len(found) != 1:
            raise entering.Wrong([Fault("matches", "unknown_word")])
        return found[0]

    def _credited(self, data: dict[str, Any], matched: Donation | None) -> int | None:
        if not data.get("credited_name"):
            return matched.donor_id if matched else None
        known = entering.recognise(
            name=data["credited_name"], email=data.get("credited_email") or "", postcode=""
        )
        return known.pk if known else None

    def refuse(self, wrong: entering.Wrong) -> None:
        """What the domain does not take, at its field."""
        for one in wrong.faults:
            self.add_error(one.field if one.field in self.fields else None, fault(one.code))


_TEXTS = (
    *("name", "email", "postcode", "symbol", "check_number", "appeal", "address_line1"),
    *("address_line2", "city", "region", "country", "kind", "receipt_name", "language"),
    *("credited_name", "credited_email", "benefit_text", "tribute_kind", "tribute_name", "note"),
)


def initial_of(gift: OfflineGift) -> dict[str, Any]:
    """A row as the form shows it again."""
    currency = gift.batch.currency
    shown: dict[str, Any] = {name: getattr(gift, name) for name in _TEXTS}
    shown |= {name: getattr(gift, name) for name in ("received_on", "postmarked_on")}
    shown |= {name: getattr(gift, name) for name in ("shares", "high", "low")}
    shown["amount"] = money.to_decimal(gift.amount_minor, currency)
    if gift.benefit_minor:
        shown["benefit"] = money.to_decimal(gift.benefit_minor, currency)
    if gift.matches:
        shown["matches"] = gift.matches.reference[:8]
    first, *others = list(gift.lines.all())
    shown["designation"] = first.designation_id
    for number, line in zip(PARTS, others, strict=False):
        shown[f"designation{number}"] = line.designation_id
        shown[f"amount{number}"] = money.to_decimal(line.amount_minor, currency)
    return shown
