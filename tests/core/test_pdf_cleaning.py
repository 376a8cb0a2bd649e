"""PDF files that tell too much or mean harm: the pages stay, and their text is read."""

import random
import zlib
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from PIL import Image

from core import pdf_cleaning, pdf_reading
from core.pdf_cleaning import NotClean
from tests.canary.surfaces import of_file
from tests.core.test_hostile_uploads import exif
from tests.core.test_pdf import draw
from tests.downloads_made import paper, sheet, written

SECRET = "SECRET-43.6591N-Ana"
D, N, S = pikepdf.Dictionary, pikepdf.Name, pikepdf.String


def info(pdf: Any) -> None:
    pdf.docinfo["/Author"] = SECRET
    pdf.docinfo["/Title"] = SECRET


def xmp(pdf: Any) -> None:
    with pdf.open_metadata(set_pikepdf_as_editor=False) as told:
        told["dc:creator"] = [SECRET]


def attached(pdf: Any) -> None:
    pdf.attachments["notes.txt"] = SECRET.encode()
    spec = pdf.make_indirect(D(Type=N.Filespec, F=S(SECRET), EF=D(F=pdf.make_stream(b"x"))))
    pdf.pages[0].obj.AF = pikepdf.Array([spec])


def script(pdf: Any) -> None:
    run = pdf.make_indirect(D(Type=N.Action, S=N.JavaScript, JS=S(f"app.alert('{SECRET}')")))
    pdf.Root.OpenAction = run
    pdf.Root.Names = D(JavaScript=D(Names=pikepdf.Array([S("x"), run])))
    pdf.pages[0].obj.AA = D(O=run)


def mark(pdf: Any, kind: str, **more: Any) -> Any:
    note = pdf.make_indirect(
        D(Type=N.Annot, Subtype=N("/" + kind), Rect=pikepdf.Array([50, 50, 90, 90]), **more)
    )
    pdf.pages[0].obj.Annots = pikepdf.Array([note])
    # Also bound to the structure, as programs do.
    pdf.Root.StructTreeRoot = pdf.make_indirect(D(Type=N.StructTreeRoot, K=D(Obj=note)))
    return note


def note(pdf: Any) -> None:
    mark(pdf, "Text", Contents=S(SECRET), T=S(SECRET))


def launched(pdf: Any) -> None:
    mark(pdf, "Link", A=D(S=N.Launch, F=S(SECRET)))


def own_machine(pdf: Any) -> None:
    mark(pdf, "Link", A=D(S=N.URI, URI=S(f"file:///C:/Users/{SECRET}")))


def chained(pdf: Any) -> None:
    after = D(S=N.JavaScript, JS=S(SECRET))
    mark(pdf, "Link", A=D(S=N.URI, URI=S("https://example.org/"), Next=after))


def private(pdf: Any) -> None:
    pdf.pages[0].obj.PieceInfo = D(Illustrator=D(Private=pdf.make_stream(SECRET.encode())))
    pdf.pages[0].obj.Contents.Metadata = pdf.make_stream(SECRET.encode())
    pdf.trailer.DocChecksum = S(SECRET)
    pdf.Root.Author = S(SECRET)


def image(pdf: Any, raw: bytes, filter_: Any, how: Any = None) -> None:
    drawn = pikepdf.Stream(pdf, raw)
    drawn.write(raw, filter=filter_, decode_parms=how)
    for key, value in {"/Type": N.XObject, "/Subtype": N.Image, "/Width": 24, "/Height": 16,
                       "/ColorSpace": N.DeviceRGB, "/BitsPerComponent": 8}.items():  # fmt: skip
        drawn[key] = value
    page = pdf.pages[0]
    page.add_resource(drawn, N.XObject, N("/Im0"))
    page.contents_add(b"q 24 0 0 16 0 0 cm /Im0 Do Q")


def photo() -> bytes:
    out = BytesIO()
    Image.new("RGB", (24, 16), (30, 60, 120)).save(out, "JPEG", exif=exif(), comment=SECRET)
    return out.getvalue()


