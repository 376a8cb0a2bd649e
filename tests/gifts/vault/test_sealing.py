"""Confidential fields: sealed singly, opened on record alone, gone when erased."""

import base64
import copy
import os

import pytest
from django.db import DatabaseError, connections
from django.test import override_settings

from gifts.vault import sealing
from gifts.vault.access import Reader
from gifts.vault.models import Access, Need, Purpose, Recipient, RecordKey, Sealed, Tombstone
from gifts.vault.transactions import vault_atomic
from tests.people import person
from tests.vault_made import make_need, make_partner, make_recipient

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
NAME = "Lucía Example"


@pytest.fixture
def reader():
    return Reader.of(person(factor=False), Purpose.VERIFY)


@pytest.fixture
def recipient():
    return make_recipient(make_partner(), name=NAME)


def stored(table):
    with connections["vault"].cursor() as cursor:
        cursor.execute(f"SELECT t::text FROM {table} t")
        return "\n".join(row for (row,) in cursor.fetchall())


def test_what_is_sealed_is_read_again_and_stands_nowhere_in_the_table(recipient, reader):
    assert sealing.unseal(recipient, "name", "note", reader=reader) == {"name": NAME, "note": ""}
    assert NAME not in stored("vault_recipient")
    assert NAME.encode().hex() not in stored("vault_recipient")
    assert NAME not in f"{recipient!r} {recipient}"


def test_a_change_keeps_the_fields_it_does_not_name(recipient, reader):
    with vault_atomic():
        sealing.seal(recipient, note="comes on Mondays")
    read = sealing.unseal(recipient, "name", "note", reader=reader)
    assert read == {"name": NAME, "note": "comes on Mondays"}


def test_every_look_is_on_record_with_who_what_and_why(recipient, reader):
    sealing.unseal(recipient, "name", "contact", reader=reader)
    look = Access.objects.get()
    assert (look.user_id, look.who, look.purpose) == (reader.user_id, reader.who, "verify")
    assert (look.model, look.record, look.fields) == ("recipient", recipient.pk, "name, contact")


def test_many_rows_are_a_look_at_each(reader):
    rows = [make_recipient(make_partner(), name=f"Person {number}") for number in range(3)]
    read = sealing.unseal_many(rows, "name", reader=reader)
    assert [one["name"] for one in read] == ["Person 0", "Person 1", "Person 2"]
    assert {look.record for look in Access.objects.all()} == {row.pk for row in rows}


def test_without_the_log_nothing_is_read(recipient, reader, monkeypatch):
    """Also where the log fails only at the very end, with the commit."""

    def full(self, *args, **kwargs):
        raise DatabaseError("the log is full")

    monkeypatch.setattr("django.db.models.query.QuerySet.bulk_create", full)
    monkeypatch.setattr(sealing, "_open", lambda row: pytest.fail("it was opened unlogged"))
    with pytest.raises(DatabaseError):
        sealing.unseal(recipient, "name", reader=reader)


def test_a_field_that_is_not_confidential_is_no_field(recipient, reader):
    with pytest.raises(ValueError, match="birthday"):
        sealing.unseal(recipient, "birthday", reader=reader)
    with pytest.raises(ValueError, match="code"), vault_atomic():
        sealing.seal(recipient, code="x")


def test_a_sealed_piece_cannot_be_read_in_another_row(recipient, reader):
    other = make_recipient(recipient.partner, name="Somebody else")
    other.sealed = recipient.sealed
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(other, "name", reader=reader)
    key, other.record_key = other.record_key, recipient.record_key
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(other, "name", reader=reader)
    key.wrapped = recipient.record_key.wrapped
    other.record_key = key
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(other, "name", reader=reader)


def test_an_error_tells_nothing_of_what_was_sealed(recipient, reader):
    whole = bytes(recipient.sealed)
    recipient.sealed = whole[:-1] + bytes([whole[-1] ^ 1])
    with pytest.raises(sealing.Unreadable) as problem:
        sealing.unseal(recipient, "name", reader=reader)
    assert NAME not in repr(problem.getrepr(showlocals=False))
    assert problem.value.__cause__ is None


def test_erasing_destroys_the_key_and_leaves_a_tombstone(recipient, reader):
    yesterday = copy.copy(recipient)
    key = recipient.record_key.pk
    sealing.erase(recipient, why="asked for by the person")
    sealing.erase(recipient, why="once more")

    with pytest.raises(sealing.Erased):
        sealing.unseal(Recipient.objects.get(), "name", reader=reader)
    with pytest.raises(sealing.Erased), vault_atomic():
        sealing.seal(Recipient.objects.get(), name=NAME)
    assert not RecordKey.objects.filter(pk=key).exists()
    assert Tombstone.objects.get().why == "asked for by the person"
    # Yesterday's row is whole, but the keys that stand beside it are today's.
    assert yesterday.sealed
    assert Recipient.objects.get().sealed is None


def test_the_outer_key_can_be_changed_and_the_old_one_thrown_away(recipient, reader, settings):
    old, new = settings.VAULT_KEYS, base64.b64encode(os.urandom(32)).decode()
    with override_settings(VAULT_KEYS=[new, *old]):
        key = recipient.record_key
        assert key.wrapped_by != sealing.newest()
        sealing.rewrap(key)
    with override_settings(VAULT_KEYS=[new]):
        assert sealing.unseal(recipient, "name", reader=reader) == {"name": NAME}
    with pytest.raises(sealing.Unreadable, match="VAULT_KEYS"):
        sealing.unseal(recipient, "name", reader=reader)


def test_no_confidential_field_has_a_column():
    for model in Sealed.__subclasses__():
        columns = {field.name for field in model._meta.get_fields()}
        assert model.CONFIDENTIAL, model
        assert not columns & set(model.CONFIDENTIAL), model


def test_a_need_says_what_it_is_for_to_whoever_is_on_record(reader):
    need = make_need(what_for="For her evening course.")
    assert sealing.unseal(Need.objects.get(), "what_for", reader=reader)["what_for"].startswith(
        "For"
    )
    assert "evening" not in stored("vault_need")
    assert str(need) == need.code
