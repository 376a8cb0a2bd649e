"""The declaration on the give form, where the legal entity's country has one."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext, gettext_lazy

from core.forms import single_line
from donations import periods
from donations.gift_aid import declarations
from donations.gift_aid.declarations import Person
from donations.models import Declaration, Donation, LegalEntity

NAMES = ("gift_aid", "gift_aid_scope", "gift_aid_title", "gift_aid_first", "gift_aid_last")


class GiftAidFields(forms.Form):
    """Asked only where they mean something; `ask` takes them away elsewhere."""

    gift_aid = forms.BooleanField(
        label=gettext_lazy("Add Gift Aid to my gift"),
        help_text=gettext_lazy("A quarter more from the tax office, at no cost to you."),
        required=False,
    )
    gift_aid_scope = forms.ChoiceField(
        label=gettext_lazy("Which gifts?"),
        choices=Declaration.Scope.choices,
        initial=Declaration.Scope.THIS,
        widget=forms.RadioSelect,
        required=False,
    )
    gift_aid_title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=4,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "honorific-prefix"}),
    )
    gift_aid_first = forms.CharField(
        label=gettext_lazy("First name"),
        max_length=35,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    gift_aid_last = forms.CharField(
        label=gettext_lazy("Last name"),
        max_length=35,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    # What the donor of this entity reads before she ticks it; none where it is not asked.
    declaration: dict[str, str] | None = None

    def ask(self, entity: LegalEntity | None) -> None:
        """Show the declaration of this entity's country, or nothing."""
        day = periods.today_of(entity) if entity else None
        if entity and day:
            self.declaration = declarations.words(entity, get_language() or "en", on=day)
        if self.declaration is None:
            for name in NAMES:
                del self.fields[name]
            return
        scope: Any = self.fields["gift_aid_scope"]
        scope.choices = [
            (code, self.declaration[f"wish_{code}"]) for code in Declaration.Scope.values
        ]

    def check_gift_aid(self, data: dict[str, Any]) -> None:
        """Whoever declares gives her full name and her home address."""
        if not data.get("gift_aid"):
            return
        data["gift_aid_scope"] = data.get("gift_aid_scope") or Declaration.Scope.THIS
        for name in ("gift_aid_first", "gift_aid_last"):
            data[name] = single_line(data.get(name) or "")
            if not data[name] and name not in self.errors:
                self.add_error(name, gettext("Please give your full name; Gift Aid needs it."))
        if not data.get("address_line1") and "address_line1" not in self.errors:
            text = gettext("Please give your home address; Gift Aid needs it.")
            self.add_error("address_line1", text)


def declare(form: GiftAidFields, donation: Donation, *, lines: tuple[str, ...]) -> None:
    """Take down what the donor ticked on the form of this gift."""
    data = form.cleaned_data
    if not data.get("gift_aid"):
        return
    declarations.declare(
        donation.legal_entity,
        scope=data["gift_aid_scope"],
        way=Declaration.Way.ONLINE,
        person=Person(
            title=data["gift_aid_title"],
            first_name=data["gift_aid_first"],
            last_name=data["gift_aid_last"],
            address="\n".join(lines),
            house=donation.address_line1[:100],
            postcode=donation.postcode,
            country=donation.country,
        ),
        donation=donation,
        language=donation.language,
    )
