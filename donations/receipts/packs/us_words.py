"""Every wording of the United States' documents; which sentence stands where is decided in us.py.

A version once used stays as it is: receipts are rebuilt from it. A change is a new version, which
is the last one with its changes, and its first day.
"""

from collections.abc import Mapping
from datetime import date

from donations.receipts.packs.shape import Wording

_FIRST: dict[str, dict[str, str]] = {
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
        "none_given": ("No goods or services were provided in exchange for this contribution."),
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
        "imprint": "EIN {tax_id}",
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
        "fee_cover": ("El total incluye {amount} que usted añadió para los costos de pago."),
        "none_given": ("No se entregaron bienes ni servicios a cambio de esta contribución."),
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
        "imprint": "EIN {tax_id}",
    },
}

# Which sentences stand on a document is decided by the rule from here on.
_BY_RULE = {
    "en": {
        **_FIRST["en"],
        "title_acknowledgment": "Acknowledgment",
        "title_thanks": "Thank you",
        "amount_acknowledgment": "Amount received",
        "amount_thanks": "Amount received",
        "total_acknowledgment": "Total",
        "total_thanks": "Total",
        "given": "What was given",
        "giver": "Given by",
        "token": (
            "What you received in return is of insubstantial value under Internal Revenue Service "
            "guidelines; the full amount of your payment is a deductible contribution."
        ),
        "membership": (
            "In return you received only membership benefits that may be disregarded under "
            "Internal Revenue Service rules for an annual payment of $75 or less."
        ),
        "intangible": (
            "In exchange for this contribution you received only intangible religious benefits."
        ),
        "benefit_described": (
            "In exchange for this contribution you received: {description}. Our good-faith "
            "estimate of its value is {estimate}. The amount that is deductible for U.S. federal "
            "income tax purposes is limited to the excess of the value of what you gave over that "
            "value."
        ),
        "described": (
            "As the law asks, this receipt describes what you gave and states no value; its value "
            "is yours to determine."
        ),
        "expenses": (
            "You gave your services as a volunteer, as described above, and bore the expenses of "
            "it yourself. This receipt states no amount; please keep your own records of them."
        ),
        "status": (
            "{entity} is a tax-exempt organization under section 501(c)(3) of the Internal "
            "Revenue Code, EIN\u00a0{tax_id}."
        ),
        "advised_fund": (
            "This grant came from a donor-advised fund. Its sponsoring organization is the donor "
            "of record; nobody else receives a receipt for it."
        ),
        "none_advised": (
            "Nothing of more than incidental benefit was provided in exchange for it to the "
            "sponsoring organization, the fund's donor or adviser, or persons related to them."
        ),
        "retirement": (
            "This gift was paid to us directly by the trustee or custodian of your individual "
            "retirement account. It may be a qualified charitable distribution (Internal Revenue "
            "Code, section 408(d)(8)), which is not deducted as a contribution as well."
        ),
        "round_up": (
            "This amount was collected from customers and passed on to us. It is not a "
            "contribution of the program itself; customers keep the record of their own purchase."
        ),
        "thanks_advised_fund": (
            "You recommended this grant. {giver} made it and has our acknowledgment; this letter "
            "is our thanks to you and nothing else."
        ),
        "thanks_match": (
            "You gave, and so {giver} gave as well. {giver} has our receipt for its gift; this "
            "letter is our thanks to you and nothing else."
        ),
        "thanks_programme": (
            "You chose us, and so {giver} gave this amount. This letter is our thanks to you and "
            "nothing else."
        ),
    },
    "es": {
        **_FIRST["es"],
        "title_acknowledgment": "Acuse de recibo",
        "title_thanks": "Gracias",
        "amount_acknowledgment": "Importe recibido",
        "amount_thanks": "Importe recibido",
        "total_acknowledgment": "Total",
        "total_thanks": "Total",
        "given": "Lo entregado",
        "giver": "Donante",
        "token": (
            "Lo que usted recibió a cambio tiene un valor insustancial según las normas del "
            "Servicio de Impuestos Internos de EE. UU.; el importe completo de su pago es una "
            "contribución deducible."
        ),
        "membership": (
            "A cambio usted recibió solo beneficios de membresía que, según las normas del "
            "Servicio de Impuestos Internos de EE. UU., pueden omitirse en un pago anual de $75 o "
            "menos."
        ),
        "intangible": (
            "A cambio de esta contribución usted recibió solo beneficios religiosos intangibles."
        ),
        "benefit_described": (
            "A cambio de esta contribución usted recibió: {description}. Nuestra estimación de "
            "buena fe de su valor es {estimate}. La parte deducible a efectos del impuesto federal "
            "sobre la renta de EE. UU. se limita a lo que el valor de lo entregado excede de ese "
            "valor."
        ),
        "described": (
            "Como pide la ley, este recibo describe lo que usted entregó y no indica su valor; "
            "determinarlo le corresponde a usted."
        ),
        "expenses": (
            "Usted prestó sus servicios como persona voluntaria, según se describe arriba, y pagó "
            "los gastos. Este recibo no indica ningún importe; conserve sus propios comprobantes."
        ),
        "status": (
            "{entity} es una organización exenta de impuestos según la sección 501(c)(3) del "
            "Código de Rentas Internas de EE. UU., EIN\u00a0{tax_id}."
        ),
        "advised_fund": (
            "Esta subvención proviene de un fondo asesorado por donantes. La organización que lo "
            "administra es el donante registrado; nadie más recibe un recibo por ella."
        ),
        "none_advised": (
            "A cambio de ella no se entregó nada que sea más que un beneficio incidental a la "
            "organización que administra el fondo, a su donante o asesor ni a personas "
            "relacionadas con ellos."
        ),
        "retirement": (
            "Este importe nos lo pagó directamente el fiduciario o custodio de su cuenta "
            "individual de jubilación. Puede ser una distribución caritativa calificada (Código de "
            "Rentas Internas, sección 408(d)(8)), que no se deduce además como contribución."
        ),
        "round_up": (
            "Este importe se recaudó entre clientes y se nos transfirió. No es una contribución "
            "del programa; cada cliente conserva el comprobante de su compra."
        ),
        "thanks_advised_fund": (
            "Usted recomendó esta subvención. La otorgó {giver}, que tiene nuestro acuse de "
            "recibo; esta carta es solo nuestro agradecimiento."
        ),
        "thanks_match": (
            "Usted donó, y por eso {giver} donó también. {giver} tiene nuestro recibo por su "
            "donación; esta carta es solo nuestro agradecimiento."
        ),
        "thanks_programme": (
            "Usted nos eligió, y por eso {giver} donó este importe. Esta carta es solo nuestro "
            "agradecimiento."
        ),
    },
}

FIRST = "2026-01"
WORDINGS: Mapping[str, Wording] = {
    FIRST: Wording(date(2026, 1, 1), _FIRST),
    "2026-11": Wording(date(2026, 11, 22), _BY_RULE),
}
