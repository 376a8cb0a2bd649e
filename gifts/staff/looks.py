"""Looks at confidential records as rows to read: by codes, never by what was read."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations.staff.cells import Cell, Text, moment
from gifts.staff.reading import LABELS
from gifts.vault.models import Access, Consent, Need, Partner, Recipient, Sealed
from gifts.vault.review import in_hours, without_a_step

MODELS: dict[str, tuple[type[Sealed], Text]] = {
    "need": (Need, _("Need")),
    "recipient": (Recipient, _("Person")),
    "partner": (Partner, _("Partner")),
    "consent": (Consent, _("Consent")),
}


def look_rows(looks: Iterable[Access]) -> tuple[list[list[Any]], list[Text]]:
    """Each look with its record's code, and what is unusual about it."""
    looks = list(looks)
    codes = _codes(looks)
    undecided = {row.pk for row in without_a_step(looks)}
    rows: list[list[Any]] = []
    for look in looks:
        odd = [] if in_hours(look.at) else [gettext("outside hours")]
        odd += [gettext("no step afterwards")] if look.pk in undecided else []
        what = MODELS[look.model][1] if look.model in MODELS else look.model
        which = codes.get(look.record) or gettext("%(count)s records") % {"count": look.records}
        fields = ", ".join(str(LABELS.get(name, name)) for name in look.fields.split(", "))
        rows.append(
            [
                moment(look.at, seconds=True),
                look.get_purpose_display(),
                f"{what} {which}",
                fields,
                Cell(", ".join(odd), tone="warn") if odd else "",
            ]
        )
    return rows, [_("When"), _("What for"), _("Record"), _("Fields"), _("Unusual")]


def _codes(looks: list[Access]) -> dict[Any, str]:
    found: dict[Any, str] = {}
    for name, (model, _title) in MODELS.items():
        keys = {look.record for look in looks if look.model == name and look.record}
        if keys:
            rows = model._default_manager.filter(pk__in=keys)
            found |= {row.pk: str(row) for row in rows}
    return found
