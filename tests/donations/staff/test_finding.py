"""The search box of the desks: by whatever a caller can tell."""

import pytest
from django.db import connection
from django.utils import timezone

from donations.models import Donation, Donor
from donations.staff.finding import find_donations, find_donors, find_receipts, near_names


@pytest.mark.parametrize(
    "typed",
    [
        "José Núñez", "jose nunez", "NUNEZ", "josé", "nunes", "Hose Nunez", "jose.n@example.org",
        "JOSE.N@example.org", "example.org 50", "04101", "4242", "50", "$50", "50.00", "nunez $50",
        "jose nunez 4242",
    ],
)  # fmt: skip
def test_a_gift_is_found_by(make_gift, typed):
    gift = make_gift(email="jose.n@example.org", postcode="04101")
    make_gift(name="Ada Byron", email="ada@elsewhere.test", amount=7300, last4="1881")

    assert list(find_donations(Donation.objects.all(), typed)) == [gift]
    assert list(find_donors(Donor.objects.all(), typed)) == [gift.donor]


@pytest.mark.parametrize(
    "what", ["payment_intent_id", "charge_id", "session", "receipt", "code", "ref"]
)
def test_a_gift_is_found_by_its_ids(make_gift, what):
    gift, _other = make_gift(), make_gift(name="Ada Byron")
    receipt = gift.receipts.get()
    typed = {
        "payment_intent_id": gift.payment_intent_id,
        "charge_id": gift.charge_id,
        "code": receipt.code.lower(),
        "session": gift.attempts.get().session_id,
        "receipt": receipt.label.lower().replace("-0000", "-"),
        "ref": gift.reference[:8].upper(),
    }[what]

    assert list(find_donations(Donation.objects.all(), typed)) == [gift]


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%m/%d/%Y", "%d.%m.%Y"])
def test_a_gift_is_found_by_its_day(gift, form):
    today = timezone.localtime(gift.paid_at)
    assert list(find_donations(Donation.objects.all(), f"{today:{form}}")) == [gift]
    assert not find_donations(Donation.objects.all(), "2019-02-03")


def test_what_was_given_is_found_with_and_without_the_covered_fee(make_gift):
    gift = make_gift(amount=5000, fee_cover_minor=180)
    for typed in ("50", "51.80"):
        assert list(find_donations(Donation.objects.all(), typed)) == [gift]
    assert not find_donations(Donation.objects.all(), "51")


def test_digits_with_noughts_before_them_are_no_amount(make_gift):
    make_gift(amount=5000)
    assert not find_donations(Donation.objects.all(), "00000050")


def test_a_gift_that_was_not_paid_is_found_by_name_too(make_gift):
    gift = make_gift(paid=False, name="Zoë Åström")
    assert list(find_donations(Donation.objects.all(), "zoe astrom")) == [gift]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("katherine", True), ("Catherine", True), ("kathrin", True), ("Katherine Osay", True),
        ("osei", True), ("Margaret", False), ("Kurt", False), ("Katherine Miller", False),
    ],
)  # fmt: skip
def test_near_spellings(db, typed, found):
    Donor.objects.create(name="Katherine Osei", search_name="katherine osei")
    assert near_names(typed).exists() is found


def test_a_receipt_is_found_by_number_code_and_name(gift):
    receipt = gift.receipts.get()
    for typed in (receipt.label, receipt.code, receipt.code.lower(), "nunez"):
        assert list(find_receipts(type(receipt).objects.all(), typed)) == [receipt]


@pytest.mark.parametrize("typed", ["%", "'; --", "\\", "a" * 500, "0", "-", "€", "٣٤", "1e9", "()"])
def test_nonsense_finds_nothing_and_breaks_nothing(gift, typed):
    for found in (
        find_donations(Donation.objects.all(), typed),
        find_donors(Donor.objects.all(), typed),
    ):
        assert list(found) == []


def test_the_index_serves_near_names(db):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "donor_by_trigrams" in near_names("katherine osei").explain()


def test_the_indexes_serve_gifts_by_name(gift):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = find_donations(Donation.objects.all(), "jose nunez").explain()
    assert "donation_by_name" in plan
    assert "donations_donation_donor_id" in plan
    assert (
        "donations_donation_reference"
        in find_donations(Donation.objects.all(), "deadbeef").explain()
    )


def test_a_few_signs_begin_nobodys_reference(make_gift):
    gift = make_gift(amount=7300, reference="4242abcd" * 4)
    assert not find_donations(Donation.objects.all(), "4242a")
    assert list(find_donations(Donation.objects.all(), "4242ABCD4")) == [gift]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("weiss-oconn", True), ("O'Connor", True), ("мария", True),
        ("weiß", True), ("Παπαδόπουλος", True),
        ("& | ! :*", False), ("\\", False), ("'", False), ("Weiss Trust", True),
    ],
)  # fmt: skip
def test_words_of_either_name_are_found_by_how_they_begin(make_gift, typed, found):
    make_gift(
        paid=False, name="Мария Weiss-OConnor O'Connor Παπαδόπουλος", receipt_name="The Weiß Trust"
    )
    make_gift(paid=False, name="Ada Byron")
    assert find_donations(Donation.objects.all(), typed).count() == found
