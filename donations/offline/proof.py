"""The proof of a cut-over, on one page: what came, by designation and class, and who did it."""

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext

from core import money, pdf
from donations.models import CutOver, Designation

# A page holds so many designations and years; what is more is summed in one line.
MOST_LINES, MOST_YEARS = 11, 6


def restriction(value: str) -> str:
    return str(Designation.Restriction(value).label)


def page(cut_over: CutOver) -> bytes:
    """A PDF, drawn anew from the stored figures each time."""
    language = get_language() or "en"
    figures = cut_over.figures
    currency = figures["currency"]

    def shown(minor: int) -> str:
        return money.display(minor, currency, language)

    years = [[year, count, shown(total)] for year, count, total in figures["years"]]
    if len(figures["years"]) > MOST_YEARS:
        first = figures["years"][: 1 - MOST_YEARS]
        count, total = sum(one[1] for one in first), sum(one[2] for one in first)
        before = gettext("%(first)s to %(last)s") % {"first": first[0][0], "last": first[-1][0]}
        years = [[before, count, shown(total)], *years[1 - MOST_YEARS :]]
    classes: dict[str, int] = {}
    for _code, _name, told, minor in figures["balances"]:
        classes[told] = classes.get(told, 0) + minor
    balances = figures["balances"]
    kept = balances if len(balances) <= MOST_LINES else balances[: MOST_LINES - 1]
    lines = [[name, restriction(told), shown(minor)] for _c, name, told, minor in kept]
    if rest := balances[len(kept) :]:
        more = gettext("%(n)d more designations") % {"n": len(rest)}
        lines.append([more, "", shown(sum(one[3] for one in rest))])
    title = gettext("Proof of a cut-over")
    html = render_to_string(
        "pdf/cut_over.html",
        {
            "title": title,
            "lang": language,
            "row": cut_over,
            "as_of": date_format(cut_over.as_of),
            "loaded_at": date_format(timezone.localtime(cut_over.loaded_at), "DATETIME_FORMAT"),
            "figures": figures,
            "past": sum(one[1] for one in figures["years"]),
            "years": years,
            "lines": lines,
            "classes": [[restriction(told), shown(minor)] for told, minor in classes.items()],
            "total": shown(sum(one[3] for one in balances)),
        },
    )
    assert cut_over.loaded_at is not None  # only what was taken over has figures
    return pdf.render(
        html, stylesheet="cut_over.css", title=title, lang=language, created=cut_over.loaded_at
    )
