"""The page of one gift's way, by the link from a mail or from my giving."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from donations import tracing
from gifts.trace import calendar, funds, notes, steps


@never_cache
@require_GET
def trace(request: HttpRequest, token: str) -> HttpResponse:
    """What became of it so far; neither the donor nor anybody else is named."""
    donation = tracing.open_link(token)
    context: dict[str, Any] = {"donation": donation}
    if donation:
        lines = steps.of(donation)
        assert donation.paid_at is not None  # only of a paid one there is a link
        open_funds = [part.line.designation for part in lines if not part.wish]
        told = funds.quarters(open_funds, since=donation.paid_at)
        said = notes.of(part.wish.pk for part in lines if part.wish)
        context |= {
            "lines": [
                (
                    part,
                    told.get(part.line.designation_id, []),
                    said.get(part.wish.pk) if part.wish else None,
                )
                for part in lines
            ],
            "currency": donation.currency,
            "quarter_ends": calendar.last_day(calendar.start_of(calendar.today())),
            "next_news": calendar.next_news(),
        }
    response = render(request, "gifts/trace.html", context, status=200 if donation else 404)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
