"""A million rows of the journal as CSV, Excel and Parquet, beside other programs."""

import json
import subprocess
import tempfile
from pathlib import Path

import psycopg

from bench.ground import Ground
from bench.table import Table
from core import embedded

ROWS = 1_000_000
# Each is measured as often; the best counts, for both sides alike.
ROUNDS = 2
CSV_TARGET, XLSX_TARGET, PARQUET_TARGET = 0.6, 2.5, 0.45
# Others take minutes for a million rows: a part of them tells their rate.
PART = 10
MOST_MB = 350


def run(ground: Ground, share: float = 1.0) -> Table:
    """With `share` of the rows; nothing else at work."""
    ground.worker(runs=False)
    ground.stack.manage("shell", "--no-imports", "-c", FILL.replace("ROWS", str(int(ROWS * share))))
    with psycopg.connect(ground.stack.databases.owner, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    rows = ground.rows("SELECT count(*) AS count FROM donations_posting")[0]["count"]
    psql = max(rows / _psql(ground) for _ in range(ROUNDS))
    table = Table(
        "Exports", ["", "rows/s written", "ratio", "target", "read back s", "MB file", "peak MB"]
    )
    table.add("psql \\copy, CSV", f"{psql:,.0f}", "1", "", "", "", "")
    part = rows // PART
    usual = min((_import_export(ground, part) for _ in range(ROUNDS)), key=lambda one: one["took"])
    rate = part / usual["took"]
    table.add(
        "django-import-export, CSV", f"{rate:,.0f}", f"{rate / psql:.2f} of psql", "", "", "",
        f"{usual['peak']:.0f}",
    )  # fmt: skip
    for form, target in (("csv", CSV_TARGET), ("parquet", PARQUET_TARGET), ("xlsx", XLSX_TARGET)):
        rounds = [_ours(ground, form) for _ in range(ROUNDS)]
        best = max(rounds, key=lambda one: rows / one["written"])
        other, name = (psql, "psql")
        if form == "xlsx":
            other, name = max(part / _xlsxwriter(ground, part) for _ in range(ROUNDS)), "XlsxWriter"
            table.add("XlsxWriter, constant memory", f"{other:,.0f}", "1", "", "", "", "")
        rate = rows / best["written"]
        table.add(
            f"export, {form.upper()}", f"{rate:,.0f}", f"{rate / other:.2f} of {name}",
            f"{target}", f"{best['read']:.1f}", f"{best['bytes'] / 1e6:.0f}",
            f"{max(one['peak'] for one in rounds):.0f}",
        )  # fmt: skip
    table.remarks += [
        f"{rows:,} postings of 11 columns, ordered by day and entry. Ours are disarmed and "
        "counted; psql, django-import-export (a tenth of the rows, all of which it holds at once) "
        "and XlsxWriter (from a cursor on the server, a tenth too) write the same columns plainly. "
        f"The best of {ROUNDS} rounds. Read back: parsing the whole file and "
        f"adding it up by account. Peak: of the whole process, at most {MOST_MB} MB.",
    ]
    return table


def _psql(ground: Ground) -> float:
    """Seconds that psql needs for the same columns in the same order."""
    with tempfile.TemporaryDirectory() as folder:
        copy = f"\\copy ({' '.join(PLAIN.split())}) TO '{folder}/plain.csv' CSV HEADER"
        script = Path(folder) / "copy.sql"
        script.write_text(f"\\timing on\n{copy}\n")
        done = subprocess.run(
            [embedded._binaries() / "psql", "-X", "-q", "-f", script, ground.stack.databases.app],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    return float(done.stdout.split("Time: ")[1].split()[0]) / 1000


def _ours(ground: Ground, form: str) -> dict[str, float]:
    told: dict[str, float] = json.loads(
        ground.stack.manage("shell", "--no-imports", "-c", WRITE % {"form": form})
    )
    return told


def _import_export(ground: Ground, rows: int) -> dict[str, float]:
    """Seconds and peak MB of the library that most Django projects export by."""
    script = IMPORT_EXPORT % {"rows": rows}
    told: dict[str, float] = json.loads(ground.stack.manage("shell", "--no-imports", "-c", script))
    return told


def _xlsxwriter(ground: Ground, rows: int) -> float:
    script = XLSXWRITER % {"plain": PLAIN, "rows": rows}
    return float(json.loads(ground.stack.manage("shell", "--no-imports", "-c", script)))


PLAIN = """
    SELECT e.posted_on, e.id, e.kind, p.account, coalesce(d.code, ''),
           CASE WHEN p.amount_minor > 0 THEN p.amount_minor * 0.01 END,
           CASE WHEN p.amount_minor < 0 THEN -p.amount_minor * 0.01 END,
           p.currency, e.reason, e.source, (e.occurred_at AT TIME ZONE 'America/New_York')::date
    FROM donations_entry e JOIN donations_posting p ON p.entry_id = e.id
    LEFT JOIN donations_designation d ON d.id = p.designation_id
    WHERE NOT e.livemode ORDER BY e.posted_on, e.id, p.id
"""
# Entries of two postings over a year, a tenth of them with a text that somebody typed.
FILL = """
from django.db import connection
from donations import demo
from donations.models import Designation, LegalEntity
demo.seed()
given = {
    "entity": LegalEntity.objects.get(is_default=True).pk, "entries": ROWS // 2,
    "purpose": Designation.objects.get(is_default=True).pk,
}
with connection.cursor() as cursor:
    cursor.execute('''
        INSERT INTO donations_entry (source, kind, legal_entity_id, livemode, occurred_at,
            posted_on, reason, sha256)
        SELECT 'ch_' || md5(n::text), 'charge', %(entity)s, false,
            timestamptz '2025-01-01 12:00Z' + n %% 365 * interval '1 day',
            date '2025-01-01' + n %% 365,
            CASE WHEN n %% 10 = 0 THEN '=cmd|''/C calc''!A' || n ELSE '' END, ''
        FROM generate_series(1, %(entries)s) n''', given)
    cursor.execute('''
        INSERT INTO donations_posting (entry_id, account, designation_id, amount_minor, currency)
        SELECT e.id, leg.account, leg.purpose, leg.side * (500 + e.id %% 10000), 'USD'
        FROM donations_entry e, (VALUES ('processor_balance', NULL::bigint, 1),
            ('contributions', %(purpose)s, -1)) AS leg (account, purpose, side)
        ''', given)
"""
WRITE = """
import json, resource, tempfile, time
from datetime import date
from django.utils import timezone
from donations.exports import layouts, making, reading
from donations.models import Export, LegalEntity
export = Export(kind="journal", format="%(form)s", livemode=False, first_day=date(2020, 1, 1),
    last_day=date(2030, 1, 1), legal_entity=LegalEntity.objects.get(is_default=True))
spent = {}
def timed(name, work):
    def done(*given):
        began = time.perf_counter()
        found = work(*given)
        spent[name] = time.perf_counter() - began
        return found
    return done
making.WRITERS["%(form)s"] = timed("written", making.WRITERS["%(form)s"])
reading.totals = timed("read", reading.totals)
with tempfile.TemporaryFile(buffering=1 << 20) as file:
    making.write(export, file)
    file.seek(0, 2)
    spent["bytes"] = file.tell()
spent["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
print(json.dumps(spent))
"""
IMPORT_EXPORT = """
import json, resource, tempfile, time
from import_export import fields, resources, widgets
from donations.models import Posting
class Plain(resources.ModelResource):
    debit, credit = fields.Field(), fields.Field()
    class Meta:
        model = Posting
        fields = ("entry__posted_on", "entry__id", "entry__kind", "account", "designation__code",
            "debit", "credit", "currency", "entry__reason", "entry__source", "entry__occurred_at")
        export_order = fields
    def dehydrate_debit(self, row):
        return row.amount_minor / 100 if row.amount_minor > 0 else ""
    def dehydrate_credit(self, row):
        return -row.amount_minor / 100 if row.amount_minor < 0 else ""
    def get_queryset(self):
        rows = Posting.objects.filter(entry__livemode=False).select_related("entry", "designation")
        return rows.order_by("entry__posted_on", "entry", "pk")[:%(rows)d]
began = time.perf_counter()
with tempfile.TemporaryFile("w+") as file:
    file.write(Plain().export().csv)
    assert file.tell() > %(rows)d * 50
print(json.dumps({"took": time.perf_counter() - began,
    "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6}))
"""
XLSXWRITER = """
import json, tempfile, time
import xlsxwriter
from django.db import connection, transaction
began = time.perf_counter()
with tempfile.NamedTemporaryFile(suffix=".xlsx") as file, transaction.atomic():
    book = xlsxwriter.Workbook(file.name, {"constant_memory": True, "strings_to_formulas": False})
    sheet, days = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    with connection.chunked_cursor() as cursor:
        cursor.execute('''%(plain)s LIMIT %(rows)d''')
        place = 0
        while rows := cursor.fetchmany(5000):
            for row in rows:
                for column, value in enumerate(row):
                    if column in (0, 10):
                        sheet.write_datetime(place, column, value, days)
                    elif column in (1, 5, 6):
                        if value is not None:
                            sheet.write_number(place, column, value)
                    else:
                        sheet.write_string(place, column, value)
                place += 1
    book.close()
print(json.dumps(time.perf_counter() - began))
"""
