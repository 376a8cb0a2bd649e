"""Which database a model lives in, and that nothing spans the two."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from accounts.models import User
from gifts.vault.router import VaultRouter
from gifts.vault.transactions import vault_atomic

router = VaultRouter()


class Confidential:
    class _meta:
        app_label = "vault"


def test_confidential_models_live_in_the_vault():
    assert router.db_for_read(Confidential) == router.db_for_write(Confidential) == "vault"
    assert router.db_for_read(User) is None


def test_no_relation_crosses_the_wall():
    assert router.allow_relation(Confidential(), User()) is False
    assert router.allow_relation(User(), ContentType()) is None


@pytest.mark.parametrize(
    ("database", "app", "allowed"),
    [
        ("vault", "vault", True),
        ("default", "vault", False),
        ("vault", "donations", False),
        ("default", "donations", True),
    ],
)
def test_tables_are_made_on_their_own_side(database, app, allowed):
    assert router.allow_migrate(database, app) is allowed


@pytest.mark.django_db(databases=["default", "vault"])
def test_the_vault_holds_no_table_of_another_app():
    tables = set(connections["vault"].introspection.table_names())
    assert {table for table in tables if not table.startswith("vault_")} <= {"django_migrations"}
    assert not any(
        table.startswith("vault_") for table in connections["default"].introspection.table_names()
    )


@pytest.mark.django_db(databases=["default", "vault"])
def test_a_vault_transaction_is_the_vaults_alone():
    before = len(connections["default"].savepoint_ids)
    with vault_atomic():
        assert connections["vault"].in_atomic_block
        assert len(connections["default"].savepoint_ids) == before


@pytest.mark.django_db(databases=["default", "vault"])
def test_every_migration_is_applied():
    loader = MigrationLoader(connections["default"])
    unapplied = {key for key in loader.graph.nodes if key not in loader.applied_migrations}
    assert {key for key in unapplied if key[0] != "vault"} == set()
