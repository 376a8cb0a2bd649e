"""camt.053, the statement of ISO 20022: versions 02 and 08, and those between.

Only booked entries count; pending ones come again in a later statement.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from core import money
from donations.bank.facts import Line, Statement, Unreadable

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."
VERSIONS = tuple(f"{number:02}" for number in range(2, 9))
BOOKED = "BOOK"
# Opening booked, or the closing of the statement before.
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)
MOST_TEXT, MOST_REFERENCE = 500, 70


def read(data: bytes) -> list[Statement]:
    """The statements of a file.

    Raises:
        Unreadable: not_xml, not_camt, no_balance, bad_amount, bad_day.
    """
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        raise Unreadable("not_xml") from error
    space, _, name = root.tag.removeprefix("{").rpartition("}")
    if name != "Document" or space.removeprefix(NAMESPACE) not in VERSIONS:
        raise Unreadable("not_camt", space[:80])
    found = [_statement(one) for one in _all(root, "Stmt")]
    if not found:
        raise Unreadable("not_camt")
    return found


def _statement(stmt: Element) -> Statement:
    account = _one(stmt, "Acct")
    number = _text(account, "Id", "IBAN") or _text(account, "Id", "Othr", "Id")
    balances = {
        _text(balance, "Tp", "CdOrPrtry", "Cd"): balance for balance in _children(stmt, "Bal")
    }
    opening = next((balances[code] for code in OPENING if code in balances), None)
    closing = next((balances[code] for code in CLOSING if code in balances), None)
    if opening is None or closing is None:
        raise Unreadable("no_balance", _text(stmt, "Id"))
    amount = _one(closing, "Amt")
    currency = (amount.get("Ccy") if amount is not None else "") or _text(account, "Ccy")
    lines = tuple(
        _line(entry, currency)
        for entry in _children(stmt, "Ntry")
        if (_text(entry, "Sts", "Cd") or _text(entry, "Sts")) == BOOKED
    )
    return Statement(
        statement_id=_text(stmt, "Id")[:80],
        number=number.replace(" ", ""),
        currency=currency,
        opening_minor=_signed(opening, currency),
        closing_minor=_signed(closing, currency),
        lines=lines,
    )


def _line(entry: Element, currency: str) -> Line:
    told = _text(entry, "BookgDt", "Dt") or _text(entry, "BookgDt", "DtTm")
    try:
        day = date.fromisoformat(told[:10])
    except ValueError as error:
        raise Unreadable("bad_day", told) from error
    texts = [_text(entry, "AddtlNtryInf")]
    for details in _all(entry, "TxDtls"):
        texts += [one.text or "" for one in _all(details, "Ustrd")]
        for party in ("Dbtr", "Cdtr"):
            for one in _all(details, party):
                texts.append(_text(one, "Nm") or _text(one, "Pty", "Nm"))
    words = dict.fromkeys(" ".join(text.split()) for text in texts if text.strip())
    return Line(
        day,
        _signed(entry, currency),
        (_text(entry, "AcctSvcrRef") or _text(entry, "NtryRef"))[:MOST_REFERENCE],
        " / ".join(words)[:MOST_TEXT],
    )


def _signed(parent: Element, currency: str) -> int:
    """The amount of a balance or an entry: credits above zero. A reversal is told by its sign
    already: it is booked on the other side than what it takes back."""
    amount = _one(parent, "Amt")
    written = (amount.text or "").strip() if amount is not None else ""
    if amount is not None and amount.get("Ccy", currency) != currency:
        raise Unreadable("bad_amount", f"{written} {amount.get('Ccy')}")
    try:
        minor = money.to_minor(Decimal(written), currency)
    except (InvalidOperation, ValueError) as error:
        raise Unreadable("bad_amount", written) from error
    return minor if _text(parent, "CdtDbtInd") == "CRDT" else -minor


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(parent: Element | None, name: str) -> Iterator[Element]:
    return (one for one in parent if _name(one) == name) if parent is not None else iter(())


def _all(parent: Element, name: str) -> Iterator[Element]:
    return (one for one in parent.iter() if _name(one) == name)


def _one(parent: Element | None, name: str) -> Element | None:
    return next(_children(parent, name), None)


def _text(parent: Element | None, *names: str) -> str:
    for name in names:
        parent = _one(parent, name)
    return (parent.text or "").strip() if parent is not None else ""
