from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Confidential records, in a database of their own; installed on the staff side alone."""

    name = "gifts.vault"
    label = "vault"
