"""Who may do what at which address: every address of both sides, asked as everybody.

The tables in tables/ say it, a line for each address. Pages are not drawn here.
"""

from unittest import mock

import pytest

from donations.receipts import document
from staff import roles
from tests.people import person, signed_in
from tests.roles import PUBLIC, STAFF, acting_as
from tests.site.matrix import addresses, asking, house
from tests.site.matrix.house import donor, furnish

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
__all__ = ["donor", "furnish"]
ROWS = addresses.rows()
STAFF_ROWS = [row for row in ROWS if row.side == STAFF]
GUARDED = [row for row in STAFF_ROWS if not row.before_the_door]


@pytest.fixture
def asked(donor, furnish):
    """Asks these rows of a side as each of these letters; what differs from the tables."""
    with mock.patch.object(document, "render", return_value=b"%PDF"):
        made = furnish()
    # Nobody answers for Stripe here; its library need not wait before it asks again.
    at_once = mock.patch.multiple("stripe.HTTPClient", INITIAL_DELAY=0.001, MAX_DELAY=0.001)

    def ask(rows, letters, side):
        found = []
        with asking.undrawn(), acting_as(side), at_once:
            for letter in letters:
                who = asking.somebody(letter, side, donor=donor, house=made)
                with asking.remembered():
                    found += asking.differences(rows, who, made)
        return "\n".join(found)

    return ask


@pytest.mark.parametrize("side", [PUBLIC, STAFF])
def test_every_address_has_its_line(side):
    known = set(addresses.known(side))
    told = [row.route for row in ROWS if row.side == side]
    missing = sorted(known - set(told))
    assert not missing, (
        f"Nobody has said who may use {', '.join(missing)}. Add a line to a table in "
        f"tests/site/matrix/tables/: the address, who may GET it, who may POST to it; and where "
        f"it has a placeholder that tests/site/matrix/house.py does not know, a row there."
    )
    assert not set(told) - known, "These addresses are gone: take their lines out of the tables."
    assert len(told) == len(set(told)), "An address has two lines."


def test_every_role_has_its_letter():
    missing = set(roles.ROLES) ^ set(addresses.LETTERS.values())
    assert not missing, f"Give a letter in tests/site/matrix/addresses.py to: {missing}"


@pytest.mark.role(STAFF)
def test_each_role_is_let_in_where_the_tables_say_and_nowhere_else(asked):
    assert asked(STAFF_ROWS, addresses.LETTERS, STAFF) == ""


@pytest.mark.role(STAFF)
def test_strangers_are_let_in_nowhere_but_where_one_signs_in(asked):
    assert asked(STAFF_ROWS, addresses.STRANGERS, STAFF) == ""


def test_the_public_side_answers_as_its_table_says(asked):
    rows = [row for row in ROWS if row.side == PUBLIC]
    assert asked(rows, "0DNA", PUBLIC) == ""


def test_no_address_of_the_staff_exists_on_the_public_side(public_client):
    assert not [row.route for row in ROWS if row.side == PUBLIC and "/admin" in row.route]
    assert public_client.get("/admin/").status_code == 404


@pytest.mark.role(STAFF)
def test_other_methods_let_nobody_in_either(asked, monkeypatch):
    monkeypatch.setattr(asking, "METHODS", ("put", "patch", "delete"))
    closed = [
        row for row in GUARDED if not row.get.alike and not row.get.who | row.post.who & {"E"}
    ]
    assert asked(closed, "E", STAFF) == ""


@pytest.mark.role(STAFF)
@pytest.mark.parametrize(
    ("has_factor", "leads_to"),
    [(False, "/account/2fa/totp/activate/"), (True, "/account/2fa/reauthenticate/")],
)
def test_without_a_second_factor_used_in_this_session_every_address_leads_to_it(
    has_factor, leads_to
):
    client = signed_in(person("Administrator", factor=has_factor), method="password")
    session = client.session
    session["account_authentication_methods"][0]["at"] += 3600  # it began after enrolling
    session.save()
    keys = {name: 1 for row in GUARDED for name in house.placeholders(row.route)}
    with asking.remembered():
        for row in GUARDED:
            answer = client.get(house.House(keys).address(row.route))
            assert answer["Location"].startswith(leads_to), row.route
