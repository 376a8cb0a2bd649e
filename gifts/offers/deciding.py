"""An offer from the form to its end: each step once, with its mail."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from core.images import Picture
from core.tokens import new_reference
from donations import mails
from gifts.models import ItemKind, Offer, OfferPhoto, Unit

State = Offer.State
# Still in somebody's hands here: the offer is not done with.
IN_WORK = (Unit.State.RECEIVED, Unit.State.TESTED, Unit.State.WIPED)


class TooLate(Exception):
    """The offer has gone past that point."""


class NotDone(Exception):
    """Something of the offer is still owed: `what` is "checks", "statement" or "paper"."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def begin(kind: ItemKind, *, form_token: str, photo: Picture | None = None, **typed: Any) -> Offer:
    """Take an offer down. The same form sent twice is one offer.

    Args:
        typed: the columns of Offer that the donor filled in, and her language.
    """
    try:
        with transaction.atomic():
            offer = Offer.objects.create(
                reference=new_reference(), form_token=form_token, kind=kind, **typed
            )
            if photo:
                OfferPhoto.objects.create(offer=offer, data=photo.data, mime=photo.mime)
            tell(offer, "offered")
    except IntegrityError:
        return Offer.objects.get(form_token=form_token)
    return offer


def accept(offer: Offer, *, answer: str, by: Any) -> Offer:
    """We take it.

    Args:
        answer: how and where to, as the donor reads it.

    Raises:
        TooLate: it was declined or withdrawn meanwhile.
    """
    return _decide(offer, State.ACCEPTED, answer, by)


def decline(offer: Offer, *, answer: str, by: Any) -> Offer:
    """We do not take it.

    Args:
        answer: why not, as the donor reads it.

    Raises:
        TooLate: it was accepted or withdrawn meanwhile.
    """
    return _decide(offer, State.DECLINED, answer, by)


@transaction.atomic
def withdraw(offer: Offer) -> Offer:
    """Whoever offered it has thought better of it. Safe to repeat.

    Raises:
        TooLate: it arrived here, or was declined.
    """
    offer = _locked(offer)
    if offer.state == State.WITHDRAWN:
        return offer
    if offer.state not in (State.OFFERED, State.ACCEPTED):
        raise TooLate(offer.state)
    _end(offer, State.WITHDRAWN)
    tell(offer, "withdrawn")
    return offer


@transaction.atomic
def close(offer: Offer) -> Offer:
    """Nothing more is to be done: it never came, or each thing has gone its way. Safe to repeat.

    Raises:
        TooLate: it was never accepted, or has ended otherwise.
        NotDone: a thing is still being checked, a statement or an acknowledgment is owed.
    """
    offer = _locked(offer)
    if offer.state == State.CLOSED:
        return offer
    if offer.state not in (State.ACCEPTED, State.RECEIVED):
        raise TooLate(offer.state)
    if what := owed(offer):
        raise NotDone(what)
    _end(offer, State.CLOSED)
    return offer


def owed(offer: Offer) -> str:
    """What has to be done before a received offer may be closed; "" if nothing."""
    things = offer.things.all()
    if things.filter(unit__state__in=IN_WORK).exists():
        return "checks"
    kept = things.filter(disposal=None).exclude(unit__state=Unit.State.DECLINED)
    if kept.filter(statement=None, unit__kind__is_device=True).exists():
        return "statement"
    if kept.exists() and not offer.acknowledgments.filter(state="issued").exists():
        return "paper"
    return ""


def tell(offer: Offer, step: str, detail: object = "") -> None:
    """Owe the donor the mail about this step; the same step (and detail) is told once."""
    mails.queue(
        "offer",
        to=offer.email,
        language=offer.language,
        cause=f"offer:{offer.pk}:{step}:{detail}",
        about=f"{step}:{offer.reference}:{detail}",
    )


@transaction.atomic
def _decide(offer: Offer, state: State, answer: str, by: Any) -> Offer:
    offer = _locked(offer)
    if offer.state == state:
        return offer
    if offer.state != State.OFFERED:
        raise TooLate(offer.state)
    offer.decided_at, offer.decided_by_id, offer.answer = timezone.now(), by.pk, answer
    if state == State.DECLINED:
        _end(offer, state, "decided_at", "decided_by", "answer")
    else:
        offer.state = state
        offer.save(update_fields=["state", "decided_at", "decided_by", "answer"])
    tell(offer, state.value)
    return offer


def _end(offer: Offer, state: State, *with_fields: str) -> None:
    offer.state, offer.ended_at = state, timezone.now()
    offer.save(update_fields=["state", "ended_at", *with_fields])
    OfferPhoto.objects.filter(offer=offer).delete()


def _locked(offer: Offer) -> Offer:
    return Offer.objects.select_for_update(of=["self"]).select_related("kind").get(pk=offer.pk)
