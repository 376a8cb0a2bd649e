"""What the mails about the training say: to a learner her link, to a coordinator the way in."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from campaigns.models import Learner, Workplace
from campaigns.training import links
from donations.models import LegalEntity, Mail


def of_training(mail: Mail, preview: bool) -> dict[str, Any]:
    """The context of templates/emails/training: subject, paragraphs, and a link or none."""
    step, pk = mail.about.split(":")
    entity = LegalEntity.objects.get(is_default=True)
    link = "…"
    with override(mail.language):
        if step == "learner":
            subject, paragraphs, label = _to_learner()
            learner = Learner.objects.filter(pk=pk).first()
            if learner and not preview:
                link = links.address(links.add(learner), language=mail.language)
        else:
            workplace = Workplace.objects.get(pk=pk)
            subject, paragraphs, label = _to_coordinator(workplace, step)
            if not preview:
                link = links.to_coordinator(workplace)
    return {
        "subject_line": subject,
        "paragraphs": paragraphs,
        "label": label,
        "link": link,
        "organisation": entity.short_name,
        "help_email": entity.email,
    }


def _to_learner() -> tuple[str, list[str], str]:
    return (
        _("Your link to the course"),
        [
            _("Somebody, we hope you, asked for this link to a course of ours."),
            _(
                "Behind it are your courses, your checks and your certificates. Whoever has the "
                "link can see and change them: please do not pass it on."
            ),
            _("We do not keep this address: it is erased a day after this mail was sent."),
        ],
        _("Open my courses"),
    )


def _to_coordinator(workplace: Workplace, step: str) -> tuple[str, list[str], str]:
    named = {"name": workplace.name}
    if step == "confirm":
        return (
            _("Please confirm the sign-up for the courses"),
            [
                _(
                    "Somebody, we hope you, signed %(name)s up for our courses and gave this "
                    "address for the coordinator."
                )
                % named,
                _(
                    "Press the button if that was you. If not, do nothing: we write no more, and "
                    "erase this sign-up after a week."
                ),
            ],
            _("Confirm the sign-up"),
        )
    return (
        _("Your coordinator's link"),
        [
            _("This link leads to the coordinator's page of %(name)s.") % named,
            _(
                "Whoever has it can see how many people began and finished: please do not pass it "
                "on. It works for 90 days; ask for a new one whenever you need it."
            ),
        ],
        _("Open the coordinator's page"),
    )
