"""Offering a thing over HTTP: the form, the page behind its link, and who may not."""

import io
import re

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from donations import demo, mails
from donations.models import Mail
from gifts.models import Offer, OfferPhoto
from gifts.offers import acknowledgments, deciding, views, wiping
from gifts.offers.forms import OfferForm
from tests.gifts.offered import arrived, check_all, make_offer
from tests.people import person
from tests.things_made import make_kind

pytestmark = pytest.mark.django_db


def filled(**changes):
    demo.seed()
    kind = changes.pop("kind", None) or make_kind()
    values = OfferForm.fresh_values() | {
        **{"kind": kind.pk, "description": "Lenovo ThinkPad T480", "quantity": "2"},
        **{"charger": "yes", "way": "shipping", "message": "", "website": ""},
        **{"name": "Ruth  Osei", "email": "ruth@example.org"},
    }
    return values | changes


@pytest.fixture(autouse=True)
def _human_pace(monkeypatch):
    monkeypatch.setattr("core.forms.TOO_FAST_SECONDS", 0)


def photo():
    out = io.BytesIO()
    notes = Image.Exif()
    notes[0x010F] = "SECRETCAMERA"
    Image.new("RGB", (2400, 30), (90, 90, 90)).save(out, "JPEG", exif=notes)
    return SimpleUploadedFile("x.jpg", out.getvalue(), "image/jpeg")


def test_an_offer_arrives_with_its_picture_drawn_anew_and_leads_to_thanks(public_client, run_jobs):
    values = filled()
    first = public_client.post("/es/things/offer/", values | {"photo": photo()})
    assert public_client.post("/es/things/offer/", values)["Location"] == first["Location"]

    offer = Offer.objects.get()
    assert (offer.name, offer.language, offer.state) == ("Ruth Osei", "es", "offered")
    kept = bytes(OfferPhoto.objects.get().data)
    assert b"SECRET" not in kept
    assert Image.open(io.BytesIO(kept)).width == 1600
    page = public_client.get(first["Location"]).content.decode()
    assert offer.code in page
    assert "Ruth" not in page
    assert "ruth@" not in page
    run_jobs()
    (letter,) = mail.outbox
    assert letter.to == ["ruth@example.org"]
    assert "/es/things/offer/" in letter.body


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": ""}, {"kind": "999999"}, {"description": " "}, {"quantity": "0"},
        {"quantity": "101"}, {"charger": ""}, {"way": "teleport"}, {"name": ""},
        {"email": "ruth"}, {"country": "XX"}, {"website": "http://spam.example"},
        {"description": "Laptop for trafficking survivors"}, {"started": "forged"},
        {"message": "x" * 1001},
        {"photo": SimpleUploadedFile("x.jpg", b"<svg xmlns='x'/>", "image/jpeg")},
    ],
)  # fmt: skip
def test_a_form_with_a_mistake_is_shown_again_with_what_was_typed(public_client, changes):
    answer = public_client.post("/things/offer/", filled(message="Mine") | changes)
    assert answer.status_code == 422
    assert not Offer.objects.exists()
    assert 'role="alert"' in answer.content.decode()
    assert "ruth" in answer.content.decode() or "email" in changes


def test_only_things_can_be_offered(public_client):
    fee, gone = make_kind(route="direct", name="Fee"), make_kind(is_open=False, name="Gone")
    for kind in (fee, gone):
        assert public_client.post("/things/offer/", filled(kind=kind)).status_code == 422


def test_floods_from_one_place_or_to_one_mailbox_rest(public_client, monkeypatch):
    kind = make_kind()
    answers = [
        public_client.post("/things/offer/", filled(kind=kind)).status_code
        for _ in range(views.MAILBOX + 1)
    ]
    assert answers == [302] * views.MAILBOX + [429]
    monkeypatch.setattr(views, "FORMS", 0)
    assert public_client.post("/things/offer/", filled(kind=kind)).status_code == 429
    assert Offer.objects.count() == Mail.objects.count() == views.MAILBOX


