"""What the law wants told in public, in the words that receipts have, as of a day."""

from dataclasses import dataclass
from datetime import date

from donations.models import LegalEntity
from donations.receipts import facts
from donations.receipts.packs import PACKS


@dataclass(frozen=True)
class Stated:
    """A region and what its authorities want donors there to read, in their own language."""

    region: str
    text: str


def standing(entity: LegalEntity, *, on: date, language: str) -> str:
    """What kind of organisation it is before the law, with its number; empty without one."""
    if not entity.tax_id:
        return ""
    pack = PACKS[entity.receipt_pack]
    texts = pack.wordings[pack.version_on(on)].texts
    words = texts.get(language, texts["en"])
    # The first wordings had no sentence of it for itself.
    sentence = words.get("status", words["imprint"])
    return sentence.format(entity=entity.name, tax_id=entity.tax_id)


def stated(entity: LegalEntity, *, on: date) -> list[Stated]:
    """The sentences of all regions that want one, by the region's name."""
    if entity.pk is None:
        return []
    pack, printed = PACKS[entity.receipt_pack], facts.printed(entity)
    found = [
        Stated(str(name), text)
        for region, name in pack.regions.items()
        for text in pack.disclosures(region, on, printed, entity.registration_in(region))
    ]
    return sorted(found, key=lambda one: one.region)
