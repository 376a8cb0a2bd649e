"""The programme's months as tiles, charts and the tables beside them."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from core import money
from donations.programme import CHANGES, Measure, Month
from donations.staff.cells import Cell, Text, amount
from donations.staff.charts import Chart, Series, columns, lines
from donations.staff.words import LEAVING

NAMES: dict[str, Text] = {
    Measure.NEW: _("New"),
    Measure.RESTARTED: _("Taken up again"),
    Measure.RAISED: _("Raised"),
    Measure.RESUMED: _("Resumed"),
    Measure.LOWERED: _("Lowered"),
    Measure.PAUSED: _("Paused or skipped"),
    Measure.LOST: _("Lost"),
}
TONES = dict(zip(CHANGES, (1, 2, 3, 4, 5, 6, 7), strict=True))


def tiles(month: Month, currency: str) -> list[tuple[Text, str, str]]:
    """What stands now: a name, a figure, and a word to it."""
    counts, minor = month.counts, month.amounts_minor
    return [
        (
            _("Active regular gifts"),
            str(month.giving),
            gettext("and %(count)s paused") % {"count": month.resting},
        ),
        (
            _("Bring a month"),
            amount(month.monthly_minor, currency),
            gettext("yearly ones a twelfth"),
        ),
        (
            _("New this month"),
            str(counts[Measure.NEW] + counts[Measure.RESTARTED]),
            amount(minor[Measure.NEW] + minor[Measure.RESTARTED], currency),
        ),
        (_("Lost this month"), str(counts[Measure.LOST]), amount(-minor[Measure.LOST], currency)),
        (
            _("Received this month"),
            amount(minor[Measure.GIFTS], currency),
            gettext("by %(count)s gifts") % {"count": counts[Measure.GIFTS]},
        ),
    ]


def charts(months: Sequence[Month], currency: str) -> list[Chart]:
    drawn = [_standing, _changes, _lost, _failures, _received]
    return [chart for draw in drawn if (chart := draw(months, currency))]


def _standing(months: Sequence[Month], currency: str) -> Chart:
    rows = [
        [
            _name_cell(month),
            Cell(month.giving),
            Cell(month.resting),
            Cell(amount(month.monthly_minor, currency)),
        ]
        for month in reversed(months)
    ]
    headings = [_("Month"), _("Active"), _("Paused"), _("Bring a month")]
    return columns(
        _("What regular gifts bring a month"),
        [_name(month) for month in months],
        [Series(_("Bring a month"), 1, [month.monthly_minor for month in months])],
        table=(headings, rows),
        words=_short(currency),
        note=_(
            "At each month's end; of the running month as it stands. A yearly gift counts a "
            "twelfth, a paused one nothing; one whose payment fails counts until it ends."
        ),
    )


def _changes(months: Sequence[Month], currency: str) -> Chart:
    others = any(month.other_minor for month in months)
    rows = [
        [
            _name_cell(month),
            *(
                Cell(_counted(month.counts[one], month.amounts_minor[one], currency))
                for one in CHANGES
            ),
            *([Cell(amount(month.other_minor, currency))] if others else []),
            Cell(amount(month.amounts_minor[Measure.GIVING], currency)),
        ]
        for month in reversed(months)
    ]
    headings = [_("Month"), *NAMES.values(), *([_("Other")] if others else []), _("Together")]
    series = [
        Series(NAMES[one], TONES[one], [month.amounts_minor[one] for month in months])
        for one in CHANGES
    ]
    return columns(
        _("Gained and lost"),
        [_name(month) for month in months],
        series,
        table=(headings, rows),
        words=_short(currency),
        note=_(
            "By what the gifts bring a month. Together they make the change to the month before."
        ),
    )


def _lost(months: Sequence[Month], currency: str) -> Chart | None:
    total: Counter[str] = sum((month.lost for month in months), Counter())
    if not total:
        return None
    codes = [code for code, _count in total.most_common()]
    rows: list[list[Cell]] = [
        [
            _name_cell(month),
            *(Cell(_counted(month.lost[code], month.lost_minor[code], currency)) for code in codes),
        ]
        for month in reversed(months)
    ]
    names = [str(LEAVING[code]) for code in codes]
    return lines(
        _("Lost, by reason"),
        names,
        [total[code] for code in codes],
        table=([_("Month"), *names], rows),
        note=_("The bars count all months shown."),
    )


def _failures(months: Sequence[Month], currency: str) -> Chart:
    rows = [
        [
            _name_cell(month),
            Cell(month.counts[Measure.FAILED]),
            Cell(
                _counted(
                    month.counts[Measure.RECOVERED],
                    month.amounts_minor[Measure.RECOVERED],
                    currency,
                )
            ),
            Cell(month.lost["lapsed"]),
        ]
        for month in reversed(months)
    ]
    headings = [_("Month"), _("Failed at first"), _("Recovered"), _("Ended by it")]
    series = [
        Series(_("Failed at first"), 5, [month.counts[Measure.FAILED] for month in months]),
        Series(_("Recovered"), 1, [month.counts[Measure.RECOVERED] for month in months]),
        Series(_("Ended by it"), 7, [month.lost["lapsed"] for month in months]),
    ]
    return columns(
        _("Failed payments"),
        [_name(month) for month in months],
        series,
        table=(headings, rows),
        words=str,
        note=_("A payment that failed in one month may recover in the next."),
        beside=True,
    )


def _received(months: Sequence[Month], currency: str) -> Chart:
    parts = ((Measure.GIFTS, _("Regular gifts"), 1), (Measure.SINGLE, _("Single gifts"), 3))
    rows = [
        [
            _name_cell(month),
            *(
                Cell(_counted(month.counts[one], month.amounts_minor[one], currency))
                for one, _label, _tone in parts
            ),
        ]
        for month in reversed(months)
    ]
    return columns(
        _("Received"),
        [_name(month) for month in months],
        [
            Series(label, tone, [month.amounts_minor[one] for month in months])
            for one, label, tone in parts
        ],
        table=([_("Month"), *(label for _one, label, _tone in parts)], rows),
        words=_short(currency),
        note=_("As charged, before refunds and fees."),
    )


def _name(month: Month) -> str:
    # Translators: format of a month, as Django writes formats.
    return date_format(month.month, gettext("M Y"))


def _name_cell(month: Month) -> Cell:
    return Cell(_name(month))


def _counted(count: int, minor: int, currency: str) -> str:
    """ "12", and below it what they come to; a dash for none."""
    return f"{count}\n{amount(minor, currency)}" if count else ""


def _short(currency: str) -> Any:
    language = get_language() or "en"

    def words(minor: int) -> str:
        return money.display_short(minor, currency, language)

    return words
