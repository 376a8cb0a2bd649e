"""Public pages from memory and made anew, beside nginx with the same bytes and a plain Wagtail."""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import psycopg

from bench import load
from bench.ground import DATA, Ground, plain_server
from bench.pages import fired
from bench.table import Table
from deploy import processes
from deploy.processes import ROOT

PAGES = {"home": "/", "campaign": "/campaigns/school-year/", "wish list": "/wishes/"}
SAME, LEAST = "with the campaign's words", "of 1 kB"
# All of them in turn, for what else this machine does comes and goes. Seconds for what is quick.
ROUNDS, SHORT = 4, 1.5
STOCK = {LEAST: "/page-1/", "in front": "/", SAME: "/campaign/"}
# Whoever carries a session gets a page made for her alone; this one belongs to nobody.
OWN = {"Cookie": "public_session=nobody"}
NGINX = """
{user}
daemon off; worker_processes 2; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{ access_log off; default_type text/html; keepalive_requests 1000000;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{ listen 127.0.0.1:{port}; root {folder}/files; }} }}
"""
COLUMNS = ["", "a second", "p50 ms", "p99 ms", "of the same made anew", "of nginx", "queries"]


def run(ground: Ground) -> Table:
    ground.worker(runs=False)
    ground.stack.manage("seed_demo")
    table = Table("Public pages", COLUMNS)
    queries = json.loads(ground.stack.manage("shell", "--no-imports", "-c", COUNT, role="public"))
    anew, kept, still, plain = (defaultdict[str, list[load.Result]](list) for _ in range(4))
    with nginx(ground) as files, stock(ground) as other:
        for _ in range(ROUNDS):
            for name, path in PAGES.items():
                anew[name].append(fired(ground.port, path, **OWN))
                kept[name].append(fired(ground.port, path, seconds=SHORT))
                if files:
                    still[name].append(fired(files, path, seconds=SHORT))
            for name, path in STOCK.items():
                plain[name].append(fired(other, path))
    for name, path in PAGES.items():
        times = f"{_rate(kept[name]) / _rate(anew[name]):.1f}"
        of_nginx = f"{_rate(kept[name]) / _rate(still[name]):.2f}" if still else ""
        table.add(f"{name}, kept", *_times(kept[name]), times, of_nginx, 0)
        table.add(f"{name}, made anew", *_times(anew[name]), "1", "", queries[path])
        if still:
            table.add(f"{name}, nginx", *_times(still[name]), "", "1", "")
    for name, results in plain.items():
        table.add(f"plain Wagtail, page {name}", *_times(results), "", "", "")
    ratios = {
        of: ", ".join(f"{name} {_rate(anew[name]) / _rate(plain[of]):.2f}" for name in PAGES)
        for of in (SAME, LEAST)
    }
    table.remarks.append(
        f"Made anew, of the plain Wagtail's page {SAME}: {ratios[SAME]} (target: 2); of its page "
        f"{LEAST}: {ratios[LEAST]}. Kept, of the same made anew: target 20. 4 clients with one "
        "connection each; ours and the plain Wagtail in granian with 2 processes of 4 threads, "
        f"nginx with 2 processes; in turn, {ROUNDS} times. Made anew: asked with a session "
        "that is nobody's; what is read for all visitors together once a second is known. The "
        "plain Wagtail has its project template's middleware and keeps compiled templates alone. "
        "Its page with the campaign's words has the blocks, menu, settings, documents and figures "
        "of ours as Wagtail's guide writes them."
    )
    return table


def _rate(results: list[load.Result]) -> float:
    return median(result.rate for result in results)


def _times(results: list[load.Result]) -> tuple[str, str, str]:
    """The medians of all rounds: another guest of the machine slows one of them, or two."""
    middle, most = (median(one.percentile(percent) for one in results) for percent in (50, 99))
    return f"{_rate(results):.0f}", f"{middle:.1f}", f"{most:.1f}"


@contextmanager
def nginx(ground: Ground) -> Iterator[int]:
    """nginx with what our pages were just now, as files; 0 where it is not installed."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        yield 0
        return
    folder, port = DATA / "nginx", processes.free_row_of_ports()
    for path in PAGES.values():
        file = folder / "files" / path.strip("/") / "index.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        with urllib.request.urlopen(f"{ground.public}{path}") as page:  # noqa: S310 - our own site
            file.write_bytes(page.read())
    user = "user root;" if os.geteuid() == 0 else ""
    settings = folder / "nginx.conf"
    settings.write_text(NGINX.format(user=user, folder=folder, port=port))
    with subprocess.Popen([program, "-c", settings, "-p", folder]) as server:
        try:
            while not processes.answer(port, "/"):
                assert server.poll() is None, "nginx did not start"
            yield port
        finally:
            server.terminate()


@contextmanager
def stock(ground: Ground) -> Iterator[int]:
    """bench/stock in a database of its own on the same server."""
    owner = ground.stack.databases.owner
    with psycopg.connect(owner, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'stock'").rowcount:
            connection.execute("CREATE DATABASE stock")
    address = owner.rpartition("/")[0] + "/stock"
    environment = {
        **os.environ,
        "STOCK_DATABASE_URL": address,
        "STOCK_MEDIA": str(DATA / "stock"),
    }
    told = ground.stack.manage("shell", "--no-imports", "-c", TELL, role="public")
    command = [sys.executable, "-m", "bench.stock.server"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, input=told, text=True)
    port = processes.free_row_of_ports()
    with plain_server(port, "bench.stock.server:application", environment, workers=2):
        yield port


# In a process of its own with the public site's settings: the facts of all pages are known.
COUNT = f"""
import json
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
client, found = Client(headers={{"host": "localhost"}}), {{}}
for path in {list(PAGES.values())!r}:
    client.get(path)
    client.get("/safety/")
    facts = caches["local"].get("organisation:en")
    caches["local"].clear()
    caches["local"].set("organisation:en", facts)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    found[path] = len(queries)
print(json.dumps(found))
"""
# The words of the campaign that is measured, for a plain page to show.
TELL = """
import json
from campaigns.models import CampaignPage, Download
from pages.context import facts
page, we = CampaignPage.objects.get(slug="school-year", locale__language_code="en"), facts()
print(json.dumps({
    "title": page.title, "summary": page.summary, "body": page.body.get_prep_value(),
    "files": list(Download.objects.values_list("title", flat=True)), "name": we.name,
    "about": f"{we.footer_text} {we.standing}", "address": we.address, "email": we.email,
    "hotline": f"{we.hotline_text} {we.hotline_number}",
}))
"""
