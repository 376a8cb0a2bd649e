"""The states of the pages about news by e-mail, with made-up data."""

from types import SimpleNamespace
from typing import Any

from campaigns.news.forms import NewsForm
from pages.styleguide.forms import LONG

CONSENT = (
    "I would like news by e-mail from North Star: what gifts do, for whom more is needed, and how "
    "I can help. I can leave at any time, by one press in each mail."
)


def ask(campaign: str = "") -> dict[str, Any]:
    form = NewsForm(initial=NewsForm.fresh_values())
    return {"form": form, "consent": CONSENT, "campaign": campaign}


def reader(
    *, confirmed: bool = True, reads: bool = True, campaign: str = "", others: int = 0
) -> dict[str, Any]:
    row = SimpleNamespace(consent=CONSENT, confirmed_at=confirmed or None, is_reading=reads)
    return {"reader": row, "campaign": campaign, "others": others}


STATES = {
    "news": ("campaigns/news/ask.html", ask),
    "news-long": ("campaigns/news/ask.html", lambda: ask(campaign=LONG)),
    "news-confirm": ("campaigns/news/confirm.html", lambda: reader(confirmed=False)),
    "news-leave-long": ("campaigns/news/leave.html", lambda: reader(campaign=LONG, others=2)),
    "news-left": ("campaigns/news/leave.html", lambda: reader(reads=False)),
}
