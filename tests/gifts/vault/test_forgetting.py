"""What ended is erased in time, a person at her word, and what a restore brings back once more."""

from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone

from gifts import consents as door
from gifts.vault import consents, erasure, needs, partners, retention, sealing
from gifts.vault.access import Reader
from gifts.vault.models import Access, Consent, Need, Purpose, Recipient, RecordKey, Tombstone
from tests.people import person
from tests.vault_made import TEXT, make_consent, make_need, make_partner, make_recipient

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


def later(days):
    return mock.patch(
        "django.utils.timezone.now", return_value=timezone.now() + timedelta(days=days)
    )


def erased(row):
    return type(row).objects.get(pk=row.pk).erased_at is not None


@pytest.mark.parametrize("state", ["withdrawn", "expired", "closed"])
def test_a_need_that_ended_is_erased_after_its_days_and_the_person_with_her_last(state):
    need = make_need(state="closed" if state == "closed" else "open")
    if state != "closed":
        needs.move(need, to=state, by=None)
    other = make_need(recipient=need.recipient)
    with later(89):
        assert retention.run(days=90) == 0
    with later(91):
        assert retention.run(days=90) == 1
        assert retention.run(days=90) == 0
    assert erased(need)
    assert not erased(need.recipient)
    needs.move(other, to="withdrawn", by=None)
    with later(182):
        assert retention.run(days=90) == 2
    assert erased(need.recipient)
    reader = Reader.of(person(factor=False), Purpose.SUBJECT)
    with pytest.raises(sealing.Erased):
        sealing.unseal(Recipient.objects.get(pk=need.recipient_id), "name", reader=reader)


def test_a_living_consent_keeps_the_person_and_goes_after_its_own_end():
    recipient = make_recipient(make_partner())
    consent, _code = make_consent(recipient)
    with later(100):
        assert retention.run(days=90) == 0
    with later(366 + 91):
        assert retention.run(days=90) == 2
    assert erased(recipient)
    assert erased(consent)


def test_the_contact_of_a_closed_partner_goes_and_that_of_a_living_one_stays():
    closed, living = make_partner(), make_partner(name="Other")
    partners.move(closed, to="closed", by=None)
    with later(91):
        retention.run(days=90)
    assert (erased(closed), erased(living)) == (True, False)


def test_the_log_of_looks_is_kept_six_years_and_then_dropped():
    with later(-366 * 6 - 2):
        Access.objects.create(user_id=1, who="x", purpose="care", model="need", fields="note")
    kept = Access.objects.create(user_id=1, who="x", purpose="care", model="need", fields="note")
    retention.run(days=90)
    assert list(Access.objects.all()) == [kept]


def test_a_person_is_forgotten_wholly_once_nothing_is_under_way():
    need = make_need(state="matched")
    recipient = need.recipient
    make_consent(recipient)
    with pytest.raises(erasure.StillOpen):
        erasure.forget(recipient, why="at her word")
    needs.move(need, to="withdrawn", by=None)
    assert erasure.forget(recipient, why="at her word") == 3
    assert erasure.forget(recipient, why="at her word") == 0
    assert not RecordKey.objects.filter(need__isnull=False).exists()
    assert not Need.objects.filter(erased_at=None).exists()
    assert not door.may_publish(TEXT, "web")
    assert {stone.why for stone in Tombstone.objects.all()} == {"at her word"}


def test_what_a_restore_brought_back_is_erased_again():
    recipient = make_recipient(make_partner())
    Tombstone.objects.create(model="recipient", record=recipient.pk, why="at her word")
    Tombstone.objects.create(model="need", record=make_partner().pk, why="of a later day")
    assert erasure.replay() == 1
    assert erasure.replay() == 0
    assert erased(recipient)


def test_words_are_shown_only_as_she_allowed_and_while_she_does():
    consent, code = make_consent(uses=["web", "report"])
    assert door.may_publish(TEXT, "web")
    assert door.may_publish(TEXT, "report")
    assert not door.may_publish(TEXT, "social")
    assert not door.may_publish(TEXT + " ", "web")
    with later(366):
        assert not door.may_publish(TEXT, "web")
    with pytest.raises(consents.NoSuchCode):
        consents.withdraw("AAAA-2222-BBBB", by=person(factor=False))
    by = person(factor=False)
    assert consents.withdraw(code.lower().replace("-", " "), by=by).withdrawn_who == by.email
    assert consents.withdraw(code, by=by).pk == consent.pk
    assert not door.may_publish(TEXT, "web")


def test_an_erased_consent_allows_nothing():
    consent, _code = make_consent()
    sealing.erase(consent, why="x")
    assert not door.may_publish(TEXT, "web")


def test_where_nobody_can_be_asked_nothing_is_published(monkeypatch, settings):
    make_consent()
    from django.db import OperationalError, connections  # noqa: PLC0415

    def away(*args):
        raise OperationalError("the vault is away")

    with monkeypatch.context() as patch:
        patch.setattr(consents, "standing", away)
        assert not door.may_publish(TEXT, "web")
    with monkeypatch.context() as patch:
        patch.delitem(connections.databases, "vault")
        assert not door.may_publish(TEXT, "web")
    assert door.may_publish(TEXT, "web")


@pytest.mark.parametrize(
    ("given", "months", "end"),
    [
        ("2026-01-31", 13, "2027-02-28"),
        ("2024-02-29", 24, "2026-02-28"),
        ("2026-12-01", 1, "2027-01-01"),
    ],
)
def test_a_consent_ends_on_the_same_day_of_a_later_month(given, months, end):
    from datetime import date  # noqa: PLC0415

    assert consents.months_after(date.fromisoformat(given), months) == date.fromisoformat(end)
    with pytest.raises(ValueError, match="24 months"):
        make_consent(months=25)


def test_whoever_said_yes_long_ago_is_asked_again():
    make_consent(months=24)
    assert not consents.to_ask_again().exists()
    with later(550):
        assert consents.to_ask_again().count() == 1
        assert Consent.objects.count() == 1
    with later(720):
        assert consents.near_their_end().count() == 1
