"""An amount typed by staff, as minor units of one currency."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core import money


class AmountField(forms.CharField):
    def __init__(self, *, currency: str = "USD", **options: Any) -> None:
        super().__init__(max_length=20, **options)
        self.currency = currency

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        try:
            return money.parse(typed, self.currency)
        except ValueError:
            raise ValidationError(_("Please type amounts such as 25 or 12.50.")) from None
