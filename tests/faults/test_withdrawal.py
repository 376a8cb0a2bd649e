"""Survivors take their words back: gone everywhere after one run, and again after each restore."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import psycopg
import pytest
from django.core.cache import caches
from django.db import connections
from django.test import override_settings

from campaigns import jobs
from campaigns.models import (
    Download,
    DownloadFile,
    ImpactReportPage,
    Letter,
    ReportPaper,
    StoryPage,
    StoryTask,
)
from campaigns.reports import papers
from campaigns.stories import clearing, elsewhere
from gifts.vault import consents, erasure
from pages.models import HomePage
from tests.campaigns.stories_told import told
from tests.canary import surfaces
from tests.canary.crawl import NOWHERE, links
from tests.canary.encodings import Seeker
from tests.deploy.test_backup import run
from tests.faults import placed as placing
from tests.faults.scale import FULL, many
from tests.people import person
from tests.roles import RoleClient, acting_as
from tests.server import Clone, drop

STORIES = many(4, 50)
# Not addresses of pages: where a crawl begins beside the front pages.
BEGIN = ["/", "/es/", "/sitemap.xml", "/feed/", "/es/feed/", "/stories/", "/es/historias/"]
BEGIN += ["/campaigns/", "/campaigns/school-year/", "/es/campanas/un-ano-de-estudios/", "/impact/"]
# What holds no words of editors', or pages that the placing did not touch: as in a made-up course.
WORDLESS = re.compile(r"^(/es)?/(give|offer|account|training|formacion|wishes|deseos)/.|next=")
# A search repeats what was asked for, so it is not the mark.
ASKED = ("mine", "nobody+knew", "escuela")


@pytest.fixture
def media(tmp_path: Path) -> Iterator[Path]:
    with override_settings(MEDIA_ROOT=str(tmp_path / "media")):
        yield tmp_path / "media"


def database(alias: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on this process speaks to another one."""
    connections[alias].close()
    monkeypatch.setitem(connections.settings[alias], "NAME", name)


def public(
    client: RoleClient, placed: placing.Placed, *, follow: bool
) -> Iterator[surfaces.Surface]:
    """Every page that pages lead to, what machines read, searches, and what hangs on numbers."""
    caches["local"].clear()
    begin = [*BEGIN]
    for prefix in ("", "/es"):
        begin += [f"{prefix}/search/?q={word}" for word in ASKED]
        begin += [f"{prefix}/news/letters/{pk}/" for pk in placed.letters]
        begin += [f"{prefix}/share/{pk}.png" for pk in placed.stories]
    begin += [
        f"/reports/papers/{pk}.pdf" for pk in ReportPaper.objects.values_list("pk", flat=True)
    ]
    waiting, seen = dict.fromkeys(begin), set[str]()
    with acting_as("public"):
        while waiting:
            url = next(iter(waiting))
            del waiting[url]
            if url in seen or NOWHERE.search(url) or WORDLESS.search(url):
                continue
            seen.add(url)
            response = client.get(url)
            assert response.status_code < 500, url
            yield from surfaces.of_response(url, response)
            if follow:
                waiting |= dict.fromkeys(links(url, response))


def hits(placed: placing.Placed, media: Path, *, follow: bool = True) -> dict[str, set[str]]:
    """Where the mark stands, and in which form; the vault holds no word of a story."""
    seeker = Seeker(placing.MARK)
    caches["local"].clear()
    client = RoleClient("public")
    found: dict[str, set[str]] = {}
    searched = (
        *public(client, placed, follow=follow),
        *surfaces.tables("default"),
        *surfaces.tables("vault"),
        *(surfaces.files(media) if media.exists() else ()),
    )
    for name, data in searched:
        if forms := seeker.forms_in(data):
            found[name] = forms
    return found


def cleared(placed: placing.Placed, media: Path, *, follow: bool = True) -> None:
    """What holds after one run, whichever database it ran on."""
    left = hits(placed, media, follow=follow)
    assert not left, "\n".join(left)
    assert not StoryPage.objects.live().filter(pk__in=placed.stories).exists()
    for page in StoryPage.objects.filter(pk__in=placed.quoting):
        assert placing.KEPT in str(page.body)
    assert StoryPage.objects.live().get().title == "Another day"
    waiting = StoryTask.objects.filter(kind="elsewhere", done_at=None)
    assert {*placed.stories} <= {*waiting.values_list("story_id", flat=True)}
    draft, away = Letter.objects.filter(pk__in=placed.letters).order_by("pk")
    assert (draft.state, away.state, away.is_on_web) == ("draft", "paused", False)
    assert "Before." in str(away.body)
    assert ImpactReportPage.objects.get(pk=placed.paper_of).live
    assert not ReportPaper.objects.filter(page=placed.paper_of).exists()
    papers.draw(placed.paper_of)
    assert ReportPaper.objects.filter(page=placed.paper_of).exists()
    printed, prices = Download.objects.filter(pk__in=placed.documents).order_by("pk")
    assert (printed.taken_off_at is None, prices.taken_off_at is None) == (False, True)
    assert DownloadFile.objects.get().name == prices.file.name


