"""United States: words of a donor's year, as a statement and as one receipt for several gifts.

As in us.py, a version once used stays as it is. docs/receipts.md lists what counsel must confirm.
"""

from collections.abc import Mapping
from datetime import date

from donations.receipts.packs.shape import Wording

WORDINGS: Mapping[str, Wording] = {
    "2026-01": Wording(
        date(2026, 1, 1),
        {
            "en": {
                "annual": "Annual donation receipt",
                "statement": "Statement of gifts",
                "number": "Receipt no.",
                "year": "{first} to {last}",
                "thanks": "Thank you, {name}.",
                "annual_total": "Contributions on this receipt",
                "statement_total": "Your gifts, less what went back",
                "donor": "Donor",
                "issued": "Issued",
                "gifts": "Gifts",
                "day": "Day",
                "purpose": "For",
                "receipt": "Receipt",
                "amount": "Amount",
                "gift": "Gift {reference}",
                "refund": "Refund of gift {reference}",
                "refund_failure": "Refund of gift {reference} came back to us",
                "dispute": "Gift {reference}: taken back by your bank",
                "dispute_returned": "Gift {reference}: given back by your bank",
                "after": "after the end of the year: in the next year's total",
                "none": "none",
                "on_this": "this one",
                "given": "Given",
                "returned": "Went back to you",
                "total": "Total",
                "none_given": (
                    "No goods or services were provided in exchange for these contributions."
                ),
                "annual_only": (
                    "This is the only receipt for the gifts listed here: none of them is on "
                    "another valid receipt."
                ),
                "statement_only": (
                    "This statement is a summary for your records. It is not a receipt: the "
                    "receipts named here are."
                ),
                "exempt": (
                    "{entity} is a tax-exempt organization under section 501(c)(3) of the Internal "
                    "Revenue Code, EIN\u00a0{tax_id}. Contributions are deductible to the extent "
                    "allowed by law. Please keep this document for your tax records."
                ),
                "replaces": "This receipt cancels and replaces receipt no. {number}.",
                "replaced_by": "Replaced by receipt no. {number}.",
                "check": "Is this receipt genuine? Scan the code or open",
                "check_alt": "QR code that opens {url}",
                "questions": "Questions?",
                "duplicate": "Duplicate copy",
                "sample": "Sample",
                "void": "Void",
                "replaced": "Replaced",
                "test": "Test document: no money was received",
                "facts": "The facts of this document, machine-readable",
            },
            "es": {
                "annual": "Recibo anual de donaciones",
                "statement": "Resumen de donaciones",
                "number": "Recibo n.º",
                "year": "del {first} al {last}",
                "thanks": "Gracias, {name}.",
                "annual_total": "Donaciones de este recibo",
                "statement_total": "Sus donaciones, menos lo devuelto",
                "donor": "Donante",
                "issued": "Emitido",
                "gifts": "Donaciones",
                "day": "Día",
                "purpose": "Destino",
                "receipt": "Recibo",
                "amount": "Importe",
                "gift": "Donación {reference}",
                "refund": "Reembolso de la donación {reference}",
                "refund_failure": "El reembolso de la donación {reference} volvió a nosotros",
                "dispute": "Donación {reference}: retirada por su banco",
                "dispute_returned": "Donación {reference}: devuelta por su banco",
                "after": "después del fin del año: en el total del siguiente",
                "none": "ninguno",
                "on_this": "este",
                "given": "Donado",
                "returned": "Devuelto a usted",
                "total": "Total",
                "none_given": (
                    "No se entregaron bienes ni servicios a cambio de estas contribuciones."
                ),
                "annual_only": (
                    "Este es el único recibo de las donaciones que aquí figuran: ninguna está en "
                    "otro recibo válido."
                ),
                "statement_only": (
                    "Este resumen es para su archivo. No es un recibo: lo son los recibos que "
                    "aquí se nombran."
                ),
                "exempt": (
                    "{entity} es una organización exenta de impuestos según la sección 501(c)(3) "
                    "del Código de Rentas Internas de EE. UU., EIN\u00a0{tax_id}. Las "
                    "contribuciones son deducibles en la medida que permita la ley. "
                    "Conserve este documento para su declaración de impuestos."
                ),
                "replaces": "Este recibo anula y reemplaza el recibo n.º {number}.",
                "replaced_by": "Reemplazado por el recibo n.º {number}.",
                "check": "¿Es auténtico este recibo? Escanee el código o abra",
                "check_alt": "Código QR que abre {url}",
                "questions": "¿Preguntas?",
                "duplicate": "Duplicado",
                "sample": "Muestra",
                "void": "Anulado",
                "replaced": "Reemplazado",
                "test": "Documento de prueba: no se recibió dinero",
                "facts": "Los datos de este documento en formato electrónico",
            },
        },
    )
}
