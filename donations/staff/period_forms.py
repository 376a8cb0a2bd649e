"""What forms of many desks ask for: whose books, from which day to which."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from donations.models import LegalEntity


class DayInput(forms.DateInput):
    """The browser's own: typed by keyboard, in its reader's order, and over nothing else."""

    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **options)


class PastDayField(forms.DateField):
    widget = DayInput

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and value > timezone.localdate():
            raise forms.ValidationError(_("Please choose today or an earlier day."))


class DaysForm(forms.Form):
    first_day = forms.DateField(label=_("From"), widget=DayInput)
    last_day = PastDayField(label=_("To"), help_text=_("This day is part of it."))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("Please choose a day that is not before the first."))
        return data


class BooksForm(forms.Form):
    """Where there is but one legal entity nobody is asked which."""

    entity = forms.ModelChoiceField(
        label=_("Whose books"),
        queryset=LegalEntity.objects.order_by("-is_default", "pk"),
        empty_label=None,
    )

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        entity: Any = self.fields["entity"]
        self.initial.setdefault("entity", entity.queryset.first())
        if entity.queryset.count() < 2:
            entity.widget = forms.HiddenInput()


class PeriodForm(DaysForm, BooksForm):
    """The month before this one to begin with."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        last = timezone.localdate().replace(day=1) - timedelta(days=1)
        self.initial = {"first_day": last.replace(day=1), "last_day": last, **self.initial}
