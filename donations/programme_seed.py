"""A made-up programme of any size, to measure with: plans, their stories and their gifts.

Rows are made by the server itself, set by set; every constraint and trigger holds, so that a gift
is first pending, gets its line, and is paid by an update. Unchecked, the same statements run
without triggers and foreign keys, which a superuser alone may do. It takes the database's owner,
because the site's own role may make no table, not even for a moment. There are no books, receipts
or mails: such a database is thrown away after the measurement.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction

from donations import demo
from donations.models import (
    Designation,
    Donation,
    DonationLine,
    Donor,
    LegalEntity,
    Plan,
    PlanStep,
    StripeCustomer,
)

MARK = "seed-"
# Plans whose gifts are written in one transaction: about a hundred thousand gifts.
CHUNK = 4_000
Say = Callable[[str], object]


class Refused(Exception):
    """This is no database for made-up rows; the text says why."""


@dataclass(frozen=True)
class Size:
    plans: int
    donations: int

    @property
    def months(self) -> int:
        """How far back plans begin, so that about so many gifts come of them."""
        return max(2, 2 * self.donations // self.plans)


def seed(size: Size, say: Say, *, checked: bool = True) -> None:
    """Fill an empty database.

    Raises:
        Refused: it takes real money, has real rows, or was filled already.
    """
    _refuse_unless_fit()
    demo.seed()
    with connection.cursor() as cursor:
        if not checked:
            cursor.execute("SET session_replication_role = replica")
        cursor.execute("SELECT setseed(0.42)")  # the same programme each time
        cursor.execute(FATES, {"plans": size.plans, "months": size.months})
        cursor.execute("CREATE UNIQUE INDEX ON fate (i)")
        cursor.execute("ANALYZE fate")
    given = {"entity": LegalEntity.objects.get(is_default=True).pk}
    given["purpose"] = Designation.objects.get(is_default=True).pk
    with transaction.atomic():
        for statement in _plans():
            _run(statement, given)
        _run("ANALYZE donations_plan, donations_donor", given)
    say(f"{size.plans} plans and their stories")
    left = size.donations
    for first in range(1, size.plans + 1, CHUNK):
        chunk = given | {"first": first, "end": first + CHUNK, "most": left}
        left -= _give(GIFTS_OF_PLANS, chunk)
        say(f"{size.donations - left} gifts")
    while left > 0:
        chunk = given | {"months": size.months, "most": min(left, 100_000), "first": left}
        left -= _give(SINGLE_GIFTS, chunk)
        say(f"{size.donations - left} gifts")


def _refuse_unless_fit() -> None:
    if settings.STRIPE_LIVE:
        raise Refused("Stripe's key is a live one: no made-up rows here.")
    if Plan.objects.filter(reference__startswith=MARK).exists():
        raise Refused("This database was filled already.")
    if not settings.DEMO and (Donation.objects.exists() or Plan.objects.exists()):
        raise Refused("There are gifts in this database, and it is no demonstration.")


def _plans() -> Iterator[str]:
    """Donors, payers, plans as they begin, as they stand, and what happened between."""
    yield _insert(
        Donor, "fate",
        kind="'person'", name="name", email="email", search_name="lower(name)",
        country="'US'", language="'en'", created_at="began",
    )  # fmt: skip
    yield _insert(StripeCustomer, "fate", id="'cus_seed_' || i", created_at="began")
    yield _insert(
        Plan, "fate",
        reference=f"'{MARK}' || lpad(i::text, 9, '0')", legal_entity="%(entity)s",
        status="'incomplete'", amount_minor="final", currency="'USD'", interval="every",
        designation="%(purpose)s", name="name", email="email", language="'en'",
        subscription_id="'sub_seed_' || i", customer="'cus_seed_' || i", created_at="began",
    )  # fmt: skip
    yield BEGIN
    yield END
    for kind, at, before, after, status, where, detail in STEPS:
        yield _insert(
            PlanStep, f"fate JOIN donations_plan p ON p.subscription_id = 'sub_seed_' || i"
            f" WHERE {where}",
            plan="p.id", kind=f"'{kind}'", at=at, channel="'stripe'", status=f"'{status}'",
            monthly_before_minor=_monthly(before), monthly_after_minor=_monthly(after),
            detail=detail,
        )  # fmt: skip


def _monthly(amount: str) -> str:
    return f"CASE WHEN every = 'year' THEN ({amount}) / 12 ELSE {amount} END"


def _give(source: str, given: dict[str, Any]) -> int:
    """Gifts from this source: written down, with their lines, paid; how many."""
    with transaction.atomic():
        _run(f"CREATE TEMP TABLE given ON COMMIT DROP AS {source}", given)
        _run("ANALYZE given", given)
        count = _run(
            _insert(
                Donation, "given",
                reference="key", form_token="key",  # noqa: S106 - a column's name
                legal_entity="%(entity)s", plan="plan_id", source="'card'",
                invoice_id="CASE WHEN plan_id IS NOT NULL THEN 'in_' || key END",
                status="'pending'", currency="'USD'", amount_minor="amount", name="name",
                email="email", country="'US'", language="'en'", created_at="at",
                payment_intent_id="'pi_' || key", charge_id="'ch_' || key", card_brand="'visa'",
                card_last4="'4242'", processor_fee_minor="amount * 29 / 1000 + 30",
            ),
            given,
        )  # fmt: skip
        source = "given JOIN donations_donation d ON d.reference = given.key"
        line = {"donation": "d.id", "designation": "%(purpose)s", "amount_minor": "amount"}
        _run(_insert(DonationLine, source, **line), given)
        # The rule that looks up a gift's lines plans its query by what is known of the table.
        _run("ANALYZE donations_donationline, donations_donation", given)
        _run(PAY, given)
    return count


def _run(statement: str, given: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return int(cursor.rowcount)


def _insert(model: type[models.Model], source: str, /, **given: str) -> str:
    """INSERT … SELECT of every column: as given in SQL, else null or the field's empty value."""
    columns = {
        field.column: given.get(field.name) or _blank(field)
        for field in model._meta.concrete_fields
        if not (field.primary_key and field.name not in given)
    }
    names = ", ".join(f'"{name}"' for name in columns)
    table = model._meta.db_table
    # All of it written in this file.
    return f"INSERT INTO {table} ({names}) SELECT {', '.join(columns.values())} FROM {source}"  # noqa: S608


