"""What lies in a batch and where it goes, on paper: made in memory for one print, kept nowhere.

It holds codes, kinds and a partner's public office: nobody who finds it learns of a person.
"""

from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, gettext

from core import pdf
from donations.receipts.document import qr
from gifts.buying.labels import LANGUAGES
from gifts.delivery.batches import things
from gifts.vault import parcels, sealing
from gifts.vault.access import Reader
from gifts.vault.models import Batch, Purpose


def sheet(batch: Batch, *, by: Any) -> bytes:
    """A PDF; the look at the partner's address is put on record first.

    Raises:
        gifts.vault.sealing.Erased: the partner's record was erased.
    """
    rows = list(batch.parcels.filter(state__in=parcels.LIVING).order_by("unit_code"))
    kinds = things(rows)
    office = sealing.unseal(batch.partner, "office", reader=Reader.of(by, Purpose.PACK))["office"]
    language = LANGUAGES.get(get_language() or "", "en-US")
    title = gettext("Packing list")
    html = render_to_string(
        "pdf/packing_list.html",
        {
            "title": title,
            "lang": language,
            "code": batch.code,
            "office": office,
            "rows": [
                (row.unit_code, kinds[row.unit_code].kind.public_name, *qr(row.unit_code))
                for row in rows
                if row.unit_code in kinds
            ],
        },
    )
    return pdf.render(
        html, stylesheet="packing_list.css", title=title, lang=language, created=timezone.now()
    )
