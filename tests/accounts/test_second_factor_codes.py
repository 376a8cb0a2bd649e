import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import CommandError, call_command
from django.test import override_settings

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_a_printed_code_opens_the_door_in_a_demonstration(capsys):
    user = User.objects.create_user("editor@example.org")
    TOTP.activate(user, generate_totp_secret())
    with override_settings(DEMO=True):
        call_command("second_factor_codes")

    code, email = capsys.readouterr().out.splitlines()[0].split()
    assert email == "editor@example.org"
    assert Authenticator.objects.get(user=user).wrap().validate_code(code)


def test_of_a_sheet_the_next_code_is_printed_and_works_once(capsys):
    user = User.objects.create_user("worker@example.org")
    sheet = RecoveryCodes.activate(user)
    codes = []
    for _ in range(2):
        with override_settings(DEMO=True):
            call_command("second_factor_codes")
        codes.append(capsys.readouterr().out.split()[0])
        assert sheet.validate_code(codes[-1])
    assert codes[0] != codes[1]


def test_no_code_is_printed_outside_a_demonstration(capsys):
    with pytest.raises(CommandError, match="DEMO"):
        call_command("second_factor_codes")
    assert capsys.readouterr().out == ""
