"""A file in which words stand that were taken back: nothing can be cut out of it, so it goes."""

import logging
import re
from collections import Counter

from django.db import transaction
from django.utils import timezone

from campaigns.models import Download, DownloadFile
from campaigns.stories.passages import Passages

logger = logging.getLogger(__name__)
_NUMBER = re.compile(r"\d+")


def quoting(passages: Passages) -> int:
    """Erase each file that says them, also if no page shows it. Safe to repeat.

    Its title stays on the pages' forms, so that an editor sees which file needs another one.

    Returns:
        How many were erased.
    """
    done = 0
    for name in list(DownloadFile.objects.order_by("pk").values_list("pk", flat=True)):
        text = DownloadFile.objects.values_list("text", flat=True).get(pk=name)
        if any(map(passages.are_printed_in, (text, _without_running_lines(text)))):
            with transaction.atomic():
                Download.objects.filter(file=name).update(
                    taken_off_at=timezone.now(), file_size=None, file_hash=""
                )
                DownloadFile.objects.filter(pk=name).delete()
            logger.info("a document quoted words that were taken back")
            done += 1
    return done


def _without_running_lines(text: str) -> str:
    """The same without what stands on top or at the foot of several pages, which cuts sentences
    in two: lines that differ by their numbers alone, and numbers alone.
    """
    pages = [page.split("\n") for page in text.split("\n\n")]
    seen = Counter(line for page in pages for line in {_NUMBER.sub("", line) for line in page})
    return "\n".join(
        line
        for page in pages
        for line in page
        if _NUMBER.sub("", line).strip() and seen[_NUMBER.sub("", line)] == 1
    )
