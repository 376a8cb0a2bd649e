"""More is asked for, a second quarter passes, and two impact reports are published: for
`tests.tour.needs_staff`.

Nothing here lowers what a rule asks. Of a kind and region a report prints whole elevens, and never
the last ten of what was ready; so for three of them partners ask for twenty-four more.
"""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from campaigns.models import ImpactIndexPage, ImpactReportPage, ReportEdition
from campaigns.reports import editions, papers
from gifts import wishes
from gifts.models import Wish
from gifts.trace import calendar
from gifts.vault import needs
from gifts.vault.models import Need
from pages.demo.campaigns import said
from pages.demo.english import text
from pages.demo.reports import chart
from tests.tour import needs_ended, needs_matched, needs_people, needs_stated
from tests.tour.needs_people import Stated, Wished
from tests.tour.needs_stated import who, workers_of

# Numbers of these people, after all others of a house.
FIRST = 100
# What donors give, of which goal, and who asks for it: of the first some stay ready.
WISHED = (
    (Wished("computer", "vocational", "latin_america", 32), 50, {"thirty": 12, "andes": 12}),
    (Wished("sewing-machine", "vocational", "africa", 24), 25, {"africa": 24}),
    (Wished("exam-fee", "vocational", "southeast_asia", 24), 25, {"thai": 24}),
)
# Of each report: by language what an editor writes.
WORDS: tuple[dict[str, dict[str, Any]], ...] = (
    {
        "en": {
            "title": "What the tour's first quarter did",
            "slug": "first-quarter",
            "summary": "Computers, sewing machines and exam fees, and the gifts that paid for "
            "them.",
            "body": [
                text(
                    "In short",
                    "<p>The first things of this year are in use. Nobody is told of alone: what "
                    "is still too few to be told of waits for the next report.</p>",
                ),
                chart("delivered", "Counted in steps of eleven, so the true number is larger."),
                said("The boxes left on a Tuesday, in the rain.", "Ana", "who looks after parcels"),
            ],
        },
        "es": {
            "title": "Lo que logró el primer trimestre",
            "slug": "primer-trimestre",
            "summary": "Computadoras, máquinas de coser y derechos de examen, y los donativos que "
            "los pagaron.",
            "body": [
                text(
                    "En breve",
                    "<p>Las primeras cosas del año ya están en uso. De nadie se habla por "
                    "separado: lo que aún es poco espera al próximo informe.</p>",
                ),
                chart("delivered", "Se cuenta de once en once; el número real es mayor."),
                said("Las cajas salieron un martes, con lluvia.", "Ana", "encargada de envíos"),
            ],
        },
    },
    {
        "en": {
            "title": "What the tour's second quarter did",
            "slug": "second-quarter",
            "summary": "More of the same, from donors who give every month.",
            "body": [
                text("In short", "<p>What waited in the first report has arrived, too.</p>"),
                chart("ways", "Most of it came month by month."),
            ],
        },
        "es": {
            "title": "Lo que logró el segundo trimestre",
            "slug": "segundo-trimestre",
            "summary": "Más de lo mismo, de donantes que dan cada mes.",
            "body": [
                text("En breve", "<p>Lo que esperaba en el primer informe también llegó.</p>"),
                chart("ways", "Casi todo llegó mes a mes."),
            ],
        },
    },
)


# --- In the first quarter -------------------------------------------------------------------------
def ask_again() -> dict[str, int]:
    """Partners ask, one reads it, wishes stand on it. By wish, how many donors give."""
    given = {}
    for wished, _goal, houses in WISHED:
        for key, count in houses.items():
            workers = workers_of(key)
            theirs = next(one for one in needs_people.HOUSES if one.key == key)
            for number in range(FIRST, FIRST + count):
                asked = Stated(theirs, number, wished.kind, wished.purpose, None)
                needs_stated.state(asked, workers[number % 2], [], None)
    for need in Need.objects.filter(state=Need.State.DRAFT, sent_at__isnull=False):
        needs.verify(need, by=who("needs"))
    for place, (wished, goal, _houses) in enumerate(WISHED):
        wish = needs_stated.write(wished, 50 + place, wanted=goal)
        given[wishes.publish(wish).slug] = wished.given
    return given


