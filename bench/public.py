"""Public pages from memory and made anew, beside nginx with the same bytes and a plain Wagtail."""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from bench import load
from bench.ground import DATA, Ground, plain_server
from bench.pages import fired
from bench.table import Table
from deploy import processes
from deploy.processes import ROOT

PAGES = {"home": "/", "campaign": "/campaigns/school-year/", "wish list": "/wishes/"}
STOCK = {"home": "/", "page": "/page-1/"}
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
    anew = {name: fired(ground.port, path, **OWN) for name, path in PAGES.items()}
    kept = {name: fired(ground.port, path) for name, path in PAGES.items()}
    with nginx(ground) as port:
        still = {name: fired(port, path) for name, path in PAGES.items()} if port else {}
    with stock(ground) as port:
        plain = {name: fired(port, path) for name, path in STOCK.items()}
    again = {name: fired(ground.port, path, **OWN) for name, path in PAGES.items()}
    for name in PAGES:
        rate = (anew[name].rate + again[name].rate) / 2
        of_nginx = f"{kept[name].rate / still[name].rate:.2f}" if still else ""
        table.add(
            f"{name}, kept", *_times(kept[name]), f"{kept[name].rate / rate:.1f}", of_nginx, 0
        )
        table.add(f"{name}, made anew", *_times(anew[name], rate), "1", "", queries[PAGES[name]])
        if still:
            table.add(f"{name}, nginx", *_times(still[name]), "", "1", "")
    for name, result in plain.items():
        table.add(f"plain Wagtail, {name}", *_times(result), "", "", "")
    best = max(one.rate for one in plain.values())
    ratios = [f"{name} {(anew[name].rate + again[name].rate) / 2 / best:.2f}" for name in PAGES]
    table.remarks.append(
        f"Made anew, of the faster page of the plain Wagtail: {', '.join(ratios)} (target: 2). "
        "Kept, of the same made anew: target 20. 4 clients with one connection each; ours and the "
        "plain Wagtail in granian with 2 processes of 4 threads, nginx with 2 processes. Made "
        "anew: asked with a session that is nobody's, before and after all others. The plain "
        "Wagtail has its project template's middleware, the tutorial's templates kept compiled, "
        "no keeping, and a page of 1 kB; ours have 10 kB and more."
    )
    return table


def _times(result: load.Result, rate: float | None = None) -> tuple[str, str, str]:
    middle, most = result.percentile(50), result.percentile(99)
    return f"{rate or result.rate:.0f}", f"{middle:.1f}", f"{most:.1f}"


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
    environment = {**os.environ, "STOCK_DATABASE_URL": address}
    subprocess.run(
        [sys.executable, "-m", "bench.stock.server"], cwd=ROOT, env=environment, check=True
    )
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
