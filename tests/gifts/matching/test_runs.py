"""A run proposes, a person approves all or some, and what went stale meanwhile is left out."""

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connections
from django.utils import timezone

from gifts import units
from gifts.delivery.outbox import apply
from gifts.matching import runs
from gifts.models import SpecClass, Unit
from gifts.vault import needs, partners
from gifts.vault.models import Access, Match, MatchRun, Need, Outbox
from gifts.vault.transactions import vault_atomic
from tests.gifts.matching.runs_made import laptop, ready
from tests.people import person
from tests.things_made import make_wish
from tests.vault_made import make_need, make_partner

database = pytest.mark.django_db(databases=["default", "vault"])


def somebody():
    return person(factor=False)


def proposed(*, by=None):
    return runs.propose(by=by or somebody())


def refused(act, *args, **kwargs):
    with pytest.raises(runs.Refused) as problem:
        act(*args, **kwargs)
    return problem.value.code


def states(rows):
    apply()
    return [type(row).objects.get(pk=row.pk).state for row in rows]


@database
def test_a_run_proposes_with_reasons_logs_one_look_and_gives_nothing_yet():
    partner, by = make_partner(), somebody()
    long_ago = timezone.localtime() - timedelta(days=41)
    first = make_need(partner=partner, sent_at=long_ago, priority=1)
    second = make_need(partner=partner)
    make_need(partner=make_partner(active=False), state="verified")
    (unit,) = ready(spec_class=1)

    run = proposed(by=by)

    (match,) = run.matches.all()
    assert (match.need, match.unit_code, match.state) == (first, unit.code, "proposed")
    codes = [reason["code"] for reason in match.reasons]
    assert codes == ["urgent", "longest", "better", "share", "next"]
    assert match.reasons[-1] == {"code": "next", "need": second.code, "days": 60 + 41}
    (left,) = map(runs.left, run.figures["unserved"])
    assert left["code"] == second.code
    assert left["reasons"][1]["need"] == first.code
    assert (run.needs_read, run.things_read, run.who) == (2, 1, by.email)
    (look,) = Access.objects.all()
    assert (look.purpose, look.records, look.record, look.user_id) == ("matching", 2, None, by.pk)
    assert {"name", "contact", "what_for", "note"}.isdisjoint(look.fields.split(", "))
    assert states([first, second, unit]) == ["open", "open", "ready"]


@database
def test_the_same_input_is_the_same_proposal_and_new_needs_make_a_new_one():
    make_need()
    ready(2)
    first = proposed()
    assert proposed() == first
    late = make_need()

    second = proposed()

    first.refresh_from_db()
    assert (first.state, second.state) == ("dropped", "proposed")
    assert set(first.matches.values_list("state", flat=True)) == {"dropped"}
    assert second.figures["against"] == {
        **{"run": first.pk, "gained": [late.code], "lost": [], "moved": []}
    }
    assert refused(runs.approve, first, by=somebody()) == "dropped"


@database
def test_those_chosen_are_approved_once_and_the_rest_stays_proposed():
    partner, by = make_partner(), somebody()
    stated = [make_need(partner=partner) for _ in range(3)]
    things = ready(3)
    run = proposed()
    one, *rest = run.matches.order_by("pk")
    assert refused(runs.approve, run, chosen=[], by=by) == "nothing"

    for _ in range(2):
        runs.approve(run, chosen=[one.pk], by=by)

    one.refresh_from_db()
    run.refresh_from_db()
    assert (one.state, one.decided_who, run.state) == ("approved", by.email, "proposed")
    assert Need.objects.get(pk=one.need_id).state == "matched"
    assert Outbox.objects.count() == 1
    assert sorted(states(things)) == ["matched", "ready", "ready"]
    runs.approve(run, by=by)
    run.refresh_from_db()
    assert run.state == "decided"
    assert states([*stated, *things]) == ["matched"] * 6
    assert Match.objects.filter(pk__in=[match.pk for match in rest], state="approved").count() == 2


@database
def test_what_is_put_aside_leaves_needs_and_things_as_they_were():
    need, (unit,) = make_need(), ready()
    run = proposed()
    for _ in range(2):
        run = runs.drop(run, by=somebody())
    assert (run.state, run.matches.get().state) == ("dropped", "dropped")
    assert states([need, unit]) == ["open", "ready"]
    assert proposed() != run


@database
def test_what_went_stale_is_left_out_and_named_and_the_rest_approved():
    home, other, by = make_partner(), make_partner(), somebody()
    gone, unlucky, kept = (make_need(partner=home) for _ in range(3))
    paused = make_need(partner=other)
    ready(4)
    run = proposed()
    by_need = {match.need_id: match for match in run.matches.all()}
    needs.move(gone, to="withdrawn", by=None)
    broken = Unit.objects.get(code=by_need[unlucky.pk].unit_code)
    units.move(broken, to=Unit.State.DAMAGED, by=None)
    partners.move(other, to="suspended", by=by)

    decision = runs.approve(run, by=by)

    assert [match.need_id for match in decision.approved] == [kept.pk]
    assert {match.need_id: why for match, why in decision.stale} == {
        **{gone.pk: "need_gone", unlucky.pk: "thing_gone", paused.pk: "paused"}
    }
    assert states([gone, unlucky, paused, kept]) == ["withdrawn", "open", "open", "matched"]
    run.refresh_from_db()
    assert run.state == "decided"


