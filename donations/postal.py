"""Postal addresses as donors type them: countries by name, and what an address in one must hold."""

import re
from functools import cache, lru_cache
from typing import Any

from babel import Locale
from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from donations.donors import searchable
from donations.models import Donation

LINES = ("address_line1", "address_line2", "city", "region", "postcode")
# Unions, regions and codes of Unicode's own, which are no country that mail goes to.
NO_COUNTRIES = "AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ"
# Mail finds its way without a code there (Universal Postal Union).
NO_POSTCODES = (
    "AE AG AO AW BF BI BJ BO BS BW BZ CD CF CG CI CK CM CW DJ DM ER FJ GA GD GM GQ GY HK JM KI KM"
    " KN KP LY ML MO MR NR NU PA QA RW SB SC SL SR ST SX SY TD TF TG TK TL TO TV UG VU YE ZW"
)
# States, territories and the armed forces, as the United States Postal Service abbreviates them.
STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia",
    "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois",
    "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York",
    "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon",
    "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia",
    "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
    "AS": "American Samoa", "GU": "Guam", "MP": "Northern Mariana Islands", "PR": "Puerto Rico",
    "VI": "Virgin Islands", "AA": "Armed Forces Americas", "AE": "Armed Forces Europe",
    "AP": "Armed Forces Pacific",
}  # fmt: skip
_BY_NAME = {name.casefold(): code for code, name in STATES.items()}
_ZIP = re.compile(r"(\d{5})[ -]?(\d{4})?")


class CountrySelect(forms.Select):
    """Some 250 options, written at once: Django would draw each through a template of its own."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        own = self.build_attrs(self.attrs, attrs)
        options = _options(tuple(self.choices), value)
        return format_html("<select{}>{}</select>", flatatt({"name": name, **own}), options)


SELECTED = mark_safe(" selected")


@lru_cache(maxsize=32)  # a few languages, a few countries that people come from
def _options(choices: tuple[tuple[str, str], ...], value: Any) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((code, SELECTED if code == value else "", label) for code, label in choices),
    )


@cache
def countries(language: str) -> list[tuple[str, str]]:
    """Code and name of every country, by name in this language."""
    territories = Locale.parse(language, sep="-").territories
    found = [
        (code, name)
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES.split()
    ]
    return sorted(found, key=lambda row: searchable(row[1]))


def country_name(code: str, language: str) -> str:
    return str(Locale.parse(language, sep="-").territories.get(code, code))


def checked(typed: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The address as it is kept, and what is wrong with it by field.

    Nothing is asked of whoever gives no address; a country chosen alone is none.
    """
    country = typed["country"]
    if not any(typed[name] for name in LINES):
        return {"country": ""}, {}
    kept, wrong = dict(typed), {}
    if not typed["address_line1"]:
        wrong["address_line1"] = _("Please give street and number.")
    if not typed["city"]:
        wrong["city"] = _("Please give the city.")
    if country == "US":
        kept["region"] = state_code(typed["region"])
        if not kept["region"]:
            wrong["region"] = _("Please give the state, such as ME or Maine.")
        zip_code = _ZIP.fullmatch(typed["postcode"])
        if zip_code:
            kept["postcode"] = "-".join(part for part in zip_code.groups() if part)
        else:
            wrong["postcode"] = _("Please give a ZIP code of five or nine digits.")
    elif not typed["postcode"] and country not in NO_POSTCODES.split():
        wrong["postcode"] = _("Please give the postal code.")
    return kept, wrong


def state_code(typed: str) -> str:
    """Two letters for a state of the United States by code or full name; empty if it is none."""
    text = " ".join(typed.replace(".", "").split())
    return text.upper() if text.upper() in STATES else _BY_NAME.get(text.casefold(), "")


def lines_of(donation: Donation) -> tuple[str, ...]:
    """The address as it is printed, line by line; nothing where no street and no city is known."""
    if not (donation.address_line1 or donation.city):
        return ()
    place = " ".join(part for part in (donation.region, donation.postcode) if part)
    city = ", ".join(part for part in (donation.city, place) if part)
    country = country_name(donation.country, donation.language) if donation.country else ""
    lines = (donation.address_line1, donation.address_line2, city, country)
    return tuple(line for line in lines if line)
