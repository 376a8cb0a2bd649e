"""Which plans somebody has, and fresh links for whoever asks."""

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q, QuerySet
from django.utils import timezone

from donations import mails
from donations.models import Plan
from donations.models.plans import LIVE
from donations.plans import links


def send_link(token: str) -> None:
    """Mail a fresh link to whoever the old one was for; for any other token nothing happens."""
    plan = links.open_link(token).row
    if plan:
        mail_link(plan)


def send_links_to(email: str) -> None:
    """Mail a link for each plan of an address. The caller's answer must be the same for any."""
    begun = Plan.objects.filter(email__iexact=email).exclude(status=Plan.Status.INCOMPLETE)
    for plan in begun.order_by("-pk")[:5]:
        mail_link(plan)


def own_addresses(user: AbstractBaseUser | AnonymousUser) -> Q:
    """Matches what was typed with an address that this person has verified; no other opens."""
    own = Q(pk=None)
    verified = EmailAddress.objects.filter(user_id=user.pk, verified=True)
    for email in verified.values_list("email", flat=True):
        own |= Q(email__iexact=email)
    return own


def plans_of(own: Q) -> QuerySet[Plan]:
    """Plans whose mails go to one of these addresses, the newest first."""
    begun = Plan.objects.filter(own).exclude(status=Plan.Status.INCOMPLETE)
    return begun.select_related("designation", "legal_entity").order_by("-pk")


def live_plan_of(user: AbstractBaseUser | AnonymousUser) -> Plan | None:
    """The newest plan of hers that goes on, to ask "raise it, or add a second?"."""
    if not user.is_authenticated:
        return None
    return plans_of(own_addresses(user)).filter(status__in=LIVE).first()


def mail_link(plan: Plan) -> None:
    """At most one an hour, however often it is asked for."""
    mails.queue(
        "plan",
        to=plan.email,
        language=plan.language,
        cause=f"planlink:{plan.pk}:{timezone.now():%Y%m%d%H}",
        plan=plan,
    )
