"""A sample report: the quarter whose news came last, published, with a page in each language."""

from collections.abc import Mapping
from typing import Any

from campaigns.models import ImpactIndexPage, ImpactReportPage, ReportEdition
from campaigns.reports import editions, papers
from gifts.models import ItemKind
from gifts.trace import calendar

LANGUAGES = ("en", "es")


def seed(words: Mapping[str, dict[str, Any]], *, by: Any) -> None:
    """Make what is not there yet: the report with its papers, and the draft of another.

    Args:
        words: by language, of the report's page.
    """
    if ReportEdition.objects.exists():
        return
    quarter = calendar.before(calendar.start_of(calendar.today()))
    if calendar.today() < calendar.published_on(quarter):
        quarter = calendar.before(quarter)
    last = calendar.last_day(quarter)
    edition = editions.publish(editions.draft(first=quarter, last=last, by=by), by=by)
    first: ImpactReportPage | None = None
    lists = {row.locale.language_code: row for row in ImpactIndexPage.objects.all()}
    for language in LANGUAGES:
        page = ImpactReportPage(
            locale=lists[language].locale, edition=edition, owner=by, **words[language]
        )
        page.translation_key = first.translation_key if first else page.translation_key
        lists[language].add_child(instance=page)
        page.save_revision(user=by).publish(user=by, skip_permission_checks=True)
        first = first or page
        papers.draw(page.pk)
    if kind := ItemKind.objects.filter(code="laptop").first():
        editions.draft(first=quarter, last=last, kinds=[kind.code], by=by)
