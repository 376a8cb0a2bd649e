"""Whom a letter goes to. Only readers: giving is no consent to news (decision 0012)."""

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from campaigns.models import Letter, Reader
from campaigns.news.reading import reading
from donations.models import Donation, Plan
from donations.models.plans import LIVE


def readers(letter: Letter) -> QuerySet[Reader]:
    """Who would get it now: in whose language it is written, each address once."""
    rows = reading(Q(language__in=letter.languages, campaign=letter.campaign))
    same = {"email__iexact": OuterRef("email")}
    if letter.audience == Letter.Audience.MONTHLY:
        return rows.filter(Exists(Plan.objects.filter(status__in=LIVE, **same)))
    if letter.audience == Letter.Audience.WISH:
        assert letter.wish is not None  # by a constraint
        given = Donation.objects.filter(
            status=Donation.Status.PAID, lines__designation=letter.wish.designation_id, **same
        )
        stayed = given.filter(amount_minor__gt=F("refunded_minor") + F("lost_minor"))
        return rows.filter(Exists(stayed))
    return rows


def counts(letter: Letter) -> dict[str, int]:
    """How many would get it, by language."""
    found = readers(letter).order_by().values_list("language").annotate(Count("pk"))
    return {language: dict(found).get(language, 0) for language in letter.languages}
