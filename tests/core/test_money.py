"""Money as whole minor units."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import money


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("25", "USD", 2500), ("12.50", "USD", 1250), ("12,5", "USD", 1250), ("$25", "USD", 2500),
        ("1,234.50", "USD", 123450), ("1.234,50", "USD", 123450), ("1,234", "USD", 123400),
        ("1.234.567", "USD", 123456700), ("25 000", "USD", 2500000), ("25,-", "USD", 2500),
        ("25.", "USD", 2500), ("25 USD", "USD", 2500), ("US$ 25", "USD", 2500),
        ("25 €", "EUR", 2500),
        ("1'234.50", "CHF", 123450), ("0.5", "USD", 50), ("1,00,000", "INR", 10000000),
        ("5000", "JPY", 5000), ("5,000", "JPY", 5000), ("12.340", "KWD", 12340),
        ("1,234", "KWD", 1234), ("12", "KWD", 12000), ("\u00a025\u202f", "USD", 2500),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(typed, currency, minor):
    assert money.parse(typed, currency) == minor


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        ("", "USD"), ("abc", "USD"), ("-5", "USD"), ("1e5", "USD"), ("2x50", "USD"), ("25k", "USD"),
        ("0.500", "USD"), ("1234.567", "USD"), ("1.234,567", "USD"), ("12.3456", "USD"),
        ("1.5", "JPY"), (".", "USD"), (",5", "USD"), ("NaN", "USD"), ("∞", "USD"), ("1..5", "USD"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused_rather_than_guessed(typed, currency):
    with pytest.raises(ValueError):
        money.parse(typed, currency)


@given(st.text(max_size=20), st.sampled_from(["USD", "JPY", "KWD"]))
def test_any_text_is_an_amount_or_a_value_error(typed, currency):
    with suppress(ValueError):
        assert money.parse(typed, currency) >= 0


@given(
    st.integers(0, 10**10), st.sampled_from(["USD", "JPY", "KWD"]), st.sampled_from(["en", "es"])
)
def test_what_is_shown_reads_back_as_the_same(minor, currency, language):
    assert money.to_minor(money.to_decimal(minor, currency), currency) == minor
    plain = f"{money.to_decimal(minor, currency):f}"
    assert money.parse(plain, currency) == minor
    assert money.display(minor, currency, language)


def test_finer_than_the_smallest_coin_is_refused():
    with pytest.raises(ValueError, match="2 digits"):
        money.to_minor(Decimal("0.001"), "USD")


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_shares_add_up_exactly_and_none_is_off_by_a_coin(total, weights):
    shares = money.allocate(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * sum(weights) - total * weight) < sum(weights)


def test_the_odd_coin_goes_to_the_largest_remainder_and_ties_to_the_first():
    assert money.allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert money.allocate(10, [3, 3, 1]) == [4, 4, 2]
    assert money.allocate(7, [0, 2]) == [0, 7]
    with pytest.raises(ValueError):
        money.allocate(5, [0, 0])


@pytest.mark.parametrize(
    ("minor", "currency", "language", "long", "short"),
    [
        (123450, "USD", "en", "$1,234.50", "$1,234.50"),
        (2500, "USD", "en", "$25.00", "$25"),
        (5000, "JPY", "en", "¥5,000", "¥5,000"),
        (12340, "KWD", "en", "KWD\u00a012.340", "KWD\u00a012.340"),
        (25000, "KWD", "en", "KWD\u00a025.000", "KWD\u00a025"),
        (123450, "USD", "es", "$1,234.50", "$1,234.50"),
        (2500, "USD", "es", "$25.00", "$25"),
        (123450, "EUR", "es", "EUR\u00a01,234.50", "EUR\u00a01,234.50"),
        (5000, "JPY", "es", "¥5,000", "¥5,000"),
    ],
)
def test_amounts_are_shown_in_the_readers_way(minor, currency, language, long, short):
    assert money.display(minor, currency, language) == long
    assert money.display_short(minor, currency, language) == short
