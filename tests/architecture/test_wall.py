"""The wall between the product's everyday database and the confidential one."""

import psycopg
import pytest
from django.db import connections

from tests import server


def test_the_app_role_is_refused_at_the_vault():
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(server.run.server.app_url("vault"))


def test_the_app_role_is_refused_at_this_tests_vault_too():
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(server.run.server.app_url(server.run.main.vault_name))


def test_the_vault_role_is_refused_at_the_everyday_database():
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(server.run.server.vault_url("northstar"))


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE django_session",
        "CREATE ROLE intruder",
        "CREATE DATABASE intruder",
        "CREATE TABLE intruder (i int)",
        "ALTER TABLE django_session ADD COLUMN intruder int",
        "DROP TABLE django_session",
        "ALTER ROLE ns_app SUPERUSER",
        "SET ROLE ns_owner",
    ],
)
def test_the_app_role_may_not(statement):
    with (
        psycopg.connect(server.run.main.url, autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


@pytest.mark.django_db(databases=["default", "vault"])
def test_no_role_of_the_product_is_a_superuser():
    for alias, role in (("default", "ns_app"), ("vault", "ns_vault")):
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user"
            )
            assert cursor.fetchone() == (role, False)


def test_nobody_connects_without_a_password():
    for role in ("postgres", "ns_owner", "ns_app", "ns_vault"):
        with pytest.raises(psycopg.OperationalError, match="no password supplied"):
            psycopg.connect(
                host=server.run.server.host, port=server.run.server.port, user=role,
                dbname="northstar", passfile="/dev/null",
            )  # fmt: skip
