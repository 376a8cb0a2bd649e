"""One search box: a donor or gift by whatever a caller can tell of it.

"Nuñez $50 11/21/2026" means all three at once; a name is found without its accents and when it is
spelt nearly right.
"""

import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    Exists,
    F,
    FloatField,
    Func,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.lookups import Contains, Exact

from core import money
from donations.donors import searchable
from donations.models import CheckoutAttempt, Donation, Donor, LegalEntity, Plan, Receipt

STRIPE_ID = re.compile(r"(?:pi|ch|py|cs|txn|re)_\w+")
PLAN_ID = re.compile(r"(?:sub|cus|in|pm|card)_\w+")
RECEIPT = re.compile(r"(TEST-)?([A-Z]{2})-(\d{4})-0*(\d{1,6})", re.IGNORECASE)
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}", re.IGNORECASE)
DATES = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%d.%m.%Y")
# The first eight signs are what is read out; fewer begin strangers' references too.
REFERENCE = re.compile(r"[0-9a-f]{8,32}", re.IGNORECASE)
# What parts the words of a name; `northstar_words` says the same in the database.
BETWEEN_WORDS = re.compile(r"[\s!-/:-@\[-`{-~]+")
DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE)
# Share of a word's three-letter pieces that a near spelling has: "nunes" for "nunez" has 0.67.
# All typed words together must reach the first, each of them the second.
NEAR, FARTHEST = 0.55, 0.4
ALL = 2**62


def find_donations(donations: QuerySet[Donation], typed: str) -> QuerySet[Donation]:
    return donations.filter(*_conditions(typed, _donation_reading))


def find_donors(donors: QuerySet[Donor], typed: str) -> QuerySet[Donor]:
    return donors.filter(*_conditions(typed, _donor_reading))


def find_plans(plans: QuerySet[Plan], typed: str) -> QuerySet[Plan]:
    return plans.filter(*_conditions(typed, _plan_reading))


def find_receipts(receipts: QuerySet[Receipt], typed: str) -> QuerySet[Receipt]:
    """By number or check code, with all others of the same gift; or by whatever finds the gift."""
    text = typed.strip()
    if RECEIPT.fullmatch(text) or CODE.fullmatch(text):
        # Read first: looked up by keys alone, no index over millions is left aside.
        own = _label(text) if RECEIPT.fullmatch(text) else Q(code=text.upper())
        found = dict(Receipt.objects.filter(own).values_list("pk", "donation"))
        gifts = [gift for gift in found.values() if gift]
        return receipts.filter(Q(pk__in=list(found)) | Q(donation__in=gifts))
    return receipts.filter(*_conditions(text, _receipt_reading))


def near_names(typed: str) -> QuerySet[Donor]:
    """Donors whose name has every typed word, or words spelt nearly like them."""
    donors = Donor.objects.all()
    words = searchable(typed).split()
    exact, near, shares = Q(), Q(), []
    for place, word in enumerate(words):
        pieces = Func(Value(word), function="northstar_trigrams", output_field=PIECES)
        share = Func(_NAME_PIECES, pieces, template=SHARE, output_field=SCORE)
        donors = donors.annotate(pieces=_NAME_PIECES, **{f"near_{place}": share})
        if len(word) > 2:
            # Who has so many of the pieces has one of the others, whichever are left out. Those
            # that begin a name, which very many share, sort first.
            least = NEAR if len(words) == 1 else FARTHEST
            donors = donors.filter(
                pieces__overlap=Func(pieces, least=least, template=TELLING, output_field=PIECES)
            )
        exact &= Q(search_name__contains=word)
        near &= Q(**{f"near_{place}__gte": FARTHEST})
        shares.append(F(f"near_{place}"))
    if not words:
        return donors.none()
    return donors.annotate(near=sum(shares[1:], shares[0])).filter(
        exact | (near & Q(near__gte=NEAR * len(words)))
    )


PIECES = ArrayField(TextField())
SCORE = FloatField()
_NAME_PIECES = Func(F("search_name"), function="northstar_trigrams", output_field=PIECES)
TELLING = "(SELECT asked[ceil(%(least)s * cardinality(asked))::int:] FROM %(expressions)s AS asked)"
SHARE = (
    "(SELECT count(*) FILTER (WHERE piece = ANY(ours))::float / greatest(count(*), 1)"
    # OFFSET: parts the name once, not once for each piece.
    " FROM (SELECT %(expressions)s OFFSET 0) AS pair(ours, asked), unnest(asked) AS piece)"
)


def _conditions(typed: str, reading: Any) -> list[Q]:
    """Each word by its own readings; words that can be nothing but a name, as one name."""
    found: list[Q] = []
    name: list[str] = []
    for word in typed.split()[:8]:
        condition = reading(word)
        if condition is None:
            name.append(word)
        else:
            found.append(condition)
    if name:
        found.append(reading(" ".join(name), name=True))
    return found


def _donation_reading(word: str, *, name: bool = False) -> Q | None:
    if name:
        return Q(pk__in=_named(word))
    if "@" in word or DOMAIN.fullmatch(word):
        return Q(email__icontains=word) | Q(donor__email__icontains=word)
    if STRIPE_ID.fullmatch(word):
        tries = CheckoutAttempt.objects.filter(donation=OuterRef("pk"), session_id=word)
        return Q(payment_intent_id=word) | Q(charge_id=word) | Q(Exists(tries))
    if RECEIPT.fullmatch(word):
        numbered = Receipt.objects.filter(_label(word), donation=OuterRef("pk"))
        return Q(Exists(numbered))
    if CODE.fullmatch(word):
        coded = Receipt.objects.filter(code=word.upper(), donation=OuterRef("pk"))
        return Q(Exists(coded))
    if day := _day(word):
        begin, end = _span(day)
        return Q(paid_at__gte=begin, paid_at__lt=end) | Q(created_at__gte=begin, created_at__lt=end)
    if any(sign.isdigit() for sign in word):
        return _number(word)
    return None


