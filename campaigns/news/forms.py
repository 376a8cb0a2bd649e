"""What somebody fills in who wants news."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy

from core.forms import PublicForm


class NewsForm(PublicForm):
    SALT = "news-form"

    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Please type the address the news is to come to."),
            "invalid": gettext_lazy("This does not look like an e-mail address: name@example.org."),
        },
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the news"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
    )

    @classmethod
    def fresh_values(cls) -> dict[str, Any]:
        return {**cls.marks(), "language": (get_language() or "en")[:2]}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.check_pace()
        return data
