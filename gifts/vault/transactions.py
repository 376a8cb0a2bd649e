"""The only transaction in vault code: on the vault's own database, never spanning both."""

from django.db import transaction


def vault_atomic(*, durable: bool = False) -> "transaction.Atomic":
    """Args:
    durable: refuse to be part of a larger one, which could still be taken back.
    """
    return transaction.atomic(using="vault", durable=durable)