def camera(pdf: Any) -> None:
    image(pdf, photo(), N.DCTDecode)


def camera_packed(pdf: Any) -> None:
    image(pdf, zlib.compress(photo()), pikepdf.Array([N.FlateDecode, N.DCTDecode]))


def fine_camera(pdf: Any) -> None:
    out = BytesIO()
    Image.new("RGB", (24, 16), (30, 60, 120)).save(out, "JPEG2000")
    box = (8 + len(SECRET)).to_bytes(4, "big") + b"xml " + SECRET.encode()
    image(pdf, out.getvalue() + box, N.JPXDecode)


def elsewhere(pdf: Any) -> None:
    stream = pdf.make_stream(b"")
    stream["/F"] = S(SECRET)
    pdf.pages[0].add_resource(stream, N.XObject, N("/Fm0"))


TELLING = [info, xmp, attached, script, note, launched, own_machine, chained, private, camera,
           camera_packed, fine_camera, elsewhere]  # fmt: skip


@pytest.mark.parametrize("put", TELLING, ids=lambda put: put.__name__)
def test_what_a_file_tells_of_its_makers_is_gone(put: Any) -> None:
    made = sheet("The page itself stays.")
    put(made)
    sent = written(made)
    is_seen = any(SECRET.encode() in data for _name, data in of_file("sent", sent))
    assert is_seen or put is camera_packed

    cleaned = pdf_cleaning.clean(sent)

    for name, data in of_file("kept", cleaned.data):
        assert SECRET.encode() not in data, name
        assert not any(word in data for word in (b"/JavaScript", b"/Launch", b"/EmbeddedFile"))
    assert cleaned.read.text == "The page itself stays."
    assert cleaned.read.unread == 0


def test_pictures_links_and_what_is_read_aloud_stay() -> None:
    made = sheet("See")
    camera(made)
    mark(made, "Link", A=D(S=N.URI, URI=S("https://example.org/a")))
    made.Root.Lang = S("en")
    made.Root.StructTreeRoot.K = D(Type=N.StructElem, S=N.Figure, Alt=S("A lamp on a desk"))

    cleaned = pdf_cleaning.clean(written(made))

    with pikepdf.open(BytesIO(cleaned.data)) as kept:
        (link,) = kept.pages[0].Annots
        assert link.A.URI == "https://example.org/a"
        (drawn,) = kept.pages[0].get_images().values()
        assert pikepdf.PdfImage(drawn).as_pil_image().size == (24, 16)
        assert str(kept.Root.Lang) == "en"
    assert cleaned.read.text.split("\n\n") == ["See", "A lamp on a desk"]


def test_what_is_stamped_or_typed_into_a_form_is_drawn_and_read() -> None:
    made = sheet("Dear")
    look = made.make_stream(b"BT /F1 12 Tf (typed words) Tj ET")
    look.stream_dict = D(Type=N.XObject, Subtype=N.Form, BBox=pikepdf.Array([0, 0, 40, 40]),
                         Resources=made.pages[0].obj.Resources)  # fmt: skip
    mark(made, "FreeText", AP=D(N=look), Contents=S(SECRET))

    cleaned = pdf_cleaning.clean(written(made))

    assert "typed words" in cleaned.read.text
    assert SECRET.encode() not in cleaned.data


def locked(**passwords: str) -> bytes:
    return written(sheet("x"), encryption=pikepdf.Encryption(**passwords))


def layered() -> bytes:
    made = sheet("x")
    layer = made.make_indirect(D(Type=N.OCG, Name=S("notes")))
    off = D(OFF=pikepdf.Array([layer]))
    made.Root.OCProperties = D(OCGs=pikepdf.Array([layer]), D=off)
    return written(made)


