"""What only shows where commits are real: no look that could be taken back, no message alone."""

import pytest
from django.db import transaction

from gifts.vault import outbox, sealing
from gifts.vault.access import Reader
from gifts.vault.models import Access, Purpose
from gifts.vault.transactions import vault_atomic
from tests.vault_made import make_partner, make_recipient

READER = Reader(1, "somebody@northstar.example", Purpose.VERIFY)


def test_a_look_that_could_be_taken_back_is_refused(own_database):
    row = make_recipient(make_partner(), name="Lucía Example")
    with vault_atomic(), pytest.raises(RuntimeError):
        sealing.unseal(row, "name", reader=READER)
    assert not Access.objects.exists()
    assert sealing.unseal(row, "name", reader=READER) == {"name": "Lucía Example"}
    assert Access.objects.count() == 1


def test_a_message_belongs_to_a_transaction(own_database):
    with pytest.raises(transaction.TransactionManagementError):
        outbox.tell("AAAA-2222", to="matched")
