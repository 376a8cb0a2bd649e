"""Backed up, erased, restored: of what was erased no copy can be read, and all else can."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.db import connections

from core import embedded
from gifts.vault import erasure, sealing
from gifts.vault.access import Reader
from gifts.vault.models import Purpose, Recipient
from tests import server
from tests.server import ROOT
from tests.vault_made import make_need, make_partner, make_recipient

# Those of the embedded server: the newest PostgreSQL that we speak to.
PROGRAMS = embedded._binaries()
READER = Reader(1, "somebody@northstar.example", Purpose.SUBJECT)


def run(script, *files, **environment):
    made = {**os.environ, **environment, "PYTHON": sys.executable}
    made["PATH"] = f"{PROGRAMS}{os.pathsep}{made['PATH']}"
    done = subprocess.run(
        ["sh", str(ROOT / "deploy" / script), *map(str, files)],
        env=made, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return [Path(name) for name in done.stdout.split()]


def as_text(dump):
    """A dump as it is read, not as it is packed."""
    return subprocess.run(
        [PROGRAMS / "pg_restore", "--file=-", dump], check=True, capture_output=True
    ).stdout


@pytest.fixture
def empty(own_database):
    """Two empty databases for a restore, with the rights that deploy/roles.sql gives."""
    made = server.Clone(f"{own_database.name}_again", own_database.server)
    with psycopg.connect(own_database.server.owner_url("northstar"), autocommit=True) as owner:
        for name in (made.name, made.vault_name):
            owner.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        owner.execute(f'GRANT CONNECT ON DATABASE "{made.vault_name}" TO ns_vault')
    yield made
    connections.close_all()
    server.drop(made)


def test_an_older_backup_brings_nothing_back_that_was_erased_since(
    own_database, empty, tmp_path, monkeypatch
):
    partner = make_partner()
    gone = make_recipient(partner, name="Lucía Example")
    kept = make_recipient(partner, name="Rosa Example")
    need = make_need(recipient=kept)
    key = bytes(gone.record_key.wrapped)
    sealed = bytes(gone.sealed)
    keys = tmp_path / "keys.sql"
    default, vault, _keys = run("backup.sh", tmp_path, keys, **own_database.environment())
    assert key.hex().encode() in keys.read_bytes()
    assert oct(keys.stat().st_mode)[-3:] == "600"
    for dump in (default, vault):
        assert key.hex().encode() not in as_text(dump)
        assert b"Example" not in as_text(dump) or dump == default
    assert sealed.hex().encode() in as_text(vault)

    sealing.erase(gone, why="at her word")
    with connections["vault"].cursor() as cursor:
        cursor.execute("SELECT pg_relation_filepath('vault_recordkey')")
        before = cursor.fetchone()
        erasure.clear_out()
        cursor.execute("SELECT pg_relation_filepath('vault_recordkey')")
        assert cursor.fetchone() != before
    erasure.copy_keys(keys)
    assert key.hex().encode() not in keys.read_bytes()

    owners = {"OWNER_DATABASE_URL": empty.owner_url}
    run(
        "restore.sh", default, vault, keys, **owners, VAULT_OWNER_DATABASE_URL=empty.vault_owner_url
    )
    connections["vault"].close()
    monkeypatch.setitem(connections.settings["vault"], "NAME", empty.vault_name)
    erasure.replay()
    row = Recipient.objects.get(pk=gone.pk)
    assert (row.record_key_id, row.sealed) == (None, None)
    assert row.erased_at
    with pytest.raises(sealing.Erased):
        sealing.unseal(row, "name", reader=READER)
    assert sealing.unseal(Recipient.objects.get(pk=kept.pk), "name", reader=READER) == {
        "name": "Rosa Example"
    }
    assert sealing.unseal(need, "what_for", reader=READER)["what_for"]
    # The next erasure finds its place after those that were restored.
    sealing.erase(Recipient.objects.get(pk=kept.pk), why="at her word")
    assert erasure.replay() == 0


def test_without_their_files_the_scripts_say_how_they_are_used():
    for script in ("backup.sh", "restore.sh"):
        done = subprocess.run(
            ["sh", str(ROOT / "deploy" / script)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert f"sh deploy/{script}" in done.stderr