def bomb() -> bytes:
    made = sheet("x")
    raw = zlib.compress(b" " * (pdf_reading.LARGEST_STREAM + 1), 9)
    made.pages[0].obj.Contents.write(raw, filter=N.FlateDecode)
    return written(made, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", NotClean.KIND),
        (b"PK\x03\x04 a letter of an office program", NotClean.KIND),
        (b"<html>%PDF-1.7", NotClean.KIND),
        (b"%PDF-1.7\nnothing else", NotClean.BROKEN),
        (paper("x" * 500)[:-200], NotClean.BROKEN),
        (b"%PDF-" + b" " * pdf_cleaning.LARGEST_BYTES, NotClean.SIZE),
        (locked(user="x", owner="y"), NotClean.LOCKED),
        (locked(user="", owner="y"), NotClean.LOCKED),
        (written(pikepdf.new()), NotClean.BROKEN),
        (paper(*["x"] * 201), NotClean.PAGES),
        (layered(), NotClean.LAYERS),
        (bomb(), NotClean.BROKEN),
    ],
)
def test_what_cannot_be_taken_is_refused_for_a_reason(data: bytes, why: str) -> None:
    with pytest.raises(NotClean) as refused:
        pdf_cleaning.clean(data)
    assert refused.value.why == why


def test_whatever_is_broken_in_a_file_it_is_cleaned_or_refused() -> None:
    """Three hundred files with bytes turned over at random."""
    dice, whole = random.Random(7), paper("One page.", "Another one.")
    for _turn in range(300):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 12)):
            data[dice.randrange(8, len(data))] = dice.randrange(256)
        try:
            pdf_cleaning.clean(bytes(data))
        except NotClean:
            continue


def test_our_own_papers_are_read_as_they_were_written() -> None:
    plain = "Rescató a la niña de allí."
    assert pdf_cleaning.clean(paper(plain)).read.text == plain
    text = "Nadie en la escuela sabía que el cernícalo era mío; office, efficient, Nguyễn Thị Ánh."
    cleaned = pdf_cleaning.clean(draw(f"<!doctype html><html lang=en><p>{text}</p>"))
    assert text in " ".join(cleaned.read.text.split())
    assert cleaned.read.unread == 0
    assert pdf_cleaning.clean(cleaned.data).data == cleaned.data


def test_pages_of_which_nothing_can_be_read_are_counted() -> None:
    made = sheet("Words", "")
    image(made, photo(), N.DCTDecode)
    made.pages[0].obj.Contents = made.make_stream(b"q 24 0 0 16 0 0 cm /Im0 Do Q")
    assert pdf_cleaning.clean(written(made)).read == pdf_reading.Read("", 2, 1)

    # Letters by numbers that only the font knows.
    made = sheet("Several words, of many letters")
    made.pages[0].obj.Resources.Font.F1 = D(
        Type=N.Font, Subtype=N.Type0, BaseFont=N.X, Encoding=N("/Identity-H")
    )
    assert pdf_cleaning.clean(written(made)).read.unread == 1


def test_letters_whose_names_a_program_left_out_are_counted() -> None:
    with pikepdf.open(
        BytesIO(draw("<!doctype html><html lang=en><p>Several words of her own."))
    ) as made:
        for thing in made.objects:
            if isinstance(thing, D) and "/ToUnicode" in thing:
                del thing["/ToUnicode"]
        assert pdf_cleaning.clean(written(made)).read.unread == 1


def test_bullets_and_dots_of_a_font_of_signs_raise_no_alarm() -> None:
    made = sheet("One point, and another one")
    font = D(Type=N.Font, Subtype=N.Type0, BaseFont=N.X, Encoding=N("/Identity-H"))
    made.pages[0].obj.Resources.Font.F2 = font
    made.pages[0].contents_add(b"BT /F2 12 Tf " + b"<00050005> Tj " * 90 + b"ET")
    read = pdf_cleaning.clean(written(made)).read
    assert (read.text, read.unread) == ("One point, and another one", 0)


def test_a_file_that_names_its_letters_itself_is_believed() -> None:
    made = sheet("abc")
    table = b"1 beginbfrange <61> <63> <0414> endbfrange 1 beginbfchar <62> <FB01> endbfchar"
    made.pages[0].obj.Resources.Font.F1.ToUnicode = made.make_stream(table)
    # The one letter that is told singly is two, drawn as one.
    assert pdf_cleaning.clean(written(made)).read.text == "ДfiЖ"
