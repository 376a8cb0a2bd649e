"""Statements brought in: whole, once, and only if their lines lead from opening to closing."""

from typing import Any

from django.db import transaction

from donations.bank.facts import Statement, Unreadable
from donations.models import BankAccount, BankLine, BankStatement


@transaction.atomic
def take(told: Statement, account: BankAccount, *, by: Any) -> tuple[BankStatement, bool]:
    """Keep a statement with its lines; false if it was here already, in whatever file.

    Raises:
        Unreadable: other_account, other_currency, no_days, does_not_add_up, changed, overlaps.
    """
    account = BankAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
    if told.number and told.number != account.number.replace(" ", ""):
        raise Unreadable("other_account", told.number[-4:])
    if told.currency != account.currency:
        raise Unreadable("other_currency", told.currency)
    if known := account.statements.filter(statement_id=told.statement_id).first():
        if known.sha256 != told.sha256:
            raise Unreadable("changed", told.statement_id)
        return known, False
    if not told.lines:
        raise Unreadable("no_days", told.statement_id)
    if told.difference_minor:
        raise Unreadable("does_not_add_up", str(told.difference_minor))
    keys = told.keys()
    both = account.lines.filter(key__in=keys).select_related("statement").first()
    if both:
        raise Unreadable("overlaps", str(both.statement))
    days = [line.day for line in told.lines]
    statement = BankStatement.objects.create(
        account=account,
        statement_id=told.statement_id,
        first_day=min(days),
        last_day=max(days),
        opening_minor=told.opening_minor,
        closing_minor=told.closing_minor,
        currency=told.currency,
        lines_count=len(told.lines),
        sha256=told.sha256,
        imported_by=by,
    )
    BankLine.objects.bulk_create(
        BankLine(
            statement=statement,
            account=account,
            day=line.day,
            amount_minor=line.amount_minor,
            currency=told.currency,
            key=key,
            reference=line.reference,
            text=line.text,
        )
        for line, key in zip(told.lines, keys, strict=True)
    )
    return statement, True


@transaction.atomic
def take_all(
    told: list[Statement], account: BankAccount, *, by: Any
) -> list[tuple[BankStatement, bool]]:
    """Every statement of a file, or none.

    Raises:
        Unreadable: as `take`.
    """
    return [take(one, account, by=by) for one in told]
