"""Stating a need: step by step as a draft, each step kept as it comes in; then sent.

draft ─→ sent ─→ verified by staff …
  ↑       │
  └───────┘ taken back to change, until it is verified

Staff enter for a case worker on the telephone by the same functions, with `typed_by`.
"""

import json
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from core import findable, tokens
from gifts.vault import needs, sealing, workers
from gifts.vault.access import Reader
from gifts.vault.models import Need, PartnerUser, Purpose, Recipient
from gifts.vault.models.needs import SAID
from gifts.vault.transactions import vault_atomic

# In the order in which they are asked; of each what it writes, plainly and sealed.
STEPS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "thing": (("kind",), ()),
    "purpose": (("purpose", "band"), ("what_for",)),
    "details": (("spec_class", "keyboard", "needed_by"), ("note",)),
    "person": ((), ()),
    "say": ((*SAID, "say_language", "say_whose"), ()),
}
# Columns without which a need cannot be sent, by their step.
ASKED = {
    "thing": ("kind",),
    "purpose": ("purpose", "band"),
    "person": ("recipient_id",),
    "say": (*SAID, "say_language", "say_whose"),
}


class NotHers(Exception):
    """Another partner's."""


class TooLate(Exception):
    """It was sent, and is changed by taking it back; or it was verified, or has ended."""


