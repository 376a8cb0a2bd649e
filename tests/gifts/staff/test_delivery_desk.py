"""The desks of delivery over HTTP, from what is matched to what became of it."""

import re
from datetime import date, timedelta
from io import BytesIO

import pikepdf
import pytest
from django.utils import timezone

from core import pdf
from gifts.delivery import batches, confirming, packing_list, patience
from gifts.models import Release, ReleaseNote, Unit, Wish
from gifts.trace import notes
from gifts.vault import needs, partners
from gifts.vault.models import Access, Batch, Parcel
from tests.deliveries_made import make_match, make_unit
from tests.donations.staff.test_desks import url
from tests.people import person, signed_in
from tests.roles import STAFF
from tests.things_made import make_kind, make_wish
from tests.vault_made import make_need, make_partner

pytestmark = [
    pytest.mark.role(STAFF),
    pytest.mark.django_db(databases=["default", "vault"]),
]


def text(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def coordinator(db):
    return signed_in(person("Gifts coordinator"))


@pytest.fixture
def partner():
    return make_partner()


def soon():
    return timezone.localdate() + timedelta(days=9)


def sent(match):
    by = person(factor=False)
    batch = batches.pack(match.need.partner, codes=[match.unit_code], by=by)
    return batches.ship(batch, carrier="Post", expected_on=soon(), by=by)


def test_a_batch_goes_its_whole_way(coordinator, partner):
    assert "Everything that is matched is on its way." in text(
        coordinator.get(url("packing:index"))
    )
    one, other = make_match(partner=partner), make_match(partner=partner)
    assert "2: make a batch" in text(coordinator.get(url("packing:index")))
    form = text(coordinator.get(url("packing:pack", partner.pk)))
    assert one.unit_code in form
    codes = {"codes": [one.unit_code, other.unit_code]}
    done = coordinator.post(url("packing:pack", partner.pk), codes, follow=True)
    batch = Batch.objects.get()
    assert f"Batch {batch.code} is being packed." in text(done)
    page = text(coordinator.get(url("batches:inspect", batch.pk)))
    assert one.unit_code in page
    assert "Packing list" in page
    again = coordinator.post(url("packing:pack", partner.pk), codes, follow=True)
    assert "not one of the available choices" in text(again)

    past = {"carrier": "Post", "expected_on": "2020-01-01"}
    assert "a day to come" in text(coordinator.post(url("batches:ship", batch.pk), past))
    form = {"carrier": "Post", "expected_on": soon().isoformat()}
    answer = coordinator.post(url("batches:ship", batch.pk), form, follow=True)
    assert "on its way" in text(answer)
    answer = coordinator.post(
        url("batches:arrive", batch.pk), {"missing": [other.unit_code]}, follow=True
    )
    assert "has arrived" in text(answer)
    states = dict(Parcel.objects.values_list("unit_code", "state"))
    assert states == {one.unit_code: "arrived", other.unit_code: "not_received"}
    assert "Partners miss 1." in text(coordinator.get(url("parcels:index")))


def test_the_packing_list_names_codes_and_the_office_alone_and_is_put_on_record(
    coordinator, partner, monkeypatch
):
    match = make_match(partner=partner)
    batch = batches.pack(partner, codes=[match.unit_code], by=person(factor=False))
    answer = coordinator.get(url("batches:list", batch.pk))
    assert "no-store" in answer["Cache-Control"]
    with pikepdf.open(BytesIO(answer.content)) as paper:
        assert len(paper.pages) == 1
    look = Access.objects.get()
    assert (look.purpose, look.model, look.fields) == ("pack", "partner", "office")
    with monkeypatch.context() as patch:
        patch.setattr(pdf, "render", lambda html, **named: html)
        shown = packing_list.sheet(batch, by=person(factor=False))
    for expected in ("1 Example Street", match.unit_code, batch.code, "Laptop"):
        assert expected in shown
    for never in ("Ana", "Lucía", "Casa Lucero", match.need.code, match.need.recipient.code):
        assert never not in shown
    unpacked = coordinator.post(url("batches:cancel", batch.pk), follow=True)
    assert "was unpacked" in text(unpacked)
    assert coordinator.get(url("batches:list", batch.pk)).status_code == 404


def test_what_does_not_travel_is_handed_over_and_what_was_said_is_marked(coordinator, partner):
    match = make_match(partner=partner, unit=make_unit(make_kind(route="local")))
    page = text(coordinator.get(url("packing:index")))
    assert "1: hand over" in page
    assert "make a batch" not in page
    coordinator.post(url("packing:hand-over", partner.pk), {"codes": [match.unit_code]})
    parcel = Parcel.objects.get()
    assert "on the spot" in text(coordinator.get(url("parcels:inspect", parcel.pk)))
    said = coordinator.post(url("parcels:said", parcel.pk), {"outcome": "received"}, follow=True)
    assert ", by telephone" in text(said)
    assert Parcel.objects.get().state == "confirmed"


def test_what_nobody_heard_of_is_listed_with_how_long(coordinator, partner, monkeypatch):
    match = make_match(partner=partner)
    sent(match)
    assert "nothing heard" not in text(coordinator.get(url("parcels:index")))
    assert "There is 1 match" not in text(coordinator.get(url("parcels:index")))
    monkeypatch.setitem(patience.DAYS, Parcel.State.SHIPPED, 0)
    assert "shipped 0 days ago, nothing heard" in text(coordinator.get(url("parcels:index")))
    assert match.unit_code in text(coordinator.get(url("parcels:index") + "?overdue=on"))
    assert "Of 1 things nobody has heard" in text(coordinator.get(url("batches:index")))
    typed = match.unit_code.lower().replace("-", "")
    for desk in ("parcels", "batches"):
        assert match.unit_code[:4] in text(
            coordinator.get(url(f"{desk}:index") + f"?q={typed}")
        ) or (
            Batch.objects.get().code in text(coordinator.get(url(f"{desk}:index") + f"?q={typed}"))
        )


def test_lost_and_withdrawn_things_are_settled(coordinator, partner):
    lost, withdrawn, missed = (make_match(partner=partner) for _ in range(3))
    for match in (lost, withdrawn, missed):
        sent(match)
    needs.move(withdrawn.need, to="withdrawn", by=None)
    parcels = {row.unit_code: row for row in Parcel.objects.all()}
    grief = {"to": "lost", "note": "Gone at customs"}
    answer = coordinator.post(url("parcels:grief", parcels[lost.unit_code].pk), grief, follow=True)
    assert "Gone at customs" in text(answer)
    page = text(coordinator.get(url("parcels:index")))
    assert "1 are to come back to us." in page
    assert "1 were damaged or lost." in page
    back = url("parcels:take-back", parcels[withdrawn.unit_code].pk)
    assert "It is back." in text(coordinator.post(back, {"note": "Came by post"}, follow=True))
    row = parcels[missed.unit_code]
    confirming.confirm(row.unit_code, partner=partner, by=person(), outcome="not_received")
    turned_up = coordinator.post(url("parcels:turn-up", row.pk), {"note": "Found"}, follow=True)
    assert "It is with the partner." in text(turned_up)
    lost.need.refresh_from_db()
    assert lost.need.state == "open"


def test_a_partner_is_closed_step_by_step(coordinator, partner):
    match = make_match(partner=partner)
    make_need(partner=partner)
    assert partner.name in text(coordinator.get(url("closing:index")))
    page = text(coordinator.get(url("closing:inspect", partner.pk)))
    assert match.unit_code in page
    refused = coordinator.post(url("closing:close", partner.pk), follow=True)
    assert "it has needs under way" in text(refused)
    done = coordinator.post(
        url("closing:wind-up", partner.pk), {"because": "It ends its work."}, follow=True
    )
    assert "2 needs were withdrawn." in text(done)
    assert "The partner is closed." in text(
        coordinator.post(url("closing:close", partner.pk), follow=True)
    )
    partner.refresh_from_db()
    assert partner.state == "closed"
    assert not partners.left(partner)


def test_what_came_back_is_ready_again_and_what_is_bound_is_not_marked_past_the_vault(
    coordinator, partner
):
    match = make_match(partner=partner)
    unit = Unit.objects.get(code=match.unit_code)
    assert url("units:mark", unit.pk) not in text(coordinator.get(url("units:inspect", unit.pk)))
    other = make_unit()
    coordinator.post(url("units:mark", other.pk), {"to": "returned", "note": "x"})
    coordinator.post(url("units:restock", other.pk))
    other.refresh_from_db()
    assert other.state == "ready"


@pytest.mark.parametrize(
    "page", ["packing:index", "batches:index", "parcels:index", "closing:index"]
)
def test_whoever_has_no_part_in_it_sees_nothing_of_it(db, page):
    editor = signed_in(person("Donor care"))
    assert editor.get(url(page)).status_code == 302
    assert not re.search(r'"/admin/(packing|parcels)', editor.get(url("wagtailadmin_home")).text)


def test_a_release_and_its_notes_are_read_written_and_passed(coordinator, monkeypatch):
    release = Release.objects.create(quarter=date(2026, 7, 1))
    page = text(coordinator.get(url("releases:inspect", release.pk)))
    assert "waits for the next release" in page
    assert "The next news is published on" in text(coordinator.get(url("releases:index")))
    assert url("releases:note", release.pk) not in page  # nothing of any wish was told

    wish = make_wish()
    monkeypatch.setattr(notes, "pools", lambda release: Wish.objects.filter(pk=wish.pk))
    form = {"wish": wish.pk, "text": "For a survivor.", "text_es": "Funcionan bien."}
    answer = coordinator.post(url("releases:note", release.pk), form)
    assert "without “surviv”" in text(answer)
    form["text"] = "They work well."
    coordinator.post(url("releases:note", release.pk), form)
    note = ReleaseNote.objects.get()
    own = coordinator.post(url("release-notes:pass", note.pk), follow=True)
    assert "It takes a second person" in text(own)
    second = signed_in(person("Gifts coordinator"))
    assert "They work well." in text(second.get(url("release-notes:pass", note.pk)))
    assert "All donors" in text(second.post(url("release-notes:pass", note.pk), follow=True))
    down = coordinator.post(url("release-notes:take-down", note.pk), follow=True)
    assert "taken down" in text(down)
    assert "taken down" in text(coordinator.get(url("release-notes:index")))