def _receipt_reading(word: str, *, name: bool = False) -> Q | None:
    if name:
        return Q(donation__in=_named(word))
    gift = _donation_reading(word)
    return gift and Q(donation__in=Donation.objects.filter(gift).values("pk"))


def _named(typed: str) -> QuerySet[Donation, Any]:
    """Keys of the gifts that a name may mean.

    Donors are read first: with their keys an index serves each of the three. The limit keeps
    PostgreSQL from reading the newest of millions one by one until a page is full.
    """
    near = list(near_names(typed).values_list("pk", flat=True))
    found = _names_begin(typed) | _reference(typed) | Q(donor__in=near)
    return Donation.objects.filter(found).values("pk")[:ALL]


def _names_begin(typed: str) -> Q:
    """Each typed word begins a word of a gift's name or of its receipt's."""
    words = list(filter(None, BETWEEN_WORDS.split(searchable(typed))))
    if not words:
        return Q(pk__in=[])
    asked = Value(" & ".join(f"'{word}':*" for word in words))
    return Q(Func(BOTH_NAMES, asked, template="(%(expressions)s::tsquery)", arg_joiner=" @@ ",
                  output_field=BooleanField()))  # fmt: skip


# As the index has it.
BOTH_NAMES = Func(
    F("name"), F("receipt_name"), function="northstar_words", arg_joiner=" || ' ' || "
)


def _donor_reading(word: str, *, name: bool = False) -> Q | None:
    if name:
        return Q(pk__in=near_names(word).values("pk"))
    if "@" in word or DOMAIN.fullmatch(word):
        return Q(email__icontains=word)
    gift = _donation_reading(word)
    if gift is None:
        return None
    own = Q(postcode__istartswith=word) if word.isalnum() else Q()
    gifts = Donation.objects.filter(gift, donor__isnull=False).values("donor")
    return own | Q(pk__in=gifts)


def _plan_reading(word: str, *, name: bool = False) -> Q | None:
    if name:
        plain = Func(F("name"), function="northstar_plain", output_field=TextField())
        typed = Q(*(Q(Contains(plain, part)) for part in searchable(word).split()))
        return typed | _reference(word) | Q(donor__in=near_names(word).values("pk"))
    if "@" in word or DOMAIN.fullmatch(word):
        return Q(email__icontains=word) | Q(donor__email__icontains=word)
    if PLAN_ID.fullmatch(word):
        own = Q(subscription_id=word) | Q(customer=word) | Q(payment_method_id=word)
        billed = Donation.objects.filter(plan=OuterRef("pk"), invoice_id=word)
        return own | Q(open_invoice_id=word) | Q(Exists(billed))
    if STRIPE_ID.fullmatch(word) or RECEIPT.fullmatch(word) or CODE.fullmatch(word):
        its_gifts = Donation.objects.filter(plan=OuterRef("pk"))
        return Q(Exists(its_gifts.filter(_donation_reading(word) or Q())))
    if day := _day(word):
        begin, end = _span(day)
        return Q(started_at__gte=begin, started_at__lt=end) | Q(
            next_charge_at__gte=begin, next_charge_at__lt=end
        )
    if any(sign.isdigit() for sign in word):
        return _figures(word) | _reference(word)
    return None


def _number(word: str) -> Q:
    """Digits may be an amount, a card's last four, a postcode or the start of our reference."""
    return Q(postcode__istartswith=word) | _reference(word) | _figures(word)


def _reference(word: str) -> Q:
    return Q(reference__startswith=word.lower()) if REFERENCE.fullmatch(word) else Q(pk__in=[])


def _figures(word: str) -> Q:
    """An amount in any of our currencies, or a card's last four."""
    condition = Q(pk__in=[])
    if re.fullmatch(r"\d{4}", word):
        condition |= Q(card_last4=word)
    if re.match(r"0\d", word):
        return condition  # nobody writes an amount so; references and cards begin so
    for currency in {"USD", *LegalEntity.objects.values_list("currency", flat=True)}:
        try:
            asked = money.parse(word, currency)
        except ValueError:
            continue
        # Donors remember what they gave, or what the card was charged with the fee.
        whole = Q(amount_minor=asked) | Q(Exact(F("amount_minor") - F("fee_cover_minor"), asked))
        condition |= whole & Q(currency=currency)
    return condition


def _label(word: str) -> Q:
    """What RECEIPT matches."""
    match = RECEIPT.fullmatch(word)
    assert match
    test, country, year, number = match.groups()
    label = f"{country.upper()}-{year}-{int(number):06d}"
    return Q(label=f"TEST-{label}") if test else Q(label__in=[label, f"TEST-{label}"])


def _day(word: str) -> date | None:
    for form in DATES:
        try:
            return datetime.strptime(word, form).date()  # noqa: DTZ007 - a day of no zone yet
        except ValueError:
            continue
    return None


def _span(day: date) -> tuple[datetime, datetime]:
    begin = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(settings.TIME_ZONE))
    return begin, begin + timedelta(days=1)
