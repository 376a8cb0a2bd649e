"""The first page after signing in: what waits for me, and how the week went."""

from typing import Any

from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from campaigns.comments import staff as comments
from campaigns.editing import waiting as editors
from campaigns.stories import staff as stories
from donations.staff.waiting import last_days, waiting
from gifts.staff import offers
from staff.auditors import ending


class WaitingPanel(Component):
    name = "waiting"
    order = 10
    template_name = "staff/waiting.html"

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        user: Any = self.request.user
        # Each floor says what of its own waits; another desk adds a line here.
        others = [*offers.waiting(user), *stories.waiting(user), *editors.waiting(user)]
        others += comments.waiting(user)
        return {"notices": [*ending(user), *waiting(user), *others]}


class SearchPanel(Component):
    """Whoever calls is found from the first page; shown to those who may see gifts."""

    name = "search"
    order = 5
    template_name = "staff/search.html"


class WeekPanel(Component):
    """Shown to those who may see gifts."""

    name = "week"
    order = 20
    template_name = "staff/week.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {
            "charts": [
                {
                    "currency": currency,
                    "bars": [
                        # Left edge, top and height in a drawing of 280 by 100.
                        {"x": 8 + 39 * place, "y": 100 - day.share, "height": day.share}
                        for place, day in enumerate(days)
                    ],
                    "days": days,
                }
                for currency, days in last_days()
            ]
        }
