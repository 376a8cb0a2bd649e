"""What the vault's own database refuses, whoever asks."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from gifts.vault import needs, partners
from gifts.vault.models import (
    Access,
    Assessment,
    BreakGlass,
    Consent,
    Match,
    MatchRun,
    Need,
    NeedStep,
    PartnerUser,
    Tombstone,
)
from gifts.vault.transactions import vault_atomic
from tests.people import person
from tests.vault_made import make_need, make_partner

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


def refused(act, *args, **kwargs):
    with pytest.raises(DatabaseError), vault_atomic():
        act(*args, **kwargs)


def changed(row, **facts):
    refused(type(row).objects.filter(pk=row.pk).update, **facts)


@pytest.mark.parametrize(
    "lacking",
    [
        {"say_asked": False},
        {"say_told": False},
        {"say_may_refuse": False},
        {"say_language": ""},
        {"say_whose": ""},
        {"recipient": None},
        {"sent_at": None},
        {"kind": ""},
        {"band": ""},
    ],
)
def test_a_need_without_the_persons_say_cannot_be_verified(lacking):
    need = make_need(state="draft")
    Need.objects.filter(pk=need.pk).update(
        verified_by=person(factor=False).pk, verified_at=timezone.now(), **lacking
    )
    refused(needs.move, need, to="verified", by=person(factor=False))


def test_whoever_stated_or_typed_a_need_does_not_verify_it():
    worker, typist = person(factor=False), person(factor=False)
    need = make_need(state="draft", stated_by=worker, typed_by=typist.pk)
    changed(need, verified_by=worker.pk, verified_at=timezone.now())
    changed(need, verified_by=typist.pk, verified_at=timezone.now())


def test_a_verified_need_stays_what_the_person_asked_for():
    need = make_need(state="verified")
    for facts in ({"kind": "tablet"}, {"say_told": False}, {"recipient": None}, {"purpose": "any"}):
        changed(need, **facts)


def test_states_are_moved_by_steps_alone_and_only_along_their_ways():
    need = make_need(state="open")
    changed(need, state="matched")
    with pytest.raises(needs.CannotMove):
        needs.move(need, to="closed", by=None)
    assert needs.move(need, to="matched", by=None).state == "matched"
    assert needs.move(need, to="matched", by=None).steps.count() == 3
    changed(NeedStep.objects.first(), note="never happened")
    refused(Need.objects.all().delete)


def test_a_partner_takes_part_after_two_signatures():
    partner = make_partner(active=False)
    refused(partners.move, partner, to="assessed", by=person(factor=False))
    with pytest.raises(partners.CannotMove):
        partners.move(partner, to="active", by=None)
    one = person(factor=False)
    today = timezone.localdate()
    facts = {"made_on": today, "agreement_on": today, "first_by": one.pk, "partner": partner}
    facts |= {"review_on": today + timedelta(days=9), "checklist": {}}
    refused(Assessment.objects.create, second_by=one.pk, second_at=timezone.now(), **facts)
    Assessment.objects.create(**facts)
    refused(partners.move, partner, to="assessed", by=one)
    Assessment.objects.update(second_by=person(factor=False).pk, second_at=timezone.now())
    assert partners.move(partner, to="assessed", by=one).state == "assessed"
    changed(Assessment.objects.get(), checklist={"all": "well"})


def test_needs_of_a_suspended_partner_do_not_wait():
    need = make_need()
    assert list(needs.waiting()) == [need]
    partners.move(need.partner, to="suspended", by=None)
    assert not needs.waiting().exists()
    assert needs.ever().exists()


def test_a_case_worker_works_for_one_partner():
    row = {"user_id": 7, "who": "worker@partner.example"}
    first = PartnerUser.objects.create(partner=make_partner(), **row)
    refused(PartnerUser.objects.create, partner=make_partner(), **row)
    PartnerUser.objects.filter(pk=first.pk).update(ended_at=timezone.now())
    PartnerUser.objects.create(partner=make_partner(), **row)
    changed(first, ended_at=None)


def test_the_log_of_looks_is_neither_changed_nor_thinned_out():
    look = Access.objects.create(user_id=1, who="x", purpose="care", model="need", fields="note")
    changed(look, who="somebody else")
    refused(Access.objects.all().delete)
    refused(
        Access.objects.create, user_id=1, who="x", purpose="emergency", model="need", fields="note"
    )


def test_an_emergency_is_reviewed_by_another():
    facts = {"user_id": 1, "who": "x", "until": timezone.now()}
    refused(BreakGlass.objects.create, reason="", **facts)
    glass = BreakGlass.objects.create(reason="She called from the station.", **facts)
    changed(glass, reviewed_by=1, reviewed_at=timezone.now())
    changed(glass, reason="nothing")
    BreakGlass.objects.update(reviewed_by=2, reviewed_at=timezone.now(), finding="Right.")
    changed(glass, finding="Wrong.")


def test_a_consent_is_free_names_its_uses_and_lasts_two_years_at_most():
    facts = {
        **{"by_whom": "adult", "text_sha256": "0" * 64, "language": "Spanish", "made_by": 1},
        **{"risk_checked_by": 2, "given_on": date(2026, 1, 1), "withdrawal_sha256": "1" * 64},
    }
    good = {"uses": ["web"], "independent": True, "expires_on": date(2027, 1, 1)}
    for wrong in (
        {"uses": []},
        {"independent": False},
        {"expires_on": date(2028, 1, 3)},
        {"expires_on": date(2025, 12, 31)},
    ):
        refused(Consent.objects.create, **facts | good | wrong)
    consent = Consent.objects.create(**facts | good)
    changed(consent, text_sha256="2" * 64)
    changed(consent, uses=["web", "print"])
    Consent.objects.update(withdrawn_at=timezone.now())
    changed(consent, withdrawn_at=None)


def test_one_proposal_at_a_time_and_one_living_match_of_a_need_and_of_a_thing():
    facts = {"user_id": 1, "who": "x", "needs_read": 2, "things_read": 2, "input_sha256": "0" * 64}
    run = MatchRun.objects.create(**facts)
    refused(MatchRun.objects.create, **facts)
    MatchRun.objects.update(state="decided")
    changed(run, state="proposed")
    later = MatchRun.objects.create(**facts)

    one, other = make_need(state="matched"), make_need(state="matched")
    match = Match.objects.create(run=run, need=one, unit_code="AAAA-2222", cost=1, state="approved")
    refused(
        Match.objects.create, run=later, need=one, unit_code="BBBB-3333", cost=1, state="approved"
    )
    refused(
        Match.objects.create, run=later, need=other, unit_code="AAAA-2222", cost=1, state="approved"
    )
    Match.objects.filter(pk=match.pk).update(state="ended", ended_at=timezone.now())
    Match.objects.create(run=later, need=one, unit_code="AAAA-2222", cost=1, state="approved")
    changed(match, state="approved", ended_at=None)


def test_a_tombstone_stays():
    stone = Tombstone.objects.create(model="need", record=make_need().pk, why="asked for")
    changed(stone, why="")
    refused(Tombstone.objects.all().delete)


def test_the_partner_of_a_need_never_changes():
    need = make_need()
    changed(need, partner=make_partner())
