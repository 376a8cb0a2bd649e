"""Uploaded pictures are drawn anew: only pixels survive."""

import io

import pytest
from PIL import Image, PngImagePlugin

from core import images


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def photo(**options):
    picture = Image.new("RGB", (60, 40), (180, 40, 40))
    exif = picture.getexif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "SECRETCAMERA"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (43.0, 39.0, 36.0)
    return saved(picture, "JPEG", exif=exif, comment=b"SECRETCOMMENT", **options)


def test_a_photograph_loses_place_and_device_and_stands_upright():
    sent = photo()
    assert b"SECRETCAMERA" in sent
    drawn = images.redraw(sent)
    assert b"SECRET" not in drawn.data
    opened = Image.open(io.BytesIO(drawn.data))
    assert not opened.getexif()
    assert opened.size == (40, 60)
    assert (drawn.extension, drawn.mime) == ("jpg", "image/jpeg")


def test_a_drawing_keeps_its_transparency_and_loses_its_notes():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "SECRETNAME")
    notes.add_itxt("XML:com.adobe.xmp", "SECRETXMP")
    sent = saved(Image.new("RGBA", (5, 5), (1, 2, 3, 100)), "PNG", pnginfo=notes)
    drawn = images.redraw(sent)
    opened = Image.open(io.BytesIO(drawn.data))
    assert b"SECRET" not in drawn.data
    assert opened.getpixel((0, 0)) == (1, 2, 3, 100)
    assert opened.info == {}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_what_is_behind_the_picture_is_gone(kind):
    sent = saved(Image.new("RGB", (8, 8)), kind) + b"MZ<script>SECRET</script>"
    assert b"SECRET" not in images.redraw(sent).data


@pytest.mark.parametrize(
    "sent",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b"MZ\x90\x00 this is a program",
        b"",
        b"%PDF-1.7",
        photo()[:300],
        saved(Image.new("RGB", (9, 9)), "TIFF"),
        saved(Image.new("RGB", (9, 9)), "BMP"),
    ],
    ids=["svg", "program", "nothing", "pdf", "half", "tiff", "bmp"],
)
def test_other_files_are_refused(sent):
    with pytest.raises(images.NotAPicture):
        images.redraw(sent)


def test_a_file_that_is_too_large_is_refused():
    with pytest.raises(images.NotAPicture, match="MB"):
        images.redraw(b"\xff\xd8" + b"0" * images.LARGEST_BYTES)
