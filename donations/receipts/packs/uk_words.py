"""Every wording of the United Kingdom's documents, and of the Gift Aid declaration.

A version once used stays as it is: receipts are rebuilt from it, and a declaration names its own.
"""

from collections.abc import Mapping
from datetime import date

from donations.receipts.packs.shape import Wording

WORDINGS: Mapping[str, Wording] = {
    "2026-11": Wording(
        date(2026, 11, 22),
        {
            "en": {
                "title": "Donation receipt",
                "title_acknowledgment": "Acknowledgement",
                "title_thanks": "Thank you",
                "number": "Receipt no.",
                "thanks": "Thank you, {name}.",
                "amount": "Donation",
                "amount_acknowledgment": "Amount received",
                "amount_thanks": "Amount received",
                "total_acknowledgment": "Total",
                "total_thanks": "Total",
                "given": "What was given",
                "giver": "Given by",
                "received": "Received",
                "issued": "Issued",
                "method": "Paid by",
                "reference": "Gift reference",
                "donor": "Donor",
                "purpose": "What your gift is for",
                "restricted": "restricted to this purpose",
                "total": "Total donation",
                "fee_cover": "The total includes {amount} you added toward the payment costs.",
                "none_given": "Nothing was given in return for this donation.",
                "benefit": (
                    "In return for this donation you received: {description}. We value it at "
                    "{estimate}."
                ),
                "benefit_described": (
                    "In return for what you gave you received: {description}. We value it at "
                    "{estimate}."
                ),
                "described": (
                    "This document describes what you gave and states no value; please keep your "
                    "own record of its value on the day of the gift."
                ),
                "gift_aid": (
                    "You made a Gift Aid declaration for this donation: we can claim {reclaim} "
                    "of tax on it from HM Revenue and Customs, at no cost to you. Please keep "
                    "this receipt if you pay tax above the basic rate, and tell us if you "
                    "no longer pay enough tax."
                ),
                "status": "{entity} is a charity registered under number {tax_id}.",
                "advised_fund": (
                    "This donation came from a donor-advised fund or charity account. Any tax "
                    "relief belongs to the payment into it; we claim no Gift Aid on it."
                ),
                "company": (
                    "This donation was made by an organisation; we claim no Gift Aid on it."
                ),
                "round_up": (
                    "This amount was collected from customers and passed on to us; we claim no "
                    "Gift Aid on it."
                ),
                "thanks_advised_fund": (
                    "You suggested this donation. {giver} made it and has our acknowledgement; "
                    "this letter is our thanks to you and nothing else."
                ),
                "thanks_match": (
                    "You gave, and so {giver} gave as well. {giver} has our receipt for its "
                    "donation; this letter is our thanks to you and nothing else."
                ),
                "thanks_programme": (
                    "You chose us, and so {giver} gave this amount. This letter is our thanks to "
                    "you and nothing else."
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
                "imprint": "Registered charity no. {tax_id}",
            },
            "es": {
                "title": "Recibo de donación",
                "title_acknowledgment": "Acuse de recibo",
                "title_thanks": "Gracias",
                "number": "Recibo n.º",
                "thanks": "Gracias, {name}.",
                "amount": "Donación",
                "amount_acknowledgment": "Importe recibido",
                "amount_thanks": "Importe recibido",
                "total_acknowledgment": "Total",
                "total_thanks": "Total",
                "given": "Lo entregado",
                "giver": "Donante",
                "received": "Recibida",
                "issued": "Emitido",
                "method": "Pagada con",
                "reference": "Referencia",
                "donor": "Donante",
                "purpose": "Destino de su donación",
                "restricted": "solo para este fin",
                "total": "Donación total",
                "fee_cover": "El total incluye {amount} que usted añadió para los costos de pago.",
                "none_given": "No se entregó nada a cambio de esta donación.",
                "benefit": (
                    "A cambio de esta donación usted recibió: {description}. Lo valoramos en "
                    "{estimate}."
                ),
                "benefit_described": (
                    "A cambio de lo entregado usted recibió: {description}. Lo valoramos en "
                    "{estimate}."
                ),
                "described": (
                    "Este documento describe lo que usted entregó y no indica su valor; conserve "
                    "su propio registro del valor que tenía el día de la entrega."
                ),
                "gift_aid": (
                    "Usted hizo una declaración de Gift Aid para esta donación: podemos reclamar "
                    "{reclaim} de impuestos a HM Revenue and Customs sin costo para usted. "
                    "Conserve este recibo si paga impuestos por encima del tipo básico, y avísenos "
                    "si deja de pagar suficientes impuestos."
                ),
                "status": "{entity} es una organización benéfica registrada, número {tax_id}.",
                "advised_fund": (
                    "Esta donación proviene de un fondo asesorado o una cuenta benéfica. La "
                    "ventaja fiscal corresponde al pago a ese fondo; no reclamamos Gift Aid por "
                    "ella."
                ),
                "company": (
                    "Esta donación la hizo una organización; no reclamamos Gift Aid por ella."
                ),
                "round_up": (
                    "Este importe se recaudó entre clientes y se nos transfirió; no reclamamos "
                    "Gift Aid por él."
                ),
                "thanks_advised_fund": (
                    "Usted sugirió esta donación. La hizo {giver}, que tiene nuestro acuse de "
                    "recibo; esta carta es solo nuestro agradecimiento."
                ),
                "thanks_match": (
                    "Usted donó, y por eso {giver} donó también. {giver} tiene nuestro recibo por "
                    "su donación; esta carta es solo nuestro agradecimiento."
                ),
                "thanks_programme": (
                    "Usted nos eligió, y por eso {giver} donó este importe. Esta carta es solo "
                    "nuestro agradecimiento."
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
                "imprint": "Organización benéfica registrada n.º {tax_id}",
            },
        },
    )
}

# HM Revenue and Customs, "Gift Aid declaration": the charity, the donor, which gifts, the wish, and
# that she must pay enough tax and pays any difference.
DECLARATIONS: Mapping[str, Wording] = {
    "2026-11": Wording(
        date(2026, 11, 22),
        {
            "en": {
                "wish_this": "I want {charity} to claim Gift Aid on this donation.",
                "wish_all": (
                    "I want {charity} to claim Gift Aid on this donation, on any I have made in "
                    "the past four years, and on any I make in the future."
                ),
                "explanation": (
                    "I am a UK taxpayer and understand that if I pay less Income Tax and/or "
                    "Capital Gains Tax in a tax year than the amount of Gift Aid claimed on all "
                    "my donations in that tax year, it is my responsibility to pay any difference."
                ),
                "tell_us": (
                    "Please tell us if you want to cancel this declaration, change your name or "
                    "home address, or no longer pay enough tax on your income or capital gains."
                ),
            },
            "es": {
                "wish_this": "Deseo que {charity} reclame Gift Aid por esta donación.",
                "wish_all": (
                    "Deseo que {charity} reclame Gift Aid por esta donación, por las que hice en "
                    "los últimos cuatro años y por las que haga en el futuro."
                ),
                "explanation": (
                    "Pago impuestos en el Reino Unido y entiendo que, si en un año fiscal pago "
                    "menos impuesto sobre la renta o sobre las ganancias de capital que el Gift "
                    "Aid reclamado por todas mis donaciones de ese año, me corresponde pagar la "
                    "diferencia."
                ),
                "tell_us": (
                    "Avísenos si desea cancelar esta declaración, si cambian su nombre o su "
                    "domicilio, o si deja de pagar suficientes impuestos sobre sus ingresos o "
                    "ganancias de capital."
                ),
            },
        },
    )
}
