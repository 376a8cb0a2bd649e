"""Confidential reads while the log of looks fails at random: nothing is returned unlogged."""

import random

from django.db import DatabaseError, connections

from gifts.vault import sealing
from gifts.vault.access import Reader
from gifts.vault.models import Access, Purpose, Recipient
from tests.faults.scale import many
from tests.vault_made import make_partner, make_recipient

READS = many(200, 10_000)
NAME = "Lucía Example"


class Failing:
    """The log is full, or its row is lost on the way back, or the commit never comes through."""

    def __init__(self, monkeypatch):
        self.chance = random.Random(20_261_122)
        self.failed = {"before": 0, "after": 0, "commit": 0}
        self.connection = connections["vault"]
        self.connection.ensure_connection()
        commit = self.connection._commit

        def failing_commit():
            if self.fails("commit"):
                raise DatabaseError("the commit did not come through")
            return commit()

        monkeypatch.setattr(self.connection, "_commit", failing_commit)

    def fails(self, how):
        fails = self.chance.random() < 0.15
        self.failed[how] += fails
        return fails

    def __call__(self, execute, sql, params, many, context):
        if not sql.startswith('INSERT INTO "vault_access"'):
            return execute(sql, params, many, context)
        if self.fails("before"):
            raise DatabaseError("the log is full")
        answer = execute(sql, params, many, context)
        if self.fails("after"):
            raise DatabaseError("the connection broke")
        return answer


def read_many(rows):
    """Each read by somebody of her own; returns whoever got an answer."""
    returned: list[int] = []
    for number in range(READS):
        reader = Reader(number + 1, f"reader{number}@northstar.example", Purpose.SUPPORT)
        try:
            read = sealing.unseal(rows[number % 5], "name", reader=reader)
        except DatabaseError:
            continue
        assert read["name"].startswith(NAME)
        returned.append(reader.user_id)
    return returned


def test_no_read_is_returned_unlogged_however_the_log_fails(own_database, monkeypatch):
    partner = make_partner()
    rows = [make_recipient(partner, name=f"{NAME} {number}") for number in range(5)]
    rows = list(Recipient.objects.select_related("record_key").filter(pk__in=[r.pk for r in rows]))
    with monkeypatch.context() as patch:
        failing = Failing(patch)
        with failing.connection.execute_wrapper(failing):
            returned = read_many(rows)

    assert all(count > READS / 20 for count in failing.failed.values()), failing.failed
    assert READS / 4 < len(returned) < READS
    logged = set(Access.objects.values_list("user_id", flat=True))
    assert set(returned) - logged == set()
