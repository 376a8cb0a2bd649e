"""Rules of stating and withdrawing a need, below any page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gifts.vault import needs, partners, sealing, stating, workers
from gifts.vault.access import Reader
from gifts.vault.models import Access, Need, Purpose
from tests.gifts.partners.visiting import DETAILS, PURPOSE, make_worker
from tests.people import person
from tests.vault_made import make_need

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


@pytest.fixture
def worker():
    return make_worker(factor=False)


def drafted(worker, **typed):
    need = stating.begin(worker, token="token", **typed)
    stating.save_step(need, "thing", by=worker, kind="laptop", **typed)
    stating.save_step(need, "purpose", by=worker, **PURPOSE, **typed)
    details = DETAILS | {"needed_by": None, "spec_class": 2}
    stating.save_step(need, "details", by=worker, **details, **typed)
    stating.name_person(need, by=worker, name="Lucía Quetzal", contact="by phone", **typed)
    said = dict.fromkeys(("say_asked", "say_told", "say_may_refuse"), True)
    return stating.save_step(
        need, "say", by=worker, **said, say_language="Spanish", say_whose="adult", **typed
    )


def test_staff_enter_a_need_on_the_telephone_and_it_is_marked_so(worker):
    types = person(factor=False)
    need = stating.send(drafted(worker, typed_by=types), by=worker, typed_by=types)
    assert (need.stated_by, need.typed_by, need.typed_who) == (
        worker.user_id, types.pk, types.email,
    )  # fmt: skip
    # What sending looked at is in the name of who looked.
    assert set(Access.objects.values_list("user_id", flat=True)) == {types.pk}
    stating.withdraw(need, by=worker, why="found another way", typed_by=types)
    step = need.steps.get()
    assert step.user_id == types.pk
    assert step.note == f"found another way; on the telephone for {worker.who}"


@pytest.mark.parametrize("step", ["thing", "purpose", "say"])
def test_what_lacks_a_step_is_not_sent(worker, step):
    need = drafted(worker)
    column = {"thing": "kind", "purpose": "band", "say": "say_whose"}[step]
    Need.objects.update(**{column: ""})
    with pytest.raises(stating.Incomplete) as raised:
        stating.send(need, by=worker)
    assert raised.value.step == step


def test_a_step_brings_its_own_fields_and_no_others(worker):
    need = stating.begin(worker, token="token")
    with pytest.raises(ValueError, match="priority"):
        stating.save_step(need, "thing", by=worker, kind="laptop", priority=1)


def test_what_changes_while_it_is_sent_is_not_sent(worker, monkeypatch):
    need = drafted(worker)
    names_of = stating.findable.names_of

    def meanwhile(*arguments):
        stating.save_step(need, "purpose", by=worker, **PURPOSE | {"what_for": "Lucía studies"})
        return names_of(*arguments)

    monkeypatch.setattr(stating.findable, "names_of", meanwhile)
    with pytest.raises(stating.TooLate):
        stating.send(need, by=worker)
    need.refresh_from_db()
    assert need.sent_at is None


def test_nobody_whose_access_ended_writes_or_sends(worker):
    need = drafted(worker)
    partners.move(worker.partner, to="suspended", by=person(factor=False))
    for act in (
        lambda: stating.begin(worker, token="other"),
        lambda: stating.save_step(need, "thing", by=worker, kind="tablet"),
        lambda: stating.name_person(need, by=worker, name="x"),
        lambda: stating.keep_typed(need, "purpose", {}, by=worker),
        lambda: stating.send(need, by=worker),
        lambda: stating.take_back(need, by=worker),
        lambda: stating.withdraw(need, by=worker, why="x"),
        lambda: workers.confirm(worker, shown=[], staying=[]),
    ):
        with pytest.raises(workers.AccessEnded):
            act()


def test_nobody_writes_in_another_partners_need(worker):
    need, other = drafted(worker), make_worker(factor=False)
    for act in (
        lambda: stating.save_step(need, "thing", by=other, kind="tablet"),
        lambda: stating.name_person(need, by=other, name="x"),
        lambda: stating.send(need, by=other),
        lambda: stating.take_back(need, by=other),
        lambda: stating.withdraw(need, by=other, why="x"),
    ):
        with pytest.raises(stating.NotHers):
            act()


def test_a_person_named_in_a_draft_is_corrected_and_not_made_again(worker):
    need = drafted(worker)
    again = stating.name_person(need, by=worker, name="Lucía Q.", contact="")
    assert again.recipient_id == need.recipient_id
    reader = Reader(1, "x", Purpose.CARE)
    assert sealing.unseal(again.recipient, "name", reader=reader) == {"name": "Lucía Q."}


def test_months_are_told_by_their_first_day():
    need = make_need()
    day = timezone.localdate() + timedelta(days=60)
    needs.answer(need, text="", expected=day)
    need.refresh_from_db()
    assert need.expected_month == day.replace(day=1)
