"""Files for visitors take: public while a page shows them, gone once their words are taken back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Collection, Page, PageViewRestriction

from campaigns.editing import content_checks
from campaigns.models import CampaignPage, Download, DownloadFile
from campaigns.stories import clearing, elsewhere
from core import pdf_cleaning
from gifts.vault import consents
from pages.models import StandardPage
from tests.campaigns.stories_told import told
from tests.downloads_made import locked_paper, make_download, paper, show
from tests.people import person, signed_in
from tests.roles import PUBLIC, STAFF, RoleClient, acting_as

pytestmark = pytest.mark.django_db
SAID = "Nobody at school knew that the kestrel on my window sill was mine, and I told no one."
DOORS = ("/admin/documents/add/", "/admin/documents/chooser/create/")


@pytest.fixture
def editor(db: None) -> RoleClient:
    return signed_in(person("Editor"))


def campaign() -> CampaignPage:
    return CampaignPage.objects.get(slug="school-year")


def code(file: Download) -> int:
    caches["local"].clear()
    return RoleClient(PUBLIC).get(f"/downloads/{file.pk}.pdf").status_code


def send(client: RoleClient, data: bytes, door: str = DOORS[0], **typed: Any) -> Any:
    prefix = "document-chooser-upload-" if "chooser" in door else ""
    values = {
        "title": "Hoja de datos", "collection": Collection.get_first_root_node().pk,
        "language": "es", "shows": "nobody", "release": "", **typed,
        "file": SimpleUploadedFile("Interview with Maria.pdf", data, "application/pdf"),
    }  # fmt: skip
    return client.post(door, {prefix + name: value for name, value in values.items()})


# --- what visitors see and get --------------------------------------------------------------------


def test_a_page_tells_name_language_kind_and_size_of_each_file(
    seeded: None, public_client: RoleClient
) -> None:
    page = campaign()
    gone = make_download("Words.", title="Taken off")
    english = make_download(paper_text() * 40, title="Fact sheet & figures")
    spanish = make_download("Una hoja.", title="Hoja de datos", language="es")
    show(page, english, spanish, gone)
    Download.objects.filter(pk=gone.pk).update(taken_off_at=timezone.now())
    public_client.get(page.url)
    caches["local"].clear()

    with CaptureQueriesContext(connection) as queries:
        answer = public_client.get(page.url)

    text = answer.content.decode()
    # Two of them for the facts of the organisation, which are read once a second.
    assert len(queries) <= 2 + 6, "\n".join(query["sql"][-260:] for query in queries)
    assert f'<a href="/downloads/{english.pk}.pdf" download hreflang="en"' in text
    assert "Fact sheet &amp; figures" in text
    assert re.search(r"PDF, \d+\xa0kB, English", text)
    assert '<span lang="es">Hoja de datos</span>' in text
    assert "PDF, 1\xa0kB, Spanish" in text
    assert "Taken off" not in text
    assert not answer.cookies


def paper_text() -> str:
    return "What was given, what it was for, and what has reached people so far. "


def test_a_file_comes_as_one_to_save_and_is_asked_about_each_time(
    seeded: None, public_client: RoleClient
) -> None:
    file = make_download("A sheet.", title="Hoja ¿de? datos ñ")
    show(campaign(), file)

    with CaptureQueriesContext(connection) as queries:
        answer = public_client.get(f"/downloads/{file.pk}.pdf")

    assert len(queries) <= 4, [query["sql"][:90] for query in queries]
    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="hoja-de-datos-n.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "public, no-cache"
    assert answer["X-Robots-Tag"] == "noindex"
    assert not answer.cookies
    again = public_client.get(
        f"/downloads/{file.pk}.pdf", headers={"if-none-match": answer["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert public_client.post(f"/downloads/{file.pk}.pdf").status_code == 405


def test_it_is_public_while_a_page_that_everybody_may_read_shows_it(seeded: None) -> None:
    page, file = campaign(), make_download("A sheet.")
    assert code(file) == 404, "no page shows it"
    page.body = [("downloads", {"heading": "x", "text": "", "files": [file]})]
    page.save_revision()
    assert code(file) == 404, "a draft shows it"
    page.save_revision().publish()
    assert code(file) == 200
    ended = {"expire_at": timezone.now() - timedelta(minutes=1)}
    for hidden, shown in (({"live": False}, {"live": True}), (ended, {"expire_at": None})):
        Page.objects.filter(pk=page.pk).update(**hidden)
        assert code(file) == 404, hidden
        Page.objects.filter(pk=page.pk).update(**shown)
        assert code(file) == 200
    lock = PageViewRestriction.objects.create(page=page.get_parent(), restriction_type="login")
    assert code(file) == 404, "it stands behind a lock"
    lock.delete()
    other = StandardPage.objects.get(slug="privacy")
    show(other, file)
    page.body = []
    page.save_revision().publish()
    assert code(file) == 200, "another kind of page shows it, too"
    other.unpublish()
    assert code(file) == 404


def test_a_number_of_another_block_or_file_opens_nothing(seeded: None) -> None:
    shown, other = make_download("One."), make_download("Two.")
    page = campaign()
    show(page, shown)
    page.body.append(("text", {"heading": str(other.pk), "text": f"<p>{other.pk}</p>"}))
    page.save_revision().publish()
    assert (code(shown), code(other)) == (200, 404)
    assert RoleClient(PUBLIC).get("/downloads/999999.pdf").status_code == 404
    shown.delete()
    assert code(shown) == 404
    assert RoleClient(PUBLIC).get(campaign().url).status_code == 200


# --- how files come in ----------------------------------------------------------------------------


@pytest.mark.role(STAFF)
@pytest.mark.parametrize("door", DOORS)
def test_an_editor_adds_a_file_and_its_name_says_nothing(editor: RoleClient, door: str) -> None:
    answer = send(editor, paper("Una hoja."), door)
    assert answer.status_code in (200, 302)
    file = Download.objects.get()
    assert re.fullmatch(r"[0-9a-f]{32}\.pdf", file.file.name)
    kept = DownloadFile.objects.get(pk=file.file.name)
    assert (kept.text, kept.pages, kept.unread) == ("Una hoja.", 1, 0)
    assert len(bytes(kept.content)) == file.file_size
    assert editor.get(f"/downloads/{file.pk}.pdf").content == bytes(kept.content)
    assert editor.get("/admin/documents/").status_code == 200
    assert editor.get("/admin/documents/chooser/").status_code == 200
    assert editor.get(f"/admin/documents/edit/{file.pk}/").status_code == 200


@pytest.mark.role(STAFF)
@pytest.mark.parametrize(
    ("data", "typed", "sentence"),
    [
        (b"PK\x03\x04 letter", {}, "This is not a PDF. Export it"),
        (paper("x" * 900)[:-100], {}, "damaged or unusual. Open it, print it into a new PDF"),
        (locked_paper(), {}, "locked by a password. Open it"),
        (b"%PDF-" + b" " * pdf_cleaning.LARGEST_BYTES, {}, "larger than 10 MB. Export it"),
        (paper("x"), {"shows": ""}, "required"),
        (paper("x"), {"shows": "staff"}, "say where their release is kept"),
        (paper("x"), {"language": "fr"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_taken_is_told_in_a_sentence_that_mends(
    editor: RoleClient, data: bytes, typed: dict[str, str], sentence: str
) -> None:
    for door in DOORS:
        answer = send(editor, data, door, **typed)
        assert answer.status_code == 200
        assert sentence in answer.content.decode()
    assert not Download.objects.exists()
    assert not DownloadFile.objects.exists()


@pytest.mark.role(STAFF)
def test_another_file_takes_the_place_of_the_first(
    editor: RoleClient, django_capture_on_commit_callbacks: Any
) -> None:
    send(editor, paper("One."))
    file = Download.objects.get()
    Download.objects.update(taken_off_at=timezone.now())
    send(editor, paper("Two."), f"/admin/documents/edit/{file.pk}/")
    file.refresh_from_db()
    assert file.taken_off_at is None
    assert DownloadFile.objects.get().text == "Two."
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(f"/admin/documents/delete/{file.pk}/")
    assert not DownloadFile.objects.exists()


@pytest.mark.role(STAFF)
def test_only_those_who_write_pages_may_open_what_is_not_public(db: None) -> None:
    file = make_download("A sheet.")
    for role, expected in (("Publisher", 200), ("Finance", 302), ("Donor care", 302)):
        client = signed_in(person(role))
        answer = client.get(f"/downloads/{file.pk}.pdf")
        assert answer.status_code == expected, role
    assert RoleClient(STAFF).get(f"/downloads/{file.pk}.pdf").status_code == 302


def test_the_database_holds_it_too(db: None) -> None:
    file = make_download("A sheet.")
    for change in ({"shows": "staff"}, {"language": "fr"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Download.objects.update(**change)
    for other in ({"text": ""}, {"content": b"x"}, {"unread": 1}):
        with pytest.raises(DatabaseError), transaction.atomic():
            DownloadFile.objects.filter(pk=file.file.name).update(**other)


def test_nothing_is_kept_uncleaned_whichever_way_it_comes(db: None) -> None:
    with pytest.raises(pdf_cleaning.NotClean):
        make_download(data=b"<html>")
    assert not DownloadFile.objects.exists()


# --- what is told to editors ----------------------------------------------------------------------


def overlooked(page: Page) -> list[content_checks.Overlooked]:
    return [one for one in content_checks.overlooked(page) if "document" in one.text]


def test_words_in_a_file_are_told_as_those_of_the_page_in_its_own_language(
    seeded: None,
) -> None:
    page = campaign()
    english = make_download("We rescue victims.", title="Poster")
    spanish = make_download("Rescatamos víctimas; victims.", title="Hoja", language="es")
    plain = make_download("What survivors do.", title="Sheet")
    page.body = [("downloads", {"heading": "x", "text": "", "files": [english, spanish, plain]})]
    told_of = overlooked(page)
    assert [one.asks_reason for one in told_of] == [True, True]
    texts = " ".join(one.text for one in told_of)
    assert "In the document “Poster”: “rescue”, “victims”" in texts
    assert "In the document “Hoja”: “rescatamos”, “víctimas”" in texts


def test_pages_that_nobody_can_search_are_told(seeded: None) -> None:
    page, made = campaign(), make_download("One page.", "<image>", title="Scan")
    DownloadFile.objects.all().delete()
    DownloadFile.objects.create(
        name=made.file.name, content=b"x", sha256=SHA_OF_X, text="", pages=2, unread=1
    )
    page.body = [("downloads", {"heading": "x", "text": "", "files": [made]})]
    (one,) = overlooked(page)
    assert "Nobody can search 1 of 2 pages of the document “Scan”" in one.text
    assert not one.asks_reason


SHA_OF_X = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"


# --- words that were taken back -------------------------------------------------------------------


@pytest.mark.django_db(databases=["default", "vault"])
def test_words_taken_back_take_their_file_off_the_site_and_out_of_the_database(
    seeded: None,
) -> None:
    """Broken into lines in the middle of words, and the file's title says them, too."""
    story, [withdrawing] = told(SAID)
    quoting = make_download("Before. " + SAID + " After.", title=SAID[:200])
    unshown = make_download(SAID.upper())
    first, second = "Other words. " + SAID[:50], SAID[50:] + " Other words."
    cut_in_two = make_download(
        first.ljust(120) + "North Star, page 1 of 2", second.ljust(120) + "North Star, page 2 of 2"
    )
    other = make_download("Nobody at school knew. The kestrel was on the sill.")
    page = campaign()
    show(page, quoting, other)
    assert (code(quoting), code(other)) == (200, 200)
    consents.withdraw(withdrawing, by=person(factor=False))

    assert clearing.run() == 1

    assert (code(quoting), code(other)) == (404, 200)
    assert [row.pk for row in DownloadFile.objects.all()] == [other.file.name]
    quoting.refresh_from_db()
    unshown.refresh_from_db()
    assert quoting.taken_off_at is not None
    assert unshown.taken_off_at is not None
    cut_in_two.refresh_from_db()
    assert cut_in_two.taken_off_at is not None
    assert "kestrel" not in quoting.title
    text = RoleClient(PUBLIC).get(page.url).content.decode()
    assert f"/downloads/{quoting.pk}.pdf" not in text
    assert f"/downloads/{other.pk}.pdf" in text
    (note,) = overlooked(campaign())
    assert "was taken off: words in it were taken back" in note.text
    with acting_as(STAFF):
        assert signed_in(person("Editor")).get(f"/downloads/{quoting.pk}.pdf").status_code == 404
    story.refresh_from_db()
    assert not story.live


@pytest.mark.django_db(databases=["default", "vault"])
def test_a_file_stays_while_another_consent_covers_its_words(seeded: None) -> None:
    _story, [withdrawing] = told(SAID)
    told(SAID + " And more.", slug="another")
    file = make_download(SAID)
    show(campaign(), file)
    consents.withdraw(withdrawing, by=person(factor=False))
    clearing.run()
    assert code(file) == 200


def test_one_file_that_resists_does_not_keep_the_others(
    seeded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told, and the story goes off the site meanwhile, as with every other place."""
    monkeypatch.setattr(elsewhere.taking_off, "quoting", lambda passages: 1 / 0)
    assert elsewhere.clear(elsewhere.Passages([SAID], [], [])) == 1
