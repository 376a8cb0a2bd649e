"""What a payer may type on the page, and what is wrong with it."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.http import QueryDict

from sandbox import clock
from sandbox.cards import CARDS, BankAccount, Card, digits, passes_luhn
from sandbox.paying import Payer

METHODS = ("card", "us_bank_account")


def expiry_of(text: str) -> tuple[int, int] | None:
    """Month and year of "12 / 34" or "12/2034"."""
    match = re.fullmatch(r"(\d{1,2})\s*/?\s*(?:20)?(\d{2})", text)
    if not match or not 1 <= int(match[1]) <= 12:
        return None
    return int(match[1]), 2000 + int(match[2])


@dataclass
class PaymentForm:
    """The typed values, and a word from hosted.words for each that is wrong."""

    method: str = "card"
    number: str = ""
    expiry: str = ""
    cvc: str = ""
    name: str = ""
    email: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, data: QueryDict) -> "PaymentForm":
        names = ("method", "number", "expiry", "cvc", "name", "email")
        form = cls()
        for name in names:
            if name in data:
                setattr(form, name, str(data[name]).strip()[:200])
        return form

    @classmethod
    def filled_with(cls, number: str) -> "PaymentForm":
        """With a test card's number and whatever else a card needs."""
        if number not in CARDS:
            return cls()
        card = CARDS[number]
        groups = re.findall(".{1,4}", number)
        cvc = "1234" if card.brand == "amex" else "123"
        return cls(number=" ".join(groups), expiry="12 / 34", cvc=cvc, name="Test Donor")

    def check(self, *, email_known: bool, methods: list[str]) -> Card | BankAccount | None:
        """What to charge, or None with `errors` filled."""
        if self.method not in methods:
            self.errors["method"] = "method_unknown"
        if not email_known and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", self.email):
            self.errors["email"] = "email_wrong"
        if not self.name:
            self.errors["name"] = "name_missing"
        if self.method == "us_bank_account":
            return None if self.errors else BankAccount()
        number = digits(self.number)
        card = CARDS.get(number)
        if not passes_luhn(number):
            self.errors["number"] = "number_wrong"
        elif card is None:
            self.errors["number"] = "number_not_test"
        self._check_expiry()
        length = 4 if card and card.brand == "amex" else 3
        if not re.fullmatch(rf"\d{{{length}}}", self.cvc):
            self.errors["cvc"] = "cvc_wrong"
        return None if self.errors else card

    def _check_expiry(self) -> None:
        expiry = expiry_of(self.expiry)
        if expiry is None:
            self.errors["expiry"] = "expiry_wrong"
            return
        today = datetime.fromtimestamp(clock.now(), UTC)
        if expiry[::-1] < (today.year, today.month):
            self.errors["expiry"] = "expiry_past"

    def payer(self) -> Payer:
        expiry = expiry_of(self.expiry)
        if self.method == "card" and expiry:
            return Payer(self.name, self.email or None, *expiry)
        return Payer(self.name, self.email or None)
