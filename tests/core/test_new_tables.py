"""The first migration of each app: it makes tables, draws the models once, and changes nothing."""

import io

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations import CreateModel, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, StateApps
from pgtrigger.migrations import AddTrigger

from core.new_tables import NewTables

APPS = ("accounts", "campaigns", "donations", "gifts", "pages", "staff", "vault")


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    return MigrationLoader(None)


@pytest.mark.parametrize("app", APPS)
def test_the_first_migration_only_makes_what_nobody_has(app, loader):
    """Another operation would be done twice: the tables are made from the models' last state."""
    first = loader.disk_migrations[app, "0001_initial"]
    assert isinstance(first, NewTables)
    for operation in first.operations:
        assert isinstance(operation, CreateModel | RunSQL | AddTrigger), operation.describe()
        if isinstance(operation, AddTrigger):
            assert apps.get_model(app, operation.model_name)._meta.proxy


@pytest.mark.django_db
def test_all_models_are_drawn_once_for_all_tables(monkeypatch, loader):
    drawn = []
    render = ModelState.render

    def noting(state: ModelState, into: StateApps) -> object:
        drawn.append((id(into), state.app_label, state.name_lower))
        return render(state, into)

    migration = loader.disk_migrations["staff", "0001_initial"]
    state = loader.project_state(("staff", "0001_initial"), at_end=False)
    monkeypatch.setattr(ModelState, "render", noting)
    with connection.schema_editor(collect_sql=True) as editor:
        after = migration.apply(state, editor)
        sql = "\n".join(editor.collected_sql)
    assert len(drawn) == len(set(drawn)) == len(after.models)
    assert sql.count("CREATE TABLE") == len(migration.operations)
    assert "pgtrigger_codesheet_written_once" in sql


@pytest.mark.django_db
def test_it_can_be_read_as_sql():
    said = io.StringIO()
    call_command("sqlmigrate", "staff", "0001", stdout=said)
    assert 'CREATE TABLE "staff_' in said.getvalue()
