"""The paper of one gift of the sample: its whole chain, and what is missing of it."""

from datetime import datetime

from django.template.loader import render_to_string
from django.utils import translation

from core import money, pdf
from donations.audit.chain import Chain
from donations.audit.sampling import Span
from donations.audit.sheets import moment
from donations.models import Donation


def render(chain: Chain, *, span: Span, place: int, drawn_by: str, created: datetime) -> bytes:
    """One PDF in English, as auditors' working papers are.

    Args:
        place: of the gift in the sample, from 1.
        drawn_by: seed and fingerprint, printed at its foot.
    """
    gift = chain.donation
    title = f"Gift {gift.reference[:8].upper()}"
    with translation.override("en"):
        page = render_to_string(
            "pdf/audit_gift.html",
            {
                "title": title,
                "place": place,
                "drawn_by": drawn_by,
                "entity": span.entity,
                "first_day": span.first_day,
                "last_day": span.last_day,
                "missing": chain.missing,
                "sections": _sections(chain, span),
            },
        )
    return pdf.render(page, stylesheet="audit.css", title=title, lang="en-US", created=created)


Section = tuple[str, list[list[str]], list[str]]


def _sections(chain: Chain, span: Span) -> list[Section]:
    """Title, rows, and headings; without headings the rows are facts."""
    return [
        _bank(chain),
        _payouts(chain, span),
        _movements(chain, span),
        _gift(chain.donation, span),
        _entries(chain),
        _receipts(chain, span),
    ]


def _amount(minor: int, currency: str) -> str:
    return money.display(minor, currency, "en")


def _bank(chain: Chain) -> Section:
    rows = [
        [
            f"{one.line.day}",
            _amount(one.line.amount_minor, one.line.currency),
            f"{one.line.account.name}, statement {one.line.statement.statement_id[:24]}",
            one.line.reference or "none",
            str(one.by),
        ]
        for one in chain.matches
    ]
    return "Bank line", rows, ["Day", "Amount", "Account and statement", "Reference", "Matched by"]


def _payouts(chain: Chain, span: Span) -> Section:
    rows = [
        [
            one.stripe_id,
            _amount(one.amount_minor, one.currency),
            one.get_status_display(),
            f"{one.arrives_on or ''}",
            moment(one.explained_at, span) or "not explained",
        ]
        for one in chain.payouts
    ]
    return "Payout", rows, ["At Stripe", "Amount", "State", "At the bank on", "Explained"]


def _movements(chain: Chain, span: Span) -> Section:
    rows = [
        [
            one.pk,
            one.kind,
            moment(one.created_at, span),
            *(_amount(minor, one.currency) for minor in (one.amount_minor, one.fee_minor)),
            _amount(one.net_minor, one.currency),
        ]
        for one in chain.movements
    ]
    return "Balance transaction", rows, ["At Stripe", "Kind", "When", "Amount", "Fee", "Net"]


def _gift(gift: Donation, span: Span) -> Section:
    lines = [
        f"{line.designation.name}: {_amount(line.amount_minor, gift.currency)}"
        for line in gift.lines.all()
    ]
    rows = [
        ["Reference", gift.reference],
        ["Donor as typed", gift.receipt_name or gift.name],
        ["Amount", _amount(gift.amount_minor, gift.currency)],
        ["Paid", moment(gift.paid_at, span)],
        ["How it came", str(gift.get_source_display())],
        ["Charge at Stripe", gift.charge_id or "none"],
        ["For", "; ".join(lines)],
        ["Refunded", _amount(gift.refunded_minor, gift.currency)],
        ["Disputed", _amount(gift.disputed_minor, gift.currency)],
        ["We have of it", _amount(gift.kept_minor, gift.currency)],
    ]
    return "Gift", rows, []


def _entries(chain: Chain) -> Section:
    rows = [
        [
            f"{entry.pk} {entry.kind}",
            f"{entry.posted_on}",
            str(leg.get_account_display()),
            leg.designation.code if leg.designation else "",
            _amount(leg.amount_minor, leg.currency) if leg.amount_minor > 0 else "",
            _amount(-leg.amount_minor, leg.currency) if leg.amount_minor < 0 else "",
        ]
        for entry in chain.entries
        for leg in entry.postings.all()
    ]
    headings = ["Entry", "Booked on", "Account", "Designation", "Debit", "Credit"]
    return "Journal entries", rows, headings


def _receipts(chain: Chain, span: Span) -> Section:
    rows = [
        [
            f"{receipt.label}{'' if receipt.donation_id else ', of the whole year'}",
            str(receipt.get_state_display()),
            moment(receipt.issued_at, span),
            _amount(receipt.snapshot["amount_minor"], receipt.snapshot["currency"]),
            receipt.sha256 or "no file",
        ]
        for receipt in chain.receipts
    ]
    return "Receipt", rows, ["Number", "State", "Issued", "Amount", "SHA-256 of its file"]
