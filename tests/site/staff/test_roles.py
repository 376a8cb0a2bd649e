"""Roles as data: groups say exactly what the table says. tests/site/matrix/ asks every address."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.urls import reverse
from wagtail.models import GroupApprovalTask, Page, Workflow

from donations import demo as donations_demo
from pages import demo as pages_demo
from staff import roles
from tests.people import person, signed_in


def test_roles_are_exactly_the_table_after_a_change_by_hand(db):
    Group.objects.all().delete()
    roles.sync()
    editor = Group.objects.get(name="Editor")
    editor.permissions.add(Permission.objects.get(codename="void_receipt"))
    roles.sync()
    written = ("campaign", "challenge", "letter", "sector")
    kept = {f"{act}_{what}" for act in ("add", "change", "view") for what in written}
    kept |= {"access_admin", "submit_translation"}
    kept |= {"view_storytask", "change_storytask", "view_storytalk", "change_storytalk"}
    kept |= {"view_storycomment", "decide_storycomment", "view_coursepage"}
    assert {p.codename for p in editor.permissions.all()} == kept
    assert not Group.objects.filter(name__in=roles.STOCK)


def test_the_matrix_is_printed(db, capsys):
    call_command("roles")
    assert "donations.void_receipt" in capsys.readouterr().out


@pytest.mark.role("staff")
def test_what_an_editor_hands_in_a_publisher_finds_open_and_passes(db):
    page = pages_made()
    page.title = "Handed in"
    page.save_revision()
    edit = f"/admin/pages/{page.pk}/edit/"
    editor = person("Editor")
    assert "Hand in to a publisher" in signed_in(editor).get(edit).content.decode()
    page.get_workflow().start(page, editor)
    publisher = signed_in(person("Publisher"))

    shown = publisher.get(edit).content.decode()
    task = page.current_workflow_task_state
    publisher.post(
        reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk])
    )

    assert task.task.name == "Look-over by a publisher"
    assert 'data-workflow-action-name="approve"' in shown
    page.refresh_from_db()
    assert page.title == "Handed in"


def test_a_name_and_groups_that_were_chosen_for_the_workflow_stay(db):
    roles.sync()
    Workflow.objects.update(name="Four eyes")
    task = GroupApprovalTask.objects.get()
    assert {group.name for group in task.groups.all()} >= {"Publisher", "Administrator"}
    task.groups.set(Group.objects.filter(name="Administrator"))
    roles.sync()

    assert Workflow.objects.get().name == "Four eyes"
    assert [group.name for group in task.groups.all()] == ["Administrator"]


def pages_made() -> Page:
    donations_demo.seed()
    pages_demo.seed()
    return Page.objects.get(slug="privacy").specific
