"""The mail to privacy leads about an emergency: it names who and when, and no record.

Sent by the public side's worker, which knows nothing of the confidential records.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import override

from donations import mails
from donations.models import LegalEntity, Mail
from donations.staff.cells import moment

TEMPLATE = "emergency"


def tell(people: Iterable[Any], *, by: Any, at: datetime) -> None:
    """Owe each of them a mail, or nobody one."""
    with transaction.atomic():
        for person in people:
            mails.queue(
                TEMPLATE,
                to=person.email,
                language="en",
                cause=f"emergency:{by.pk}:{at.isoformat()}:{person.pk}",
                about=f"{by.pk}:{at.isoformat()}",
            )


def mail_of(mail: Mail, preview: bool) -> dict[str, Any]:
    user_id, _colon, at = mail.about.partition(":")
    entity = LegalEntity.objects.get(is_default=True)
    with override(mail.language):
        when = moment(datetime.fromisoformat(at))
    return {
        "who": get_user_model()._default_manager.get(pk=user_id).get_username(),
        "when": when,
        "link": f"{settings.STAFF_URL}/admin/emergencies/",
        "organisation": entity.short_name,
        "help_email": entity.email,
    }
