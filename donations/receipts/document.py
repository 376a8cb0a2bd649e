"""A receipt as a PDF: built from its snapshot alone, so it can be rebuilt to the byte."""

import enum
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from itertools import groupby

import segno
from babel.dates import format_date
from babel.numbers import get_currency_name
from django.template.loader import render_to_string
from django.utils import translation

from core import money, pdf
from donations.receipts.packs import PACKS
from donations.receipts.snapshot import Snapshot


class Mark(enum.StrEnum):
    """What is stamped across a copy that is not the receipt itself."""

    NONE = ""
    DUPLICATE = "duplicate"
    VOID = "void"
    REPLACED = "replaced"
    # Of papers that are still to be issued.
    SAMPLE = "sample"


class IncompleteReceipt(ValueError):
    """The snapshot lacks something that its pack demands; `missing` names each."""

    def __init__(self, number: str, missing: list[str]) -> None:
        super().__init__(f"receipt {number} lacks: {'; '.join(missing)}")
        self.missing = missing


def file_name(snapshot: Snapshot) -> str:
    """Neutral: it lies in a downloads folder that others may see."""
    return f"receipt-{snapshot.number}.pdf"


def missing(snapshot: Snapshot) -> list[str]:
    """What the snapshot lacks for its pack; empty when it may be issued."""
    return PACKS[snapshot.pack].missing(snapshot)


def render(snapshot: Snapshot, *, mark: Mark = Mark.NONE, replaced_by: str = "") -> bytes:
    """The PDF with the snapshot attached as JSON. The same arguments always give the same bytes.

    Raises:
        IncompleteReceipt: before anything is drawn.
    """
    page = html(snapshot, mark=mark, replaced_by=replaced_by)
    texts = PACKS[snapshot.pack].words(snapshot)
    return pdf.render(
        page,
        stylesheet="receipt.css",
        title=f"{texts.get(f'title_{snapshot.kind}', texts['title'])} {snapshot.number}".strip(),
        lang=PACKS[snapshot.pack].locale(snapshot),
        created=datetime.combine(snapshot.issued_on, time(12), UTC),
        attachments=[
            pdf.Attachment(
                name=f"receipt-{snapshot.number}.json",
                data=snapshot.to_json().encode(),
                mime="application/json",
                relationship="Data",
                description=texts["facts"],
            )
        ],
    )


def html(snapshot: Snapshot, *, mark: Mark = Mark.NONE, replaced_by: str = "") -> str:
    """The page that is drawn.

    Raises:
        IncompleteReceipt: the snapshot lacks something its pack demands.
    """
    if lacking := missing(snapshot):
        raise IncompleteReceipt(snapshot.number, lacking)
    pack = PACKS[snapshot.pack]
    texts, locale = pack.words(snapshot), pack.locale(snapshot)
    words = _sentences(snapshot, texts, locale, replaced_by)
    website, check_url = snapshot.entity.website, snapshot.check_url
    with translation.override(None):  # the words are the pack's, whatever the reader's language
        return render_to_string(
            "pdf/receipt.html",
            {
                "receipt": snapshot,
                "paper": pack.paper,
                **{
                    f"{name}_label": texts.get(f"{name}_{snapshot.kind}", texts[name])
                    for name in ("title", "amount", "total")
                },
                "lang": locale,
                "mark": mark.value,
                "stamp": texts[mark] if mark else "",
                "replaced_by": replaced_by,
                "qr": qr(check_url) if check_url else (),
                "website": website.partition("://")[2] or website,
                "check_address": check_url.partition("://")[2],
                # Eight purposes and two states' sentences still fit one page, set closer.
                "dense": len(snapshot.lines) + 2 * len(snapshot.disclosures) > 5,
                **_figures(snapshot, locale),
                "words": words,
                "statement": [words[key] for key in pack.sentences(snapshot)],
            },
        )


def qr(url: str) -> tuple[int, str]:
    """The code's side and SVG path data of its dark modules, one unit each."""
    rows = segno.make(url, error="m", micro=False).matrix
    runs: list[str] = []
    for y, row in enumerate(rows):
        x = 0
        for dark, run in groupby(row):
            width = len(list(run))
            if dark:
                runs.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return len(rows), "".join(runs)


def _figures(snapshot: Snapshot, locale: str) -> dict[str, object]:
    def amount(minor: int) -> str:
        return money.display(minor, snapshot.currency, locale)

    def day(value: date) -> str:
        return format_date(value, "long", locale=locale.replace("-", "_"))

    return {
        "amount": amount(snapshot.amount_minor),
        "currency_name": get_currency_name(
            snapshot.currency, locale=locale.replace("-", "_"), count=2
        ),
        "received_on": day(snapshot.received_on),
        "issued_on": day(snapshot.issued_on),
        "lines": [(line, amount(line.amount_minor)) for line in snapshot.lines],
    }


def _sentences(
    snapshot: Snapshot, texts: Mapping[str, str], locale: str, replaced_by: str
) -> dict[str, str]:
    """The pack's words with this receipt's facts in them."""
    benefit = snapshot.benefit
    facts = {
        # "Gracias, Panadería Núñez S.L.": the sentence brings its own full stop.
        "name": (snapshot.thanks_name or snapshot.receipt_name).removesuffix("."),
        "number": replaced_by,
        "entity": snapshot.entity.name,
        "giver": snapshot.giver,
        "tax_id": snapshot.entity.tax_id,
        "descriptor": snapshot.entity.statement_descriptor,
        "url": snapshot.check_url,
        "amount": money.display(snapshot.fee_cover_minor, snapshot.currency, locale),
        # A quarter of the gift: the basic rate of 20 % of gift and tax together (Gift Aid).
        "reclaim": money.display(snapshot.amount_minor // 4, snapshot.currency, locale),
        "description": benefit.description if benefit else "",
        "estimate": money.display(
            benefit.estimate_minor if benefit else 0, snapshot.currency, locale
        ),
        "deductible": money.display(snapshot.deductible_minor, snapshot.currency, locale),
    }
    filled = {key: text.format(**facts) for key, text in texts.items()}
    filled["replaces"] = texts["replaces"].format(number=snapshot.replaces)
    return filled