@pytest.fixture
def yesterday(own_database: Clone, tmp_path: Path) -> Iterator[Clone]:
    """Names for two empty databases: a backup is restored into them."""
    made = Clone(f"{own_database.name}_back", own_database.server)
    with psycopg.connect(own_database.server.owner_url("northstar"), autocommit=True) as owner:
        for name in (made.name, made.vault_name):
            owner.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        owner.execute(f'GRANT CONNECT ON DATABASE "{made.name}" TO ns_app')
        owner.execute(f'GRANT CONNECT ON DATABASE "{made.vault_name}" TO ns_vault')
    yield made
    connections.close_all()
    drop(made)


def test_words_taken_back_are_gone_from_every_place_and_stay_so_after_restores(
    own_database: Clone,
    yesterday: Clone,
    media: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    placed = placing.everywhere(STORIES)
    before = hits(placed, media)
    for place in PLACES:
        assert any(place in name for name in before), (place, sorted(before))
    assert clearing.run() == 0
    keys = tmp_path / "keys.sql"
    connections.close_all()
    dumps = run("backup.sh", tmp_path, keys, **own_database.environment())[:2]

    for code in placed.codes:
        consents.withdraw(code, by=person(factor=False))
    erasure.copy_keys(keys)
    began = time.monotonic()
    jobs.take_stories_back(0)
    took = time.monotonic() - began
    cleared(placed, media)

    # Yesterday's default database beside today's vault, which tells of it.
    owners = {"OWNER_DATABASE_URL": yesterday.owner_url}
    owners["VAULT_OWNER_DATABASE_URL"] = yesterday.vault_owner_url
    run("restore.sh", *dumps, keys, **owners)
    again = f"{yesterday.name}_too"
    with psycopg.connect(yesterday.server.owner_url("northstar"), autocommit=True) as owner:
        owner.execute(f'CREATE DATABASE "{again}" TEMPLATE "{yesterday.name}"')
        owner.execute(f'GRANT CONNECT ON DATABASE "{again}" TO ns_app')
    database("default", yesterday.name, monkeypatch)
    assert StoryPage.objects.live().filter(pk__in=placed.stories).count() == STORIES
    jobs.take_stories_back(0)
    cleared(placed, media, follow=FULL)

    # Yesterday's vault, too: the stones, which lie in no backup, end the consents once more.
    database("default", again, monkeypatch)
    database("vault", yesterday.vault_name, monkeypatch)
    assert clearing.run() == 0
    erasure.replay()
    jobs.take_stories_back(0)
    cleared(placed, media, follow=FULL)
    print(f"{STORIES} stories, {len(before)} places held a word; cleared in {took:.0f} seconds")


PLACES = (
    *("/stories/kestrel-0/", "/campaigns/", "/impact/", "/feed/", "/search/", "/sitemap.xml"),
    *("/news/letters/", "text of the PDF", "default: wagtailcore_revision"),
    *("wagtailsearch", "wagtailcore_comment", "wagtailcore_commentreply", "wagtailcore_taskstate"),
    *("wagtailredirects_redirect", "wagtailadmin_formstate", "wagtailcore_pagelogentry"),
    *("campaigns_storycomment", "campaigns_letter", "campaigns_picture"),
    *("/downloads/", "campaigns_download", "campaigns_downloadfile"),
    *("pages_homepage", "pages_standardpage", "campaigns_campaignpage", "campaigns_storypage"),
)


@pytest.mark.django_db(databases=["default", "vault"])
def test_a_place_that_resists_is_told_and_cleared_by_the_next_run() -> None:
    """Until then the words stay known, and off the site."""
    story, [code] = told("Nobody else knew what the kestrel was.")
    home = HomePage.objects.get(locale__language_code="en")
    home.hero_lead = "Nobody else knew what the kestrel was."
    home.save()
    consents.withdraw(code, by=person(factor=False))
    with (
        mock.patch.object(elsewhere, "cut", side_effect=OSError),
        pytest.raises(RuntimeError, match="could not be cleared"),
    ):
        clearing.run()
    story.refresh_from_db()
    assert not story.live
    assert "kestrel" in str(story.body)

    assert clearing.run() == 1

    home.refresh_from_db()
    assert home.hero_lead == "…"
    assert "kestrel" not in str(StoryPage.objects.get(pk=story.pk).body)
