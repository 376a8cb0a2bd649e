"""What a reader fills in below a story, and to report what another wrote."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns.models import CommentReport
from campaigns.models.comments import LONGEST_NAME, LONGEST_TEXT
from core.forms import PublicForm, single_line

# An address of any kind, also without its beginning, and the marks that programs link by.
_ADDRESS = re.compile(
    r"(?:https?:|www\.)\S*|\S+@\S+\.\S+|\[/?(?:url|link)\b|<\s*a\b"
    r"|\b[\w-]+\.(?:com|net|org|info|biz|io|co|me|tv|top|xyz|site|online|shop|store|club|link"
    r"|click|app|dev|ru|cn|es|uk|de|fr|us|mx|gt|th|in|br|ly|gg)\b",
    re.IGNORECASE,
)
_MANY_LINES = re.compile(r"\n{3,}")


def _is_kept(sign: str) -> bool:
    """Letters and whatever is drawn; of the invisible signs only what joins emoji."""
    return sign in ("\n", "\u200d") or sign.isprintable()


def link_in(text: str) -> str:
    found = _ADDRESS.search(text)
    return found.group() if found else ""


class CommentForm(PublicForm):
    """A refused one keeps what was typed."""

    SALT = "comment-form"

    text = forms.CharField(
        label=gettext_lazy("Your comment"),
        help_text=gettext_lazy(
            "Up to 1,000 characters, without links. No names, places, dates or guesses about who "
            "somebody is: they can put a person in danger."
        ),
        widget=forms.Textarea(attrs={"rows": 7, "autocomplete": "off", "data-count": LONGEST_TEXT}),
        error_messages={"required": gettext_lazy("Please write something first.")},
    )
    name = forms.CharField(
        label=gettext_lazy("Name to show"),
        help_text=gettext_lazy(
            "A first name or another word is enough, and everybody can read it. Please not your "
            "full name. Left empty it says “A reader”."
        ),
        max_length=LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"max_length": gettext_lazy("Please choose a name of up to 40 characters.")},
    )
    # Empty where the browser runs no JavaScript.
    proof = forms.CharField(max_length=4_000, required=False)

    @classmethod
    def fresh_values(cls) -> dict[str, Any]:
        return dict(cls.marks())

    def clean_text(self) -> str:
        text = self.cleaned_data["text"].replace("\r\n", "\n").strip()
        text = _MANY_LINES.sub("\n\n", "".join(filter(_is_kept, text)))
        if not text:
            raise forms.ValidationError(_("Please write something first."))
        if (over := len(text) - LONGEST_TEXT) > 0:
            told = ngettext(
                "This is %(over)d character too long.",
                "This is %(over)d characters too long.",
                over,
            )
            raise forms.ValidationError(told % {"over": over})
        if found := link_in(text):
            self.has_link = True
            raise forms.ValidationError(
                _("Please leave out “%(found)s”: comments have no links and no addresses.")
                % {"found": found[:60]}
            )
        return text

    def clean_name(self) -> str:
        name = single_line(self.cleaned_data["name"])
        if link_in(name):
            raise forms.ValidationError(_("Please give a first name alone, or leave this empty."))
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.check_pace()
        return data

    @property
    def looks_like_a_program(self) -> bool:
        return bool({"website", "__all__"} & set(self.errors)) or getattr(self, "has_link", False)


class ReportForm(PublicForm):
    SALT = "comment-report-form"

    why = forms.ChoiceField(
        label=gettext_lazy("What is wrong with it?"),
        choices=CommentReport.Why.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose what is wrong with it.")},
    )
    words = forms.CharField(
        label=gettext_lazy("Anything we should know?"),
        help_text=gettext_lazy("Please no names and no places here either."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )

    @classmethod
    def fresh_values(cls) -> dict[str, Any]:
        return dict(cls.marks())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.check_pace()
        return data
