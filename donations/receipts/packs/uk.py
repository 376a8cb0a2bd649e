"""United Kingdom: receipts of a charity, and on which gifts it may claim Gift Aid.

There is no receipt that a tax office asks for; what counts is the declaration. The rule is
`decide`; tests/donations/receipts/uk_cases.txt is its specification.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from donations.receipts.packs.shape import (
    OURS,
    Case,
    Decision,
    Document,
    Element,
    Pack,
    Whose,
    common,
    from_source,
    is_in_the_book,
    said,
)
from donations.receipts.packs.uk_words import DECLARATIONS, WORDINGS

CHARITIES_ACT = "Charities Act 2011, s. 194"
GIFT_AID = "Income Tax Act 2007, s. 416"
BENEFITS = "Income Tax Act 2007, s. 417 and 418"
SHARES = "Income Tax Act 2007, s. 431"

PAYERS = {
    "advised_fund": Whose.SPONSOR,
    "match": Whose.COMPANY,
    "shopping": Whose.PROGRAMME,
    "round_up": Whose.PROGRAMME,
}
ABOUT_PAYER = {
    "advised_fund": "advised_fund",
    "match": "company",
    "shopping": "company",
    "round_up": "round_up",
}
THANKS = {
    "advised_fund": "thanks_advised_fund",
    "match": "thanks_match",
    "shopping": "thanks_programme",
    "round_up": "thanks_programme",
}


@dataclass(frozen=True)
class BenefitLimits:
    """What a donor may get in return of a Gift Aid donation, in pence (the donor-benefit rules)."""

    effective: date
    # A quarter of this much, and a twentieth of what is above it …
    small_minor: int
    # … and never more than this, in a tax year either.
    most_minor: int


LIMITS = (BenefitLimits(date(2019, 4, 6), 100_00, 2_500_00),)


def allowed_benefit(amount_minor: int, day: date) -> int:
    """The largest benefit with which a gift of this day may carry Gift Aid; 0 before the table."""
    known = [row for row in LIMITS if row.effective <= day]
    if not known:
        return 0
    limits = max(known, key=lambda row: row.effective)
    small = min(amount_minor, limits.small_minor)
    return min(small // 4 + (amount_minor - small) // 20, limits.most_minor)


def most_benefit_of_year(day: date) -> int:
    known = [row for row in LIMITS if row.effective <= day]
    return max(known, key=lambda row: row.effective).most_minor if known else 0


def decide(case: Case) -> Decision:
    """The rule: which document, in whose name, with which sentences, by which paragraph."""
    if case.source == "services":
        return _nothing("HMRC: time and services are no gift")
    if not case.donor:
        return _nothing("there is nobody to give it to")
    if not case.given and case.amount_minor == 0:
        return _nothing("nothing of it is left")
    whose = PAYERS.get(case.source, Whose.DONOR)
    benefit = case.benefit if case.benefit and case.benefit.kind != "intangible" else None
    if case.given:
        returned = "benefit_described" if benefit else "none_given"
        return Decision(
            document=Document.RECEIPT,
            whose=whose,
            because=SHARES if case.source == "stock" else OURS,
            sentences=(returned, "described", "status"),
        )
    if benefit and benefit.estimate_minor >= case.amount_minor:
        return _nothing("a purchase is no gift")
    returned = "benefit" if benefit else "none_given"
    if case.source in PAYERS:
        acknowledged = case.source in ("advised_fund", "round_up")
        return Decision(
            document=Document.ACKNOWLEDGMENT if acknowledged else Document.RECEIPT,
            whose=whose,
            because=f"{GIFT_AID}: a gift by an individual",
            sentences=(returned, ABOUT_PAYER[case.source], "status"),
            thanks=(THANKS[case.source],) if case.credited else (),
        )
    estimate = benefit.estimate_minor if benefit else 0
    allowed = estimate <= allowed_benefit(case.amount_minor, case.received_on)
    if case.declared and case.currency == "GBP" and allowed:
        return Decision(
            document=Document.RECEIPT,
            whose=whose,
            because=BENEFITS if benefit else GIFT_AID,
            sentences=(returned, "gift_aid", "status"),
        )
    return Decision(
        document=Document.RECEIPT,
        whose=whose,
        because=BENEFITS if case.declared and not allowed else CHARITIES_ACT,
        sentences=(returned, "status"),
    )


def _nothing(because: str) -> Decision:
    return Decision(document=Document.NONE, whose=Whose.NOBODY, because=because)


def tax_year(day: date) -> int:
    """Named for the year it begins in: 2026 is 6 April 2026 to 5 April 2027."""
    return day.year if day >= year_begins(day.year) else day.year - 1


def year_begins(year: int) -> date:
    return date(year, 4, 6)


ELEMENTS: tuple[Element, ...] = (
    Element("name", "the charity's name", CHARITIES_ACT, lambda s: bool(s.entity.name)),
    Element(
        "number_of_charity",
        "the charity's registered number",
        CHARITIES_ACT,
        lambda s: bool(s.entity.tax_id),
    ),
    Element(
        "status",
        "that it is a registered charity",
        CHARITIES_ACT,
        said("status"),
        is_in_the_book,
    ),
    Element("address", "the charity's address", OURS, lambda s: any(s.entity.address)),
    Element(
        "amount",
        "the amount",
        OURS,
        lambda s: s.amount_minor > 0 and len(s.currency) == 3,
        lambda s: not s.given and s.source not in ("stock", "goods"),
    ),
    Element(
        "description",
        "a description, without a value, of what was given",
        SHARES,
        lambda s: bool(s.given) and s.amount_minor == 0,
        lambda s: bool(s.given) or s.source in ("stock", "goods"),
    ),
    Element(
        "return",
        "what was given in return and its value, or that nothing was",
        BENEFITS,
        lambda s: (
            said("none_given", "benefit", "benefit_described")(s)
            and (s.benefit is None or bool(s.benefit.description and s.benefit.estimate_minor > 0))
        ),
        is_in_the_book,
    ),
    Element(
        "no_gift_aid",
        "that no Gift Aid is claimed on it",
        GIFT_AID,
        lambda s: said("advised_fund", "company", "round_up")(s) and not said("gift_aid")(s),
        from_source(*PAYERS),
    ),
    *common(WORDINGS),
)

PACK = Pack(
    code="uk",
    name=_("United Kingdom"),
    paper="A4",
    locales={"en": "en-GB", "es": "es-ES"},
    wordings=WORDINGS,
    elements=ELEMENTS,
    decide=decide,
    tax_year=tax_year,
    year_begins=year_begins,
    declarations=DECLARATIONS,
)
