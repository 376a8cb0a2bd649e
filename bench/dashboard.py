"""The finance dashboard and the register of receipts over a large organisation's gifts."""

import hashlib
import json
import time

import psycopg

from bench import load
from bench.ground import Ground
from bench.table import Table

DONATIONS, PURPOSES = 3_000_000, 300
# Each first name is borne by 500 donors, each surname by 200.
DONORS, FIRST_NAMES = 100_000, 200
SECONDS = 8.0
# Of the page's own: Wagtail's frame around any page makes some ten more.
MOST_QUERIES, MOST_MS = 10, 300


def word(text: str) -> str:
    """A made-up name, as the script below makes it in the database."""
    digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    return digest[:6].translate(str.maketrans("0123456789", "ghijklmnop")).capitalize()


PAGES = {
    "dashboard, a fiscal year": "/admin/finance/",
    "dashboard, a month": f"/admin/finance/?period={time.strftime('%Y-%m')}",
    "register": "/admin/receipts/",
    "register, those void": "/admin/receipts/?state=void",
    "register, by number": f"/admin/receipts/?q=US-{time.strftime('%Y')}-001234",
    "register, by name": f"/admin/receipts/?q={word('f7')}+{word('s77')}",
    "register, by surname": f"/admin/receipts/?q={word('s77')}",
    "register, by amount": "/admin/receipts/?q=123.45",
    "register, by card": "/admin/receipts/?q=0815",
}


