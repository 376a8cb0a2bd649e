"""What every form that strangers send has in common: marks against doubles and programs."""

from typing import Any, ClassVar

from django import forms
from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext as _

from core.tokens import new_token

# Faster than anybody reads the page; a program's pace.
TOO_FAST_SECONDS = 1.0
LONGEST_SECONDS = 86_400


class PublicForm(forms.Form):
    """Sent twice is once (`token`), programs fill `website`, and the page has an age."""

    # Another for each form, so that one form's mark is no other's.
    SALT: ClassVar[str]

    token = forms.CharField(max_length=64, widget=forms.HiddenInput)
    started = forms.CharField(max_length=200, widget=forms.HiddenInput)
    # People never see it; programs fill it.
    website = forms.CharField(max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Browsers cut what is too long without a word; we say so beside the field.
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)

    @classmethod
    def marks(cls) -> dict[str, str]:
        """The hidden values of a fresh page."""
        started = signing.dumps(timezone.now().timestamp(), salt=cls.SALT)
        return {"token": new_token(), "started": started}

    @property
    def seconds_open(self) -> float:
        """Since the page was made; very many if its mark is not ours."""
        try:
            began = float(signing.loads(self.data.get("started", ""), salt=self.SALT))
        except (signing.BadSignature, ValueError, TypeError):
            return LONGEST_SECONDS
        return timezone.now().timestamp() - began

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Please leave this field empty."))
        return ""

    def check_pace(self) -> None:
        """Programs send at once, or send a page from days ago again and again.

        Call it last: what there is to mend comes first, the pace is told of what is in order.
        """
        if self.errors:
            return
        if self.seconds_open >= LONGEST_SECONDS:
            self.add_error(None, _("This page was open for very long. Please send it once more."))
        elif self.seconds_open < TOO_FAST_SECONDS:
            self.add_error(None, _("That was very quick. Please send it once more."))


def single_line(text: str) -> str:
    """A name on one line: line breaks and other control signs become spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
