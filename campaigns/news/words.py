"""What the mails about the news say, one for each step."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from campaigns.models import Reader
from campaigns.news import consent, links
from donations.models import LegalEntity, Mail


def of_news(mail: Mail, preview: bool) -> dict[str, Any]:
    """The context of templates/emails/news: subject, paragraphs, and a link or none."""
    step, pk = mail.about.split(":")
    reader = Reader.objects.select_related("campaign").get(pk=pk)
    entity = LegalEntity.objects.get(is_default=True)
    with override(mail.language):
        subject, paragraphs, label = _words(reader, step)
    asks = step == "confirm"
    return {
        "subject_line": subject,
        "paragraphs": paragraphs,
        "label": label,
        "link": "…" if preview or not asks else links.to_confirm(reader),
        # A question is no news yet: there is nothing to leave.
        "leave_link": "" if preview or asks else links.to_leave(reader),
        "organisation": entity.short_name,
        "help_email": entity.email,
    }


def _words(reader: Reader, step: str) -> tuple[str, list[str], str]:
    if step == "confirm":
        return (
            _("Please confirm that you want our news"),
            [
                _("Somebody, we hope you, asked for news at this address, and agreed to this:"),
                f"“{reader.consent}”",
                _(
                    "Press the button if that was you. If not, do nothing: we write no more, and "
                    "erase this address after a week."
                ),
            ],
            _("Yes, send me the news"),
        )
    what = consent.title(reader.campaign) if reader.campaign else _("our newsletter")
    if step == "known":
        return (
            _("You get our news already"),
            [
                _("Somebody, perhaps you, asked for news at this address. You get it: %(what)s.")
                % {"what": what},
                _("Nothing has changed. If you want no more of it, the link below ends it."),
            ],
            "",
        )
    return (
        _("Welcome: our news will come here"),
        [
            _("Thank you. From now on this comes to you by e-mail: %(what)s.") % {"what": what},
            _(
                "We write when there is something to tell, not every week. We do not measure "
                "whether you open a mail or press a link in it, and give your address to nobody."
            ),
            _("If it was a mistake, or whenever you have had enough, the link below ends it."),
        ],
        "",
    )
