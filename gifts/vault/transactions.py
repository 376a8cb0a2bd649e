"""The only transaction in vault code: on the vault's own database, never spanning both."""

from django.db import transaction


def vault_atomic() -> "transaction.Atomic":
    return transaction.atomic(using="vault")
