"""What became of a year's gifts, by the link from the mail with the statement of that year.

Whoever is signed in finds the same under "my giving": `site/accounts/my_impact.py`.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from campaigns.impact_statements import along, links, paper, showing
from campaigns.impact_statements.gathering import Year
from core.headers import as_file
from core.network import network_of
from donations import defence, tracing
from donations.views.pauses import resting

# In ten minutes from one network: each is drawn anew.
PAPERS = 30


@never_cache
@require_GET
def impact_statement(request: HttpRequest, token: str) -> HttpResponse:
    """As the traces of these gifts tell it today; neither the donor nor anybody else is named."""
    statement = links.open_link(token)
    context: dict[str, Any] = {"statement": statement, "token": token}
    if statement:
        context |= page_of(along.year_on(statement))
    code = 200 if statement else 404
    answer = render(request, "campaigns/impact_statements/by_link.html", context, status=code)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@never_cache
@require_GET
def impact_statement_paper(request: HttpRequest, token: str) -> HttpResponse:
    statement = links.open_link(token)
    if statement is None:
        raise Http404
    if not defence.is_allowed("impact-paper", network_of(request), PAPERS):
        return resting(request, 10)
    year, size = along.year_on(statement), paper.size_of(request.GET.get("size"))
    sheet = paper.sheet(year, entity=statement.run.legal_entity, size=size)
    answer = as_file(paper.draw(sheet), paper.file_name(year))
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def page_of(year: Year) -> dict[str, Any]:
    """For the page: what paper has too, and the ways on to the traces."""
    own = {one.donation.pk: one.donation for one in year.things}
    ways = {key: tracing.new_link(gift) for key, gift in own.items()}
    things = [(one, ways[one.donation.pk]) for one in year.things]
    return showing.context(year) | {"toward": things}
