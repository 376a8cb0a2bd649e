"""News from the person's side: nobody can be named through a gift with a chance above 1 in 11.

The attacker knows the day and every line of one gift (or of several), which things it paid for, all
news ever published of any thing, how groups are formed, and of every group that was told of the
people behind it: only not who of them got which thing, nor on which day. So he is left with
guessing among the people whose things share the whole published history of his. Of a thing that was
never told of he has learnt nothing. (If he watched every office and every hand-over himself, no
publication could keep from him what he saw.)
"""

import random
from collections import Counter, defaultdict

import pytest

from gifts.ladder import K
from gifts.models import Region
from gifts.trace.releases import Group, Thing, Told, groups
from tests.faults.scale import many

REGIONS = [*Region.values[:5], "world"]
QUARTERS = 8


def worlds(seed):
    """Two years of releases in a made-up world: what was told of each thing, and whose it is."""
    chance = random.Random(seed)
    people = [f"person {number}" for number in range(chance.randint(11, 400))]
    again = chance.choice([0, 0.05, 0.4])  # how often somebody gets another thing
    things = {}
    for unit in range(chance.randint(5, 300)):
        free = people.pop() if people and chance.random() >= again else None
        owners = [one["person"] for one in things.values()]
        things[unit] = {
            "person": free or chance.choice(owners or ["person 0"]),
            "kind": min(chance.randint(0, 5), chance.randint(0, 5)),
            "region": chance.choice(REGIONS[: chance.randint(1, len(REGIONS))]),
            "came": chance.randint(0, QUARTERS),
            # Some are never confirmed.
            "used": chance.choice([0, 0, 1, 2, 99]),
        }
    history, cells = defaultdict(tuple), []
    for quarter in range(QUARTERS):
        in_use = {unit for unit, one in things.items() if one["came"] + one["used"] <= quarter}
        fresh = [
            Thing(
                unit, one["kind"], one["region"], one["person"],
                "confirmed" if unit in in_use else "handed_over",
            )
            for unit, one in things.items()
            if one["came"] <= quarter and unit not in history
        ]  # fmt: skip
        told = []
        for number, group in enumerate(cells):
            behind = [unit for unit in group.units if len(history[unit]) == 1]
            if group.stage == "handed_over" and behind:
                used = tuple(unit for unit in behind if unit in in_use)
                told.append(Told(number, group.kind, group.region, len(behind), used))
        for group in groups(fresh, told):
            cells.append(group)
            for unit in group.units:
                history[unit] += (len(cells) - 1,)
        yield history, things, cells


def chances(history, things):
    """For each published history: how sure the best guess at one of its things can be."""
    behind = defaultdict(list)
    for unit, told in history.items():
        behind[told].append(things[unit]["person"])
    return [max(Counter(people).values()) / len(people) for people in behind.values()]


def test_whoever_knows_a_gift_and_all_news_names_its_recipient_once_in_eleven_at_most():
    told = 0
    for seed in range(many(30, 1_000)):
        for history, things, _cells in worlds(seed):
            worst = max(chances(history, things), default=0)
            assert worst <= 1 / K, seed
        told += len(history)
    assert told > 1_000  # there was something to guess at


def test_every_thing_is_told_of_once_at_a_stage_and_what_is_told_is_true():
    for seed in range(many(20, 200)):
        *_, (history, things, cells) = worlds(seed)
        for told in history.values():
            stages = [cells[cell].stage for cell in told]
            assert stages in (["handed_over"], ["confirmed"], ["handed_over", "confirmed"])
        for group in cells:
            kinds = {things[unit]["kind"] for unit in group.units}
            regions = {things[unit]["region"] for unit in group.units}
            assert group.kind is None or kinds == {group.kind}
            assert group.region == "world" or regions == {group.region}


@pytest.mark.parametrize(
    "careless",
    [
        lambda fresh, told: [Group("handed_over", tuple(one.unit for one in fresh[:10]))],
        # Each person may count more than once.
        lambda fresh, told: groups([Thing(*one_of(each)) for each in fresh], told),
        # An earlier group comes on one by one.
        lambda fresh, told: [
            *groups(fresh),
            *(Group("confirmed", one.in_use, earlier=one.cell) for one in told if one.in_use),
        ],
    ],
)
def test_the_attacker_would_win_against_careless_groups(monkeypatch, careless):
    monkeypatch.setitem(globals(), "groups", careless_or(groups, careless))
    found = [
        chance
        for seed in range(12)
        for history, things, _cells in worlds(seed)
        for chance in chances(history, things)
    ]
    assert max(found) > 1 / K


def careless_or(real, careless):
    """The careless one, seeing the real one under its name."""

    def grouped(fresh, told=()):
        monkey = globals()["groups"]
        globals()["groups"] = real
        try:
            return [group for group in careless(fresh, told) if group.units]
        finally:
            globals()["groups"] = monkey

    return grouped


def one_of(each):
    return each.unit, each.kind, each.region, each.unit, each.stage


def thing(unit, *, kind=1, region="africa", person=None, stage="confirmed"):
    return Thing(unit, kind, region, person or unit + 1, stage)


def test_too_few_wait_and_what_is_wider_is_told_more_coarsely():
    assert groups([thing(unit) for unit in range(10)]) == []
    (group,) = groups([thing(unit) for unit in range(11)])
    assert (group.kind, group.region, len(group.units)) == (1, "africa", 11)
    mixed = [thing(unit, region=("africa", "europe")[unit % 2]) for unit in range(12)]
    (group,) = groups(mixed)
    assert (group.kind, group.region) == (1, "world")
    kinds = [thing(unit, kind=unit % 2) for unit in range(12)]
    (group,) = groups(kinds)
    assert (group.kind, group.region) == (None, "world")


def test_what_is_in_use_is_told_to_be_with_the_partner_where_that_helps_others():
    mixed = [thing(unit, stage=("confirmed", "handed_over")[unit % 2]) for unit in range(12)]
    (group,) = groups(mixed)
    assert (group.stage, len(group.units)) == ("handed_over", 12)


def test_a_person_with_many_things_counts_once():
    same = [thing(unit, person=1 + unit % 10) for unit in range(40)]
    assert groups(same) == []
    (group,) = groups([*same, thing(99)])
    assert len(group.units) == 11


@pytest.mark.parametrize(
    ("there", "in_use", "told"),
    [(11, 11, 11), (11, 10, 0), (21, 20, 0), (22, 11, 11), (30, 29, 19), (30, 30, 30)],
)
def test_an_earlier_group_comes_on_as_a_whole_or_leaves_eleven_behind(there, in_use, told):
    found = groups([], [Told(7, 1, "africa", there, tuple(range(in_use)))])
    assert sum(len(group.units) for group in found) == told
    assert all(group.earlier == 7 for group in found)
