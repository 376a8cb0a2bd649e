"""What lies in a basket: kept in the visitor's session once she puts something in by POST."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest

from donations import checkout
from donations.models import Donation
from gifts import progress
from gifts.models import Wish
from gifts.progress import Progress

KEY = "basket"
# More than anybody fills by hand.
MOST_ROWS = 40
MOST_UNITS = 999


@dataclass(frozen=True)
class Row:
    """A wish in the basket: so many whole things, and a share on top."""

    progress: Progress
    units: int = 0
    share_minor: int = 0
    # What is being changed holds its own place meanwhile: that is free for it.
    own_minor: int = 0

    @property
    def wish(self) -> Wish:
        return self.progress.wish

    @property
    def left_minor(self) -> int:
        return self.progress.left_minor + self.own_minor

    @property
    def is_over(self) -> bool:
        """Nothing can be given to it any more, but what it may hold already."""
        return self.progress.state == "ended" or not self.left_minor

    @property
    def most_units(self) -> int:
        return self.left_minor // self.progress.unit_minor


Kept = dict[str, tuple[int, int]]


def kept(request: HttpRequest) -> Kept:
    """From the session, by slug of the wish: units, and a share in minor units."""
    found = request.session.get(KEY)
    if not isinstance(found, Mapping):
        return {}
    return {str(slug): (int(units), int(share)) for slug, (units, share) in found.items()}


def keep(request: HttpRequest, contents: Kept) -> None:
    """Remember it; an empty basket leaves no trace."""
    if contents:
        request.session[KEY] = {slug: list(one) for slug, one in contents.items()}
    elif KEY in request.session:
        del request.session[KEY]


def of_donation(donation: Donation) -> tuple[Kept, dict[str, int]]:
    """What an earlier try was for, and the place that it holds just now, by slug."""
    contents: Kept = {}
    own: dict[str, int] = {}
    holds = checkout.live(donation)
    wishes = Wish.objects.filter(designation__lines__donation=donation).distinct()
    by_purse = {wish.designation_id: wish for wish in wishes}
    for line in donation.lines.all():
        wish = by_purse.get(line.designation_id)
        if wish is None:
            continue
        units, share = divmod(line.amount_minor, wish.unit_minor or line.amount_minor + 1)
        contents[wish.slug] = (units, share)
        own[wish.slug] = line.amount_minor if holds else 0
    return contents, own


def rows(contents: Kept, own: Mapping[str, int] | None = None) -> list[Row]:
    """The rows of a page, in the order in which they were put in; two queries for the figures."""
    slugs = list(contents)[:MOST_ROWS]
    shown = Wish.objects.filter(slug__in=slugs, designation__isnull=False)
    found = {one.wish.slug: one for one in progress.of(shown.select_related("kind"))}
    return [
        Row(
            found[slug],
            units=max(0, min(contents[slug][0], MOST_UNITS)),
            share_minor=max(0, contents[slug][1]),
            own_minor=(own or {}).get(slug, 0),
        )
        for slug in slugs
        if slug in found
    ]
