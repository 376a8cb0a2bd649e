"""Whatever staff publish over whatever caseload: each wish has eleven people of its own behind it.

Caseloads of 30 to 500 made-up people come and go while wishes are written, published as finely as
the ladder lets them be, and ended. Counted afterwards without the product's help: everything that
was ever public, one wish after the other and all of them together.
"""

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import numpy
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from donations import demo
from gifts import ladder, needs, wishes
from gifts.models import ItemCost, Purpose, Region, Wish
from tests.faults.scale import many
from tests.people import person
from tests.things_made import make_kind, make_wish

pytestmark = pytest.mark.django_db
ROUNDS, PARTS = many(8, 1000), 4
REGIONS = ["africa", "latin_america", "south_asia", "southeast_asia"]
PURPOSES = ["university", "vocational", "job_search", "language"]
Cell = tuple[str, str, str]


@dataclass
class Caseload:
    """Who needs what: by person, cells she needs something in; and whose needs are open now."""

    wanted: dict[int, set[Cell]] = field(default_factory=dict)
    open_now: set[tuple[int, Cell]] = field(default_factory=set)

    def people(self):
        open_now = defaultdict(set)
        for one, cell in self.open_now:
            open_now[one].add(cell)
        return needs.People(
            now=Counter(map(frozenset, open_now.values())),
            ever=Counter(map(frozenset, self.wanted.values())),
        )

    def come(self, chance, kinds, count):
        """People ask, unevenly: most for the same few things, some for several."""
        for _ in range(count):
            one = len(self.wanted)
            self.wanted[one] = {
                (
                    kinds[min(int(chance.expovariate(1.2)), len(kinds) - 1)].code,
                    REGIONS[min(int(chance.expovariate(0.9)), 3)],
                    PURPOSES[min(int(chance.expovariate(0.8)), 3)],
                )
                for _ in range(chance.choice([1, 1, 1, 2, 3]))
            }
            self.open_now |= {(one, cell) for cell in self.wanted[one]}

    def go(self, chance):
        """Some are served."""
        served = chance.sample(sorted(self.open_now), len(self.open_now) // 5)
        self.open_now -= set(served)

    def behind(self, wish):
        return {
            one
            for one, cells in self.wanted.items()
            if any(
                kind == wish.kind.code
                and wish.region in (Region.WORLD, region)
                and wish.purpose in (Purpose.ANY, purpose)
                for kind, region, purpose in cells
            )
        }


def try_to_publish(chance, kinds, by, reviewer):
    """Write one, have it passed, and publish it as finely as is let; else leave it."""
    wish = make_wish(
        kind=chance.choice(kinds[:2]),
        by=by,
        region=chance.choice([*REGIONS[:3], Region.WORLD]),
        purpose=chance.choice([*PURPOSES[:3], Purpose.ANY]),
    )
    wish = wishes.review(wish, by=reviewer)
    level = ladder.passing(wish)
    if level.kind is not None:
        wishes.publish(wish, level=level)
    else:
        with pytest.raises(wishes.NotPossible):
            wishes.publish(wish)


@pytest.mark.parametrize("part", range(PARTS))
def test_every_wish_ever_published_has_eleven_people_of_its_own(monkeypatch, part):
    demo.seed()
    by, reviewer = person(factor=False), person(factor=False)
    published = 0
    for number in range(part, ROUNDS, PARTS):
        chance = random.Random(number)
        kinds = [make_kind(general_stock=False, region=Region.WORLD) for _ in range(3)]
        caseload = Caseload()
        monkeypatch.setattr(needs, "people", caseload.people)
        left = chance.randint(30, 500)
        while left > 0:
            caseload.come(chance, kinds, wave := min(left, chance.randint(5, 60)))
            left -= wave
            for _ in range(chance.randint(1, 2)):
                try_to_publish(chance, kinds, by, reviewer)
            caseload.go(chance)
            for wish in Wish.objects.filter(kind__in=kinds, state="published"):
                if chance.random() < 0.7:
                    wishes.end(wish, reason="Its day is over.")
        public = list(Wish.objects.filter(kind__in=kinds, designation__isnull=False))
        published += len(public)
        behind = [caseload.behind(wish) for wish in public]
        assert all(len(people) >= 11 for people in behind), number
        assert all_have_their_own(behind, len(caseload.wanted)), number
        ItemCost.objects.filter(kind__in=kinds).delete()
    assert published


def all_have_their_own(behind, people):
    """Can each wish be given eleven whom no other wish is given? By a solver of somebody else's."""
    if not behind:
        return True
    rows = [[one in group for one in range(people)] for group in behind for _ in range(11)]
    found = maximum_bipartite_matching(csr_matrix(numpy.array(rows)), perm_type="column")
    return bool((found >= 0).all())
