"""No word that a survivor entrusted to the vault turns up anywhere else.

`make canary` asks every address of both sides as a visitor, a donor and an administrator, and
plants every leak; `make canary-full` walks on to whatever pages lead to, as every role.
"""

import os
from contextlib import ExitStack

import pytest
from django.core.cache import caches

from pages import demo as pages_demo
from tests.canary import canaries, flows, planted, surfaces
from tests.canary.world import World
from tests.giving import Giving
from tests.people import person
from tests.roles import PUBLIC, STAFF, RoleClient
from tests.site.matrix import asking
from tests.site.matrix.addresses import LETTERS
from tests.site.matrix.asking import undone
from tests.site.matrix.house import donor, furnish

FULL = os.environ.get("CANARY") == "full"
pytestmark = pytest.mark.django_db(databases=["default", "vault"])
__all__ = ["donor", "furnish"]
SHORT = "A"
DOORS = {"W": "/partners/"}


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def world(donor, furnish, stripe, sandbox_record, run_jobs):
    for cache in caches.all():
        cache.clear()
    spoken = sandbox_record.path.stat().st_size
    pages_demo.seed()
    with surfaces.listening() as heard:
        lives = flows.live(canaries.hatch(), by=person(factor=False))
        Giving(stripe).paid(5000, email=donor.email)
        run_jobs()
        yield World(lives, furnish(**lives.keys()), heard, sandbox_record.path, spoken)
    for cache in caches.all():
        cache.clear()


def signed_in_donor(donor):
    client = RoleClient(PUBLIC)
    client.force_login(donor, "django.contrib.auth.backends.ModelBackend")
    return client


def test_nothing_confidential_is_anywhere(world, donor, capsys):
    unfilled = world.lives.unfilled()
    assert not unfilled, f"Let tests/canary/flows.py put their canaries into {unfilled}."

    hits = world.walk("anonymous", RoleClient(PUBLIC), most=2_000 if FULL else 60)
    hits += world.walk("donor", signed_in_donor(donor), most=2_000 if FULL else 0)
    hits += world.search(world.broken("anonymous", RoleClient(PUBLIC), "/safety/"))
    for letter in LETTERS if FULL else SHORT:
        client = asking.somebody(letter, STAFF, donor=donor, house=world.house).client
        hits += world.walk(letter, client, most=1_000 if FULL else 0)
        hits += world.search(world.broken(letter, client, DOORS.get(letter, "/admin/")))
    hits += world.search(world.within())

    assert not hits, "\n".join(map(str, hits))
    unneeded = world.unneeded() if FULL else set()
    assert not unneeded, f"Take out of tests/canary/allowed.py what nobody was shown: {unneeded}"
    with capsys.disabled():
        print(f"\n{world.report()}")


def test_every_planted_leak_is_found_on_its_surface(world, capsys):
    missed, found = [], []
    for leak in planted.LEAKS:
        hits = planted_and_searched(world, leak)
        on = [hit for hit in hits if hit.surface.startswith(leak.on)]
        (found if on else missed).append(f"{leak.name}: {', '.join(map(str, on or hits))}")
    assert not missed, "\n".join(missed)
    with capsys.disabled():
        print("\n" + "\n".join(f"found  {line}" for line in found))


def planted_and_searched(world, leak):
    world.forget()
    with undone(), ExitStack() as stack:
        hits = world.search(leak.do(world, world.lives.text(), stack))
        hits += world.search(world.within())
    caches["local"].clear()
    return hits
