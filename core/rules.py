"""Rules that hold in the database itself, shared by several tables, as trigger definitions."""

import pgtrigger


def append_only(name: str) -> pgtrigger.Protect:
    """Rows are written once: no update and no delete, by anyone."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


def never_deleted(name: str) -> pgtrigger.Protect:
    return pgtrigger.Protect(name=name, operation=pgtrigger.Delete)


def starts_as(name: str, field: str, *allowed: str) -> pgtrigger.Trigger:
    """A new row may only have one of these states: a transition trigger guards updates alone."""
    listed = ", ".join(f"'{state}'" for state in allowed)
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition(f'NEW."{field}" NOT IN ({listed})'),
        func=f"RAISE EXCEPTION '{name}: a new row cannot be %', NEW.\"{field}\";",
    )


def frozen(name: str, *fields: str, when: str = "TRUE") -> pgtrigger.Trigger:
    """These columns keep their value for ever (or while `when`, SQL over OLD, is true)."""
    changed = " OR ".join(f'OLD."{field}" IS DISTINCT FROM NEW."{field}"' for field in fields)
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(f"(({when}) AND ({changed}))"),
        func=f"RAISE EXCEPTION '{name}: this cannot be changed any more';",
    )


def equals(name: str, sums: dict[str, str]) -> pgtrigger.Trigger:
    """These columns always equal what their queries say, whoever writes them."""
    wrong = " OR ".join(f'NEW."{column}" <> ({query})' for column, query in sums.items())
    changed = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in sums)
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(changed),
        func=f"""
            IF {wrong} THEN
                RAISE EXCEPTION '{name}: this is a sum of rows and not set by hand';
            END IF;
            RETURN NEW;
        """,
    )


def is_last_step(name: str, steps: str, key: str) -> pgtrigger.Trigger:
    """`state` and `moved_at` are those of the row's last step in this table, and of nothing else.

    Args:
        key: the column by which a step names its row.
    """
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            'OLD."state" <> NEW."state" OR OLD."moved_at" <> NEW."moved_at"'
        ),
        func=f"""
            IF NOT EXISTS (
                SELECT 1 FROM (
                    SELECT s.state, s.at FROM {steps} s
                    WHERE s.{key} = NEW.id ORDER BY s.id DESC LIMIT 1
                ) last WHERE last.state = NEW.state AND last.at = NEW.moved_at
            ) THEN
                RAISE EXCEPTION '{name}: row % is moved by its steps', NEW.id;
            END IF;
            RETURN NEW;
        """,  # noqa: S608 - names of tables and columns, from the code
    )


def step_moves(name: str, table: str, key: str) -> pgtrigger.Trigger:
    """A new step moves the row it belongs to by itself."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func=f"""
            UPDATE {table} SET state = NEW.state, moved_at = NEW.at WHERE id = NEW.{key};
            RETURN NULL;
        """,  # noqa: S608 - names of tables and columns, from the code
    )
