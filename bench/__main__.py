"""Measure and compare: `make bench`, or `make bench ARGS="intake --write"`.

The names: intake, pages, public, gift, wishes, proposal, exports, programme, dashboard, books,
receipts, report, statements, matching; all without one; and lighthouse,
by `make lighthouse`.
--write puts the tables into docs/bench.md. The programme takes a while and some 10 GB: --share 0.1
for a tenth, of the exports, the dashboard and the books too.
"""

import argparse
import os
import re
import sys
import time
from collections.abc import Callable

from bench import (
    books,
    dashboard,
    exports,
    gift,
    ground,
    intake,
    lighthouse,
    matching,
    pages,
    programme,
    proposal,
    public,
    receipts,
    report,
    statements,
    wishes,
)
from bench.table import Table
from deploy.processes import ROOT

DOCUMENT = ROOT / "docs" / "bench.md"
HEAD = """# Measured

By `make bench ARGS=--write`; each table says what it was compared with in the same run. Ratios
travel from machine to machine better than the figures do.
"""
ON_GROUND: dict[str, Callable[[ground.Ground], Table]] = {
    "intake": intake.run,
    "pages": pages.run,
    "public": public.run,
    "gift": gift.run,
    "wishes": wishes.run,
    "proposal": proposal.run,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name")
    parser.add_argument("--write", action="store_true", help="into docs/bench.md")
    parser.add_argument(
        "--share",
        type=float,
        default=1.0,
        help="of the rows of programme, dashboard, books and exports",
    )
    options = parser.parse_args()
    # Last on its ground, which they fill.
    on_ground = ON_GROUND | {
        "exports": lambda here: exports.run(here, options.share),
        "programme": lambda here: programme.run(here, options.share),
        "books": lambda here: books.run(here, options.share),
        "dashboard": lambda here: dashboard.run(here, options.share),
    }
    alone = {
        "receipts": receipts.run,
        "report": report.run,
        "statements": statements.run,
        "matching": matching.run,
    }
    names = options.names or [*on_ground, *alone]
    on_ground["lighthouse"] = lighthouse.run  # what it needs is not there for the others
    if unknown := set(names) - {*on_ground, *alone}:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    if any(name in on_ground for name in names):
        with ground.running() as here:
            settings = f"PostgreSQL: {here.settings()}."
            for name in names:
                if name in on_ground:
                    tell(on_ground[name](here), settings, into_document=options.write)
    for name in names:
        if name in alone:
            tell(alone[name](), into_document=options.write)
    return 0


def tell(table: Table, *remarks: str, into_document: bool) -> None:
    # Of the last minute, the benchmark's own included: more than five or so means others at work.
    load = f"load average {os.getloadavg()[0]:.0f}"
    table.remarks += [*remarks, f"{time.strftime('%Y-%m-%d')}, 2 shared cores, {load}."]
    print(f"\n{table}", flush=True)
    if into_document:
        write(table)


def write(table: Table) -> None:
    """Put a table in place of the one with the same title, or at the end."""
    text = DOCUMENT.read_text() if DOCUMENT.exists() else HEAD
    pattern = re.compile(rf"^## {table.title}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    section = table.markdown() + "\n"
    if pattern.search(text):
        text = pattern.sub(lambda _: section, text)
    else:
        text = f"{text.rstrip()}\n\n{section}"
    DOCUMENT.write_text(f"{text.rstrip()}\n")


if __name__ == "__main__":
    sys.exit(main())