def run(ground: Ground, share: float = 1.0) -> Table:
    """With `share` of the rows; one client, one request after another."""
    ground.worker(runs=False)
    ground.without_rules()
    began = time.monotonic()
    script = FILL.replace("GIFTS", str(int(DONATIONS * share))).replace("PURPOSES", str(PURPOSES))
    script = script.replace("DONORS", str(DONORS)).replace("FIRST", str(FIRST_NAMES))
    ground.stack.manage("shell", "--no-imports", "-c", script, role="owner")
    filled = time.monotonic() - began
    with psycopg.connect(ground.stack.databases.owner, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    told = json.loads(ground.stack.manage("shell", "--no-imports", "-c", PREPARE))
    table = Table("Finance dashboard", ["", "queries", "p50 ms", "p95 ms", "a second"])
    for name, path in PAGES.items():
        cookie = f"staff_session={told['session']}"
        one = load.request(ground.stack.ports["staff"], path, Cookie=cookie)
        load.fire(ground.stack.ports["staff"], [[one]], 1.0)
        result = load.fire(ground.stack.ports["staff"], [[one]], SECONDS)
        assert result.wrong == 0, f"{path}: {result.wrong} were not answered with 200"
        table.add(
            name, told["queries"][path], f"{result.percentile(50):.0f}",
            f"{result.percentile(95):.0f}", f"{result.rate:.1f}",
        )  # fmt: skip
    bytes_used = ground.rows("SELECT pg_size_pretty(pg_database_size(current_database())) AS size")
    table.remarks += [
        f"{told['donations']:,} paid donations over five years by {DONORS:,} donors to {PURPOSES} "
        f"purposes by ten ways and sixty appeals, a receipt each, {told['postings']:,} postings "
        f"({bytes_used[0]['size']}), made in {filled:.0f} s by plain SQL. Their {told['sums']:,} "
        f"sums by month, account, purpose, way and appeal: all months anew in {told['all']:.1f} s, "
        f"the running and the last one in {told['running']:.2f} s. One client; queries with a warm "
        f"cache.",
        f"Queries: the page's own and, after the plus, those of Wagtail's frame around any page. "
        f"Target: at most {MOST_QUERIES} of its own, p95 at most {MOST_MS} ms.",
    ]
    return table


# Triggers and foreign keys are left out while rows are made; the other constraints hold.
FILL = """
from django.db import connection
from donations import demo
from donations.models import Designation, Donation, DonationLine, Donor, Entry, LegalEntity
from donations.models import Posting, Receipt
from donations.programme_seed import _insert
demo.seed()
given = {"entity": LegalEntity.objects.get(is_default=True).pk, "gifts": GIFTS}
word = "initcap(translate(left(md5({}), 6), '0123456789', 'ghijklmnop'))".format
NAME = word("'f' || n %% DONORS %% FIRST") + " || ' ' || " + word("'s' || n %% DONORS / FIRST")
with connection.cursor() as cursor:
    run = lambda sql: cursor.execute(sql, given)
    run(_insert(Donor, "generate_series(0, DONORS - 1) n", kind="'person'", name=NAME,
        email="'d' || n || '@seed.example'", search_name=f"lower({NAME})", country="'US'",
        language="'en'", created_at="now()"))
    run(_insert(Designation, "generate_series(1, PURPOSES) n", code="'bench-' || n",
        name="'Wish ' || n", currency="'USD'", restriction="CASE WHEN n %% 3 = 0 THEN "
        "'without_donor_restrictions' ELSE 'with_donor_restrictions' END", limited_by="'purpose'"))
    run("CREATE TEMP TABLE purpose AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS n"
        " FROM donations_designation")
    given["purposes"] = Designation.objects.count()
    given["donor"] = Donor.objects.latest("pk").pk - DONORS + 1
    run("SET session_replication_role = replica")
    run("CREATE TEMP TABLE given AS SELECT g AS n, 500 + g::bigint * 7919 %% 20000 AS amount,"
        " now() - g::float / %(gifts)s * interval '5 years' AS at,"
        " p.id AS purpose FROM generate_series(1, %(gifts)s) g"
        " JOIN purpose p ON p.n = g * 31::bigint %% %(purposes)s")
    run(_insert(Donation, "given", reference="'r' || n", form_token="'f' || n",
        legal_entity="%(entity)s", status="'paid'", currency="'USD'", amount_minor="amount",
        donor="%(donor)s + n %% DONORS", name=NAME, email="'d' || n %% DONORS || '@seed.example'",
        language="'en'", created_at="at", paid_at="at", payment_intent_id="'pi_' || n",
        charge_id="CASE WHEN n %% 10 < 6 THEN 'ch_' || n END",
        processor_fee_minor="amount * 29 / 1000 + 30", card_last4="lpad((n %% 9973)::text, 4, '0')",
        source="(ARRAY['card','card','card','card','card','card','cheque','transfer','stock',"
        "'match'])[1 + n %% 10]", appeal="CASE WHEN n %% 2 = 0 THEN 'a-' || n %% 120 ELSE '' END"))
    run(_insert(DonationLine, "given JOIN donations_donation d ON d.reference = 'r' || n",
        donation="d.id", designation="purpose", amount_minor="amount", if_covered="'like'"))
    for kind in ("charge", "fee"):
        run(_insert(Entry, "donations_donation d", source=f"'{kind}' || d.id", kind=f"'{kind}'",
            legal_entity="%(entity)s", donation="d.id", occurred_at="d.paid_at",
            posted_on="(d.paid_at AT TIME ZONE 'America/New_York')::date"))
    legs = {"charge": [("processor_balance", "NULL", "d.amount_minor"),
                       ("contributions", "l.designation_id", "-d.amount_minor")],
            "fee": [("processing_fees", "NULL", "d.processor_fee_minor"),
                    ("processor_balance", "NULL", "-d.processor_fee_minor")]}
    for kind, sides in legs.items():
        for account, purpose, amount in sides:
            run(_insert(Posting, "donations_entry e JOIN donations_donation d ON d.id ="
                " e.donation_id JOIN donations_donationline l ON l.donation_id = d.id"
                f" WHERE e.kind = '{kind}'", entry="e.id", account=f"'{account}'",
                designation=purpose, amount_minor=amount, currency="'USD'"))
    run("CREATE TEMP TABLE numbered AS SELECT d.*, extract(year FROM paid_at)::int AS year,"
        " row_number() OVER (PARTITION BY extract(year FROM paid_at) ORDER BY paid_at) AS number"
        " FROM donations_donation d")
    run("INSERT INTO donations_receiptseries (legal_entity_id, country, year, livemode,"
        " last_number) SELECT %(entity)s, 'US', year, false, max(number) FROM numbered GROUP BY 3"
        " ON CONFLICT (legal_entity_id, country, year, livemode)"
        " DO UPDATE SET last_number = excluded.last_number")
    # One in a thousand was declared void.
    run(_insert(Receipt, "numbered n JOIN donations_receiptseries s ON s.year = n.year",
        series="s.id", number="number", donation="n.id", issued_at="paid_at",
        label="'US-' || n.year || '-' || lpad(number::text, 6, '0')",
        code="upper(substr(md5(n.id::text), 1, 16))",
        state="CASE WHEN n.id %% 1000 = 0 THEN 'void' ELSE 'issued' END",
        void_reason="CASE WHEN n.id %% 1000 = 0 THEN 'other' ELSE '' END",
        voided_at="CASE WHEN n.id %% 1000 = 0 THEN paid_at END",
        snapshot="jsonb_build_object('receipt_name', name, 'amount_minor', amount_minor,"
        " 'currency', currency, 'live', false, 'number', number)",
        snapshot_sha256="repeat('0', 64)", sha256="repeat('0', 64)"))
"""
# In a process of its own with the staff site's settings: somebody of Finance who has signed in.
PREPARE = f"""
import json, time
from django.db import connection
from django.test.utils import CaptureQueriesContext
from donations import months
from donations.models import BooksMonth, Donation, Posting
from tests.people import person, signed_in
found = {{"queries": {{}}}}
running = months.oldest_open()
for name, work in (("all", months.rebuild), ("running", lambda: months.rebuild(running))):
    began = time.monotonic()
    work()
    found[name] = time.monotonic() - began
with connection.cursor() as cursor:
    cursor.execute("ANALYZE donations_booksmonth")
client = signed_in(person("Finance", email="bench@northstar.example"))
found["session"] = client.session.session_key
for path in {list(PAGES.values())!r}:
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path, headers={{"host": "localhost"}})
            assert answer.status_code == 200, (path, answer.status_code)
        own = sum("donations_" in query["sql"] for query in queries)
        found["queries"][path] = f"{{own}} + {{len(queries) - own}}"
found["donations"], found["postings"] = Donation.objects.count(), Posting.objects.count()
found["sums"] = BooksMonth.objects.count()
print(json.dumps(found))
"""