class Incomplete(Exception):
    """A step is missing."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


class NamesThePerson(Exception):
    """What is written tells her name."""


@dataclass(frozen=True)
class Somebody:
    """A person as steps record her, from her row in the vault."""

    pk: int
    email: str


def begin(by: PartnerUser, *, token: str, typed_by: Any | None = None) -> Need:
    """A new draft; the same one if this form was sent before.

    Args:
        token: of the form, so that sent twice is one need.

    Raises:
        workers.AccessEnded
        NotHers: the token is that of another partner's form.
    """
    with vault_atomic():
        by = workers.held(by)
        known = Need.objects.filter(form_token=token).first()
        if known and known.partner_id != by.partner_id:
            raise NotHers
        return known or Need.objects.create(
            partner=by.partner,
            code=tokens.new_code(groups=2),
            form_token=token,
            region=by.partner.region,
            voltage=by.partner.voltage,
            stated_by=by.user_id,
            stated_who=by.who,
            **_typist(typed_by),
        )


def save_step(
    need: Need, step: str, *, by: PartnerUser, typed_by: Any | None = None, **values: Any
) -> Need:
    """Keep one step of a draft.

    Args:
        values: of the step's columns and sealed fields; codes are the caller's to check.

    Raises:
        workers.AccessEnded, NotHers, TooLate
    """
    plain, sealed = STEPS[step]
    if unknown := set(values) - {*plain, *sealed}:
        raise ValueError(f"{step} asks for nothing called {', '.join(sorted(unknown))}")
    with vault_atomic():
        need = _draft(need, by)
        for name in plain:
            setattr(need, name, values[name])
        for name, value in _typist(typed_by).items():
            setattr(need, name, value)
        if sealed:
            sealing.seal(need, **{name: values[name] for name in sealed}, typed="")
        else:
            need.save()
    return need


def name_person(
    need: Need,
    *,
    by: PartnerUser,
    recipient: Recipient | None = None,
    name: str = "",
    contact: str = "",
    typed_by: Any | None = None,
) -> Need:
    """Say whom a draft is for: somebody known to the partner, or somebody new by name.

    Somebody new who was named in this very draft is corrected, not made again.

    Raises:
        workers.AccessEnded, NotHers, TooLate
    """
    with vault_atomic():
        need = _draft(need, by)
        before = need.recipient if need.recipient_id else None
        alone = before and _only_here(before, need)
        if recipient is None:
            code = tokens.new_code(groups=2)
            made = before if alone else Recipient(partner_id=need.partner_id, code=code)
            assert made is not None
            sealing.seal(made, name=name, contact=contact)
            need.recipient = made
        elif recipient.partner_id != need.partner_id:
            raise NotHers
        else:
            need.recipient = recipient
        for field, value in _typist(typed_by).items():
            setattr(need, field, value)
        if need.sealed:
            sealing.seal(need, typed="")
        else:
            need.save()
        if before and alone and before.pk != need.recipient_id:
            sealing.erase(before, why="typed by mistake")
    return need


def keep_typed(need: Need, step: str, typed: dict[str, list[str]], *, by: PartnerUser) -> None:
    """Keep what was typed in a session that had ended, for its author to look at again.

    Raises:
        workers.AccessEnded, NotHers, TooLate
    """
    with vault_atomic():
        sealing.seal(_draft(need, by), typed=json.dumps([step, typed]))


def typed_before(kept: str, step: str) -> dict[str, list[str]] | None:
    """What `keep_typed` kept of this step, from the opened field; none if nothing."""
    kept_step, typed = json.loads(kept) if kept else ("", None)
    return typed if kept_step == step else None


def is_writable(need: Need) -> bool:
    """Is it still a draft that was not sent?"""
    return need.state == Need.State.DRAFT and need.sent_at is None


def missing(need: Need) -> str:
    """The first step of a draft that is not filled in, or ""."""
    for step, columns in ASKED.items():
        if not all(getattr(need, column) for column in columns):
            return step
    return ""


def send(need: Need, *, by: PartnerUser, typed_by: Any | None = None) -> Need:
    """Hand a draft to staff; nothing happens the second time.

    Call it outside any transaction: it reads what is sealed, on record.

    Raises:
        workers.AccessEnded, NotHers, Incomplete, NamesThePerson
        TooLate: it was withdrawn, or changed in this very moment.
    """
    need = Need.objects.select_related("recipient").get(pk=need.pk)
    if need.partner_id != by.partner_id:
        raise NotHers
    if need.sent_at:
        return need
    if step := missing(need):
        raise Incomplete(step)
    assert need.recipient is not None
    reads = typed_by or Somebody(by.user_id, by.who)
    reader = Reader.of(reads, Purpose.CARE)
    written = sealing.unseal(need, "what_for", "note", reader=reader)
    person = sealing.unseal(need.recipient, "name", reader=reader)
    if findable.names_of(person["name"], " ".join(written.values())):
        raise NamesThePerson
    with vault_atomic():
        now = _draft(need, by)
        if (now.sealed, now.recipient_id) != (need.sealed, need.recipient_id) or missing(now):
            raise TooLate
        now.sent_at = timezone.now()
        for name, value in _typist(typed_by).items():
            setattr(now, name, value)
        now.save(update_fields=["sent_at", *_typist(typed_by)])
    return now


def take_back(need: Need, *, by: PartnerUser) -> Need:
    """Make a sent need a draft again; nothing happens if it is one.

    Raises:
        workers.AccessEnded, NotHers
        TooLate: it was verified, or has ended.
    """
    with vault_atomic():
        need = _hers(need, by)
        if need.state != Need.State.DRAFT:
            raise TooLate
        if need.sent_at:
            need.sent_at = None
            need.save(update_fields=["sent_at"])
    return need


def withdraw(need: Need, *, by: PartnerUser, why: str, typed_by: Any | None = None) -> Need:
    """End a need at the partner's word; of a draft that was never sent nothing stays.

    Args:
        why: in words that name nobody.

    Raises:
        workers.AccessEnded, NotHers
        needs.CannotMove: it is closed.
    """
    with vault_atomic():
        need = _hers(need, by)
        unsent = is_writable(need)
        person = need.recipient if need.recipient_id else None
        alone = unsent and person and _only_here(person, need)
        note = f"{why}; on the telephone for {by.who}" if typed_by else why
        actor = typed_by or Somebody(by.user_id, by.who)
        need = needs.move(need, to=Need.State.WITHDRAWN, by=actor, note=note[:200])
        if unsent:
            sealing.erase(need, why="draft given up")
        if person and alone:
            sealing.erase(person, why="draft given up")
    return need


def _hers(need: Need, by: PartnerUser) -> Need:
    """The need, locked, of a case worker who may enter now."""
    by = workers.held(by)
    rows = Need.objects.select_for_update(of=["self"]).select_related("recipient", "record_key")
    need = rows.get(pk=need.pk)
    if need.partner_id != by.partner_id:
        raise NotHers
    return need


def _draft(need: Need, by: PartnerUser) -> Need:
    need = _hers(need, by)
    if not is_writable(need):
        raise TooLate
    return need


def _only_here(person: Recipient, need: Need) -> bool:
    """Was she named in this draft, and stands in no other need?"""
    return person.since >= need.made_at and not person.needs.exclude(pk=need.pk).exists()


def _typist(typed_by: Any | None) -> dict[str, Any]:
    return {"typed_by": typed_by.pk, "typed_who": typed_by.email} if typed_by else {}
