"""Money in templates: `{{ gift.amount_minor|money:gift.currency }}`."""

from django import template
from django.utils.translation import get_language

from core import money as core_money

register = template.Library()


@register.filter
def money(amount_minor: int, currency: str) -> str:
    return core_money.display(amount_minor, currency, get_language() or "en")


@register.filter
def money_short(amount_minor: int, currency: str) -> str:
    """Without cents where there are none: "$25"."""
    return core_money.display_short(amount_minor, currency, get_language() or "en")
