"""United States: written acknowledgment of a contribution (IRS Pub. 1771, Publication 526).

Wording is data: a version once used stays as it is, a change is a new version with its first day.
docs/receipts.md lists what counsel must confirm.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from core.discretion import telling
from donations.receipts.snapshot import Entity, Snapshot

CODE = "us"


@dataclass(frozen=True)
class Wording:
    """All static words of the document, by language; `effective` is the first day of use."""

    effective: date
    texts: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Element:
    """A thing the receipt must hold, why, and how to see that it is there."""

    what: str
    source: str
    present: Callable[[Snapshot], bool]


@dataclass(frozen=True)
class Disclosure:
    """A state's sentence, in its statutory English. `registration` asks for the number there."""

    region: str
    effective: date
    text: str
    source: str
    ended: date | None = None


WORDINGS: Mapping[str, Wording] = {
    "2026-01": Wording(
        date(2026, 1, 1),
        {
            "en": {
                "title": "Donation receipt",
                "number": "Receipt no.",
                "thanks": "Thank you, {name}.",
                "amount": "Contribution",
                "received": "Received",
                "issued": "Issued",
                "method": "Paid by",
                "reference": "Gift reference",
                "donor": "Donor",
                "purpose": "What your gift is for",
                "restricted": "restricted to this purpose",
                "total": "Total contribution",
                "fee_cover": "The total includes {amount} you added toward the payment costs.",
                "none_given": (
                    "No goods or services were provided in exchange for this contribution."
                ),
                "benefit": (
                    "In exchange for this contribution you received: {description}. Our good-faith "
                    "estimate of its value is {estimate}. The amount of your contribution that is "
                    "deductible for U.S. federal income tax purposes is limited to the excess over "
                    "that value: {deductible}."
                ),
                "exempt": (
                    "{entity} is a tax-exempt organization under section 501(c)(3) of the Internal "
                    "Revenue Code, EIN\u00a0{tax_id}. Contributions are deductible to the extent "
                    "allowed by law. Please keep this receipt for your tax records."
                ),
                "statement": "Appears on your statement as {descriptor}.",
                "replaces": "This receipt cancels and replaces receipt no. {number}.",
                "replaced_by": "Replaced by receipt no. {number}.",
                "check": "Is this receipt genuine? Scan the code or open",
                "check_alt": "QR code that opens {url}",
                "questions": "Questions?",
                "duplicate": "Duplicate copy",
                "void": "Void",
                "replaced": "Replaced",
                "test": "Test receipt: no money was received",
                "facts": "The facts of this receipt, machine-readable",
            },
            "es": {
                "title": "Recibo de donación",
                "number": "Recibo n.º",
                "thanks": "Gracias, {name}.",
                "amount": "Donación",
                "received": "Recibida",
                "issued": "Emitido",
                "method": "Pagada con",
                "reference": "Referencia",
                "donor": "Donante",
                "purpose": "Destino de su donación",
                "restricted": "solo para este fin",
                "total": "Donación total",
                "fee_cover": (
                    "El total incluye {amount} que usted añadió para los costos de pago."
                ),
                "none_given": (
                    "No se entregaron bienes ni servicios a cambio de esta contribución."
                ),
                "benefit": (
                    "A cambio de esta contribución usted recibió: {description}. Nuestra "
                    "estimación de buena fe de su valor es {estimate}. La parte deducible de su "
                    "contribución a efectos del impuesto federal sobre la renta de EE. UU. se "
                    "limita a lo que excede de ese valor: {deductible}."
                ),
                "exempt": (
                    "{entity} es una organización exenta de impuestos según la sección 501(c)(3) "
                    "del Código de Rentas Internas de EE. UU., EIN\u00a0{tax_id}. Las "
                    "contribuciones son deducibles en la medida que permita la ley. "
                    "Conserve este recibo para su declaración de impuestos."
                ),
                "statement": "Aparece en su estado de cuenta como {descriptor}.",
                "replaces": "Este recibo anula y reemplaza el recibo n.º {number}.",
                "replaced_by": "Reemplazado por el recibo n.º {number}.",
                "check": "¿Es auténtico este recibo? Escanee el código o abra",
                "check_alt": "Código QR que abre {url}",
                "questions": "¿Preguntas?",
                "duplicate": "Duplicado",
                "void": "Anulado",
                "replaced": "Reemplazado",
                "test": "Recibo de prueba: no se recibió dinero",
                "facts": "Los datos de este recibo en formato electrónico",
            },
        },
    )
}

