"""What columns a file may have, and which of them each heading seems to be."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.tokens import sha256
from donations.models import Upload

Label = str | Promise
Kind = Upload.Kind

_PERSON: dict[str, Label] = {
    "name": _("Name"),
    "email": _("E-mail"),
    "kind": _("Person or organization"),
    "address_line1": _("Address"),
    "address_line2": _("Second line"),
    "city": _("City"),
    "region": _("State or region"),
    "postcode": _("Postcode"),
    "country": _("Country"),
    "language": _("Language"),
}
FIELDS: dict[str, dict[str, Label]] = {
    Kind.GIFTS: {
        **_PERSON,
        "amount": _("Amount"),
        "received_on": _("Received on"),
        "postmarked_on": _("Postmark"),
        "check_number": _("Check number"),
        "designation": _("For"),
        "appeal": _("Appeal"),
        "receipt_name": _("Receipt in the name of"),
        "credited_name": _("Soft credit to"),
        "credited_email": _("E-mail of the soft credit"),
        "symbol": _("Symbol"),
        "shares": _("Number of shares"),
        "high": _("High of the day"),
        "low": _("Low of the day"),
        "benefit_text": _("Given back"),
        "benefit": _("Its value"),
        "tribute_kind": _("Tribute"),
        "tribute_name": _("Honored person"),
        "note": _("Note"),
    },
    Kind.DONORS: {"key": _("Number there"), **_PERSON, "newsletter": _("Newsletter")},
    Kind.PAST: {
        "key": _("Number there"),
        "donor_key": _("Donor's number there"),
        "received_on": _("Given on"),
        "amount": _("Amount"),
        "source": _("How it came"),
        "purpose": _("For"),
        "receipt": _("Receipt there"),
    },
    Kind.BALANCES: {
        "designation": _("Designation, by its code"),
        "balance": _("Balance"),
        "restriction": _("Restriction: with or without"),
    },
}
# Without these a file says too little.
NEEDED: dict[str, tuple[str, ...]] = {
    Kind.GIFTS: ("name",),
    Kind.DONORS: ("key", "name"),
    Kind.PAST: ("key", "donor_key", "received_on", "amount"),
    Kind.BALANCES: ("designation", "balance"),
}
# Headings as other programs write them, without signs and in lower case.
KNOWN: Mapping[str, str] = {
    word: field
    for field, words in {
        "name": "name fullname donor donorname payer payor nombre donante",
        "email": "email emailaddress correo correoelectronico mail",
        "kind": "kind type persontype tipo",
        "address_line1": "address address1 addressline1 street direccion calle",
        "address_line2": "address2 addressline2 apt unit",
        "city": "city town ciudad",
        "region": "state region province estado provincia",
        "postcode": "postcode postalcode zip zipcode codigopostal",
        "country": "country pais",
        "language": "language idioma",
        "amount": "amount gift giftamount total importe monto cantidad",
        "received_on": "date received receivedon receiveddate giftdate fecha",
        "postmarked_on": "postmark postmarkdate matasellos",
        "check_number": "check checkno checknumber cheque chequenumber numerodecheque",
        "designation": "for fund designation code destino fondo",
        "appeal": "appeal campaign campana",
        "receipt_name": "receiptname receiptinthenameof",
        "credited_name": "softcredit adviser advisor employee",
        "credited_email": "adviseremail employeeemail",
        "symbol": "symbol ticker",
        "shares": "shares numberofshares",
        "high": "high",
        "low": "low",
        "benefit_text": "benefit givenback",
        "benefit": "benefitvalue",
        "tribute_kind": "tribute tributetype",
        "tribute_name": "honoree honored tributename",
        "note": "note notes memo nota notas",
        "key": "id giftid number key constituentid",
        "donor_key": "donorid donornumber donorkey",
        "purpose": "purpose",
        "restriction": "restriction restrictionclass class",
        "receipt": "receipt receiptno receiptnumber recibo",
        "source": "method howitcame paymentmethod",
        "balance": "balance openingbalance saldo",
        "newsletter": "newsletter emailoptin boletin",
    }.items()
    for word in words.split()
}


def plain(heading: str) -> str:
    return "".join(sign for sign in heading.casefold() if sign.isalnum())


def headings_sha256(headings: Iterable[str]) -> str:
    """The same set of headings in the same order: read in the same way the next time."""
    return sha256("\x1f".join(plain(heading) for heading in headings))


def guess(headings: Sequence[str], kind: str) -> dict[str, int]:
    """Our field by number of its column, each once, as far as the headings tell."""
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        field = KNOWN.get(plain(heading), "")
        if field in FIELDS[kind]:
            found.setdefault(field, place)
    return found
