"""What is erased when its time is over. Counts stay: they name nobody."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from campaigns.models import Attempt, Certificate, Learner, Study, Workplace
from campaigns.training.learning import TEMPLATE
from donations import periods
from donations.models import LegalEntity, Mail

# An address is kept so long after its mail was sent, in case the mail server asks again.
MAILED = timedelta(days=1)
# A mail that did not leave, and a sign-up that nobody confirmed.
UNANSWERED = timedelta(days=7)
# So long the page of a code says that its certificate ended, before it knows it no more.
ENDED = timedelta(days=90)


def run() -> None:
    """Each night. Safe to repeat."""
    now = timezone.now()
    today = periods.today_of(LegalEntity.objects.get(is_default=True))
    mails = Mail.objects.filter(template=TEMPLATE)
    mails.filter(sent_at__lt=now - MAILED).delete()
    mails.filter(created_at__lt=now - UNANSWERED).delete()

    over = Certificate.objects.filter(expires_on__lte=today).exclude(name="")
    over.update(name="", shows_name=False, coordinator_sees=False)
    Certificate.objects.filter(
        Q(expires_on__lte=today - ENDED) | Q(withdrawn_at__lt=now - ENDED)
    ).delete()

    idle = now - timedelta(days=settings.TRAINING_ATTEMPT_DAYS)
    certified = Certificate.objects.filter(attempt__study=OuterRef("pk"))
    lying = Study.objects.filter(~Exists(certified), learner__active_at__lt=idle)
    lying.delete()
    # Of a course with a certificate, the attempts that led to none.
    Attempt.objects.filter(certificate=None, study__learner__active_at__lt=idle).delete()
    Learner.objects.filter(studies=None, active_at__lt=idle).delete()
    Workplace.objects.filter(confirmed_at=None, asked_at__lt=now - UNANSWERED).delete()
