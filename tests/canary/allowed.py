"""The only pages that may show confidential fields: to whom, where, which, and why.

Nearly each is an address that asks for a purpose first. What is allowed and was not shown to
anybody in `make canary-full` fails there: what is not needed any more is not allowed any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    fields: frozenset[str]
    why: str
    # Without a question: the page has one purpose, which it puts on record by itself.
    at_once: bool = False


# (letter of the role, address) as in tests/site/matrix/; fields as Model.field.
NEED = frozenset({"Need.what_for", "Need.note"})
PERSON = frozenset({"Recipient.name", "Recipient.contact", "Recipient.note"})
PARTNER = frozenset({"Partner.office", "Partner.contact", "Partner.phone"})
CONSENT = frozenset({"Consent.who", "Consent.contact", "Consent.interpreter"})
OFFICE = frozenset({"Partner.office"})
HERS = frozenset({"Recipient.name", "Recipient.contact"})
DRAFT = "/partners/requests/<slug:code>/"
PACKING = "/admin/batches/list/<int:pk>.pdf"
ALLOWED: Mapping[tuple[str, str], Shown] = {
    ("K", "/admin/needs/read/<uuid:pk>/"): Shown(NEED, "whether it can be met as stated"),
    ("K", "/admin/partners/read/<uuid:pk>/"): Shown(PARTNER, "to call and to write to it"),
    ("V", "/admin/people/read/<uuid:pk>/"): Shown(PERSON | NEED | CONSENT, "what we hold of her"),
    ("V", "/admin/consents/read/<uuid:pk>/"): Shown(CONSENT, "to ask her again"),
    ("A", PACKING): Shown(OFFICE, "where the parcel goes", at_once=True),
    ("G", PACKING): Shown(OFFICE, "where the parcel goes", at_once=True),
    ("W", f"{DRAFT}name/"): Shown(NEED | HERS, "whom she writes for"),
    ("W", f"{DRAFT}<request_step:step>/"): Shown(NEED, "what she typed herself", at_once=True),
    ("W", f"{DRAFT}check/"): Shown(NEED, "what she is about to send", at_once=True),
}
