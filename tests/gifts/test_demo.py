"""The people of the demonstration truly stand behind its wishes; what waits can be matched."""

from collections import Counter, defaultdict
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings

from core.findable import findable, names_of
from donations import demo as donations_demo
from gifts import demo, needs, wishes
from gifts.delivery import demo as delivery_demo
from gifts.matching import runs
from gifts.models import ItemKind, Unit, Wish
from gifts.partners import demo as partners_demo
from gifts.partners.demo_houses import HOUSES, Asked
from gifts.vault.models import Batch, MatchRun, Need, Partner
from staff import demo as staff_demo
from tests.people import person


@pytest.fixture
def counted(monkeypatch):
    """The ladder counts the demonstration's people as they will stand in the vault."""
    missing = set()

    def people():
        cells = defaultdict(set)
        for house in HOUSES:
            for asked, who in () if house.is_suspended else house.each:
                cells[house.name, who].add((asked.kind, house.region, asked.purpose))
        found = Counter(frozenset(each) for one, each in cells.items() if one not in missing)
        return needs.People(now=found, ever=found)

    monkeypatch.setattr(needs, "people", people)
    return missing


@pytest.mark.django_db
def test_every_counted_wish_has_its_eleven_people_and_with_one_less_it_is_refused(counted):
    donations_demo.seed()
    demo.seed_kinds(general_stock=False)
    counted.add(("Casa Speranza", 0))
    with pytest.raises(wishes.NotPossible, match="not_enough"), transaction.atomic():
        demo.seed(author=person(), reviewer=person())
    counted.clear()
    demo.seed(author=person(), reviewer=person())
    stock = ItemKind.objects.filter(general_stock=True).values_list("code", flat=True)
    assert sorted(stock) == sorted(demo.STOCK)
    published = Wish.objects.filter(state="published")
    assert published.count() == len(demo.WISHES)
    assert published.exclude(kind__code__in=stock).count() == 9


@pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.name)
def test_what_case_workers_write_leads_to_nobody(house):
    for asked, who in house.each:
        text = house.what_for[asked.purpose]
        assert findable(text) is None, text
        assert not names_of(house.people[who], text)


@pytest.mark.django_db(databases=["default", "vault"])
def test_partners_needs_and_things_are_seeded_once_and_a_proposal_is_left_to_be_made(monkeypatch):
    lucero, _thai, tumaini, *_others, suspended = HOUSES
    small = (
        replace(lucero, asked=tuple(replace(asked, count=2) for asked in lucero.asked)),
        replace(tumaini, asked=(Asked("tool-kit", "job_search", 1),)),
        suspended,
    )
    monkeypatch.setattr(partners_demo, "HOUSES", small)
    for name, gift in (("IN_USE", 0), ("SENT", 1), ("READY", 0)):
        (kept,) = [getattr(delivery_demo, name)[gift]]
        monkeypatch.setattr(delivery_demo, name, (replace(kept, quantity=1),))
    # What the vault says is carried over at once: the test's own transaction never ends.
    monkeypatch.setattr(transaction, "on_commit", lambda act, **_named: act())
    donations_demo.seed()
    staff_demo.seed()
    author, reviewer = staff_demo.coordinators()
    demo.seed_kinds(general_stock=False)

    for _ in range(2):
        partners_demo.seed(**staff_demo.keepers())
        delivery_demo.seed(by=author, second=reviewer)

    assert Counter(Partner.objects.values_list("state", flat=True)) == {
        "active": 2,
        "suspended": 1,
    }
    found = Counter(Need.objects.values_list("state", flat=True))
    assert found == {
        **{"open": 7, "draft": 4, "verified": 1, "expired": 1},
        **{"closed": 1, "delivered": 1, "withdrawn": 2},
    }
    assert sorted(Batch.objects.values_list("state", flat=True)) == ["arrived", "closed"]
    assert Counter(Unit.objects.values_list("state", flat=True)) == {
        **{"confirmed": 1, "handed_over": 1, "ready": 1}
    }
    assert not MatchRun.objects.filter(state="proposed").exists()
    assert runs.propose(by=author).matches.exists()
    call_command("verify_wall")
    shown = staff_demo.show()
    assert "ana@casa-lucero.example" in shown
    assert "propose matches" in shown


def test_the_public_side_seeds_nothing():
    with override_settings(DEMO=True, ROLE="public"), pytest.raises(CommandError, match="staff"):
        call_command("seed_demo")