PUB_1771 = "IRS Pub. 1771, Written Acknowledgment"
OURS = "house rule"

ELEMENTS: tuple[Element, ...] = (
    Element("the organization's name", PUB_1771, lambda s: bool(s.entity.name)),
    Element("the organization's EIN", OURS, lambda s: bool(s.entity.tax_id)),
    Element("the organization's address", OURS, lambda s: any(s.entity.address)),
    Element("the amount", PUB_1771, lambda s: s.amount_minor > 0 and len(s.currency) == 3),
    Element(
        "what was given in return, with a good-faith estimate, or that nothing was",
        PUB_1771,
        lambda s: (
            s.benefit is None or (bool(s.benefit.description) and s.benefit.estimate_minor > 0)
        ),
    ),
    Element("the donor's name", OURS, lambda s: bool(s.receipt_name.strip())),
    Element("the day of receipt", OURS, lambda s: s.received_on <= s.issued_on),
    Element("the receipt's number", OURS, lambda s: bool(s.number)),
    Element("the code and address to check it", OURS, lambda s: bool(s.code and s.check_url)),
    Element(
        "what appears on the donor's statement", OURS, lambda s: bool(s.entity.statement_descriptor)
    ),
    Element(
        "lines that add up to the amount",
        OURS,
        lambda s: (
            bool(s.lines)
            and sum(line.amount_minor for line in s.lines) == s.amount_minor
            and all(line.designation for line in s.lines)
            and 0 <= s.fee_cover_minor <= s.amount_minor
        ),
    ),
    Element("words of this version", OURS, lambda s: s.pack_version in WORDINGS),
    Element("neutral words only", OURS, lambda s: not any(map(telling, _our_words(s)))),
)

