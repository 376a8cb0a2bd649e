"""The hosted pages' words, English and Spanish."""

from typing import Any

WORDS = {
    "en": {
        "lang": "en",
        "test_mode": "Test mode – no real money",  # noqa: RUF001 - a dash in a sentence
        "back": "Back",
        "pay": "Pay",
        "donate": "Donate",
        "book": "Book",
        "subscribe": "Subscribe",
        "save": "Save",
        "save_title": "Save your payment method",
        "per_day": "per day",
        "per_week": "per week",
        "per_month": "per month",
        "per_year": "per year",
        "every": "every",
        "days": "days",
        "weeks": "weeks",
        "months": "months",
        "years": "years",
        "then": "Then",
        "from_day": "from",
        "total": "Total",
        "quantity": "Quantity",
        "contact": "Contact",
        "email": "E-mail",
        "method": "Payment method",
        "card": "Card",
        "bank": "Bank account (test)",
        "bank_hint": "Delayed payment: the money arrives days later, or not at all. In the sandbox"
        " its owner decides.",
        "number": "Card number",
        "expiry": "Expiry (MM / YY)",
        "cvc": "CVC",
        "name": "Name",
        "test_cards": "Test cards",
        "test_cards_hint": "Choose one to fill in the form.",
        "wrong": "Please check the marked fields.",
        "method_unknown": "Choose a payment method.",
        "email_wrong": "Enter an e-mail address like name@example.org.",
        "name_missing": "Enter the name of the account holder.",
        "number_wrong": "Your card number is invalid.",
        "number_not_test": "This is no test card. Use one from the list; never a real one.",
        "expiry_wrong": "Your card's expiration date is incomplete.",
        "expiry_past": "Your card's expiration year is in the past.",
        "cvc_wrong": "Your card's security code is incomplete.",
        "declined": "Your card was declined.",
        "insufficient_funds": "Your card has insufficient funds. Try a different card.",
        "expired_card": "Your card is expired. Try a different card.",
        "incorrect_cvc": "Your card's CVC is incorrect.",
        "processing_error": "An error occurred while processing your card. Try again in a little"
        " bit.",
        "setup_intent_authentication_failure": "We are unable to authenticate your payment"
        " method. Please choose a different payment method and try again.",
        "payment_intent_authentication_failure": "We are unable to authenticate your payment"
        " method. Please choose a different payment method and try again.",
        "expired_title": "This payment page has expired",
        "expired_text": "Nothing was charged. Go back to start again.",
        "done_title": "This payment is already complete",
        "done_text": "You have been charged once. You can close this page or go on.",
        "processing_text": "The payment is on its way from your bank.",
        "go_on": "Go on",
        "secure_title": "Confirm this payment with your bank",
        "secure_text": "This is a test of 3-D Secure: a real bank would ask for a code here.",
        "secure_pass": "Complete",
        "secure_fail": "Fail",
        "portal_title": "Your payments",
        "default": "default",
        "none_yet": "None yet",
        "new_method": "Use another payment method",
        "method_saved": "Your payment method was saved",
        "invoices": "Invoices",
        "invoice_paid": "This invoice is paid.",
        "invoice_processing": "The payment is on its way from your bank.",
        "invoice_void": "Nothing is to be paid for this invoice.",
        "invoice_uncollectible": "Nothing is to be paid for this invoice.",
        "missing_title": "There is no such payment page",
        "missing_text": "The address may be incomplete.",
    },
    "es": {
        "lang": "es",
        "test_mode": "Modo de prueba: sin dinero real",
        "back": "Volver",
        "pay": "Pagar",
        "donate": "Donar",
        "book": "Reservar",
        "subscribe": "Suscribirse",
        "save": "Guardar",
        "save_title": "Guarde su forma de pago",
        "per_day": "al día",
        "per_week": "a la semana",
        "per_month": "al mes",
        "per_year": "al año",
        "every": "cada",
        "days": "días",
        "weeks": "semanas",
        "months": "meses",
        "years": "años",
        "then": "Después",
        "from_day": "desde el",
        "total": "Total",
        "quantity": "Cantidad",
        "contact": "Contacto",
        "email": "Correo electrónico",
        "method": "Forma de pago",
        "card": "Tarjeta",
        "bank": "Cuenta bancaria (prueba)",
        "bank_hint": "Pago diferido: el dinero llega días después, o no llega. En este entorno lo"
        " decide quien lo administra.",
        "number": "Número de tarjeta",
        "expiry": "Vencimiento (MM / AA)",
        "cvc": "CVC",
        "name": "Nombre",
        "test_cards": "Tarjetas de prueba",
        "test_cards_hint": "Elija una para rellenar el formulario.",
        "wrong": "Revise los campos marcados.",
        "method_unknown": "Elija una forma de pago.",
        "email_wrong": "Escriba un correo como nombre@example.org.",
        "name_missing": "Escriba el nombre del titular.",
        "number_wrong": "El número de tarjeta no es válido.",
        "number_not_test": "No es una tarjeta de prueba. Use una de la lista; nunca una real.",
        "expiry_wrong": "La fecha de vencimiento está incompleta.",
        "expiry_past": "La tarjeta ya está vencida.",
        "cvc_wrong": "El código de seguridad está incompleto.",
        "declined": "Su tarjeta fue rechazada.",
        "insufficient_funds": "Su tarjeta no tiene fondos suficientes. Pruebe con otra.",
        "expired_card": "Su tarjeta está vencida. Pruebe con otra.",
        "incorrect_cvc": "El CVC de su tarjeta es incorrecto.",
        "processing_error": "Hubo un error al procesar su tarjeta. Inténtelo de nuevo en un"
        " momento.",
        "setup_intent_authentication_failure": "No pudimos autenticar su forma de pago. Elija"
        " otra e inténtelo de nuevo.",
        "payment_intent_authentication_failure": "No pudimos autenticar su forma de pago. Elija"
        " otra e inténtelo de nuevo.",
        "expired_title": "Esta página de pago ha vencido",
        "expired_text": "No se ha cobrado nada. Vuelva para empezar de nuevo.",
        "done_title": "Este pago ya está hecho",
        "done_text": "Se le ha cobrado una sola vez. Puede cerrar esta página o continuar.",
        "processing_text": "El pago está en camino desde su banco.",
        "go_on": "Continuar",
        "secure_title": "Confirme este pago con su banco",
        "secure_text": "Esto es una prueba de 3-D Secure: un banco real pediría aquí un código.",
        "secure_pass": "Completar",
        "secure_fail": "Fallar",
        "portal_title": "Sus pagos",
        "default": "predeterminada",
        "none_yet": "Nada todavía",
        "new_method": "Usar otra forma de pago",
        "method_saved": "Su forma de pago se ha guardado",
        "invoices": "Facturas",
        "invoice_paid": "Esta factura está pagada.",
        "invoice_processing": "El pago está en camino desde su banco.",
        "invoice_void": "No hay nada que pagar por esta factura.",
        "invoice_uncollectible": "No hay nada que pagar por esta factura.",
        "missing_title": "No existe esa página de pago",
        "missing_text": "Quizá la dirección esté incompleta.",
    },
}