def link_in(letter):
    return re.search(r"https?://[^/]+(/\S+)", letter.body)[1]


def test_the_mailed_link_shows_withdraws_and_is_too_late_afterwards(public_client, run_jobs):
    offer = make_offer(state="accepted")
    run_jobs()
    link = link_in(mail.outbox[-1])
    page = public_client.get(link)
    assert "no-store" in page["Cache-Control"]
    assert "To 100 Harbor Street." in page.content.decode()
    assert public_client.get(link + "withdraw/").status_code == 200
    offer.refresh_from_db()
    assert offer.state == "accepted"  # looking changes nothing
    arrived(offer)
    late = public_client.post(link + "withdraw/")
    assert late.status_code == 409
    assert "cannot be withdrawn" in late.content.decode()

    other = make_offer()
    run_jobs()
    link = link_in(mail.outbox[-1])
    for _ in range(2):
        assert public_client.post(link + "withdraw/")["Location"] == link
    other.refresh_from_db()
    assert other.state == "withdrawn"


def test_papers_are_downloaded_by_a_press_and_by_their_own_link_alone(public_client, run_jobs):
    offer, by = make_offer(state="accepted"), person(factor=False)
    (thing,) = arrived(offer)
    check_all(thing)
    paper, statement = acknowledgments.issue(offer, by=by), wiping.make(offer, by=by)
    run_jobs()
    link = link_in(mail.outbox[-1])
    for path in (f"acknowledgment/{paper.pk}/", f"statement/{statement.pk}/"):
        assert path in public_client.get(link).content.decode()
        assert public_client.get(link + path).status_code == 405
        got = public_client.post(link + path)
        assert got.content.startswith(b"%PDF")
        assert got["Content-Disposition"].startswith('attachment; filename="gift-')
    make_offer(email="eve@example.org")
    run_jobs()
    others = link_in(mail.outbox[-1])
    assert public_client.post(others + f"acknowledgment/{paper.pk}/").status_code == 404
    assert public_client.post(others + f"statement/{statement.pk}/").status_code == 404
    acknowledgments.void(paper, reason="x", by=by)
    assert public_client.post(link + f"acknowledgment/{paper.pk}/").status_code == 404


def test_an_expired_link_sends_a_fresh_one_to_its_own_address_once_an_hour(
    public_client, run_jobs, monkeypatch
):
    make_offer()
    run_jobs()
    link = link_in(mail.outbox[-1])
    monkeypatch.setattr("gifts.offers.links.LINK_DAYS", -1)
    page = public_client.get(link)
    assert page.status_code == 410
    for _ in range(2):
        assert public_client.post(link + "again/").status_code == 200
    assert public_client.post("/things/offer/nonsense/again/").status_code == 200
    run_jobs()
    assert len(mail.outbox) == 2
    assert public_client.get("/things/offer/nonsense/").status_code == 404


def test_every_mail_about_an_offer_can_be_written_in_both_languages_and_readdressed(run_jobs):
    by = person(factor=False)
    for language in ("en", "es"):
        offer = make_offer(state="accepted", language=language)
        (thing,) = arrived(offer)
        for step in ("offered", "declined", "withdrawn", "acknowledged", "erased", "link"):
            deciding.tell(offer, step, "7")
        deciding.tell(offer, "refused", thing.pk)
    run_jobs()
    assert len(mail.outbox) == 18
    assert len({letter.subject for letter in mail.outbox}) == 16
    letter = Mail.objects.filter(template="offer").latest("pk")
    mails.correct_and_resend(letter, to="new@example.org", actor=by)
    run_jobs()
    assert mail.outbox[-1].to == ["new@example.org"]
    assert Offer.objects.filter(email="new@example.org").exists()
    assert timezone.now() >= letter.created_at
