"""The tables of money; each module holds one idea."""

from donations.models.attempts import CheckoutAttempt, PaymentFailure
from donations.models.audit import AuditPack, AuditPackDownload, AuditPackFile
from donations.models.bank import BankAccount, BankLine, BankMatch, BankStatement
from donations.models.chart import ChartAccount
from donations.models.checks import BooksCheck
from donations.models.cutover import CutOver, PastGift, PriorDonor
from donations.models.defence import EventWindow, Tally, UsedChallenge
from donations.models.designations import Designation
from donations.models.disputes import Dispute, RiskAlert
from donations.models.donations import Donation, DonationLine, TimelineEntry
from donations.models.donors import Donor
from donations.models.entities import GivingOptions, LegalEntity
from donations.models.exports import Export, ExportDownload, ExportPart
from donations.models.gift_aid import Claim, ClaimFile, ClaimLine, Declaration
from donations.models.inbox import Event
from donations.models.ledger import BalanceTransaction, Entry, Posting, Seal, SealItem
from donations.models.mails import Mail
from donations.models.months import BooksMonth
from donations.models.moves import LineMove
from donations.models.notes import StaffNote
from donations.models.offline import GiftBatch, OfflineGift, OfflineLine, Upload
from donations.models.payouts import Payout
from donations.models.periods import Period, PeriodStep
from donations.models.plans import Channel, Plan, PlanChange, PlanStep, StripeCustomer
from donations.models.programme import ProgrammeMonth
from donations.models.receipts import (
    Receipt,
    ReceiptFile,
    ReceiptItem,
    ReceiptLink,
    ReceiptSeries,
    ReceiptVoiding,
)
from donations.models.reconciliation import Difference, Reconciliation
from donations.models.refunds import Refund
from donations.models.statements import Statement, StatementFile, StatementRun

__all__ = [
    "AuditPack",
    "AuditPackDownload",
    "AuditPackFile",
    "BalanceTransaction",
    "BankAccount",
    "BankLine",
    "BankMatch",
    "BankStatement",
    "BooksCheck",
    "BooksMonth",
    "Channel",
    "ChartAccount",
    "CheckoutAttempt",
    "Claim",
    "ClaimFile",
    "ClaimLine",
    "CutOver",
    "Declaration",
    "Designation",
    "Difference",
    "Dispute",
    "Donation",
    "DonationLine",
    "Donor",
    "Entry",
    "Event",
    "EventWindow",
    "Export",
    "ExportDownload",
    "ExportPart",
    "GiftBatch",
    "GivingOptions",
    "LegalEntity",
    "LineMove",
    "Mail",
    "OfflineGift",
    "OfflineLine",
    "PastGift",
    "PaymentFailure",
    "Payout",
    "Period",
    "PeriodStep",
    "Plan",
    "PlanChange",
    "PlanStep",
    "Posting",
    "PriorDonor",
    "ProgrammeMonth",
    "Receipt",
    "ReceiptFile",
    "ReceiptItem",
    "ReceiptLink",
    "ReceiptSeries",
    "ReceiptVoiding",
    "Reconciliation",
    "Refund",
    "RiskAlert",
    "Seal",
    "SealItem",
    "StaffNote",
    "Statement",
    "StatementFile",
    "StatementRun",
    "StripeCustomer",
    "Tally",
    "TimelineEntry",
    "Upload",
    "UsedChallenge",
]
