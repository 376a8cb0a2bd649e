"""Role by address by method: every staff address has a line here, or nobody may use it."""

from collections.abc import Iterator

import pytest
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from donations.models import (
    Dispute,
    EventWindow,
    GivingOptions,
    Mail,
    Payout,
    Reconciliation,
    Refund,
    RiskAlert,
    StaffNote,
)
from gifts import units
from gifts.models import Unit
from staff import roles
from staff.models import CodeSheet, FactorReset
from tests.people import person, signed_in
from tests.roles import STAFF, RoleClient, acting_as
from tests.things_made import make_wish

pytestmark = pytest.mark.role(STAFF)

DESKS = (
    *("gifts", "donors", "receipts", "tasks", "designations", "amounts", "entities"),
    *("inbox", "reconciliation", "mails", "windows", "factor_resets"),
    "code_sheets",
    *("refunds", "disputes", "alerts", "payouts"),
    *("plans", "plans_at_risk", "programme", "leaving"),
    *("wishes", "units", "kinds", "costs"),
)
A, C, F, L = "Administrator", "Donor care", "Finance", "Finance lead"
G, P = "Gifts coordinator", "Purchaser"
MONEY = {A, C, F, L}
THINGS = {A, G, P}
BOOKS = {A, F, L}
# Who gets an answer, for each address of ours; everyone else is turned away.
MAY = {
    **{f"wishes:{name}": THINGS | {F, L} for name in ("index", "index_results", "inspect")},
    **{f"wishes:{name}": {A, G} for name in ("add", "rewrite", "review", "publish", "end")},
    **{f"units:{name}": THINGS | {F, L} for name in ("index", "index_results", "inspect")},
    "units:mark": THINGS,
    **{
        f"{desk}:{name}": THINGS
        for desk in ("kinds", "costs")
        for name in ("index", "index_results")
    },
    **{f"kinds:{name}": {A, G} for name in ("add", "edit", "history", "history_results")},
    **{f"costs:{name}": THINGS for name in ("add", "edit", "history", "history_results")},
    **{f"gifts:{name}": MONEY for name in ("index", "index_results", "inspect", "note")},
    "gifts:refund": MONEY,
    **{
        f"{desk}:{name}": MONEY
        for desk in ("refunds", "disputes", "alerts")
        for name in ("index", "index_results", "inspect")
    },
    **{f"refunds:{name}": BOOKS for name in ("approve", "decline")},
    "alerts:leave": BOOKS,
    **{f"payouts:{name}": BOOKS for name in ("index", "index_results", "inspect")},
    **{f"donors:{name}": MONEY for name in ("index", "index_results", "inspect", "note")},
    "donors:edit": {A, C},
    **{
        f"receipts:{name}": MONEY
        for name in ("index", "index_results", "inspect", "original", "duplicate")
    },
    "receipts:resend": MONEY,
    "receipts:replace": MONEY,
    "receipts:void": BOOKS,
    **{f"tasks:{name}": MONEY for name in ("index", "index_results", "inspect", "finish")},
    **{f"plans:{name}": MONEY for name in ("index", "index_results", "inspect")},
    **{f"plans_at_risk:{name}": MONEY for name in ("index", "index_results")},
    **{f"programme:{name}": MONEY for name in ("index", "figures")},
    "leaving:index": MONEY,
    # Acting for a donor is donor care's; finance reads.
    **{
        f"plans:{name}": {A, C}
        for name in ("amount", "purpose", "pause", "resume", "skip", "retry", "link", "stop")
    },
    **{f"inbox:{name}": BOOKS for name in ("index", "index_results", "inspect", "replay")},
    **{f"reconciliation:{name}": BOOKS for name in ("index", "index_results", "inspect", "again")},
    **{f"mails:{name}": MONEY for name in ("index", "index_results", "inspect")},
    **{f"windows:{name}": {A, C} for name in ("index", "index_results", "inspect", "add")},
    **{f"mails:{name}": {A, C} for name in ("again", "correct", "leave")},
    **{f"{desk}:index": BOOKS for desk in ("designations", "amounts", "entities")},
    **{f"{desk}:index_results": BOOKS for desk in ("designations", "amounts", "entities")},
    **{
        f"{desk}:{name}": {A, L} for desk in ("designations", "amounts") for name in ("add", "edit")
    },
    "entities:edit": {A, L},
    # What the people who keep these rows changed.
    **{
        f"{desk}:{name}": {A, L}
        for desk in ("designations", "amounts", "entities")
        for name in ("history", "history_results")
    },
    **{
        f"factor_resets:{name}": {A}
        for name in ("index", "index_results", "inspect", "ask", "confirm")
    },
    **{f"code_sheets:{name}": {A} for name in ("index", "index_results", "inspect", "issue")},
}
ROLES = ("Administrator", "Editor", "Publisher", "Donor care", "Finance", "Finance lead", G, P)


def ours() -> Iterator[str]:
    """The names of all addresses that our desks add, read from the resolver itself."""
    with acting_as(STAFF):
        resolver = get_resolver("config.urls_staff")

        def walk(entries: list[URLPattern | URLResolver], space: str) -> Iterator[str]:
            for entry in entries:
                if isinstance(entry, URLResolver):
                    yield from walk(entry.url_patterns, entry.namespace or space)
                elif space in DESKS:
                    yield f"{space}:{entry.name}"

        yield from walk(resolver.url_patterns, "")


def test_every_address_of_a_desk_has_its_line():
    assert set(ours()) == set(MAY)


