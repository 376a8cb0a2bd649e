"""What case workers read in place of the codes."""

from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from gifts.models import ItemKind
from gifts.models.catalogue import Purpose
from gifts.vault.models import Need

State = Need.State
Text = Any  # a lazy text of Django's

PURPOSES: dict[str, Text] = {
    Purpose.UNIVERSITY: _("University"),
    Purpose.VOCATIONAL: _("Vocational training"),
    Purpose.JOB_SEARCH: _("Finding work"),
    Purpose.LANGUAGE: _("Learning a language"),
    Purpose.ANY: _("Study and work in general"),
}
BANDS: dict[str, Text] = {
    Need.Band.BASIC: _("Basic: reading, writing, numbers"),
    Need.Band.SECONDARY: _("Secondary school"),
    Need.Band.VOCATIONAL: _("Training for a trade"),
    Need.Band.HIGHER: _("College or university"),
}
CLASSES: dict[int, Text] = {
    Need.Class.ANY: _("Any that works"),
    Need.Class.BASIC: _("Simple: reading, writing, calls"),
    Need.Class.STANDARD: _("Good: office work, courses"),
    Need.Class.STRONG: _("Strong: pictures, programming"),
}
KEYBOARDS: dict[str, Text] = {
    "": _("Any keyboard"),
    "us": _("English (US)"),
    "uk": _("English (UK)"),
    "es": _("Spanish"),
    "latam": _("Latin American Spanish"),
    "pt": _("Portuguese"),
    "fr": _("French"),
    "de": _("German"),
    "ru": _("Russian"),
    "ua": _("Ukrainian"),
    "ar": _("Arabic"),
    "hi": _("Hindi"),
    "bn": _("Bengali"),
    "ne": _("Nepali"),
    "th": _("Thai"),
    "km": _("Khmer"),
    "vi": _("Vietnamese"),
}
WHOSE: dict[str, Text] = {
    Need.Whose.ADULT: _("Her own: she is of age"),
    Need.Whose.GUARDIAN: _("Her guardian's, and the child agreed"),
}
# Why a request is taken back for good, as staff read it: a closed list names nobody.
REASONS: dict[str, Text] = {
    "not_wanted": _("She no longer wants it"),
    "found": _("She found it another way"),
    "moved": _("She is no longer with us"),
    "mistake": _("It was a mistake"),
}
ON_RECORD = {
    "not_wanted": "no longer wanted",
    "found": "found another way",
    "moved": "no longer with the partner",
    "mistake": "stated by mistake",
}
STANDS: dict[str, Text] = {
    "writing": _("Not sent yet"),
    "sent": _("Sent: we check it"),
    State.VERIFIED: _("Checked"),
    State.OPEN: _("Waiting for one that fits"),
    State.MATCHED: _("One is set aside for her"),
    State.DELIVERED: _("It has come"),
    State.CLOSED: _("Done"),
    State.WITHDRAWN: _("Withdrawn"),
    State.EXPIRED: _("Not possible"),
}
# Kinds that the house begins with; staff name others in English and Spanish.
KNOWN_KINDS = (
    *(_("Laptop"), _("Computer"), _("Tablet"), _("MP3 player"), _("Course fee"), _("Tool kit")),
    *(_("Hygiene kit"), _("Clothing"), _("School books")),
)


def stands(need: Need) -> str:
    """Where a request stands, as a key of STANDS."""
    if need.state == State.DRAFT:
        return "sent" if need.sent_at else "writing"
    if need.state == State.WITHDRAWN and need.answer:
        return State.EXPIRED  # not by her partner: staff ended it, and say why
    return str(need.state)


def name_of(kind: ItemKind) -> str:
    """Beside English and Spanish, which staff keep, what the catalogue of texts knows."""
    return kind.name_es if get_language() == "es" else gettext(kind.name)


def kinds() -> dict[str, str]:
    """Every kind by its code, closed ones too: old requests name them."""
    return {kind.code: name_of(kind) for kind in ItemKind.objects.all()}
