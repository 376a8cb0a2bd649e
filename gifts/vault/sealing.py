"""The one door to confidential fields: sealed under a key of the row's own, opened on record.

AES-256-GCM. A row's key is random and lies, wrapped by `VAULT_KEYS`, in a table of its own; both
the key and what it seals are bound to their row, so that neither can be put elsewhere. Whoever
destroys the key has destroyed the fields, in every copy of the row.
"""

import base64
import hashlib
import json
import os
from collections.abc import Iterable
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils import timezone

from gifts.vault import access
from gifts.vault.models import RecordKey, Sealed, Tombstone
from gifts.vault.transactions import vault_atomic

NONCE = 12


class Erased(Exception):
    """What was here is gone for good."""


class Unreadable(Exception):
    """The row was changed outside the product, or `VAULT_KEYS` lacks its outer key."""


def seal(row: Sealed, **values: str) -> None:
    """Store these confidential fields of a row, the others unchanged. In a vault transaction.

    A new row is saved by it. Nothing is shown to anybody, so nothing is logged.

    Raises:
        Erased: the row was erased.
        ValueError: a field that the row does not keep confidential.
    """
    _check(row, values)
    if row.erased_at:
        raise Erased
    inside = _open(row) if row.sealed else {}
    if row.record_key is None:
        row.record_key = RecordKey()
        row.record_key.wrapped, row.record_key.wrapped_by = _wrap(os.urandom(32), row.record_key)
        row.record_key.save(force_insert=True)
    text = json.dumps(inside | values, ensure_ascii=False, separators=(",", ":"))
    row.sealed = _encrypt(_key(row.record_key), text.encode(), _bound(row))
    row.save()


def unseal(row: Sealed, *fields: str, reader: access.Reader) -> dict[str, str]:
    """Confidential fields of one row; what was never filled in is "".

    Raises:
        Erased: the row was erased.
        Unreadable: it cannot be opened.
        RuntimeError: asked within a transaction, which could take the log back afterwards.
    """
    return unseal_many([row], *fields, reader=reader)[0]


def unseal_many(
    rows: Iterable[Sealed], *fields: str, reader: access.Reader
) -> list[dict[str, str]]:
    """The same of several rows of one model, in their order; each look is logged singly."""
    rows = list(rows)
    for row in rows:
        _check(row, fields)
        if row.erased_at:
            raise Erased
    if not rows:
        return []
    # Whoever cannot be put on record does not get to see it: the commit comes before the return.
    with vault_atomic(durable=True):
        access.note_each(reader, rows[0]._meta.model_name or "", fields, [row.pk for row in rows])
        opened = [_open(row) if row.sealed else {} for row in rows]
    return [{name: one.get(name, "") for name in fields} for one in opened]


def erase(row: Sealed, *, why: str) -> None:
    """Destroy the key of a row and what it sealed. Nothing happens the second time."""
    with vault_atomic():
        now = type(row)._default_manager.select_for_update().get(pk=row.pk)
        if now.erased_at:
            return
        key, now.record_key, now.sealed, now.erased_at = now.record_key, None, None, timezone.now()
        now.save(update_fields=["record_key", "sealed", "erased_at"])
        if key:
            key.delete()
        Tombstone.objects.get_or_create(
            record=row.pk, defaults={"model": row._meta.model_name or "", "why": why}
        )
    row.record_key, row.sealed, row.erased_at = None, None, now.erased_at


def rewrap(key: RecordKey) -> None:
    """Wrap a row's key by the newest outer key; what it seals stays as it is."""
    key.wrapped, key.wrapped_by = _wrap(_key(key), key)
    key.save(update_fields=["wrapped", "wrapped_by"])


def newest() -> str:
    """The name of the outer key that new keys are wrapped by."""
    return _name(_outer()[0])


def _check(row: Sealed, fields: Iterable[str]) -> None:
    if unknown := set(fields) - set(row.CONFIDENTIAL):
        raise ValueError(f"{row._meta.label} keeps nothing called {', '.join(sorted(unknown))}")


def _open(row: Sealed) -> dict[str, str]:
    if row.record_key is None or row.sealed is None:
        raise Erased
    opened: dict[str, Any] = json.loads(
        _decrypt(_key(row.record_key), bytes(row.sealed), _bound(row))
    )
    return opened


def _bound(row: Sealed) -> bytes:
    return f"{row._meta.label_lower}:{row.pk}".encode()


def _key(key: RecordKey) -> bytes:
    for outer in _outer():
        if _name(outer) == key.wrapped_by:
            return _decrypt(outer, bytes(key.wrapped), key.pk.bytes)
    raise Unreadable("VAULT_KEYS has no key that this record was sealed under")


def _wrap(inner: bytes, key: RecordKey) -> tuple[bytes, str]:
    outer = _outer()[0]
    return _encrypt(outer, inner, key.pk.bytes), _name(outer)


def _outer() -> list[bytes]:
    return [base64.b64decode(text) for text in settings.VAULT_KEYS]


def _name(outer: bytes) -> str:
    return hashlib.sha256(b"vault key:" + outer).hexdigest()[:16]


def _encrypt(key: bytes, plain: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def _decrypt(key: bytes, whole: bytes, bound: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(whole[:NONCE], whole[NONCE:], bound)
    except InvalidTag:
        # Without the cause: its frames hold keys.
        raise Unreadable("this record cannot be opened") from None
