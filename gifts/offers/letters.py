"""What the mails about an offer say, one for each step."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from donations.models import LegalEntity, Mail
from gifts.models import Offer, UnitStep
from gifts.offers import links


def of_offer(mail: Mail, preview: bool) -> dict[str, Any]:
    """The context of templates/emails/offer: subject, paragraphs, and a link to the offer."""
    step, reference, detail = mail.about.split(":", 2)
    offer = Offer.objects.select_related("kind").get(reference=reference)
    entity = LegalEntity.objects.get(is_default=True)
    with override(mail.language):
        subject, paragraphs = _words(offer, step, detail)
    return {
        "subject_line": subject,
        "name": offer.name,
        "paragraphs": [text for text in paragraphs if text],
        "link": "…" if preview else links.new_link(offer),
        "link_days": links.LINK_DAYS,
        "organisation": entity.short_name,
        "help_email": entity.email,
    }


def readdress(mail: Mail, to: str) -> None:
    """Staff found the right address: later mails go there, and links to the wrong one are dead."""
    reference = mail.about.split(":", 2)[1]
    Offer.objects.filter(reference=reference, email=mail.to).update(email=to)


def _words(offer: Offer, step: str, detail: str) -> tuple[str, list[str]]:
    what = {"what": offer.what, "code": offer.code}
    if step == "offered":
        return _("Your offer: thank you"), [
            _("Thank you for offering this: %(what)s.") % what,
            _(
                "Please do not send anything yet. We look at each offer and write to you, as a "
                "rule within a week."
            ),
        ]
    if step == "accepted":
        return _("Your offer: yes, please"), [
            _("We can use what you offer: %(what)s. Thank you.") % what,
            *offer.answer.split("\n"),
            _("Please put this number into the parcel, or bring it along: %(code)s.") % what,
            _before_it_leaves() if offer.kind.is_device else "",
        ]
    if step == "declined":
        return _("Your offer: not this time"), [
            _("Thank you for offering this: %(what)s. This time we cannot take it.") % what,
            *offer.answer.split("\n"),
        ]
    if step == "withdrawn":
        return _("Your offer is withdrawn"), [
            _("You have withdrawn your offer: %(what)s. Please send nothing.") % what,
            _("If this was not you, answer this mail."),
        ]
    if step == "acknowledged":
        return _("Your things have arrived"), [
            _(
                "What you gave has arrived. The acknowledgment for your papers is ready: open "
                "the link, and download it there."
            ),
            _(
                "It describes what you gave and names no value. In the United States, gifts of "
                "things above $500 go on Form 8283."
            ),
        ]
    if step == "erased":
        return _("Your devices are erased"), [
            _(
                "What you gave is erased. A statement says how, for each device: open the link, "
                "and download it there."
            ),
        ]
    if step == "refused":
        note = UnitStep.objects.filter(unit_id=detail, state="declined").order_by("-pk").first()
        return _("About one of the things you gave"), [
            _("One of the things you gave cannot be used: %(what)s.") % what,
            note.note if note else "",
            _("We write to you, or call, about what is to become of it."),
        ]
    return _("The link to your offer"), [_("Here is a fresh link to your offer %(code)s.") % what]


def _before_it_leaves() -> str:
    return _(
        "Before it leaves you: save what you need, sign out of all accounts, turn off “Find my "
        "device” and any activation lock, take out cards, and remove it from your company's "
        "management. A device that is still locked can help nobody."
    )
