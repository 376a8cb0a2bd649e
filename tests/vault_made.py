"""Confidential records as partners and staff would have made them, walked through their steps."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from core import tokens
from gifts.vault import consents, needs, partners, sealing
from gifts.vault.models import Assessment, Consent, Need, Partner, Recipient
from gifts.vault.transactions import vault_atomic
from tests.people import person

TEXT = "I learned to sew, and now I teach it."
WALK = ("verified", "open", "matched", "delivered", "closed")


def make_partner(*, active: bool = True, **facts: Any) -> Partner:
    """A partner in Latin America, assessed and signed by two."""
    first, second = person(factor=False), person(factor=False)
    partner = Partner(
        **{"code": tokens.new_code(groups=2), "name": "Casa Lucero", "region": "latin_america"}
        | {"country": "GT", "voltage": "110"}
        | facts
    )
    with vault_atomic():
        sealing.seal(partner, office="1 Example Street", contact="Ana", phone="+502 5555 0100")
        if active:
            Assessment.objects.create(
                partner=partner,
                made_on=timezone.localdate() - timedelta(days=1),
                agreement_on=timezone.localdate(),
                review_on=timezone.localdate() + timedelta(days=365),
                checklist={"Has an office of its own": True},
                first_by=first.pk,
                first_who=first.email,
                second_by=second.pk,
                second_who=second.email,
                second_at=timezone.now(),
            )
            for state in ("assessed", "active"):
                partner = partners.move(partner, to=state, by=first)
    return partner


def make_recipient(partner: Partner, *, name: str = "Lucía Example") -> Recipient:
    recipient = Recipient(partner=partner, code=tokens.new_code(groups=2))
    with vault_atomic():
        sealing.seal(recipient, name=name, contact="+502 5555 0199")
    return recipient


def make_need(
    *,
    partner: Partner | None = None,
    recipient: Recipient | None = None,
    state: str = "open",
    stated_by: User | None = None,
    verified_by: User | None = None,
    what_for: str = "For her evening course.",
    **facts: Any,
) -> Need:
    """A need for a laptop for university, asked for by the person, walked to this state."""
    partner = partner or (recipient.partner if recipient else make_partner())
    worker, checker = stated_by or person(factor=False), verified_by or person(factor=False)
    asked = {
        **{"kind": "laptop", "purpose": "university", "region": partner.region, "band": "higher"},
        **{"say_asked": True, "say_told": True, "say_may_refuse": True},
        **{"say_language": "Spanish", "say_whose": "adult", "sent_at": timezone.now()},
    }
    need = Need(
        partner=partner,
        recipient=recipient or make_recipient(partner),
        code=tokens.new_code(groups=2),
        stated_by=worker.pk,
        stated_who=worker.email,
        **asked | facts,
    )
    with vault_atomic():
        sealing.seal(need, what_for=what_for)
        if state != "draft":
            need.verified_by, need.verified_who = checker.pk, checker.email
            need.verified_at = timezone.now()
            need.save()
        for step in WALK[: WALK.index(state) + 1] if state in WALK else ():
            need = needs.move(need, to=step, by=checker)
    return need


def make_consent(recipient: Recipient | None = None, **facts: Any) -> tuple[Consent, str]:
    """What a person allowed to be said of herself, as staff record it."""
    given: dict[str, Any] = {
        **{"text": TEXT, "uses": ["web"], "by_whom": "adult", "language": "Spanish"},
        **{"given_on": timezone.localdate(), "recipient": recipient, "by": person(factor=False)},
        "sealed": {"who": "Lucía Example", "contact": "through her case worker"},
    }
    return consents.record(**given | facts)