def _blank(field: Any) -> str:
    if field.null:
        return "NULL"
    if isinstance(field, models.BooleanField):
        return "false"
    if isinstance(field, models.JSONField):
        return "'{}'"
    return "''" if isinstance(field, models.CharField | models.TextField) else "0"


# Each plan's fate, from which all its rows follow: terms, life, and what happens in it.
FATES = """
    CREATE TEMP TABLE fate AS
    SELECT i, every, began, ended, fate, name, email,
           base AS first, CASE WHEN change = 0 THEN base + 1000
                               WHEN change = 1 THEN greatest(base - 1000, 500)
                               ELSE base END AS final,
           change, rests, fails, reason,
           coalesce(ended, now()) - began AS life
      FROM (
        SELECT *, CASE WHEN fate IN ('canceled', 'lapsed')
                       THEN began + (now() - began) * (0.1 + 0.9 * random()) END AS ended
          FROM (
            SELECT i,
                   'Donor ' || chr(65 + i %% 26) || chr(97 + i %% 23) || ' ' || i AS name,
                   'donor' || i || '@seed.example' AS email,
                   CASE WHEN random() < 0.08 THEN 'year' ELSE 'month' END AS every,
                   now() - random() * make_interval(months => %(months)s) AS began,
                   (ARRAY[500, 1000, 1500, 2500, 2500, 5000, 10000])
                       [1 + floor(random() * 7)] AS base,
                   CASE WHEN random() < 0.20 THEN 'canceled' WHEN random() < 0.07 THEN 'lapsed'
                        WHEN random() < 0.05 THEN 'paused' WHEN random() < 0.02 THEN 'past_due'
                        ELSE 'active' END AS fate,
                   floor(random() * 6)::int AS change,
                   random() < 0.1 AS rests, random() < 0.15 AS fails,
                   (ARRAY['money', 'elsewhere', 'unhappy', 'other', ''])
                       [1 + floor(random() * 5)] AS reason
              FROM generate_series(1, %(plans)s) AS i
          ) AS drawn
      ) AS lived
"""
BEGIN = """
    UPDATE donations_plan p
       SET status = CASE WHEN fate IN ('paused', 'past_due') THEN fate ELSE 'active' END,
           donor_id = d.id, started_at = began, anchor_at = began,
           next_charge_at = now() + random() * interval '30 days',
           paused_until = CASE WHEN fate = 'paused' THEN now() + interval '40 days' END,
           open_invoice_id = CASE WHEN fate = 'past_due' THEN 'in_open_' || i ELSE '' END,
           tries = CASE WHEN fate = 'past_due' THEN 1 + i %% 3 ELSE 0 END,
           retry_at = CASE WHEN fate = 'past_due' THEN now() + interval '2 days' END,
           card_brand = 'visa', card_last4 = '4242',
           card_exp_month = 1 + i %% 12, card_exp_year = 2027 + i %% 4
      FROM fate JOIN donations_donor d ON d.email = fate.email
     WHERE p.subscription_id = 'sub_seed_' || i
"""
END = """
    UPDATE donations_plan p
       SET status = fate, ended_at = ended, next_charge_at = NULL,
           canceled_at = CASE WHEN fate = 'canceled' THEN ended END,
           canceled_by = CASE WHEN fate = 'canceled' THEN 'donor' ELSE '' END,
           cancel_reason = CASE WHEN fate = 'canceled' THEN reason ELSE '' END
      FROM fate
     WHERE p.subscription_id = 'sub_seed_' || i AND fate IN ('canceled', 'lapsed')
"""
# Kind, when, the amount it brought before and after, status, for whom, detail; in order of time.
STEPS = (
    ("started", "began", "0", "first", "active", "true", "'{}'"),
    *(
        (kind, "began + life * 0.3", "first", "final", "active", where,
         "jsonb_build_object('old', first, 'new', final)")
        for kind, where in (("raised", "final > first"), ("lowered", "final < first"))
    ),
    ("paused", "began + life * 0.5", "final", "0", "paused", "rests", "'{}'"),
    ("resumed", "began + life * 0.6", "0", "final", "active", "rests", "'{}'"),
    ("payment_failed", "began + life * 0.7", "final", "final", "past_due", "fails",
     "'{\"tries\": 1, \"code\": \"insufficient_funds\"}'"),
    ("recovered", "began + life * 0.7 + life * 0.01", "final", "final", "active", "fails", "'{}'"),
    ("paused", "began + life * 0.98", "final", "0", "paused", "fate = 'paused'", "'{}'"),
    ("payment_failed", "began + life * 0.99", "final", "final", "past_due",
     "fate IN ('past_due', 'lapsed')", "'{\"tries\": 1, \"code\": \"expired_card\"}'"),
    ("lapsed", "ended", "final", "0", "lapsed", "fate = 'lapsed'", "'{}'"),
    ("canceled", "ended", "final", "0", "canceled", "fate = 'canceled'",
     "jsonb_build_object('whose', 'donor', 'reason', reason)"),
)  # fmt: skip
GIFTS_OF_PLANS = """
    SELECT 'seed' || p.id || '-' || row_number() OVER (PARTITION BY p.id) AS key, p.id AS plan_id,
           at, p.name, p.email, p.donor_id, p.amount_minor AS amount
      FROM fate JOIN donations_plan p ON p.subscription_id = 'sub_seed_' || i,
           generate_series(began, began + life, CASE WHEN every = 'year' THEN interval '1 year'
                                                     ELSE interval '1 month' END) AS at
     WHERE i >= %(first)s AND i < %(end)s
     LIMIT %(most)s
"""
SINGLE_GIFTS = """
    SELECT 'single' || %(first)s || '-' || n AS key, NULL::bigint AS plan_id,
           now() - random() * make_interval(months => %(months)s) AS at,
           d.name, d.email, d.id AS donor_id, (5 + floor(random() * 100)::int) * 100 AS amount
      FROM generate_series(1, %(most)s) AS n
      JOIN LATERAL (SELECT 1 + n %% (SELECT count(*) FROM fate) AS i) AS pick ON true
      JOIN fate ON fate.i = pick.i
      JOIN donations_donor d ON d.email = fate.email
"""
PAY = """
    UPDATE donations_donation d
       SET status = 'paid', paid_at = given.at, donor_id = given.donor_id
      FROM given WHERE d.reference = given.key
"""
