"""United States: written acknowledgment of contributions (IRS Pub. 1771, Pub. 526).

The rule is `decide`; tests/donations/receipts/us_cases.txt is its specification, a row for each
case. docs/receipts.md lists what counsel must confirm.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.utils.translation import gettext_lazy as _

from donations.receipts.packs import us_yearly
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
    is_receipt,
    said,
)
from donations.receipts.packs.us_states import REGIONS, disclosures
from donations.receipts.packs.us_words import FIRST, WORDINGS
from donations.receipts.snapshot import Snapshot

PUB_1771 = "IRS Pub. 1771, Written Acknowledgment"
IRC_ADVISED = "IRC 170(f)(18), 4967"
IRC_RETIREMENT = "IRC 408(d)(8)"

# A payment above this that bought something is disclosed as such (IRC 6115).
QUID_PRO_QUO_MINOR = 75_00
# An annual payment up to this may buy rights of members that are disregarded.
MEMBERSHIP_MINOR = 75_00


@dataclass(frozen=True)
class Insubstantial:
    """What may be given back and disregarded, in cents: Rev. Proc. 90-12, for one year's gifts."""

    # At most this, and at most two percent of the payment …
    value_minor: int
    # … or, for a payment of at least this, things with our name that cost us at most that.
    payment_minor: int
    cost_minor: int


# A year without a row has the limits of the last one before it: they only rise.
INSUBSTANTIAL: Mapping[int, Insubstantial] = {
    2023: Insubstantial(125_00, 62_50, 12_50),
    2024: Insubstantial(132_00, 66_00, 13_20),
    2025: Insubstantial(136_00, 68_00, 13_60),
}

# Who pays is not always who caused it: then the payer is the donor of record.
PAYERS = {
    "advised_fund": Whose.SPONSOR,
    "match": Whose.COMPANY,
    "shopping": Whose.PROGRAMME,
    "round_up": Whose.PROGRAMME,
}
THANKS = {
    "advised_fund": "thanks_advised_fund",
    "match": "thanks_match",
    "shopping": "thanks_programme",
    "round_up": "thanks_programme",
}
# Sentences of which one must say what was given in return, or that nothing was.
RETURNED = (
    *("none_given", "benefit", "benefit_described", "token", "membership", "intangible"),
    "none_advised",
)
TAX_WORDS = ("exempt", "benefit", "benefit_described", "token", "membership", "described")


def decide(case: Case) -> Decision:
    """The rule: which document, in whose name, with which sentences, by which paragraph."""
    whose = PAYERS.get(case.source, Whose.DONOR)
    if case.source == "services":
        return _nothing("IRS Pub. 526, Value of Time or Services")
    if not case.donor:
        return _nothing(f"{PUB_1771}: there is nobody to give it to")
    if not case.given and case.amount_minor == 0:
        return _nothing("IRS Pub. 526, When To Deduct: nothing of it is left")
    benefit = case.benefit
    if not case.given and benefit and benefit.estimate_minor >= case.amount_minor:
        return _nothing("IRS Pub. 526, Contributions From Which You Benefit: a purchase")
    returned, because = _returned(case)
    thanks = (THANKS[case.source],) if case.credited and case.source in THANKS else ()
    if case.source == "advised_fund":
        if returned == "benefit":
            return _nothing(f"{IRC_ADVISED}: a fund buys nothing for its adviser")
        sentences = ("advised_fund", "none_advised", "status")
        return Decision(
            document=Document.ACKNOWLEDGMENT,
            whose=whose,
            because=IRC_ADVISED,
            sentences=sentences,
            thanks=thanks,
        )
    if case.source == "round_up":
        return Decision(
            document=Document.ACKNOWLEDGMENT,
            whose=whose,
            because="IRS Pub. 526: who gave is the customer",
            sentences=("round_up", "status"),
            thanks=thanks,
        )
    if case.source == "retirement" and returned != "benefit":
        return Decision(
            document=Document.ACKNOWLEDGMENT,
            whose=whose,
            because=IRC_RETIREMENT,
            sentences=("retirement", returned, "status"),
        )
    described = ("expenses" if case.source == "expenses" else "described",) if case.given else ()
    return Decision(
        document=Document.RECEIPT,
        whose=whose,
        because=because,
        sentences=(returned, *described, "exempt"),
        thanks=thanks,
    )


def _nothing(because: str) -> Decision:
    return Decision(document=Document.NONE, whose=Whose.NOBODY, because=because)


