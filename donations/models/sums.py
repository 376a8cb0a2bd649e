"""Columns of a donation that are sums of rows, kept by the database alone."""

import pgtrigger


def summed_in_donation(name: str, sums: dict[str, str]) -> pgtrigger.Trigger:
    """Rows of this table are summed in columns of their donation, by the database alone.

    The donation is locked first, so that each sum is taken of what others have committed.

    Args:
        sums: for each column the query of its sum, where NEW.id is the donation's.
    """
    columns = ", ".join(
        f'"{column}" = ({query.replace("NEW.id", "NEW.donation_id")})'
        for column, query in sums.items()
    )
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            PERFORM 1 FROM donations_donation WHERE id = NEW.donation_id FOR UPDATE;
            UPDATE donations_donation SET {columns} WHERE id = NEW.donation_id;
            RETURN NULL;
        """,  # noqa: S608 - our own words
    )
