"""Signing in on the staff side: by password and factor, and by nothing less."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command

from accounts.models import User
from staff import factor_reset
from staff.models import FactorReset
from tests.people import PASSWORD, code, person, signed_in
from tests.roles import STAFF, RoleClient

pytestmark = [pytest.mark.role(STAFF), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def no_memory():
    """Limits and used codes are remembered in the cache."""
    cache.clear()


def enter(client, user, password=PASSWORD):
    return client.post("/account/login/", {"login": user.email, "password": password})


def test_password_and_code_open_the_door():
    user, client = person("Finance"), RoleClient(STAFF)
    assert enter(client, user)["Location"] == "/account/2fa/authenticate/"
    assert client.get("/admin/")["Location"].startswith("/account/login/")
    answer = client.post("/account/2fa/authenticate/", {"code": code(user)})
    assert answer["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(("seconds_ago", "status"), [(25, 302), (90, 200)])
def test_a_code_may_be_typed_slowly_but_not_kept(seconds_ago, status):
    user = person()
    client = RoleClient(STAFF)
    enter(client, user)
    sent = {"code": code(user, seconds_ago=seconds_ago)}
    assert client.post("/account/2fa/authenticate/", sent).status_code == status


def test_a_password_alone_leads_to_enrolment_and_nowhere_else():
    user, client = person("Finance", factor=False), RoleClient(STAFF)
    enter(client, user)
    assert client.get("/admin/")["Location"] == "/account/2fa/totp/activate/"
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    assert client.get("/account/2fa/totp/activate/").status_code == 200
    user.secret = client.session["mfa.totp.secret"]
    answer = client.post("/account/2fa/totp/activate/", {"code": code(user)})
    assert answer["Location"] == "/account/2fa/recovery-codes/"
    assert client.get("/admin/").status_code == 200


def test_wagtails_own_form_lets_nobody_in():
    """It knows no second factor: whoever is signed in as somebody lesser could use it."""
    admin, donor = person("Administrator"), person("Editor")
    client = signed_in(donor)
    for path in ("/admin/login/", "/admin/password_reset/"):
        answer = client.post(path, {"username": admin.email, "password": PASSWORD})
        assert answer.status_code in (302, 404)
    assert client.session["_auth_user_id"] == str(donor.pk)


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "confirm-email/", "login/code/", "signup/passkey/"]
)
@pytest.mark.parametrize("prefix", ["/account/", "/es/account/"])
def test_what_staff_may_not_do_alone_is_closed(path, prefix):
    client = signed_in(person("Administrator"))
    for method in ("get", "post"):
        for one in (client, RoleClient(STAFF)):
            answer = getattr(one, method)(prefix + path, {"email": "new@example.org"})
            assert answer.status_code == 404, path
    assert not User.objects.filter(email="new@example.org")


def test_the_last_factor_cannot_be_removed():
    user = person("Finance")
    client = signed_in(user)
    client.post("/account/2fa/totp/deactivate/")
    key = Authenticator.objects.create(user=user, type="webauthn", data={"name": "key"})
    Authenticator.objects.filter(user=user, type="totp").delete()
    answer = client.post(f"/account/2fa/webauthn/keys/{key.pk}/remove/")
    assert answer["Location"] == "/account/2fa/webauthn/"
    assert Authenticator.objects.filter(pk=key.pk)


def test_the_authenticator_app_stays_too():
    user = person("Finance")
    client = signed_in(user)
    assert client.post("/account/2fa/totp/deactivate/").status_code == 302  # who are you?
    client.post("/account/2fa/reauthenticate/", {"code": code(user)})
    page = client.post("/account/2fa/totp/deactivate/")
    assert page.status_code == 200  # asked again, not done
    assert Authenticator.objects.filter(user=user, type="totp")


def test_guessing_is_slowed_down():
    user, client = person("Finance"), RoleClient(STAFF)
    said = [enter(client, user, "wrong").content.decode() for _ in range(6)]
    assert "Too many failed login attempts" in said[-1]
    assert "Too many failed login attempts" in enter(client, user).content.decode()


def test_codes_cannot_be_guessed_either():
    user, client = person("Finance"), RoleClient(STAFF)
    enter(client, user)
    said = [
        client.post("/account/2fa/authenticate/", {"code": "000000"}).content.decode()
        for _ in range(6)
    ]
    assert "Too many" in said[-1]


def test_one_asks_and_another_confirms():
    asks, confirms, lost = person("Administrator"), person("Administrator"), person("Editor")
    session = signed_in(lost)
    typed = {"person": lost.pk, "reason": "video call"}
    assert signed_in(asks).post("/admin/factor_resets/ask/", typed).status_code == 302
    asked = FactorReset.objects.get()

    for one in (asks, lost):
        signed_in(one).post(f"/admin/factor_resets/confirm/{asked.pk}/")
        assert Authenticator.objects.filter(user=lost)
    signed_in(confirms).post(f"/admin/factor_resets/confirm/{asked.pk}/")

    asked.refresh_from_db()
    assert asked.confirmed_by == confirms
    assert not Authenticator.objects.filter(user=lost)
    assert session.get("/admin/")["Location"].startswith("/account/login/")
    lost.refresh_from_db()
    assert not lost.has_usable_password()


def test_a_reset_is_confirmed_once():
    asks, confirms, lost = person("Administrator"), person("Administrator"), person("Editor")
    asked = factor_reset.ask(lost, by=asks, reason="x")
    factor_reset.confirm(asked, by=confirms)
    lost.set_password(PASSWORD)
    lost.save()
    factor_reset.confirm(asked, by=person("Administrator"))
    lost.refresh_from_db()
    assert lost.has_usable_password()


def test_the_command_resets_the_last_one_and_says_so(capsys):
    lost = person("Administrator")
    call_command("reset_second_factor", lost.email.upper())
    assert "1 factors removed" in capsys.readouterr().out
    assert FactorReset.objects.get(person=lost).asked_by is None
    with pytest.raises(CommandError, match="Nobody"):
        call_command("reset_second_factor", "nobody@example.org")


def test_an_invited_person_sets_a_password_by_mail():
    invited = User.objects.create_user("new@northstar.example")
    client = RoleClient(STAFF)
    client.post("/account/password/reset/", {"email": invited.email})
    link = re.search(r"http\S+/account/password/reset/key/\S+", mail.outbox[0].body)
    assert link
    path = "/" + link.group().split("/", 3)[3]
    form = client.get(path)["Location"]
    answer = client.post(
        form, {"password1": "a long new password", "password2": "a long new password"}
    )
    assert answer.status_code == 302
    invited.refresh_from_db()
    assert invited.check_password("a long new password")
    assert client.get("/admin/")["Location"].startswith("/account/login/")


def test_a_pages_own_address_leads_to_the_public_site(settings):
    client = signed_in(person("Editor"))
    answer = client.get("/es/como-funciona/?x=1")
    assert answer["Location"] == f"{settings.PUBLIC_URL}/es/como-funciona/?x=1"
    assert "/account/login/" in RoleClient(STAFF).get("/es/como-funciona/")["Location"]
