"""Words for Gift Aid: why a gift is not claimed, and how far a claim's schedule is."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations.gift_aid.looking import Refusal
from donations.gift_aid.schedule import Fault
from donations.models import Claim, ClaimFile
from donations.staff.made import Told

REFUSALS: Mapping[Refusal | Fault, str | Promise] = {
    Refusal.SOURCE: _("It came from a fund, a company or a programme, or it was no money."),
    Refusal.ORGANIZATION: _("An organization gave it; only a person's gift carries Gift Aid."),
    Refusal.CURRENCY: _("It is not in pounds."),
    Refusal.WENT_BACK: _("All of it went back."),
    Refusal.DISPUTED: _("The donor's bank is disputing it."),
    Refusal.BENEFIT: _("What was given in return is worth too much for a gift of this size."),
    Refusal.BENEFIT_OF_YEAR: _("What the donor got in return in this tax year is too much."),
    Refusal.UNDECLARED: _("There is no declaration."),
    Refusal.CANCELLED: _("The declaration was cancelled before it."),
    Refusal.TOO_EARLY: _(
        "It is more than four years older than the declaration, or not named in it."
    ),
    Refusal.UNCONFIRMED: _("The declaration by telephone waits for its written confirmation."),
    Refusal.OTHER_NAME: _("It was given in another name than the declaration."),
    Refusal.TOO_LATE: _("The time to claim it is over: four years after the year of the gift."),
    Refusal.CLAIMED: _("It is in a claim already."),
    Fault.TITLE: _("The title has more than 4 letters, or is none."),
    Fault.FIRST_NAME: _("The first name has more than 35 letters, or signs that no name has."),
    Fault.LAST_NAME: _("The last name has more than 35 letters, or signs that no name has."),
    Fault.HOUSE: _("House name or number has more than 40 signs, or signs that no address has."),
    Fault.POSTCODE: _("The postcode is none of the United Kingdom."),
    Fault.DAY: _("The day makes no sense."),
    Fault.AMOUNT: _("The amount makes no sense."),
    Fault.TOGETHER: _("The line of small gifts is not as it must be."),
}
TONES = {Claim.State.SENT: "warn", Claim.State.PAID: "good"}


def state_of(row: Claim) -> Told:
    """How far it is; its page is watched while the schedule is being written."""
    state = Claim.State(row.state)
    if state == Claim.State.MADE and not ClaimFile.objects.filter(claim=row).exists():
        watch = reverse("gift_aid_claims:progress", args=[row.pk])
        return Told("waiting", gettext("Its schedule is being written"), 0, "", watch)
    return Told(state, str(state.label), 100, TONES.get(state, ""))
