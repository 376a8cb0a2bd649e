"""The whole house with canaries in it, and every surface of it searched."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core import mail

from gifts.vault.models import Purpose
from tests.canary import canaries, surfaces
from tests.canary.allowed import ALLOWED
from tests.canary.crawl import Crawl
from tests.canary.flows import Lives, break_down
from tests.roles import PUBLIC, STAFF, RoleClient, acting_as
from tests.site.matrix import addresses
from tests.site.matrix.house import House

ROWS = {side: [row for row in addresses.rows() if row.side == side] for side in (PUBLIC, STAFF)}


@dataclass
class World:
    lives: Lives
    house: House
    heard: surfaces.Lines
    # Everything that was said to Stripe and by it, a line each; from here on it is ours.
    record: Path
    spoken: int = 0
    searched: dict[str, int] = field(default_factory=dict)
    pages: int = 0
    used: set[tuple[str, str, str]] = field(default_factory=set)

    def search(self, found: Iterable[surfaces.Surface]) -> list[canaries.Hit]:
        """What shows a canary, but for what is allowed to."""
        hits = []
        for surface, data in found:
            self.searched[surface] = self.searched.get(surface, 0) + len(data)
            hit = canaries.search(surface, data)
            if hit and not self._is_allowed(hit):
                hits.append(hit)
        return hits

    def _is_allowed(self, hit: canaries.Hit) -> bool:
        """Shown on a page that may, after a purpose was told, and nothing more than it may."""
        who, _, where = hit.surface.partition(" ")
        route, _, purpose = where.removesuffix(" (text of the PDF)").partition(" for ")
        shown = ALLOWED.get((who, route))
        if not (shown and hit.of and hit.of <= shown.fields and (purpose or shown.at_once)):
            return False
        self.used |= {(who, route, field) for field in hit.of}
        return True

    def unneeded(self) -> set[tuple[str, str, str]]:
        """What is allowed and was not seen."""
        allowed = {(*key, name) for key, shown in ALLOWED.items() for name in shown.fields}
        return allowed - self.used

    def walk(self, name: str, client: RoleClient, *, most: int = 0) -> list[canaries.Hit]:
        """As this person, every address; and so many more as pages lead to."""
        crawl = Crawl(name, client, most=most)
        with acting_as(client.role):
            hits = self.search(crawl.pages(ROWS[client.role], self.house))
            hits += self.search(crawl.looks(ROWS[client.role], self.house, list(Purpose)))
        self.pages += len(crawl)
        return hits

    def page(self, name: str, client: RoleClient, url: str) -> Iterator[surfaces.Surface]:
        yield from surfaces.of_response(f"{name} {url}", client.get(url))

    def broken(self, name: str, client: RoleClient, url: str) -> Iterator[surfaces.Surface]:
        response = break_down(client, url, self.lives.text())
        yield from surfaces.of_response(f"{name} {url} (broken)", response)

    def within(self) -> Iterator[surfaces.Surface]:
        """What no visitor sees and a thief would: rows, lines, mails, files, talk with Stripe."""
        return itertools.chain(
            surfaces.tables("default"),
            surfaces.tables("vault"),
            surfaces.mails(),
            surfaces.files(Path(settings.MEDIA_ROOT)),
            [self.heard.surface(), self._said_to_stripe()],
        )

    def _said_to_stripe(self) -> surfaces.Surface:
        with self.record.open("rb") as file:
            file.seek(self.spoken)
            return "Stripe", file.read()

    def forget(self) -> None:
        """Drop what was said so far outside the databases."""
        self.heard.lines.clear()
        mail.outbox.clear()
        self.spoken = self.record.stat().st_size

    def report(self) -> str:
        """How much was searched, and where."""
        sums: dict[str, list[int]] = {}
        for surface, size in self.searched.items():
            sums.setdefault(surface.split(" ")[0].rstrip(":"), []).append(size)
        lines = [
            f"{sum(sizes):>12,} bytes  {name}: {len(sizes)} surfaces"
            for name, sizes in sums.items()
        ]
        total = f"{sum(self.searched.values()):>12,} bytes  {len(self.searched)} surfaces"
        return "\n".join([*lines, f"{total}, {self.pages} pages"])
