"""The words of the papers for given things. Once used a version stays; a change is a new one.

The acknowledgment follows IRS Pub. 1771, Written Acknowledgment: a description of what was given
and no value, and that nothing was given in return. docs/receipts.md lists what counsel confirms.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Wording:
    """All static words by language; `effective` is the first day of use."""

    effective: date
    texts: Mapping[str, Mapping[str, str]]


WORDINGS: Mapping[str, Wording] = {
    "2026-01": Wording(
        date(2026, 1, 1),
        {
            "en": {
                "acknowledgment": "Acknowledgment",
                "statement": "Statement of erasure",
                "number": "No.",
                "thanks": "Thank you, {name}.",
                "erased_title": "Your data is gone, {name}.",
                "donor": "Given by",
                "issued": "Issued",
                "reference": "Offer",
                "things": "What we received, and when",
                "devices": "What was erased, and how",
                "serial": "Serial number",
                "method": "Method",
                "certificate": "Certificate",
                "erased": "Erased on",
                "none_given": (
                    "No goods or services were provided in exchange for this contribution."
                ),
                "no_value": (
                    "This paper describes what was given and sets no value on it. What it was "
                    "worth is for the donor to determine."
                ),
                "exempt": (
                    "{entity} is a tax-exempt organization under section 501(c)(3) of the Internal "
                    "Revenue Code, EIN\u00a0{tax_id}. Contributions are deductible to the extent "
                    "allowed by law. Please keep this paper for your tax records."
                ),
                "checked": (
                    "Each device was erased and set up anew. Activation lock, management "
                    "enrolment, firmware tracking and earlier accounts were removed, and its bag "
                    "and case were opened, before it was passed on."
                ),
                "forgotten": (
                    "After making this statement we no longer hold the serial numbers in it in "
                    "readable form, and this statement itself for {days} days only."
                ),
                "questions": "Questions?",
                "test": "Test: nothing was received",
            },
            "es": {
                "acknowledgment": "Constancia de donación",
                "statement": "Constancia de borrado",
                "number": "N.º",
                "thanks": "Gracias, {name}.",
                "erased_title": "Sus datos ya no existen, {name}.",
                "donor": "Donado por",
                "issued": "Emitida",
                "reference": "Oferta",
                "things": "Lo que recibimos y cuándo",
                "devices": "Qué se borró y cómo",
                "serial": "Número de serie",
                "method": "Método",
                "certificate": "Certificado",
                "erased": "Borrado el",
                "none_given": (
                    "No se entregaron bienes ni servicios a cambio de esta contribución."
                ),
                "no_value": (
                    "Este documento describe lo donado y no le asigna ningún valor. Su valor lo "
                    "determina quien dona."
                ),
                "exempt": (
                    "{entity} es una organización exenta de impuestos según la sección 501(c)(3) "
                    "del Código de Rentas Internas de EE. UU., EIN\u00a0{tax_id}. Las "
                    "contribuciones son deducibles en la medida que permita la ley. "
                    "Conserve este documento para su declaración de impuestos."
                ),
                "checked": (
                    "Cada dispositivo se borró y se configuró de nuevo. Antes de entregarlo se "
                    "quitaron el bloqueo de activación, la administración remota, el rastreo del "
                    "firmware y las cuentas anteriores, y se abrieron su bolsa y su funda."
                ),
                "forgotten": (
                    "Después de emitir esta constancia ya no conservamos sus números de serie de "
                    "forma legible, y la constancia misma solo durante {days} días."
                ),
                "questions": "¿Preguntas?",
                "test": "Prueba: no se recibió nada",
            },
        },
    )
}


def version_on(day: date) -> str:
    """The wording of papers made on this day."""
    begun = [name for name, wording in WORDINGS.items() if wording.effective <= day]
    return max(begun, key=lambda name: WORDINGS[name].effective)


def words(version: str, language: str) -> Mapping[str, str]:
    texts = WORDINGS[version].texts
    return texts.get(language.partition("-")[0], texts["en"])