def buy_again(counts: dict[str, int]) -> int:
    return sum(
        needs_stated.buy_for(Wish.objects.select_related("kind", "designation").get(slug=slug), n)
        for slug, n in counts.items()
    )


# --- In the second one ----------------------------------------------------------------------------
def next_quarter(after: str) -> dict[str, Any]:
    """Weeks after the news everything is matched, sent and confirmed; then the quarter ends."""
    start = datetime.combine(date.fromisoformat(after), time(15), UTC) + timedelta(days=20)
    with needs_ended.clock(start):
        proposed = needs_matched.propose()
        approved = needs_matched.approve(proposed["run"])["approved"]
        needs_matched.send()
    with needs_ended.clock(start + timedelta(days=9)):
        needs_matched.arrive(missing=[])
        needs_matched.confirm()
        return needs_ended.quarter_ends() | {"approved": approved}


# --- On the day of the news -----------------------------------------------------------------------
def publish_report(day: str, number: int) -> dict[str, Any]:
    """Of the quarter whose news is out on that day: gathered, published, told in two languages."""
    by = who("second-editor")
    with needs_ended.clock(datetime.combine(date.fromisoformat(day), time(16), UTC)):
        quarter = calendar.before(calendar.start_of(calendar.today()))
        last = calendar.last_day(quarter)
        draft = editions.draft(first=quarter, last=last, by=by)
        pages = [_page(draft, language, WORDS[number][language], by) for language in ("en", "es")]
        try:
            with transaction.atomic():
                pages[0].save_revision(user=by).publish(user=by)
            raise RuntimeError("a page told of figures that were a draft")
        except ValidationError:
            assert not ImpactReportPage.objects.get(pk=pages[0].pk).live
        edition = editions.publish(draft, by=by)
        told = []
        rows = ImpactReportPage.objects.select_related("locale").order_by("pk")
        for page in rows.filter(edition=edition):
            page.save_revision(user=by).publish(user=by)
            papers.draw(page_id=page.pk)  # in the worker's place
            path = page.url_path.split("/", 2)[2]
            prefix = "" if page.locale.language_code == "en" else "es/"
            sizes = {paper.size: paper.pk for paper in page.papers.all()}
            told.append({"path": f"/{prefix}{path}", "papers": sizes})
    return {"edition": edition.pk, "figures": edition.figures, "pages": told, "true": _true(last)}


def _page(edition: ReportEdition, language: str, words: dict[str, Any], by: Any) -> Any:
    index = ImpactIndexPage.objects.get(locale__language_code=language)
    page = ImpactReportPage(locale=index.locale, edition=edition, owner=by, live=False, **words)
    index.add_child(instance=page)
    return page


def _true(last: date) -> dict[str, int]:
    """What the vault knows: how many needs of each kind and region were met by then."""
    until = calendar.end_of(calendar.start_of(last))
    rows = Need.objects.filter(
        matches__parcels__state="confirmed",
        matches__parcels__steps__state="confirmed",
        matches__parcels__steps__at__lt=until,
    ).distinct()
    return dict(Counter(f"{need.kind}, {need.region}" for need in rows))


def refusals(day: str) -> list[str]:
    """What may not be published beside the two: the half-year, and the same quarter again."""
    by, found = who("second-editor"), []
    with needs_ended.clock(datetime.combine(date.fromisoformat(day), time(17), UTC)):
        second = calendar.before(calendar.start_of(calendar.today()))
        last = calendar.last_day(second)
        for first in (calendar.before(second), second):
            draft = editions.draft(first=first, last=last, by=by)
            try:
                editions.publish(draft, by=by)
            except editions.Refused as refusal:
                found.append(refusal.code)
            editions.discard(draft)
    return found