_USED_SINCE = date(2026, 1, 1)
DISCLOSURES: tuple[Disclosure, ...] = (
    Disclosure(
        "FL",
        _USED_SINCE,
        "A COPY OF THE OFFICIAL REGISTRATION AND FINANCIAL INFORMATION MAY BE OBTAINED FROM THE "
        "DIVISION OF CONSUMER SERVICES BY CALLING TOLL-FREE 1-800-HELP-FLA (435-7352) WITHIN THE "
        "STATE OR AT www.FloridaConsumerHelp.com. REGISTRATION DOES NOT IMPLY ENDORSEMENT, "
        "APPROVAL, OR RECOMMENDATION BY THE STATE.{registration}",
        "Fla. Stat. 496.411",
    ),
    Disclosure(
        "MD",
        _USED_SINCE,
        "A copy of the current financial statement of {name} is available by writing to {address} "
        "or by calling {phone}. Documents and information submitted under the Maryland "
        "Solicitations Act are also available, for the cost of postage and copies, from the "
        "Maryland Secretary of State, State House, Annapolis, MD 21401, (410) 974-5534.",
        "Md. Code, Bus. Reg. 6-411",
    ),
    Disclosure(
        "NJ",
        _USED_SINCE,
        "Information filed with the Attorney General concerning this charitable solicitation and "
        "the percentage of contributions received by the charity during the last reporting period "
        "that were dedicated to the charitable purpose may be obtained from the Attorney General "
        "of the State of New Jersey by calling (973) 504-6215 and is available on the internet at "
        "www.njconsumeraffairs.gov. Registration with the Attorney General does not imply "
        "endorsement.",
        "N.J.A.C. 13:48-11.2",
    ),
    Disclosure(
        "NY",
        _USED_SINCE,
        "A copy of our latest annual report may be obtained, upon request, from us at {address} or "
        "from the Charities Registry at www.charitiesnys.com or the Charities Bureau, 28 Liberty "
        "Street, New York, NY 10005, (212) 416-8686.",
        "N.Y. Exec. Law 174-b",
    ),
    Disclosure(
        "NC",
        _USED_SINCE,
        "Financial information about this organization and a copy of its license are available "
        "from the State Solicitation Licensing Section at 1-888-830-4989. The license is not an "
        "endorsement by the State.",
        "N.C. Gen. Stat. 131F-9",
    ),
    Disclosure(
        "PA",
        _USED_SINCE,
        "The official registration and financial information of {name} may be obtained from the "
        "Pennsylvania Department of State by calling toll free, within Pennsylvania, "
        "1-800-732-0999. Registration does not imply endorsement.",
        "10 P.S. 162.13",
    ),
    Disclosure(
        "VA",
        _USED_SINCE,
        "A financial statement is available from the Virginia Department of Agriculture and "
        "Consumer Services, Office of Charitable and Regulatory Programs, upon request.",
        "Va. Code 57-55.2",
    ),
    Disclosure(
        "WA",
        _USED_SINCE,
        "{name} is registered with the Washington Secretary of State. Additional information is "
        "available at 1-800-332-4483 or www.sos.wa.gov/charities.",
        "RCW 19.09.100",
    ),
    Disclosure(
        "WV",
        _USED_SINCE,
        "West Virginia residents may obtain a summary of the registration and financial documents "
        "from the Secretary of State, State Capitol, Charleston, West Virginia 25305. Registration "
        "does not imply endorsement.",
        "W. Va. Code 29-19-8",
    ),
)


def tax_year(day: date) -> int:
    """The tax year in which a gift of this day falls, named for the year it begins in."""
    return day.year


def version_on(day: date) -> str:
    """The wording to put into a snapshot issued on this day."""
    begun = [name for name, wording in WORDINGS.items() if wording.effective <= day]
    return max(begun, key=lambda name: WORDINGS[name].effective)


def words(snapshot: Snapshot) -> Mapping[str, str]:
    """The document's static words: the snapshot's version, in its language or else English."""
    texts = WORDINGS[snapshot.pack_version].texts
    return texts.get(snapshot.language.partition("-")[0], texts["en"])


def missing(snapshot: Snapshot) -> list[str]:
    """What the snapshot lacks for a receipt of this pack; empty when it may be issued."""
    return [element.what for element in ELEMENTS if not element.present(snapshot)]


def disclosures(
    region: str, *, on: date, entity: Entity, registration: str = ""
) -> tuple[str, ...]:
    """The sentences that a donor's state wants on a receipt, filled in for this organization.

    Args:
        region: two letters, as in the donor's address.
        registration: the organization's number in that state, where it prints one.
    """
    facts = {
        "name": entity.name,
        "address": ", ".join(entity.address),
        "phone": entity.phone,
        "registration": f" REGISTRATION NO. {registration}." if registration else "",
    }
    return tuple(
        row.text.format(**facts)
        for row in DISCLOSURES
        if row.region == region.upper()
        and row.effective <= on
        and (not row.ended or on < row.ended)
    )


def _our_words(snapshot: Snapshot) -> tuple[str, ...]:
    """All text but the donor's own: name, address and tribute are the donor's to write."""
    return (
        snapshot.entity.name,
        snapshot.entity.website,
        snapshot.entity.email,
        snapshot.entity.statement_descriptor,
        snapshot.check_url,
        snapshot.payment_method,
        snapshot.discretion,
        snapshot.benefit.description if snapshot.benefit else "",
        *(line.designation for line in snapshot.lines),
        *snapshot.disclosures,
    )
