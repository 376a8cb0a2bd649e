"""Every door through which a file could come into the media library."""

import gc
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from PIL import Image
from wagtail.models import Collection, UploadedFile

from campaigns.models import Picture
from tests.people import person, signed_in
from tests.roles import STAFF

pytestmark = pytest.mark.role(STAFF)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def editor(db):
    return signed_in(person("Editor"))


def photo(name="IMG_0001.jpg"):
    notes = Image.Exif()
    notes[0x010F] = "SECRETCAMERA"
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (180, 40, 40)).save(out, "JPEG", exif=notes)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def send(client, file=None, path="/admin/images/add/", prefix="", **typed):
    values = {
        "title": "A desk", "collection": Collection.get_first_root_node().pk, "tags": "",
        "shows": "nobody", "release": "", "description": "", **typed, "file": file or photo(),
    }  # fmt: skip
    return client.post(path, {prefix + name: value for name, value in values.items()})


def kept(folder):
    return [file.read_bytes() for file in folder.rglob("*") if file.is_file()]


def test_a_picture_is_kept_as_drawn_anew_and_says_who_is_in_it(editor, media):
    assert send(editor).status_code == 302
    assert Picture.objects.get().shows == "nobody"
    assert kept(media)
    assert not any(b"SECRET" in data for data in kept(media))


@pytest.mark.parametrize(
    "typed",
    [
        {"shows": ""},
        {"shows": "survivor"},
        {"shows": "staff", "release": "  "},
        {"shows": "nobody", "release": "Bo, 3 May, folder 7"},
    ],
)
def test_without_a_word_on_who_is_in_it_nothing_is_kept(editor, media, typed):
    assert send(editor, **typed).status_code == 200
    assert not Picture.objects.exists()
    assert kept(media) == []


def test_a_colleague_with_a_release_may_be_shown(editor):
    send(editor, shows="staff", release="Bo Lind, 3 May 2026, folder 7")
    assert Picture.objects.get().release == "Bo Lind, 3 May 2026, folder 7"


def test_the_database_holds_it_too(editor):
    send(editor)
    for change in ({"shows": "staff"}, {"shows": "survivor"}, {"release": "x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Picture.objects.update(**change)


@pytest.mark.parametrize("name", ["page.jpg", "drawing.svg", "drawing.svgz", "paper.pdf"])
def test_what_is_no_picture_is_refused_whatever_its_name(editor, media, name):
    file = SimpleUploadedFile(name, b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/jpeg")
    assert send(editor, file).status_code == 200
    assert not Picture.objects.exists()
    assert kept(media) == []


def test_the_chooser_inside_a_page_asks_the_same(editor, media):
    door, prefix = "/admin/images/chooser/create/", "image-chooser-upload-"
    send(editor, path=door, prefix=prefix, shows="")
    assert not Picture.objects.exists()
    send(editor, path=door, prefix=prefix)
    assert Picture.objects.count() == 1
    assert not any(b"SECRET" in data for data in kept(media))
    gc.collect()  # here, where the warning is expected


@pytest.mark.parametrize(
    "door",
    [f"{kind}/multiple/{way}/" for kind in ("images", "documents")
     for way in ("add", "create_from_upload/1")],
)  # fmt: skip
def test_many_at_once_come_one_by_one(editor, media, door):
    """Wagtail would keep each as it was sent until its form is filled in."""
    answer = editor.post(f"/admin/{door}", {"files[]": photo(), "title": "x", "collection": 1})
    assert answer.status_code in (302, 404)
    assert not UploadedFile.objects.exists()
    assert kept(media) == []


def test_portraits_have_no_door(media, client_of_root):
    assert 'name="avatar-avatar"' not in client_of_root.get("/admin/account/").content.decode()
    client_of_root.post("/admin/account/", {"avatar-avatar": photo(), "theme-theme": "system"})
    assert kept(media) == []
