"""Words in the tour: pages in two languages, a story by two people, comments, a consent that ends,
and letters.

`python -m tests.tour.words` plays this part alone.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from psycopg import sql

from deploy.processes import ROOT
from tests.tour import browsing, checks
from tests.tour.browsing import Windows
from tests.tour.evidence import Evidence
from tests.tour.stage import Stage, clear
from tests.tour.stories import READS_SECONDS
from tests.tour.things import Doing, Staff, at_the_desks
from tests.tour.visitor import Form, Visitor, solved

# Of the words that are taken back (words_staff.HERS), the one that stands nowhere else.
CANARY = "Quillowmere"
COMMENTS = {
    "en": (
        "Quillowmere! I will keep that word.",
        "My brother Tom read it to me, and then once more.",  # a name, of nobody here
        "Is that the school in Honduras? I think I know her.",
    ),
    "es": ("Quillowmere. Gracias por la palabra.",),
}


class Words:
    def __init__(self, stage: Stage, kept: Evidence, doing: Doing) -> None:
        self.stage, self.evidence, self.doing = stage, kept, doing

    def run(self, windows: Windows) -> None:
        with at_the_desks(self.stage, "words_staff", "staff") as staff:
            with self.doing("editors build pages and tell a story in two languages"):
                paths = staff.do("build_pages")
                told = staff.do("tell_story")
                self.stories = told["stories"]
            refused = told["refused"]
            assert refused == ["consent", "own"] * len(self.stories), refused
            with self.doing("readers write below it; two people read what is doubtful"):
                for story, language in zip(self.stories, COMMENTS, strict=True):
                    for number, words in enumerate(COMMENTS[language]):
                        self._comment(story, words, f"10.205.0.{number}")
                shown = staff.do("approve_comments", stories=[one["pk"] for one in self.stories])
                assert shown == {"shown": 3, "doubtful": 1, "declined": 1}, (
                    shown
                )  # sent twice is once
                self._see(windows, paths)
            with self.doing("she takes her words back; every surface is searched"):
                before = self._found()
                assert before, "the words were nowhere: the search itself is broken"
                cleared = staff.do("take_back", codes=told["codes"])
                self._is_gone(windows)
            with self.doing("two letters go out; a reader leaves by one press between them"):
                self._letters(staff)
        note = self.evidence.note
        note("Pages in two languages, a story passed by two", f"{len(paths)}, {len(self.stories)}")
        note("Refused without a consent, by its own writer", ", ".join(refused))
        note("Comments shown, one of them by two people; declined",
             f"{shown['shown']}, {shown['declined']}")  # fmt: skip
        note("Stories cleared; places that held her words", f"{cleared}; {len(before)}, now 0")
        note("Screens of words", "screens/words-*-360.png, screens/words-*-1280.png")

    def _comment(self, story: dict[str, str], words: str, address: str) -> None:
        visitor = Visitor(self.stage.public, address)
        prefix = "/es" if story["path"].startswith("/es/") else ""
        page = visitor.get(f"{prefix}/comments/{story['pk']}/")
        form = page.form("data-proof")
        time.sleep(READS_SECONDS)
        proof = solved(form.marks["data-proof"])
        sent = [visitor.send(page, form, text=words, proof=proof) for _ in range(2)]
        assert {one.status for one in sent} == {302}, sent[0].complaints

    def _see(self, windows: Windows, paths: dict[str, str]) -> None:
        shots = {f"words-{name}": f"/{path}" for name, path in paths.items()}
        shots |= {f"words-story-{number}": one["path"] for number, one in enumerate(self.stories)}
        first = self.stories[0]["pk"]
        shots["words-comment-form"] = f"/comments/{first}/"
        for size, scheme in (("phone", "light"), ("desktop", "dark")):
            with windows.guest("10.205.1.1", size, color_scheme=scheme) as guest:  # type: ignore[arg-type]
                for name, path in shots.items():
                    answer = guest.page.goto(f"{self.stage.public}{path}")
                    assert answer
                    assert answer.status == 200, f"{path}: {answer.status}"
                    guest.shot(f"{name}-{scheme}")
                    if "story" in name:
                        assert guest.page.content().count(CANARY) >= 2, f"{path}: no comment"

    def _is_gone(self, windows: Windows) -> None:
        time.sleep(1.0)  # so long a kept answer may be shown
        assert not (left := self._found()), left
        visitor = Visitor(self.stage.public, "10.205.0.9")
        for story in self.stories:
            pk = story["pk"]
            for path in (story["path"], f"/share/{pk}.png", f"/comments/{pk}/"):
                assert visitor.get(path).status == 404, path
        with windows.guest("10.205.1.1", "phone") as guest:
            guest.page.goto(f"{self.stage.public}{self.stories[0]['path']}")
            guest.shot("words-story-taken-back")

    def _found(self) -> list[str]:
        """Tables and addresses in which her words stand."""
        tables = self.stage.rows(
            "SELECT table_name AS name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        found = []
        for name in (row["name"] for row in tables):
            query = sql.SQL("SELECT count(*) FROM {} AS t WHERE t::text ILIKE '%%' || %s || '%%'")
            asked = query.format(sql.Identifier(name)).as_string()
            if self.stage.count(asked, CANARY):
                found.append(name)
        visitor = Visitor(self.stage.public, "10.205.0.8")
        paths = ["/sitemap.xml", "/feed/", "/es/feed/", "/", "/es/", "/stories/", "/es/historias/"]
        paths += [f"{way}/search/?q={word}" for way in ("", "/es") for word in ("exam", "examen")]
        paths += [story["path"] for story in self.stories]
        return found + [path for path in paths if CANARY in visitor.get(path).text]

    def _letters(self, staff: Staff) -> None:
        do = staff.do
        first = do("letter", subject="Spring")
        assert first["readers"] == first["sent"], first
        mails = [checks.read_mail(file) for file in self.stage.mails]
        ours = [mail for mail in mails if str(mail["To"]).endswith("@reader.example")]
        assert len(ours) == len({mail["To"] for mail in ours}) == first["sent"]
        leaver = ours[0]
        assert leaver["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        links = [part.strip(" <>") for part in leaver["List-Unsubscribe"].split(",")]
        link = next(one for one in links if one.startswith("http"))
        visitor = Visitor(self.stage.public, "10.205.0.7")
        page = visitor.get(urlsplit(link).path)
        # As a mail program presses it: with nothing of our page, neither token nor cookie.
        one_click = Form("", "post", {"List-Unsubscribe": "One-Click"})
        answer = Visitor(self.stage.public, "10.205.0.6").send(page, one_click)
        assert answer.status == 200, answer.status
        second = do("letter", subject="Summer")
        assert second["sent"] == first["sent"] - 1, second
        again = [checks.read_mail(file) for file in self.stage.mails][len(mails) :]
        assert leaver["To"] not in [mail["To"] for mail in again]
        self.evidence.note(
            "Letters: copies of the first, of the second after one left",
            f"{first['sent']}, {second['sent']}",
        )


def main() -> None:
    """This part alone, on a fresh system."""
    asked = argparse.ArgumentParser(description=main.__doc__)
    asked.add_argument("--folder", type=Path, default=ROOT / "var" / "tour-words")
    folder: Path = asked.parse_args().folder
    clear(folder / "run")
    folder.mkdir(parents=True, exist_ok=True)
    kept, stage = Evidence(folder), Stage(folder / "run", print)

    @contextmanager
    def doing(name: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        print(f"{time.monotonic() - started:6.1f} s  {name}", flush=True)

    try:
        with doing("the system starts"):
            stage.start()
            stage.stack.manage("seed_pages")
        with browsing.windows(stage.public, kept.screens) as windows:
            Words(stage, kept, doing).run(windows)
    finally:
        stage.stop()
    for name, value in kept.figures:
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
