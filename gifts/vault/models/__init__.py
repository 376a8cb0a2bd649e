"""Confidential records, all in the vault's own database; imported by name from here."""

from gifts.vault.models.access import Access, BreakGlass, Purpose
from gifts.vault.models.consents import Consent
from gifts.vault.models.delivery import Batch, BatchStep, Parcel, ParcelStep
from gifts.vault.models.keys import RecordKey, Sealed, Tombstone
from gifts.vault.models.matches import Match, MatchRun
from gifts.vault.models.needs import Need, NeedStep, Recipient
from gifts.vault.models.outbox import Outbox
from gifts.vault.models.partners import Assessment, Partner, PartnerStep, PartnerUser

__all__ = [
    "Access",
    "Assessment",
    "Batch",
    "BatchStep",
    "BreakGlass",
    "Consent",
    "Match",
    "MatchRun",
    "Need",
    "NeedStep",
    "Outbox",
    "Parcel",
    "ParcelStep",
    "Partner",
    "PartnerStep",
    "PartnerUser",
    "Purpose",
    "Recipient",
    "RecordKey",
    "Sealed",
    "Tombstone",
]
