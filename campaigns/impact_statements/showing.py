"""A donor's year as page and paper show it: sums, charts with their tables, what others did."""

from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from campaigns.impact_statements.gathering import ONCE, REGULAR, THINGS, Given, Year
from campaigns.reports import drawing
from campaigns.reports.drawing import Exhibit
from core import money
from gifts.models.releases import Stage
from gifts.trace import calendar

WAYS = {
    REGULAR: _("Regular gifts"),
    THINGS: _("Toward things"),
    ONCE: _("Single gifts"),
}
STAGES = {
    "ordered": _("Ordered"),
    "received": _("Received"),
    "ready": _("Checked and ready"),
    Stage.HANDED_OVER.value: _("With the partner"),
    Stage.CONFIRMED.value: _("In use"),
}


def context(year: Year) -> dict[str, Any]:
    """For page and paper alike."""
    today = calendar.today()
    return {
        "year": year,
        "title_year": _named(year),
        "given": [(one, _ways(one)) for one in year.given],
        "sums": ", ".join(_amount(one.kept_minor, one.currency) for one in year.given),
        "count": sum(one.gifts for one in year.given),
        "goes_on": today <= year.last,
        "purposes": [
            _purposes(one, several=len(year.given) > 1)
            for one in year.given
            if len(one.purposes) > 1
        ],
        "things": _things(year),
        "reports": [(report, drawing.headlines(report.edition.figures)) for report in year.reports],
        "next_news": calendar.next_news(),
        "quarter_ends": calendar.last_day(calendar.start_of(today)),
    }


def _named(year: Year) -> str:
    """2025; for a tax year that is none of the calendar's, 2025/2026."""
    first, last = year.first.year, year.last.year
    return str(first) if first == last else f"{first}/{last}"


def _ways(given: Given) -> list[tuple[str, int, int]]:
    """Label, gifts, amount."""
    return [(str(WAYS[one.key]), one.gifts, one.amount_minor) for one in given.ways]


def _purposes(given: Given, *, several: bool) -> Exhibit:
    title = gettext("What you gave, by purpose")
    rows = [
        (one.key, one.gifts, one.amount_minor, _amount(one.amount_minor, given.currency))
        for one in given.purposes
    ]
    return Exhibit(
        "purposes",
        f"purposes-{given.currency}",
        f"{title} ({given.currency})" if several else title,
        drawing.bars((name, minor, text) for name, _gifts, minor, text in rows),
        [gettext("Purpose"), gettext("Gifts"), gettext("Amount")],
        [[name, drawing.number(gifts), text] for name, gifts, _minor, text in rows],
        [
            gettext("Together"),
            drawing.number(given.gifts),
            _amount(given.amount_minor, given.currency),
        ],
    )


def _things(year: Year) -> Exhibit | None:
    """How far they are: sums of what the traces of these gifts say, and of nothing else."""
    whole = sum(part.things for part in year.parts)
    if not whole:
        return None
    done = dict.fromkeys(STAGES, 0)
    for part in year.parts:
        for stage in part.stages:
            done[stage.name] += stage.done
        for news in part.news:
            done[news.name] += news.done
    rows = [(str(label), done[name]) for name, label in STAGES.items()]
    return Exhibit(
        "things",
        "things",
        gettext("How far your things are"),
        drawing.bars((name, count, drawing.number(count)) for name, count in rows),
        [gettext("So far"), gettext("Things")],
        [[name, drawing.number(count)] for name, count in rows],
        [gettext("Bought with your gifts in all"), drawing.number(whole)],
        gettext(
            "What is in use has been with the partner before, and so on. A thing that several of "
            "your gifts paid for together counts with each of them."
        ),
    )


def _amount(minor: int, currency: str) -> str:
    return money.display(minor, currency, get_language() or "en")