@database
def test_a_thing_the_vault_has_given_is_not_proposed_again_before_it_is_told():
    make_need()
    (unit,) = ready()
    runs.approve(proposed(), by=somebody())
    make_need()
    # The message still waits: by the everyday database the thing is ready.
    assert Unit.objects.get(pk=unit.pk).state == "ready"
    assert not proposed().matches.exists()


@database
def test_a_withdrawn_need_frees_its_thing_at_once():
    need, (unit,) = make_need(), ready()
    runs.approve(proposed(), by=somebody())
    assert states([need, unit]) == ["matched", "matched"]

    needs.move(need, to="withdrawn", by=None, note="She has one now.")

    assert states([need, unit]) == ["withdrawn", "ready"]
    assert Match.objects.get().state == "ended"
    other = make_need()
    assert proposed().matches.get().need == other


@database
def test_what_donors_gave_for_a_purpose_and_region_goes_nowhere_else():
    wish = make_wish(kind=laptop(), purpose="vocational", region="africa")
    ready(wish=wish)
    need = make_need(purpose="university")
    run = proposed()
    assert not run.matches.exists()
    assert runs.left(run.figures["unserved"][0])["reasons"][0]["code"] == "no_purse"
    fitting = make_need(partner=make_partner(region="africa"), purpose="vocational")
    assert proposed().matches.get().need == fitting
    assert states([need]) == ["open"]


@database
def test_what_a_partner_got_within_a_year_counts_toward_its_share():
    rich, poor = make_partner(), make_partner()
    for _ in range(2):
        make_need(partner=rich)
    ready(2)
    runs.approve(proposed(), by=somebody())
    apply()
    again = make_need(partner=rich, sent_at=timezone.localtime() - timedelta(days=20))
    waiting = make_need(partner=poor)
    ready()
    assert proposed().matches.get().need == waiting
    Match.objects.update(decided_at=timezone.localtime() - timedelta(days=400))
    assert proposed().matches.get().need == again


@database
def test_the_database_keeps_a_need_and_a_thing_to_one_living_match():
    need, _units = make_need(), ready(2)
    run = proposed()
    runs.approve(run, by=somebody())
    match = run.matches.get()
    twin = MatchRun.objects.create(
        user_id=1, who="x", needs_read=1, things_read=1, input_sha256="x"
    )
    for facts in ({"need": need, "unit_code": "ZZZZ-2222"}, {"need": make_need()}):
        row = {"run": twin, "unit_code": match.unit_code, "cost": 0, "state": "approved"}
        with pytest.raises(DatabaseError), vault_atomic():
            Match.objects.create(**row | facts)
    with pytest.raises(DatabaseError), vault_atomic():
        MatchRun.objects.create(user_id=1, who="x", needs_read=1, things_read=1, input_sha256="y")


@database
def test_a_thing_is_described_until_it_is_somebodys():
    (unit,) = ready(spec_class=2, keyboard="th")
    unit.refresh_from_db()
    assert (unit.spec_class, unit.keyboard) == (SpecClass.STANDARD, "th")
    units.move(unit, to=Unit.State.MATCHED, by=None)
    facts = {"spec_class": 1, "keyboard": "", "voltage": "", "region": ""}
    assert units.describe([unit], **facts) == 0
    kept = Unit.pgh_event_model.objects.filter(pgh_obj=unit)
    assert [(one.spec_class, one.keyboard) for one in kept] == [(2, "th")]


@database
def test_classes_are_the_same_on_both_sides_of_the_wall():
    assert Need.Class.choices == SpecClass.choices


def test_two_coordinators_at_once_make_one_proposal_and_give_each_thing_once(own_database):
    partner = make_partner()
    for _ in range(6):
        make_need(partner=partner)
    things = ready(6)
    people = [somebody() for _ in range(4)]
    outcomes = []

    def both(act):
        """Four at once, from the same line."""
        line = threading.Barrier(len(people))

        def one(by):
            line.wait()
            try:
                outcomes.append(act(by))
            except runs.Refused as problem:
                outcomes.append(problem.code)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=one, args=[by]) for by in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    both(lambda by: proposed(by=by))
    run = MatchRun.objects.get(state="proposed")
    assert set(outcomes) <= {run, "meanwhile"}
    outcomes.clear()
    both(
        lambda by: len(
            runs.approve(run, chosen=run.matches.values_list("pk", flat=True), by=by).approved
        )
    )
    assert sum(outcomes) == 6
    assert Match.objects.filter(state="approved").count() == 6
    assert Outbox.objects.count() == 6
    assert states(things) == ["matched"] * 6