@pytest.fixture
def rows(make_gift, make_event, make_plan):
    gift, other = make_gift(), make_gift()
    author = person(factor=False)
    line = gift.lines.get()
    wish = make_wish()
    (unit,) = units.make(wish.kind, origin=Unit.Origin.BOUGHT)
    return {
        **{"wishes": wish.pk, "units": unit.pk, "kinds": wish.kind_id},
        "costs": wish.kind.costs.get().pk,
        "gifts": gift.pk,
        "donors": gift.donor.pk,
        "receipts": gift.receipts.get().pk,
        "tasks": StaffNote.objects.create(
            donation=gift, author=author, text="x", due_on="2026-01-01"
        ).pk,
        "refunds": Refund.objects.create(
            donation=gift, reference="x", amount_minor=1, currency="USD", status="proposed"
        ).pk,
        "disputes": Dispute.objects.create(
            donation=other, stripe_id="dp_x", status="needs_response", amount_minor=1,
            currency="USD", reason="fraudulent", opened_at=gift.paid_at,
        ).pk,
        "alerts": RiskAlert.objects.create(
            stripe_id="issfr_x", kind="warning", donation=gift, is_open=True, about="misc",
            created_at=gift.paid_at,
        ).pk,
        "payouts": Payout.objects.create(
            stripe_id="po_x", legal_entity=gift.legal_entity, livemode=False, currency="USD"
        ).pk,
        "inbox": make_event().pk,
        "plans": make_plan().pk,
        "reconciliation": Reconciliation.objects.create(
            since="2026-01-01T00:00Z", until="2026-01-02T00:00Z", livemode=False, repairs=True
        ).pk,
        "windows": EventWindow.objects.create(
            starts_at="2026-01-01T00:00Z", ends_at="2026-01-02T00:00Z", note="x", opened_by=author
        ).pk,
        "mails": Mail.objects.filter(receipt__isnull=False).first().pk,
        "designations": line.designation_id,
        "amounts": GivingOptions.objects.get(frequency="once").pk,
        "entities": gift.legal_entity_id,
        "code_sheets": CodeSheet.objects.create(person=author, issued_by=author).pk,
        "factor_resets": FactorReset.objects.create(
            person=person(), asked_by=author, reason="lost"
        ).pk,
    }  # fmt: skip


def address(name: str, rows: dict[str, object]) -> str:
    desk, action = name.split(":")
    alone = ("index", "index_results", "add", "ask", "figures", "issue")
    with acting_as(STAFF):
        return reverse(name, args=[] if action in alone else [quote(rows[desk])])


def answers(client: RoleClient, url: str, method: str) -> bool:
    """Wagtail turns people away by sending them home with a message."""
    answer = getattr(client, method)(url)
    if answer.status_code == 302:
        return not (
            answer["Location"] == "/admin/" or answer["Location"].startswith("/admin/login/")
        )
    assert answer.status_code in (200, 403), (url, method, answer.status_code)
    return answer.status_code == 200


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_what_the_table_says_and_nothing_else(role, rows):
    client = signed_in(person(role))
    got = {name for name in MAY if answers(client, address(name, rows), "get")}
    assert got == {name for name, allowed in MAY.items() if role in allowed}


@pytest.mark.parametrize("role", ROLES)
def test_what_a_role_may_not_read_it_may_not_do_either(role, rows):
    client = signed_in(person(role))
    for name, allowed in MAY.items():
        if role not in allowed:
            for method in ("post", "put", "delete", "patch"):
                assert not answers(client, address(name, rows), method), (name, method)


def test_without_a_sign_in_every_address_leads_to_it(rows):
    client = RoleClient(STAFF)
    for name in MAY:
        for method in ("get", "post"):
            answer = getattr(client, method)(address(name, rows))
            assert answer.status_code == 302
            assert answer["Location"].startswith("/account/login/")


def test_without_a_second_factor_every_address_leads_to_enrolment(rows):
    client = signed_in(person("Administrator", factor=False), method="password")
    for name in MAY:
        assert client.get(address(name, rows))["Location"] == "/account/2fa/totp/activate/"


def test_a_session_that_never_used_its_factor_is_asked_for_it(rows):
    client = signed_in(person("Administrator"), method="password")
    time_before = client.session["account_authentication_methods"][0]["at"]
    session = client.session
    session["account_authentication_methods"][0]["at"] = time_before + 3600
    session.save()
    for name in MAY:
        answer = client.get(address(name, rows))
        assert answer["Location"].startswith("/account/2fa/reauthenticate/"), name


def test_somebody_without_a_role_gets_nothing(rows):
    client = signed_in(person())
    for name in MAY:
        assert not answers(client, address(name, rows), "get")


@pytest.mark.parametrize("role", ["Donor care", "Finance", "Finance lead"])
def test_money_people_have_no_page_to_edit(role, db):
    client = signed_in(person(role))
    for path in ("/admin/pages/", "/admin/pages/1/", "/admin/images/", "/admin/images/add/"):
        assert not answers(client, path, "get"), path


@pytest.mark.parametrize("role", [r for r in ROLES if r != "Administrator"])
def test_only_administrators_keep_people_and_groups(role, db):
    client = signed_in(person(role))
    for path in ("/admin/users/", "/admin/users/new/", "/admin/groups/"):
        assert not answers(client, path, "get"), path


def test_roles_are_exactly_the_table_after_a_change_by_hand(db):
    roles.sync()
    editor = Group.objects.get(name="Editor")
    editor.permissions.add(Permission.objects.get(codename="void_receipt"))
    roles.sync()
    assert [p.codename for p in editor.permissions.all()] == ["access_admin"]
    assert not Group.objects.filter(name__in=roles.STOCK)


def test_the_matrix_is_printed(db, capsys):
    call_command("roles")
    assert "donations.void_receipt" in capsys.readouterr().out
