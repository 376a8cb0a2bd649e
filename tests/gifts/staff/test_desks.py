"""The desks of the things over HTTP: lists, pages, and each act done and refused."""

from datetime import timedelta

import pytest
from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils import timezone

from donations import demo
from gifts import units
from gifts.models import ItemCost, ItemKind, Unit, Wish
from gifts.staff.units import PATIENCE
from tests.people import person, signed_in
from tests.roles import STAFF, acting_as
from tests.things_made import make_kind, make_wish

pytestmark = pytest.mark.role(STAFF)
MOST_QUERIES = 20


@pytest.fixture
def coordinator(db):
    demo.seed()
    return signed_in(person("Gifts coordinator"))


def url(name, *args):
    with acting_as(STAFF):
        return reverse(name, args=[quote(arg) for arg in args])


def text_of(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def done(answer, said):
    assert answer.status_code == 200
    assert said in text_of(answer), text_of(answer)[:3000]


@pytest.mark.parametrize("desk", ["wishes", "units", "kinds", "costs"])
def test_a_list_takes_the_same_few_queries_for_many_rows(
    desk, coordinator, django_assert_max_num_queries
):
    def more(count):
        for _ in range(count):
            wish = make_wish(state="published")
            units.make(wish.kind, origin=Unit.Origin.BOUGHT, wish=wish)

    more(2)
    coordinator.get(url(f"{desk}:index"))
    with django_assert_max_num_queries(MOST_QUERIES) as few:
        assert coordinator.get(url(f"{desk}:index")).status_code == 200
    more(4)
    with django_assert_max_num_queries(len(few)):
        assert coordinator.get(url(f"{desk}:index")).status_code == 200
    for query in ("?q=laptop", "results/?q=x", "?p=99", "?ordering=nonsense"):
        assert coordinator.get(url(f"{desk}:index") + query).status_code == 200


def test_a_wish_goes_from_its_form_to_donors_through_two_people(coordinator):
    kind = make_kind()
    form = {
        **{"kind": kind.pk, "purpose": "university", "region": "latin_america", "wanted": 25},
        **{"text": "For survivors.", "text_es": "Una puerta.", "position": 5},
        **{"over_funding_percent": 0, "leftover": "next_unit"},
    }
    done(coordinator.post(url("wishes:add"), form), "without “surviv”")
    done(coordinator.post(url("wishes:add"), form | {"text": "A door."}, follow=True), "Laptops")
    wish = Wish.objects.get()

    refusal = coordinator.post(url("wishes:review", wish.pk), follow=True)
    done(refusal, "It takes a second person")
    other = signed_in(person("Gifts coordinator"))
    done(other.get(url("wishes:index")), "1 texts by colleagues")
    done(other.post(url("wishes:review", wish.pk), follow=True), "can be published")
    done(other.get(url("wishes:publish", wish.pk)), "25 wanted at $480.00 each, $12,000.00 in all")
    done(other.post(url("wishes:publish", wish.pk), follow=True), "The wish is published.")
    done(other.get(url("wishes:index") + "?state=published"), "0 of 25")

    words = {"text": "Another door.", "text_es": "Otra puerta.", "position": 5}
    done(other.post(url("wishes:rewrite", wish.pk), words, follow=True), "The wish was changed.")
    done(other.post(url("wishes:end", wish.pk), {"reason": "Over."}, follow=True), "has ended")
    done(other.get(url("wishes:inspect", wish.pk)), "Over.")
    wish.refresh_from_db()
    assert wish.state == "closed"


@pytest.mark.django_db(databases=["default", "vault"])
def test_a_refusal_names_the_level_that_passes_and_offers_it_as_one_button(coordinator):
    wish = make_wish(state="reviewed", kind=make_kind(general_stock=False))
    page = text_of(coordinator.get(url("wishes:publish", wish.pk)))
    assert "not known to be 11 verified needs" in page
    assert "Leave it to the education fund" in page
    done(coordinator.post(url("wishes:publish", wish.pk), follow=True), "The wish is closed")


def test_without_a_cost_the_reason_is_told(coordinator):
    wish = make_wish(state="reviewed", region="africa")
    done(coordinator.post(url("wishes:publish", wish.pk), follow=True), "nobody has entered")


def test_units_that_stand_still_are_listed_and_marked(coordinator, monkeypatch):
    stuck, lost = units.make(make_kind(), origin=Unit.Origin.BOUGHT, count=2)
    units.move(lost, to=Unit.State.RECEIVED, by=None)
    monkeypatch.setitem(PATIENCE, Unit.State.ORDERED, 0)
    assert "1 stand still" in text_of(coordinator.get(url("units:index")))
    shown = text_of(coordinator.get(url("units:index") + "?stuck=on"))
    assert stuck.code in shown
    assert lost.code not in shown
    assert stuck.code in text_of(coordinator.get(url("units:index") + f"?q={stuck.code.lower()}"))

    form = {"to": "lost", "note": "Gone at the harbor"}
    done(coordinator.post(url("units:mark", lost.pk), form, follow=True), "The unit was marked.")
    done(coordinator.get(url("units:inspect", lost.pk)), "Gone at the harbor")
    assert Unit.objects.get(pk=lost.pk).state == "lost"
    assert Unit.objects.get(pk=lost.pk).moved_at > timezone.now() - timedelta(minutes=1)


def test_kinds_and_costs_are_kept_in_units_of_the_currency(coordinator):
    kind = {
        **{"name": "Tablet", "name_es": "Tableta", "plural": "Tablets", "plural_es": "Tabletas"},
        **{"code": "tablet", "route": "central", "handling_minor": "12.50", "currency": "USD"},
    }
    done(coordinator.post(url("kinds:add"), kind | {"name": "Survivor kit"}), "without “Surviv”")
    coordinator.post(url("kinds:add"), kind)
    tablet = ItemKind.objects.get(code="tablet")
    assert tablet.handling_minor == 1250
    coordinator.post(
        url("costs:add"), {"kind": tablet.pk, "region": "africa", "cost_minor": "199.90"}
    )
    assert ItemCost.objects.get().cost_minor == 19990
    assert "$199.90" in text_of(coordinator.get(url("costs:index")))


def test_a_purchaser_keeps_costs_and_publishes_nothing(db):
    client = signed_in(person("Purchaser"))
    wish = make_wish(state="reviewed")
    assert client.get(url("costs:index")).status_code == 200
    assert client.post(url("wishes:publish", wish.pk)).status_code in (302, 403)
    wish.refresh_from_db()
    assert wish.state == "reviewed"
