"""What a person reads on a document, without drawing it."""

import re
from html import unescape

from donations.receipts import document
from donations.receipts.snapshot import Snapshot


def plain_text(snapshot: Snapshot) -> str:
    page = re.sub(r"<style>.*?</style>|<[^>]+>", " ", document.html(snapshot))
    return " ".join(unescape(page).split())
