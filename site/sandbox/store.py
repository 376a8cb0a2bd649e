"""Everything the sandbox knows, in one SQLite file: Stripe's objects as JSON, and its own rows.

One connection behind one lock: calls are short, and a single writer keeps every answer consistent.
Committed work survives `kill -9` (write-ahead log); a power cut may lose the last moments.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

Object = dict[str, Any]
Operator = Literal["=", "<", "<=", ">", ">=", "LIKE", "IS", "IN"]
# A field of the object, how to compare it, and with what.
Condition = tuple[str, Operator, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    created INTEGER NOT NULL,
    data TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind, seq);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL,
    type TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    state TEXT NOT NULL,  -- pending, delivered, failed, dropped
    due REAL NOT NULL,    -- real time, not the sandbox's clock
    attempts INTEGER NOT NULL DEFAULT 0,
    answer TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due);
CREATE INDEX IF NOT EXISTS deliveries_event ON deliveries (event);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    created INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS agenda (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    due REAL NOT NULL,    -- the sandbox's clock, or the test clock's
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    test_clock TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS agenda_action ON agenda (action, subject);
CREATE TABLE IF NOT EXISTS switches (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
TABLES = ("objects", "deliveries", "answers", "agenda", "switches")
# The fields that lists may be filtered by; each has an index.
FILTERS = (
    "customer",
    "payment_intent",
    "source",
    "type",
    "status",
    "email",
    "currency",
    "customer_details.email",
    "invoice",
    "payment.payment_intent",
    "parent.subscription_details.subscription",
    "subscription",
    "payment_method",
    "product",
    "active",
    "test_clock",
    "_secret",
    "is_default",
    "charge",
    "_payout",
)
NOT_OF_EVENTS = set(FILTERS) - {"type"}
PLACE = "(SELECT seq FROM objects WHERE id = ?)"


class Store:
    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._depth = 0
        self._after_commit: list[Callable[[], object]] = []
        self._db: sqlite3.Connection

    def open(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        # Pages of the log until they are brought home, which waits for the disk.
        self._db.execute("PRAGMA wal_autocheckpoint = 8000")
        self._db.executescript(SCHEMA)
        columns = self._db.execute("SELECT name FROM pragma_table_info('agenda')").fetchall()
        if "test_clock" not in [row["name"] for row in columns]:
            # A file of before there were test clocks.
            self._db.execute("ALTER TABLE agenda ADD COLUMN test_clock TEXT NOT NULL DEFAULT ''")
        self._db.execute("CREATE INDEX IF NOT EXISTS agenda_of_clock ON agenda (test_clock, due)")
        for field in FILTERS:
            name = "objects_on_" + field.replace(".", "_")
            self._db.execute(
                f"CREATE INDEX IF NOT EXISTS {name} ON objects (kind, {_column(field)}, seq)"
            )

    def close(self) -> None:
        with self.lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; the inner of two nested ones belongs to the outer."""
        with self.lock:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.execute("ROLLBACK")
                    self._after_commit.clear()
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("COMMIT")
                waiting, self._after_commit = self._after_commit, []
                for call in waiting:
                    call()

    def after_commit(self, call: Callable[[], object]) -> None:
        """Run `call` once the outermost transaction is written, once however often it is asked."""
        if call not in self._after_commit:
            self._after_commit.append(call)

    def execute(self, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        with self.lock:
            return self._db.execute(sql, values).fetchall()

    # --- Stripe's objects: keys that begin with "_" are the sandbox's own, never shown -----------

    def save(self, thing: Object) -> Object:
        data = json.dumps(thing, separators=(",", ":"))
        self.execute(
            "INSERT INTO objects (id, kind, created, data) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET data = excluded.data",
            (thing["id"], thing["object"], thing["created"], data),
        )
        return thing

    def get(self, kind: str, object_id: str) -> Object | None:
        rows = self.execute("SELECT data FROM objects WHERE id = ? AND kind = ?", (object_id, kind))
        return json.loads(rows[0]["data"]) if rows else None

    def find(self, object_id: str) -> Object | None:
        rows = self.execute("SELECT data FROM objects WHERE id = ?", (object_id,))
        return json.loads(rows[0]["data"]) if rows else None

    def need(self, kind: str, object_id: str) -> Object:
        thing = self.get(kind, object_id)
        if thing is None:
            raise KeyError(object_id)
        return thing

    def delete(self, object_id: str) -> None:
        self.execute("DELETE FROM objects WHERE id = ?", (object_id,))

    def select(
        self,
        kind: str,
        *,
        where: Sequence[Condition] = (),
        limit: int = 100,
        after: str | None = None,
        before: str | None = None,
    ) -> list[Object]:
        """Newest first; `where` holds (field, operator, value), `IN` takes a list.

        With `before`, the objects just newer than that one.
        """
        clauses: list[str] = ["kind = ?"]
        values: list[Any] = [kind]
        for field, operator, value in where:
            column = field if field == "created" else _column(field)
            several = value if isinstance(value, list) else [value]
            marks = ", ".join("?" * len(several))
            clauses.append(f"{column} {operator} " + (f"({marks})" if operator == "IN" else marks))
            values += several
        order = "DESC"
        for cursor, comparison in ((after, "<"), (before, ">")):
            if cursor:
                clauses.append(f"seq {comparison} {PLACE}")
                values.append(cursor)
        if before:
            order = "ASC"
        # The clauses are our own words; what callers gave is in `values`.
        query = f"SELECT data FROM objects WHERE {' AND '.join(clauses)}"  # noqa: S608
        rows = self.execute(f"{query} ORDER BY seq {order} LIMIT ?", [*values, limit])
        found = [json.loads(row["data"]) for row in rows]
        return found[::-1] if before else found

    def empty(self) -> None:
        with self.transaction():
            for table in TABLES:
                self.execute(f"DELETE FROM {table}")  # noqa: S608 - names from above


def _column(field: str) -> str:
    inside = f"json_extract(data, '$.{field}')"
    # Events are the bulk, and are looked up by type only: no need to search them for the others.
    return f"CASE WHEN kind <> 'event' THEN {inside} END" if field in NOT_OF_EVENTS else inside


store = Store()
