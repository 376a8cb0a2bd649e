"""Who gave."""

import threading

import pytest
from django.db import connection

from donations import donors
from donations.models import Donor


@pytest.mark.parametrize(
    ("name", "found"),
    [("José Núñez", "jose nunez"), ("Straße", "strasse"), ("Ødegård", "ødegard"), ("李", "李")],
)
def test_names_are_found_without_accents_and_capitals(name, found):
    assert donors.searchable(name) == found


def test_a_donor_is_made_from_the_first_gift(giving):
    donation = giving.begin(name="José Núñez", email="Jose@Example.org", country="MX")
    donor = donors.giver_of(donation)
    assert (donor.name, donor.email, donor.search_name) == (
        "José Núñez", "jose@example.org", "jose nunez",
    )  # fmt: skip


def test_a_donor_who_exists_is_found_in_any_case_and_left_alone(giving):
    known = Donor.objects.create(name="Known", email="Ruth@Example.org", search_name="known")
    assert donors.giver_of(giving.begin(name="Other")) == known
    known.refresh_from_db()
    assert (known.name, known.email) == ("Known", "Ruth@Example.org")


def test_two_payments_settling_at_once_end_at_one_donor(giving_for_real):
    gifts = [giving_for_real.begin(email=email) for email in ("a@b.org", "A@B.org") * 3]
    barrier, found = threading.Barrier(len(gifts)), []

    def settle(gift) -> None:
        barrier.wait()
        found.append(donors.giver_of(gift).pk)
        connection.close()

    threads = [threading.Thread(target=settle, args=[gift]) for gift in gifts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(gifts)
    assert len(set(found)) == Donor.objects.count() == 1
