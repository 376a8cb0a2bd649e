"""What somebody fills in who offers a thing."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core import images
from core.discretion import telling
from core.forms import PublicForm, single_line
from donations import postal
from donations.models import LegalEntity
from gifts.models import ItemKind, Offer
from gifts.models.offers import LARGEST_QUANTITY

PHOTO_SIDE = 1600
# Columns of Offer that are kept as typed.
TYPED = (
    *("description", "quantity", "age", "condition", "charger", "way", "message"),
    *("name", "email", "country"),
)


def welcome_kinds() -> QuerySet[ItemKind]:
    """Kinds that are things: a course fee cannot be handed over."""
    return ItemKind.objects.filter(is_open=True).exclude(route=ItemKind.Route.DIRECT)


class OfferForm(PublicForm):
    """One offer. Shown errors mend; nothing that was typed is lost, a picture is chosen anew."""

    SALT = "offer-form"

    kind = forms.ModelChoiceField(
        label=gettext_lazy("What would you give?"),
        queryset=ItemKind.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": gettext_lazy("Please choose what you would give.")},
    )
    description = forms.CharField(
        label=gettext_lazy("Make and model"),
        help_text=gettext_lazy("As on its label, such as “Lenovo ThinkPad T480, 16 GB”."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Please tell us make and model.")},
    )
    quantity = forms.IntegerField(
        label=gettext_lazy("How many?"),
        min_value=1,
        max_value=LARGEST_QUANTITY,
        initial=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Please say how many there are."),
            "max_value": gettext_lazy("Please write to us if there are more than %(limit_value)s."),
        },
    )
    age = forms.ChoiceField(label=gettext_lazy("How old is it?"), choices=Offer.Age.choices)
    condition = forms.ChoiceField(
        label=gettext_lazy("Its condition"), choices=Offer.Condition.choices
    )
    charger = forms.ChoiceField(
        label=gettext_lazy("Is the charger there?"),
        choices=Offer.Charger.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please say whether the charger is there.")},
    )
    way = forms.ChoiceField(
        label=gettext_lazy("How would it come to us?"),
        choices=Offer.Way.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please say how it would come to us.")},
    )
    photo = forms.FileField(
        label=gettext_lazy("A picture of it"),
        help_text=gettext_lazy(
            "JPEG or PNG, of the thing alone: no person, no screen with somebody's data. We draw "
            "it anew, so that place and device are gone, and erase it when we are done."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"}),
    )
    message = forms.CharField(
        label=gettext_lazy("Anything else?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        help_text=gettext_lazy("As it should stand on the acknowledgment."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Please tell us your name.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("Our answer goes there, and nothing else."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Please give an e-mail address for our answer."),
            "invalid": gettext_lazy("This does not look like an e-mail address: name@example.org."),
        },
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        widget=postal.CountrySelect(attrs={"autocomplete": "country"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["kind"]
        kinds.queryset = welcome_kinds()
        countries: Any = self.fields["country"]
        countries.choices = postal.countries(get_language() or "en")

    @classmethod
    def fresh_values(cls) -> dict[str, Any]:
        entity = LegalEntity.objects.filter(is_default=True).first()
        return {
            **cls.marks(),
            "country": entity.country if entity else "US",
            "age": Offer.Age.UNKNOWN,
            "condition": Offer.Condition.GOOD,
        }

    def clean_name(self) -> str:
        return single_line(self.cleaned_data["name"])

    def clean_description(self) -> str:
        """It is told back in mails, which others read over shoulders."""
        text = single_line(self.cleaned_data["description"])
        if word := telling(text):
            raise forms.ValidationError(
                _("Please describe the thing alone, without “%(word)s”.") % {"word": word}
            )
        return text

    def clean_photo(self) -> images.Picture | None:
        sent = self.cleaned_data["photo"]
        if not sent:
            return None
        if sent.size > images.LARGEST_BYTES:
            raise forms.ValidationError(_("This picture is larger than 15 MB."))
        try:
            return images.redraw(sent.read(), longest_side=PHOTO_SIDE)
        except images.NotAPicture:
            text = _("This is no picture that we can read. Please choose a JPEG or PNG, or none.")
            raise forms.ValidationError(text) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.check_pace()
        return data

    def typed(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in TYPED}
