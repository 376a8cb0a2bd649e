"""Finding and keeping donors."""

import unicodedata

from donations.models import Donation, Donor


def searchable(text: str) -> str:
    """Lower case without accents, so that "jose nunez" finds "José Núñez"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))[:200]


def giver_of(donation: Donation) -> Donor:
    """The donor whose gift this is: the one with this e-mail, or a new one made from the form.

    A donor who exists is not changed by what was typed, and nothing of hers is shown for it: the
    match serves the books. Two payments settling at once end at the same donor. What a plan brings
    is its donor's, whatever became of the address since.
    """
    if donation.plan and donation.plan.donor:
        return donation.plan.donor
    email = donation.email.lower()
    known = Donor.objects.filter(email__iexact=email).first()
    if known is None:
        fresh = Donor(
            name=donation.name,
            search_name=searchable(donation.name),
            email=email,
            country=donation.country,
            region=donation.region,
            postcode=donation.postcode,
            language=donation.language,
        )
        Donor.objects.bulk_create([fresh], ignore_conflicts=True)
        known = Donor.objects.get(email__iexact=email)
    return known
