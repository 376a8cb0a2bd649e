"""Roles as data: groups say exactly what the table says. tests/site/matrix/ asks every address."""

from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from staff import roles


def test_roles_are_exactly_the_table_after_a_change_by_hand(db):
    roles.sync()
    editor = Group.objects.get(name="Editor")
    editor.permissions.add(Permission.objects.get(codename="void_receipt"))
    roles.sync()
    written = ("campaign", "challenge", "letter", "sector")
    kept = {f"{act}_{what}" for act in ("add", "change", "view") for what in written}
    kept.add("access_admin")
    kept |= {"view_storytask", "change_storytask", "view_storytalk", "change_storytalk"}
    kept |= {"view_storycomment", "decide_storycomment", "view_coursepage"}
    assert {p.codename for p in editor.permissions.all()} == kept
    assert not Group.objects.filter(name__in=roles.STOCK)


def test_the_matrix_is_printed(db, capsys):
    call_command("roles")
    assert "donations.void_receipt" in capsys.readouterr().out
