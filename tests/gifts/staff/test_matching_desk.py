"""The desk of matching over HTTP: understood, decided, refused; what to buy next."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from donations import demo
from gifts import units
from gifts.matching import runs, words
from gifts.matching.problem import Ask
from gifts.matching.shopping import advise
from gifts.models import Unit
from gifts.vault.models import Access, Match, MatchRun
from tests.gifts.matching.runs_made import laptop, ready
from tests.gifts.orders_made import give
from tests.people import person, signed_in
from tests.roles import STAFF, acting_as
from tests.things_made import make_wish
from tests.vault_made import make_need, make_partner

pytestmark = [pytest.mark.role(STAFF), pytest.mark.django_db(databases=["default", "vault"])]
MOST_QUERIES = 26


@pytest.fixture
def coordinator(db):
    demo.seed()
    return signed_in(person("Gifts coordinator"))


def url(name, *args):
    with acting_as(STAFF):
        return reverse(name, args=args)


def text_of(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def proposed(client):
    client.post(url("matching:propose"))
    return MatchRun.objects.get(state="proposed")


def test_a_run_is_proposed_understood_and_approved_in_part_after_a_second_look(coordinator):
    home = make_partner(name="Casa Lucero")
    first = make_need(
        partner=home, priority=1, keyboard="th", sent_at=timezone.localtime() - timedelta(days=41)
    )
    make_need(partner=home)
    left = make_need(partner=home, keyboard="fr")
    ready(keyboard="th")
    ready(spec_class=1)
    assert "Nothing is given before you approve" in text_of(
        coordinator.get(url("matching:propose"))
    )
    run = proposed(coordinator)
    match = run.matches.get(need=first)

    page = text_of(coordinator.get(url("matching:inspect", run.pk)))
    for said in (
        "2 of 3 open needs can get a thing that is ready. Nothing is given before you approve it.",
        "0 → 2",
        "3 → 1",
        "Casa Lucero",
        first.code,
        match.unit_code,
        "Most pressing, says its partner.",
        "Waits 41 days, the longest of its kind.",
        "Has the keyboard it needs: Thai.",
        "The thing is one class better than needed; nothing plainer was free.",
        "Nobody else who waits could use this thing.",
        "Of 2 that are ready none has this keyboard: French.",
        left.code,
    ):
        assert said in page, said
    assert "Lucía" not in page

    nothing = coordinator.post(url("matching:approve", run.pk), follow=True)
    assert "please tick at least one" in text_of(nothing)
    asked = text_of(coordinator.post(url("matching:approve", run.pk), {"chosen": [match.pk]}))
    assert "1 need gets its thing" in asked
    assert not Match.objects.filter(state="approved").exists()
    sent = {"chosen": [match.pk], "confirmed": 1}
    assert "1 match was approved." in text_of(
        coordinator.post(url("matching:approve", run.pk), sent, follow=True)
    )
    assert Match.objects.get(state="approved") == match
    assert "1 need gets its thing" in text_of(coordinator.get(url("matching:approve", run.pk)))
    coordinator.post(url("matching:approve", run.pk), {"everything": "True", "confirmed": 1})
    assert Match.objects.filter(state="approved").count() == 2
    assert "Decided." in text_of(coordinator.get(url("matching:inspect", run.pk)))
    assert Access.objects.filter(purpose="matching").count() == 1


def test_what_went_stale_is_named_and_a_replaced_proposal_cannot_be_approved(coordinator):
    need = make_need()
    (unit,) = ready()
    run = proposed(coordinator)
    units.move(unit, to=Unit.State.DAMAGED, by=None)
    sent = {"everything": "True", "confirmed": 1}
    page = text_of(coordinator.post(url("matching:approve", run.pk), sent, follow=True))
    assert f"{unit.code} was left out. The thing is not ready any more" in page
    ready()
    older = proposed(coordinator)
    make_need()
    newer = proposed(coordinator)
    page = text_of(coordinator.post(url("matching:approve", older.pk), sent, follow=True))
    assert "it has been done already" in page
    coordinator.post(url("matching:drop", newer.pk))
    newer.refresh_from_db()
    need.refresh_from_db()
    assert (newer.state, need.state) == ("dropped", "open")
    history = text_of(coordinator.get(url("matching:index")))
    assert history.count("Dropped") == 3


def test_a_page_of_many_matches_takes_few_queries(coordinator, django_assert_max_num_queries):
    home = make_partner()
    for _ in range(8):
        make_need(partner=home)
    ready(5)
    run = proposed(coordinator)
    coordinator.get(url("matching:inspect", run.pk))
    with django_assert_max_num_queries(MOST_QUERIES):
        coordinator.get(url("matching:inspect", run.pk))


def test_every_state_has_words_where_there_is_nothing(coordinator):
    assert "Propose matches first" in text_of(coordinator.get(url("next_buys:index")))
    run = proposed(coordinator)
    page = text_of(coordinator.get(url("matching:inspect", run.pk)))
    for said in ("No need was open.", "Nothing could be matched.", "Nobody: every open need"):
        assert said in page
    assert "No wish has been published yet." in text_of(coordinator.get(url("next_buys:index")))


def test_others_may_neither_look_nor_propose_nor_approve(coordinator):
    make_need()
    ready()
    run = proposed(coordinator)
    client = signed_in(person("Purchaser", "Finance lead"))
    for name, args in (
        *(("matching:index", ()), ("matching:inspect", (run.pk,)), ("matching:propose", ())),
        *(("matching:approve", (run.pk,)), ("matching:drop", (run.pk,)), ("next_buys:index", ())),
    ):
        for answer in (client.get(url(name, *args)), client.post(url(name, *args))):
            assert answer.status_code in (302, 403, 405), name
    assert not Match.objects.exclude(state="proposed").exists()


def test_what_to_buy_next_serves_most_needs_with_the_money_there_is(coordinator):
    home, kind = make_partner(), laptop()
    university = make_wish(kind=kind, state="published", region="latin_america")
    anywhere = make_wish(kind=kind, state="published", region="world", purpose="any")
    give(university.designation, 2 * 48000)
    give(anywhere.designation, 48000)
    sent_at = timezone.localtime() - timedelta(days=9)
    for _ in range(2):
        make_need(partner=home, keyboard="latam", sent_at=sent_at)
    make_need(partner=home, purpose="vocational")
    make_need(partner=home, purpose="vocational", priority=3)
    proposed(coordinator)

    page = text_of(coordinator.get(url("next_buys:index")))

    assert "Its money pays for 2. 2 open needs would be served. The longest waits 9 days." in page
    assert "2: Latin American Spanish" in page
    assert "Its money pays for 1. 1 open need would be served." in page
    unpaid = page.partition("No money for these")[2].replace("<td> ", "<td>").replace(" <", "<")
    assert "<td>Laptop for vocational training</td><td>Latin America</td><td>1</td>" in unpaid


def test_money_bound_to_a_purpose_is_laid_out_for_it_alone():
    today = timezone.localdate()
    asks = [Ask("N1", "laptop", "P1", "africa", today, "university")]
    assert [ask.code for ask in advise(asks, [], today=today).unpaid] == ["N1"]


def test_a_thing_and_all_like_it_are_described_at_once(coordinator):
    made = units.make(laptop(), origin=Unit.Origin.BOUGHT, count=3)
    form = {"spec_class": 2, "keyboard": "th", "voltage": "", "region": "", "like_it": "on"}
    page = coordinator.post(url("units:describe", made[0].pk), form, follow=True)
    assert "3 things were described." in text_of(page)
    assert set(Unit.objects.values_list("spec_class", "keyboard")) == {(2, "th")}
    assert "Thai" in text_of(coordinator.get(url("units:inspect", made[1].pk)))


def test_every_reason_is_told_in_both_languages():
    facts = {"date": "2027-01-12", "days": 3, "count": 2, "got": 1, "of": 2, "need": "N1"}
    facts |= {"thing": "T1", "keyboard": "th", "voltage": "230", "purpose": "university"}
    facts |= {"region": "africa", "wanted": "th", "spec_class": 2}
    for code in words.SENTENCES:
        told = {}
        for language in ("en", "es"):
            with translation.override(language):
                told[language] = words.sentence({"code": code, **facts}, kind="Laptop")
        assert told["en"] != told["es"], code
        assert "%(" not in told["en"] + told["es"]


def test_a_run_reads_nothing_while_it_is_only_looked_at(coordinator):
    make_need()
    run = proposed(coordinator)
    before = Access.objects.count()
    coordinator.get(url("matching:inspect", run.pk))
    coordinator.get(url("next_buys:index"))
    assert Access.objects.count() == before
    assert runs.unserved(run)[0].kind == "laptop"