def _returned(case: Case) -> tuple[str, str]:
    """The sentence about what was given in return, and its paragraph."""
    benefit = case.benefit
    if benefit is None:
        if case.source == "expenses":
            return "none_given", "IRS Pub. 1771, Unreimbursed Expenses"
        if case.given:
            return "none_given", f"{PUB_1771}: description but not value"
        return "none_given", PUB_1771
    if benefit.kind == "intangible":
        return "intangible", "IRS Pub. 1771, Intangible Religious Benefits Exception"
    if case.given:
        return "benefit_described", "IRS Pub. 1771, Goods or Services"
    if benefit.kind == "membership" and case.amount_minor <= MEMBERSHIP_MINOR:
        return "membership", "IRS Pub. 1771, Membership Benefits Exception"
    if _is_insubstantial(case, benefit.kind, benefit.estimate_minor):
        return "token", "IRS Pub. 1771, Token Exception"
    if case.amount_minor > QUID_PRO_QUO_MINOR:
        return "benefit", "IRS Pub. 1771, Written Disclosure"
    return "benefit", "IRS Pub. 1771, Goods or Services"


def _is_insubstantial(case: Case, kind: str, value_minor: int) -> bool:
    """Rev. Proc. 90-12, 3.01; the limits are in dollars."""
    known = [year for year in INSUBSTANTIAL if year <= case.received_on.year]
    if case.currency != "USD" or not known:
        return False
    limits = INSUBSTANTIAL[max(known)]
    if kind == "token" and case.amount_minor >= limits.payment_minor:
        return value_minor <= limits.cost_minor
    return value_minor <= limits.value_minor and 50 * value_minor <= case.amount_minor


def tax_year(day: date) -> int:
    """The tax year in which a gift of this day falls, named for the year it begins in."""
    return day.year


def sentences(snapshot: Snapshot) -> tuple[str, ...]:
    """Those of the first wording were decided by the page, and are not kept with the snapshot."""
    if snapshot.pack_version == FIRST:
        return ("benefit" if snapshot.benefit else "none_given", "exempt")
    return snapshot.sentences


_said = partial(said, of=sentences)


def _says_what_was_returned(snapshot: Snapshot) -> bool:
    benefit = snapshot.benefit
    told = benefit is None or bool(benefit.description and benefit.estimate_minor > 0)
    return told and _said(*RETURNED)(snapshot)


ELEMENTS: tuple[Element, ...] = (
    Element("name", "the organization's name", PUB_1771, lambda s: bool(s.entity.name)),
    Element("ein", "the organization's EIN", OURS, lambda s: bool(s.entity.tax_id), is_in_the_book),
    Element("address", "the organization's address", OURS, lambda s: any(s.entity.address)),
    Element(
        "amount",
        "the amount",
        PUB_1771,
        lambda s: s.amount_minor > 0 and len(s.currency) == 3,
        lambda s: not s.given and s.source not in ("stock", "goods", "expenses"),
    ),
    Element(
        "description",
        "a description, without a value, of what was given",
        PUB_1771,
        lambda s: bool(s.given) and s.amount_minor == 0,
        lambda s: bool(s.given) or s.source in ("stock", "goods", "expenses"),
    ),
    Element(
        "return",
        "what was given in return, with a good-faith estimate, or that nothing was",
        PUB_1771,
        _says_what_was_returned,
        lambda s: is_in_the_book(s) and s.source != "round_up",
    ),
    Element(
        "exempt",
        "that the organization is tax-exempt",
        OURS,
        _said("exempt", "status"),
        is_in_the_book,
    ),
    Element(
        "sponsor",
        "that the grant is a donor-advised fund's",
        IRC_ADVISED,
        _said("advised_fund"),
        from_source("advised_fund"),
    ),
    Element(
        "retirement",
        "that the trustee of a retirement account paid it",
        IRC_RETIREMENT,
        _said("retirement"),
        lambda s: s.source == "retirement" and not is_receipt(s),
    ),
    Element(
        "customers",
        "that customers gave it",
        OURS,
        _said("round_up"),
        from_source("round_up"),
    ),
    Element(
        "no_tax",
        "no word about a deduction",
        OURS,
        lambda s: not _said(*TAX_WORDS)(s),
        lambda s: s.source in ("advised_fund", "round_up") or not is_in_the_book(s),
    ),
    *common(WORDINGS),
)

PACK = Pack(
    code="us",
    name=_("United States"),
    paper="Letter",
    # A gift in dollars is written as people in the United States write it, in either language.
    locales={"en": "en-US", "es": "es-US"},
    wordings=WORDINGS,
    elements=ELEMENTS,
    decide=decide,
    tax_year=tax_year,
    year_begins=lambda year: date(year, 1, 1),
    yearly=us_yearly.WORDINGS,
    sentences=sentences,
    regions=REGIONS,
    disclosures=disclosures,
)
