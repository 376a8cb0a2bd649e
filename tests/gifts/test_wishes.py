"""A wish from its first words to its end, and the ladder that it is published on."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from donations import demo, room
from gifts import ladder, needs, progress, units, wishes
from gifts.models import ItemCost, ItemKind, Purpose, Region, Unit, Wish
from tests.giving import later
from tests.people import person
from tests.things_made import make_kind, make_wish

pytestmark = pytest.mark.django_db
State = Wish.State


@pytest.fixture(autouse=True)
def organisation(db):
    demo.seed()


def refused(act, *args, **kwargs):
    with pytest.raises(wishes.NotPossible) as problem:
        act(*args, **kwargs)
    return problem.value


def written(**said):
    facts = {"kind": make_kind(), "purpose": "university", "region": "latin_america", "wanted": 25}
    words = {"text": "One door to a first term.", "text_es": "Una puerta al primer curso."}
    return wishes.write(by=person(), **facts | words | said)


def published(**said):
    wish = wishes.review(written(**said), by=person())
    return wishes.publish(wish)


def test_a_wish_published_owns_a_designation_with_its_goal_and_where_the_money_goes_next():
    like = published()
    wish = published(like=like, over_funding_percent=10)

    purse = wish.designation
    assert (wish.state, wish.unit_minor, purse.target_minor) == ("published", 48000, 25 * 48000)
    assert (purse.restriction, purse.over_funding_percent) == ("with_donor_restrictions", 10)
    assert (purse.like, purse.fallback.code) == (like.designation, "education")
    assert purse.name == "Laptops for university, Latin America"
    assert not purse.is_public
    assert wishes.publish(wish).designation_id == purse.pk
    assert room.left_minor(purse) == 25 * 48000 * 110 // 100


def test_two_wishes_of_one_subject_have_addresses_of_their_own():
    kind = make_kind()
    first, second = written(kind=kind), written(kind=kind)
    assert first.slug == "laptops-for-university-latin-america"
    assert second.slug.startswith(first.slug)
    assert second.slug != first.slug


def test_who_wrote_the_text_does_not_pass_it_and_a_telling_word_is_passed_by_nobody():
    wish = written()
    assert refused(wishes.review, wish, by=wish.written_by).code == "same_person"
    assert refused(wishes.review, written(text_es=""), by=person()).code == "no_text"
    assert refused(wishes.review, written(text="For survivors"), by=person()).code == "telling"
    assert refused(wishes.publish, wish).code == "state"


def test_another_text_takes_the_review_back_and_a_published_wish_off_the_list():
    wish, colleague = published(), person()
    price = wish.unit_minor
    ItemCost.objects.update(cost_minor=99999)

    wish = wishes.rewrite(wish, by=colleague, text="Other words.")
    assert (wish.state, wish.reviewed_by, wish.written_by) == ("draft", None, colleague)
    assert refused(wishes.review, wish, by=colleague).code == "same_person"
    again = wishes.publish(wishes.review(wish, by=person()))
    assert (again.unit_minor, again.designation_id) == (price, wish.designation_id)


def test_place_and_last_day_change_without_a_review_and_the_designation_follows():
    wish, day = published(), timezone.now() + timedelta(days=9)
    wish = wishes.rewrite(wish, by=person(), ends_at=day, position=1, text=wish.text)
    assert (wish.state, wish.designation.closes_at) == ("published", day)


def test_goal_and_subject_of_a_published_wish_stay():
    wish = published()
    assert refused(wishes.rewrite, wish, by=person(), wanted=100).code == "frozen"
    assert refused(wishes.rewrite, wish, by=person(), region="africa").code == "frozen"
    draft = wishes.rewrite(written(), by=person(), wanted=100, region="africa")
    assert (draft.wanted, draft.region) == (100, "africa")


def test_without_a_cost_for_the_region_nothing_is_published():
    wish = wishes.review(written(region="africa"), by=person())
    assert refused(wishes.publish, wish).code == "no_cost"
    ItemCost.objects.create(kind=wish.kind, region=Region.WORLD, cost_minor=50000)
    assert wishes.publish(wish).unit_minor == 53000


@pytest.mark.django_db(databases=["default", "vault"])
def test_a_kind_that_is_no_general_stock_is_refused_and_led_to_the_education_fund():
    wish = wishes.review(written(kind=make_kind(general_stock=False)), by=person())
    problem = refused(wishes.publish, wish)
    assert (problem.code, problem.level) == ("not_enough", ladder.Level())
    assert str(problem.level) == "the education fund"
    # Naming a rung does not let it pass.
    wider = ladder.rungs(wish)[-1]
    assert refused(wishes.publish, wish, level=wider).code == "not_enough"


@pytest.fixture
def counted(monkeypatch):
    """People with verified needs by cell, of each kind others; none in cells that are not named."""
    cells: dict[tuple[str | None, str | None], int] = {}

    def people():
        # Where a cell names no region or purpose they need it somewhere else, for something else.
        found = Counter({
            frozenset([(kind.code, region or "africa", purpose or "language")]): count
            for (region, purpose), count in cells.items()
            for kind in ItemKind.objects.filter(general_stock=False)
        })  # fmt: skip
        return needs.People(now=found, ever=found)

    monkeypatch.setattr(needs, "people", people)
    return cells


@pytest.mark.parametrize(("cell", "region", "purpose"), [
    (("latin_america", "university"), "latin_america", "university"),
    (("latin_america", None), "latin_america", Purpose.ANY),
    ((None, None), Region.WORLD, Purpose.ANY),
])  # fmt: skip
def test_the_ladder_ends_at_the_first_rung_with_eleven_behind_it(counted, cell, region, purpose):
    kind = make_kind(general_stock=False)
    ItemCost.objects.create(kind=kind, region=Region.WORLD, cost_minor=45000)
    wish = wishes.review(written(kind=kind), by=person())

    counted[cell] = 10
    assert refused(wishes.publish, wish).level == ladder.Level()
    counted[cell] = 11
    level = ladder.passing(wish)
    assert (level.region, level.purpose) == (region, purpose)
    wish = wishes.publish(wish, level=level)
    assert (wish.region, wish.purpose, wish.designation.name) == (region, purpose, str(level))


def test_a_need_counts_for_one_wish_unless_there_are_eleven_for_each(counted):
    kind = make_kind(general_stock=False)
    counted[("latin_america", "university")] = 21
    published(kind=kind)
    other = wishes.review(written(kind=kind), by=person())
    assert refused(wishes.publish, other).code == "not_enough"
    counted[("latin_america", "university")] = 22
    assert wishes.publish(other).state == State.PUBLISHED


def test_a_wish_that_was_ever_published_has_used_up_its_eleven_people(counted):
    kind = make_kind(general_stock=False)
    counted[("latin_america", "university")] = 21
    wishes.end(published(kind=kind), reason="All are served.")
    other = wishes.review(written(kind=kind), by=person())
    assert refused(wishes.publish, other).code == "not_enough"
    counted[("latin_america", "university")] = 22
    assert wishes.publish(other).state == State.PUBLISHED


def test_whoever_needs_two_things_counts_for_one_wish_alone(monkeypatch):
    one, other = make_kind(general_stock=False), make_kind(general_stock=False)
    cells = {kind: (kind.code, "latin_america", "university") for kind in (one, other)}

    def known(both, alone):
        crowd = {frozenset(cells.values()): both, frozenset([cells[other]]): alone}
        monkeypatch.setattr(needs, "people", lambda: needs.People(now=crowd, ever=crowd))

    known(both=11, alone=10)
    published(kind=one)
    second = wishes.review(written(kind=other), by=person())
    assert refused(wishes.publish, second).level == ladder.Level()
    known(both=11, alone=11)
    assert wishes.publish(second).state == State.PUBLISHED


def test_wishes_that_overlap_have_eleven_of_their_own_together(monkeypatch):
    """Each of two cells holds eleven, and both together no twenty-two."""
    kind = make_kind(general_stock=False)
    first, second = ((kind.code, "latin_america", name) for name in ("university", "language"))

    def known(both):
        crowd = {frozenset([first]): 6, frozenset([second]): 6, frozenset([first, second]): both}
        monkeypatch.setattr(needs, "people", lambda: needs.People(now=crowd, ever=crowd))

    known(both=5)
    published(kind=kind)
    other = wishes.review(written(kind=kind, purpose="language"), by=person())
    assert refused(wishes.publish, other).code == "not_enough"
    known(both=10)
    assert wishes.publish(other).state == State.PUBLISHED


def test_an_unknown_count_is_never_enough(monkeypatch):
    monkeypatch.setattr(needs, "people", lambda: None)
    wish = wishes.review(written(kind=make_kind(general_stock=False)), by=person())
    assert refused(wishes.publish, wish).code == "not_enough"


def test_a_wish_is_funded_by_what_was_given_and_open_again_when_it_goes_back(
    monkeypatch, django_assert_num_queries
):
    wish, other = published(wanted=15), published()
    goal, given = wish.designation.target_minor, {}
    monkeypatch.setattr(
        room, "standing", lambda pks: {pk: room.Standing(given.get(pk, 0), 0) for pk in pks}
    )
    given[wish.designation_id] = goal - 1
    assert wishes.refresh_states() == 0
    given[wish.designation_id] = goal
    assert wishes.refresh_states() == 1
    wish.refresh_from_db()
    assert wish.state == State.FUNDED
    assert refused(wishes.rewrite, wish, by=person(), text="x").code == "covered"
    with django_assert_num_queries(1):
        assert wishes.refresh_states() == 0

    given[wish.designation_id] = goal - 5
    assert wishes.refresh_states() == 1
    wish.refresh_from_db()
    other.refresh_from_db()
    assert (wish.state, other.state) == ("published", "published")


def test_what_was_bought_stays_funded(monkeypatch):
    wish = make_wish(state="funded")
    units.make(wish.kind, origin=Unit.Origin.BOUGHT, wish=wish)
    monkeypatch.setattr(room, "standing", lambda pks: {pk: room.Standing() for pk in pks})
    assert wishes.refresh_states() == 0


def test_an_ended_wish_takes_no_more_and_keeps_its_reason():
    wish = published()
    wish = wishes.end(wish, reason="The course was called off.")
    assert room.has_ended(wish.designation)
    assert wishes.end(wish, reason="again").close_reason == "The course was called off."
    assert refused(wishes.rewrite, wish, by=person(), position=1).code == "closed"


def test_a_wish_whose_day_is_over_is_closed_by_the_clock():
    wish, day = published(), timezone.now() + timedelta(days=1)
    wishes.rewrite(wish, by=person(), ends_at=day)
    assert wishes.refresh_states() == 0
    with later(days=2):
        assert wishes.refresh_states() == 1
    wish.refresh_from_db()
    assert (wish.state, wish.designation.closes_at) == ("closed", day)


def test_progress_counts_whole_things_and_says_when_little_is_missing():
    wish = make_wish(state="published")

    def at(given: int, held: int = 0, **facts: object) -> progress.Progress:
        for name, value in facts.items():
            setattr(wish, name, value)
        return progress.Progress(wish, given, held)

    assert (at(0).state, at(0).funded, at(0).left_minor) == ("open", 0, 720000)
    assert at(95999).funded == 1
    assert at(576000).state == "near"
    assert (at(700000, 20000).state, at(700000, 20000).funded) == ("covered", 14)
    assert at(720001).left_minor == 0
    assert at(720000, over_funding_percent=10).left_minor == 72000
    assert at(0, ends_at=timezone.now()).state == "ended"
