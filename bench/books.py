"""Every rule of the books recomputed over a million postings, with their gifts and receipts."""

import json
import time

import psycopg

from bench.ground import Ground
from bench.table import Table

POSTINGS = 1_000_000
MOST_SECONDS = 60
# Rules are listed from this many seconds on.
SLOW = 1.0


def run(ground: Ground, share: float = 1.0) -> Table:
    """With `share` of the rows; nothing else at work."""
    ground.worker(runs=False)
    began = time.monotonic()
    script = FILL.replace("GIFTS", str(int(POSTINGS * share) // 4))
    ground.stack.manage("shell", "--no-imports", "-c", script, role="owner")
    with psycopg.connect(ground.stack.databases.owner, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    told = json.loads(ground.stack.manage("shell", "--no-imports", "-c", CHECK))
    filled = time.monotonic() - began - told["seconds"]
    table = Table("Checking the books", ["", "seconds"])
    rules = sorted(told["rules"].items(), key=lambda one: -one[1])
    for name, seconds in rules:
        if seconds >= SLOW:
            table.add(name, f"{seconds:.1f}")
    rest = sum(seconds for _name, seconds in rules if seconds < SLOW)
    table.add("all others", f"{rest:.1f}")
    table.add(f"all {len(rules)} rules", f"{told['seconds']:.1f}")
    table.remarks += [
        f"{told['postings']:,} postings of {told['entries']:,} entries, {told['gifts']:,} gifts "
        f"with movements at Stripe and receipts, sealed; made in {filled:.0f} s by plain SQL. "
        f"{told['problems']} problems. Target: at most {MOST_SECONDS} s. Peak of the process: "
        f"{told['peak']:.0f} MB.",
    ]
    return table


# Triggers stay off while rows are made; digests are those that the product would have written.
FILL = (
    """
from datetime import date
from django.db import connection
from donations import demo, ledger
from donations.models import (BalanceTransaction, Designation, Donation, DonationLine, Donor, Entry,
    LegalEntity, Posting, Receipt, ReceiptFile, ReceiptSeries)
from donations.programme_seed import _insert
from donations.receipts.snapshot import Entity, Line, Snapshot
demo.seed()
entity = LegalEntity.objects.get(is_default=True)
purpose = Designation.objects.get(is_default=True)
series, _made = ReceiptSeries.objects.get_or_create(
    legal_entity=entity, country="XX", year=2025, livemode=False)
facts = Snapshot(
    pack="us", pack_version="1", number="@number@", code="@code@", check_url="https://x.example",
    language="en", entity=Entity("x", "x", ("x",), "x", "x", "x", "x"), receipt_name="Ruth Osei",
    donor_address=("x",), donation_reference="@ref@", received_on=date(2025, 5, 1),
    issued_on=date(2025, 5, 1), currency="USD", amount_minor=5000,
    lines=(Line("x", 5000, False),), live=False)
given = {"entity": entity.pk, "gifts": GIFTS, "purpose": purpose.pk, "series": series.pk,
    "facts": facts.to_json(), "label": str(series)}
tables = (Donation, DonationLine, Entry, Posting, BalanceTransaction, Receipt, ReceiptFile,
    ReceiptSeries)
def digest(kind, source, legs):
    # ledger.digest of an entry, as SQL over the gift d.
    told = ("'[\\"' || " + source + " || '\\",\\"" + kind + "\\"," + str(entity.pk) + ",false,'"
        " || d.id"
        " || ',\\"' || to_char(d.paid_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\\"T\\"HH24:MI:SS+00:00')"
        " || '\\",\\"' || (d.paid_at AT TIME ZONE 'UTC')::date || '\\",null,\\"\\"," + legs + "]'")
    return "encode(sha256(convert_to(" + told + ", 'UTF8')), 'hex')"
with connection.cursor() as cursor:
    run = lambda sql: cursor.execute(sql, given)
    run(_insert(Donor, "generate_series(1, 1000) n", kind="'person'", name="'Donor ' || n",
        email="'d' || n || '@seed.example'", search_name="'donor ' || n", country="'US'",
        language="'en'", created_at="now()"))
    given["donor"] = Donor.objects.latest("pk").pk - 999
    for model in tables:
        run(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER USER")
    run("CREATE TEMP TABLE given AS SELECT g AS n, timestamptz '2025-01-01 12:00Z'"
        " + g %% 300 * interval '1 day' AS at FROM generate_series(1, %(gifts)s) g")
    run(_insert(Donation, "given", reference="'r' || n", form_token="'f' || n",
        legal_entity="%(entity)s", status="'paid'", currency="'USD'", amount_minor="5000",
        donor="%(donor)s + n %% 1000", name="'Donor'", email="'d' || n %% 1000 || '@seed.example'",
        language="'en'", created_at="at", paid_at="at", payment_intent_id="'pi_' || n",
        charge_id="'ch_' || n", processor_fee_minor="175", source="'card'"))
    run("ANALYZE donations_donation")
    run(_insert(DonationLine, "donations_donation d JOIN given ON d.charge_id = 'ch_' || n",
        donation="d.id", designation="%(purpose)s", amount_minor="5000", if_covered="'like'"))
    run(_insert(BalanceTransaction, "given", id="'txn_' || n", kind="'charge'",
        source="'ch_' || n", amount_minor="5000", fee_minor="175", net_minor="4825",
        currency="'USD'", created_at="at", available_at="at"))
    gift = "donations_donation d JOIN given ON d.charge_id = 'ch_' || n"
    legs = {"charge": (("contributions", purpose.pk, -5000), ("processor_balance", 0, 5000)),
            "fee": (("processing_fees", 0, 175), ("processor_balance", 0, -175))}
    sources = {"charge": "'ch_' || n", "fee": "'txn_' || n"}
    for kind, sides in legs.items():
        listed = ",".join('[\\"%%s\\",%%d,%%d,\\"USD\\"]' %% side for side in sorted(sides))
        run(_insert(Entry, gift, source=sources[kind], kind=f"'{kind}'",
            legal_entity="%(entity)s", donation="d.id", occurred_at="d.paid_at",
            posted_on="(d.paid_at AT TIME ZONE 'UTC')::date",
            sha256=digest(kind, "(" + sources[kind] + ")", "[" + listed + "]")))
        for account, designation, amount in sides:
            run(_insert(Posting, f"donations_entry e WHERE e.kind = '{kind}' AND e.source ~ "
                "'^(ch|txn)_[0-9]+$'", entry="e.id", account=f"'{account}'",
                designation=str(designation or "NULL"), amount_minor=str(amount),
                currency="'USD'"))
    text = ("replace(replace(replace(%(facts)s, '@number@',"
        " %(label)s || '-' || lpad(n::text, 6, '0')), '@code@', 'c' || n),"
        " '@ref@', upper(left('r' || n, 8)))")
    run(_insert(Receipt, gift, series="%(series)s", number="n",
        label="%(label)s || '-' || lpad(n::text, 6, '0')", donation="d.id", state="'issued'",
        snapshot=f"({text})::jsonb", snapshot_sha256=f"encode(sha256(convert_to({text}, 'UTF8')),"
        " 'hex')", code="'c' || n", issued_at="at",
        sha256="encode(sha256(convert_to('file ' || n, 'UTF8')), 'hex')"))
    run(_insert(ReceiptFile, "donations_receipt r WHERE r.series_id = %(series)s",
        receipt="r.id", data="convert_to('file ' || r.number, 'UTF8')", created_at="now()"))
    run("UPDATE donations_receiptseries SET last_number = %(gifts)s WHERE id = %(series)s")
    for model in tables:
        run(f"ALTER TABLE {model._meta.db_table} ENABLE TRIGGER USER")
ledger.seal()
""".replace("%%s", "%s")
    .replace("%%d", "%d")
    .replace("]' %% side", "]' % side")
)
CHECK = """
import json, resource, time
from donations.books import checking
from donations.models import BooksCheck, Donation, Entry, Posting
began = time.monotonic()
check = checking.perform(BooksCheck.objects.create())
print(json.dumps({
    "seconds": time.monotonic() - began, "problems": check.problems,
    "rules": {name: took / 1000 for name, took, _count, _kept in check.results},
    "postings": Posting.objects.count(), "entries": Entry.objects.count(),
    "gifts": Donation.objects.filter(status="paid").count(),
    "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
"""
