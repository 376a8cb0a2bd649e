"""Private links: of a learner (only a hash is kept), of a coordinator (signed, to a mailbox)."""

from django.utils import timezone

from campaigns.models import Learner, LearnerLink, Workplace
from core import mailbox_links
from core.links import public_url
from core.mailbox_links import Opened
from core.tokens import keyed_hash, new_token, sha256

PURPOSE = "training-workplace"
COORDINATOR_DAYS = 90


def token_of(form_token: str) -> str:
    """The private link's token for a form: sent twice, it leads to the same page."""
    return keyed_hash(form_token, purpose="learner")


def add(learner: Learner, token: str = "") -> str:
    """One more link to her page, for a mail or in place of a lost one; its token."""
    token = token or new_token()
    LearnerLink.objects.create(learner=learner, token_sha256=sha256(token))
    return token


def open_link(token: str) -> Learner | None:
    """Whose page it is. Looking changes nothing."""
    found = LearnerLink.objects.select_related("learner__workplace")
    link = found.filter(token_sha256=sha256(token), closed_at=None).first()
    return link.learner if link else None


def close_all(learner: Learner) -> None:
    learner.links.filter(closed_at=None).update(closed_at=timezone.now())


def address(token: str, *, language: str) -> str:
    return public_url("training_mine", token, language=language)


def to_coordinator(workplace: Workplace) -> str:
    return public_url(
        "training_workplace", coordinator_token(workplace), language=workplace.language
    )


def coordinator_token(workplace: Workplace) -> str:
    return mailbox_links.token_for(workplace, purpose=PURPOSE)


def open_coordinator(token: str) -> Opened[Workplace]:
    workplaces = Workplace.objects.select_related("sector")
    return mailbox_links.opened(token, workplaces, purpose=PURPOSE, days=COORDINATOR_DAYS)


def to_join(workplace: Workplace, *, language: str = "") -> str:
    """What stands on the poster; nothing while nobody may join."""
    if not workplace.join_token:
        return ""
    language = language or workplace.language
    return public_url("training_join", workplace.join_token, language=language)