# What the test cards do; English is the label in sandbox.cards.
CARDS_IN_SPANISH = {
    "Visa, succeeds": "Visa, se acepta",
    "Mastercard, succeeds": "Mastercard, se acepta",
    "American Express, succeeds": "American Express, se acepta",
    "3-D Secure, then succeeds": "3-D Secure y se acepta",
    "3-D Secure each time, then succeeds": "3-D Secure cada vez y se acepta",
    "Succeeds, money available at once": "Se acepta, dinero disponible al momento",
    "Succeeds, disputed later": "Se acepta, luego se disputa",
    "Succeeds, a refund of it fails later": "Se acepta, su reembolso falla después",
    "Succeeds, with elevated risk": "Se acepta, con riesgo elevado",
    "Declined": "Rechazada",
    "Declined: insufficient funds": "Rechazada: fondos insuficientes",
    "Declined: lost card": "Rechazada: tarjeta perdida",
    "Declined: stolen card": "Rechazada: tarjeta robada",
    "Declined: expired card": "Rechazada: tarjeta vencida",
    "Declined: wrong CVC": "Rechazada: CVC incorrecto",
    "Declined: processing error": "Rechazada: error de procesamiento",
    "Can be kept, fails when charged": "Se puede guardar, falla al cobrar",
    "Blocked as too risky": "Bloqueada por riesgo",
}


def card_label(label: str, words: dict[str, str]) -> str:
    return CARDS_IN_SPANISH[label] if words["lang"] == "es" else label


def rhythm_words(recurring: dict[str, Any], words: dict[str, str]) -> str:
    """ "per month", or "every 3 months"."""
    count, interval = recurring["interval_count"], recurring["interval"]
    if count == 1:
        return words[f"per_{interval}"]
    return f"{words['every']} {count} {words[interval + 's']}"


def words_for(locale: str | None, accepted: str = "") -> dict[str, str]:
    """By the session's locale; "auto" or none asks the browser."""
    wanted = locale if locale and locale != "auto" else accepted
    return WORDS["es" if wanted.lower().startswith("es") else "en"]


def decline_words(error: dict[str, str], words: dict[str, str]) -> str:
    for key in (error.get("decline_code", ""), error.get("code", "")):
        if key in words:
            return words[key]
    return words["declined"]
