"""Which database a model lives in: all of the app `vault` in `vault`, all else in `default`."""

from typing import Any

from django.db.models import Model


class VaultRouter:
    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        return "vault" if model._meta.app_label == "vault" else None

    db_for_write = db_for_read

    def allow_relation(self, obj1: Model, obj2: Model, **hints: Any) -> bool | None:
        """No foreign key may span the wall."""
        inside = {obj1._meta.app_label == "vault", obj2._meta.app_label == "vault"}
        return None if len(inside) == 1 else False

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return (db == "vault") == (app_label == "vault")
