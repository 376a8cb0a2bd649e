"""What happens in a year, at once: confidential records live their lives beside gifts and mails.

Each confidential field holds its canary before anything else is done with the record.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from django.template.backends.django import Template
from django.utils import timezone

from accounts.models import User
from gifts.delivery import batches, confirming, wall
from gifts.delivery import outbox as carrying
from gifts.vault import needs, partners, sealing
from gifts.vault.access import Reader
from gifts.vault.models import Purpose, Recipient, Sealed
from gifts.vault.transactions import vault_atomic
from tests.canary.canaries import Canary
from tests.deliveries_made import make_match
from tests.roles import RoleClient
from tests.vault_made import make_consent, make_need, make_partner, make_recipient


@dataclass
class Lives:
    """The records that hold the canaries, and who may read them."""

    canaries: Mapping[tuple[str, str], Canary]
    reader: Reader
    rows: list[Sealed] = field(default_factory=list)
    # By the parts of addresses: what is under way at the end.
    under_way: dict[str, object] = field(default_factory=dict)

    def fill(self, row: Any) -> Any:
        """Put into each confidential field its canary, as a form's save would."""
        values = {name: self.canaries[type(row).__name__, name].text for name in row.CONFIDENTIAL}
        with vault_atomic():
            sealing.seal(row, **values)
        self.rows.append(row)
        return row

    def text(self, model: str = "Recipient", name: str = "name") -> str:
        return self.canaries[model, name].text

    def keys(self) -> dict[str, object]:
        """For the addresses of the desks: the last record of each kind that is still there."""
        there = {type(row).__name__: row for row in self.rows if not row.erased_at}
        partner, need = there["Partner"].pk, there["Need"]
        return {
            **{"partners:pk": partner, "closing:pk": partner, "packing:pk": partner},
            **{"people:pk": there["Recipient"].pk, "consents:pk": there["Consent"].pk},
            "needs:pk": need.pk,
            **self.under_way,
        }

    def unfilled(self) -> set[str]:
        """Confidential fields that no living record holds a canary in."""
        missing = set(self.canaries)
        for row in self.rows:
            row.refresh_from_db()
            if not row.erased_at:
                read = sealing.unseal(row, *row.CONFIDENTIAL, reader=self.reader)
                keys = {(type(row).__name__, name): text for name, text in read.items()}
                missing -= {key for key, text in keys.items() if text == self.canaries[key].text}
        return {".".join(one) for one in missing}


def live(canaries: Mapping[tuple[str, str], Canary], *, by: User) -> Lives:
    lives = Lives(canaries, Reader.of(by, Purpose.VERIFY))
    partner = lives.fill(make_partner())
    served = lives.fill(make_recipient(partner))
    _from_need_to_delivery(lives, served, by)
    _taken_back(lives, served, by)
    _allowed_and_withdrawn(lives, served, by)
    _erased(lives, partner)
    _under_way(lives, served, by)
    _failing(lives, served)
    with vault_atomic():
        partners.move(partner, to="review_due", by=by, note="A year has passed.")
    return lives


def _from_need_to_delivery(lives: Lives, served: Recipient, by: User) -> None:
    partner = served.partner
    need = lives.fill(make_need(recipient=served))
    lost = lives.fill(make_need(recipient=served))
    sealing.unseal(need, *need.CONFIDENTIAL, reader=lives.reader)
    sealing.unseal(served, *served.CONFIDENTIAL, reader=lives.reader)
    codes = [make_match(need=one).unit_code for one in (need, lost)]
    batch = batches.pack(partner, codes=codes, by=by)
    batches.ship(batch, carrier="Post", expected_on=timezone.localdate(), by=by)
    batches.arrive(batch, missing=codes[1:], by=by)
    confirming.confirm(codes[0], partner=partner, by=by, outcome="received")
    carrying.apply()
    wall.disagreements()


def _taken_back(lives: Lives, served: Recipient, by: User) -> None:
    draft = lives.fill(make_need(recipient=served, state="draft"))
    needs.move(draft, to="expired", by=None)
    matched = lives.fill(make_need(recipient=served, state="matched"))
    needs.move(matched, to="withdrawn", by=by, note="No longer needed.")
    with suppress(needs.CannotMove):
        needs.move(matched, to="open", by=by)
    lives.fill(make_need(recipient=served))


def _allowed_and_withdrawn(lives: Lives, served: Recipient, by: User) -> None:
    consent = lives.fill(make_consent(served, by=by)[0])
    consent.withdrawn_at = timezone.now()
    consent.save()


def _under_way(lives: Lives, served: Recipient, by: User) -> None:
    """A thing on its way to the partner, and a request that its case worker did not send yet."""
    match = make_match(need=lives.fill(make_need(recipient=served)))
    batch = batches.pack(served.partner, codes=[match.unit_code], by=by)
    draft = lives.fill(make_need(recipient=served, state="draft", sent_at=None))
    with vault_atomic():
        sealing.seal(draft, typed="")  # nothing came too late here: the pages show what was saved
    lives.under_way = {
        **{"batches:pk": batch.pk, "list:pk": batch.pk, "parcels:pk": batch.parcels.get().pk},
        "requests:code": draft.code,
    }


def _erased(lives: Lives, partner: Any) -> None:
    gone = lives.fill(make_recipient(partner))
    sealing.erase(gone, why="asked for by the person")
    with suppress(sealing.Erased):
        sealing.unseal(gone, "name", reader=lives.reader)


def _failing(lives: Lives, served: Recipient) -> None:
    """What goes wrong in the middle of reading, and a thief's change of a row."""
    with mock.patch("json.loads", side_effect=ValueError(lives.text())), suppress(ValueError):
        sealing.unseal(served, "name", reader=lives.reader)
    broken = Recipient.objects.get(pk=served.pk)
    whole = bytes(broken.sealed or b"")
    broken.sealed = whole[:-1] + bytes([whole[-1] ^ 1])
    with suppress(sealing.Unreadable):
        sealing.unseal(broken, "name", reader=lives.reader)


def break_down(client: RoleClient, url: str, text: str) -> Any:
    """The page at this address fails while it is drawn, with confidential words in the error."""
    drawn, tries = Template.render, iter([True])

    def render(self: Template, *given: Any, **named: Any) -> str:
        if next(tries, False):
            raise ValueError(f"cannot draw {text}")
        return str(drawn(self, *given, **named))

    client.raise_request_exception = False
    with mock.patch.object(Template, "render", render):
        response = client.get(url)
    client.raise_request_exception = True
    assert response.status_code == 500, url
    return response
