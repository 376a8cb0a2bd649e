"""Money as integer minor units with an ISO 4217 currency; Decimal exists only at a form's edge."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global
from babel.numbers import format_currency, get_currency_precision

# Far above any gift and below what a bigint column or Stripe's eight digits would refuse.
LARGEST_MINOR = 99_999_999


def exponent(currency: str) -> int:
    """Digits after the decimal point: 2 for USD, 0 for JPY, 3 for KWD (CLDR, by babel)."""
    return get_currency_precision(currency.upper())


def unusual() -> dict[str, int]:
    """Every currency, of today and before, with another number of digits than two."""
    known = (code for code in get_global("currency_fractions") if code != "DEFAULT")
    return {code: exponent(code) for code in sorted(known) if exponent(code) != 2}


def to_minor(amount: Decimal, currency: str) -> int:
    """Minor units of an amount in units of the currency.

    Raises:
        ValueError: more digits after the point than the currency has.
    """
    scaled = amount.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{currency} has {exponent(currency)} digits after the point")
    return int(scaled)


def to_decimal(amount_minor: int, currency: str) -> Decimal:
    return Decimal(amount_minor).scaleb(-exponent(currency))


def parse(text: str, currency: str) -> int:
    """Minor units of what a person typed: "1,234.50", "1.234,50", "$25", "25,-", "25 000".

    Both signs are read as a person means them: the last of "." and "," that is followed by no more
    digits than the currency has is the decimal sign; any other groups thousands.

    Raises:
        ValueError: not an amount, or finer than the currency's smallest coin.
    """
    closed = re.sub(r"[\s\u00a0\u202f'\u2019]", "", text)
    found = re.fullmatch(
        r"[A-Za-z]{0,3}[$€£¥]?(\d+(?:[.,]\d+)*)([.,]-?)?[$€£¥]?([A-Za-z]{3})?", closed
    )
    if not found:
        raise ValueError("not an amount")
    cleaned = found[1]
    sign = max(cleaned.rfind("."), cleaned.rfind(","))
    whole, fraction = (cleaned[:sign], cleaned[sign + 1 :]) if sign >= 0 else (cleaned, "")
    if sign >= 0 and len(fraction) == 3 and exponent(currency) != 3:
        whole, fraction = cleaned, ""  # "1,234" is one thousand two hundred and thirty-four
        # "0.500", "50.123" and "1.234,567" are slips, and a thousand times too much as groups.
        if not re.fullmatch(r"[1-9]\d{0,2}(?:(?:,\d{2,3})*,\d{3}|(?:\.\d{3}){2,}|\.000)", cleaned):
            raise ValueError("not an amount")
    elif sign >= 0 and cleaned[sign] in whole:
        raise ValueError("not an amount")  # "12.345.6"
    whole = re.sub(r"[.,]", "", whole)
    try:
        return to_minor(Decimal(f"{whole or 0}.{fraction or 0}"), currency)
    except InvalidOperation as error:
        raise ValueError("not an amount") from error


@lru_cache(8192)
def display(amount_minor: int, currency: str, language: str = "en") -> str:
    """The amount as a person of this language writes it in the Americas: "$1,234.50"."""
    text = format_currency(
        to_decimal(amount_minor, currency), currency.upper(), locale=_locale(language)
    )
    return _apart(text)


@lru_cache(8192)
def display_short(amount_minor: int, currency: str, language: str = "en") -> str:
    """Like `display`, without the cents where there are none: "$25"."""
    if amount_minor % 10 ** exponent(currency):
        return display(amount_minor, currency, language)
    locale = _locale(language)
    text = format_currency(
        to_decimal(amount_minor, currency),
        currency.upper(),
        format=str(locale.currency_formats["standard"].pattern).replace("0.00", "0"),
        locale=locale,
        currency_digits=False,
    )
    return _apart(text)


@cache
def _locale(language: str) -> Locale:
    """CLDR's plain "es" writes as in Spain: "1.234,50 US$"."""
    return Locale.parse("es_US" if language == "es" else language.replace("-", "_"))


def _apart(text: str) -> str:
    """Letters do not touch figures: "KWD 12.340"; the space does not break."""
    return re.sub(r"(?<=[A-Z])(?=\d)", "\u00a0", text)


def allocate(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Split a total by weights, adding up exactly (largest remainder; ties to the first)."""
    whole = sum(weights)
    if whole <= 0:
        raise ValueError("weights must add up to more than nothing")
    shares = [total_minor * weight // whole for weight in weights]
    rest = [total_minor * weight % whole for weight in weights]
    for index in sorted(range(len(weights)), key=lambda i: -rest[i])[: total_minor - sum(shares)]:
        shares[index] += 1
    return shares
