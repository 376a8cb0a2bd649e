"""The rules and words of receipts, country by country, as data with effective dates."""

from donations.receipts.packs import uk, us
from donations.receipts.packs.shape import Pack

PACKS: dict[str, Pack] = {pack.code: pack for pack in (us.PACK, uk.PACK)}
