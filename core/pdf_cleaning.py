"""PDF files from outside, made harmless: what is drawn stays, what else such a file carries goes.

Who wrote it, with what program and when, comments, attached files, scripts, forms, hidden layers,
earlier versions, and where a photograph inside was taken: none of it is seen, and all of it is
kept by a file that is passed on. What stays is named here; whatever is not named goes.
"""

import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from core import pdf_reading

LARGEST_BYTES = 10_000_000
MOST_PAGES = 200
CATALOG = {
    *("/Type", "/Pages", "/Lang", "/MarkInfo", "/StructTreeRoot", "/PageLabels", "/Dests"),
    "/Names",
}
BOXES = {"/MediaBox", "/CropBox", "/Resources", "/Rotate"}
PAGES = {"/Type", "/Parent", "/Kids", "/Count", *BOXES}
PAGE = {
    *("/Type", "/Parent", "/Contents", "/Annots", "/Group", "/StructParents", "/Tabs"),
    *("/UserUnit", "/BleedBox", "/TrimBox", "/ArtBox", *BOXES),
}
LINK = {"/Type", "/Subtype", "/Rect", "/Border", "/BS", "/C", "/QuadPoints", "/StructParent", "/F"}
ADDRESSES = ("http://", "https://", "mailto:")
# What else any part of a file may carry: who made it, where it was taken, what it stood for.
ASIDE = (
    *("/Metadata", "/PieceInfo", "/LastModified", "/AF", "/AA", "/OPI", "/Ref", "/Thumb"),
    *("/Measure", "/PtData", "/GPTS", "/VP", "/EF", "/JS", "/Schema", "/OpenAction"),
)
# Notes to each other and what plays; all other marks on a page are drawn into it.
UNSEEN = {
    *("/Text", "/Popup", "/FileAttachment", "/Sound", "/Movie", "/Screen", "/RichMedia", "/3D"),
    *("/TrapNet", "/Link"),
}
INVISIBLE = 2 | 32


class NotClean(ValueError):
    """The file cannot be taken. `why` is one of the class's words; the form has a sentence each."""

    KIND, SIZE, PAGES = "kind", "size", "pages"
    LOCKED, BROKEN, LAYERS = "locked", "broken", "layers"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Clean:
    data: bytes
    read: pdf_reading.Read


def clean(data: bytes) -> Clean:
    """The same pages as a new file, and the text in them.

    Raises:
        NotClean: another kind of file, too large, locked, damaged, or with hidden layers.
    """
    import pikepdf  # noqa: PLC0415 - 30 MB that few processes need, and writes to the log

    if len(data) > LARGEST_BYTES:
        raise NotClean(NotClean.SIZE)
    if not data.startswith(b"%PDF-"):
        raise NotClean(NotClean.KIND)
    try:
        with pikepdf.open(BytesIO(data), attempt_recovery=False) as pdf:
            if pdf.is_encrypted:
                raise NotClean(NotClean.LOCKED)
            if not 0 < len(pdf.pages) <= MOST_PAGES:
                raise NotClean(NotClean.PAGES if len(pdf.pages) else NotClean.BROKEN)
            if _hides_layers(pdf.Root):
                raise NotClean(NotClean.LAYERS)
            _marks(pdf)
            _frame(pdf)
            for thing in pdf.objects:
                _part(thing)
            written = BytesIO()
            pdf.save(written, deterministic_id=True, fix_metadata_version=False)
        # What is read is what is kept.
        return Clean(written.getvalue(), pdf_reading.read(written.getvalue()))
    except NotClean:
        raise
    except pikepdf.PasswordError:
        raise NotClean(NotClean.LOCKED) from None
    except Exception:  # a file may be wrong in whatever way its maker liked
        raise NotClean(NotClean.BROKEN) from None


def _hides_layers(root: Any) -> bool:
    shown = root["/OCProperties"].get("/D") if "/OCProperties" in root else None
    return shown is not None and (
        len(shown.get("/OFF", [])) > 0 or shown.get("/BaseState") == "/OFF"
    )


def _frame(pdf: Any) -> None:
    """Of the catalog and the trailer what a page needs to be drawn, found and read aloud."""
    _only(pdf.Root, CATALOG)
    if "/Names" in pdf.Root:
        _only(pdf.Root.Names, {"/Dests"})
    _only(pdf.trailer, {"/Root", "/Size", "/ID"})


def _only(thing: Any, kept: set[str]) -> None:
    for key in list(thing.keys()):
        if key not in kept:
            del thing[key]


def _marks(pdf: Any) -> None:
    """Links to the web and within the file stay; what is seen is drawn into the page."""
    import pikepdf  # noqa: PLC0415 - as above

    links, flat = [], []
    for page in pdf.pages:
        mine, drawn = [], []
        for mark in page.obj.get("/Annots", []):
            kind = str(mark.get("/Subtype"))
            if kind == "/Link" and _leads(mark):
                mine.append(mark)
            elif kind in UNSEEN or int(mark.get("/F", 0)) & INVISIBLE:
                _only(mark, set())
            else:
                drawn.append(mark)
        links.append(mine)
        flat += drawn
        page.obj.Annots = pikepdf.Array(drawn)
    if "/AcroForm" in pdf.Root:
        pdf.generate_appearance_streams()
    pdf.flatten_annotations()
    for mark in flat:  # the structure of the file still leads to them
        _only(mark, set())
    for page, mine in zip(pdf.pages, links, strict=True):
        if mine:
            page.obj.Annots = pikepdf.Array(mine)
        elif "/Annots" in page.obj:
            del page.obj["/Annots"]


def _leads(link: Any) -> bool:
    """Whether it leads to a page of the file or an address of the web, and to nothing besides."""
    import pikepdf  # noqa: PLC0415 - as above

    act = link.get("/A")
    if "/Dest" not in link and act is not None:
        kind = str(act.get("/S"))
        if kind == "/URI" and str(act.get("/URI", "")).startswith(ADDRESSES):
            link["/A"] = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=act["/URI"])
        elif kind == "/GoTo" and "/D" in act:
            link["/A"] = pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=act["/D"])
        else:
            return False
    elif "/Dest" not in link:
        return False
    _only(link, LINK | ({"/Dest"} if "/Dest" in link else {"/A"}))
    return True


def _part(thing: Any) -> None:
    """One object of the file, whatever it is for."""
    import pikepdf  # noqa: PLC0415 - as above

    if isinstance(thing, pikepdf.Stream):
        for key in ("/F", "/FFilter", "/FDecodeParms"):
            if key in thing:
                del thing[key]
        _picture(thing)
    for each in pdf_reading.dictionaries(thing):
        kind = str(each.get("/Type", ""))
        if kind in ("/Page", "/Pages"):
            _only(each, PAGE if kind == "/Page" else PAGES)
        mark = each.get("/Obj")  # what the structure says stands here, on a page or not
        is_link = isinstance(mark, pikepdf.Dictionary) and mark.get("/Subtype") == "/Link"
        if isinstance(mark, pikepdf.Dictionary) and not (is_link and _leads(mark)):
            _only(mark, set())
        for key in ASIDE:
            if key in each:
                del each[key]


def _picture(stream: Any) -> None:
    """Photographs carry the camera's notes inside themselves."""
    import pikepdf  # noqa: PLC0415 - as above

    filters = stream.get("/Filter")
    names = [str(one) for one in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    strip = {"/DCTDecode": _without_notes, "/JPXDecode": _without_boxes}.get(names[-1])
    if strip is None:
        return
    raw = stream.read_raw_bytes()
    if names[:-1] == ["/FlateDecode"]:
        raw = zlib.decompress(raw)
    elif names[:-1]:
        raise NotClean(NotClean.BROKEN)
    how = stream.get("/DecodeParms")
    how = how[-1] if isinstance(how, pikepdf.Array) and len(how) else how
    is_said = isinstance(how, pikepdf.Dictionary)
    stream.write(strip(raw), filter=pikepdf.Name(names[-1]), decode_parms=how if is_said else None)


def _without_notes(jpeg: bytes) -> bytes:
    """A JPEG with its pixels, colors and nothing else.

    Raises:
        NotClean: its segments cannot be told apart.
    """
    kept, at = bytearray(jpeg[:2]), 2
    while jpeg[at : at + 1] == b"\xff":
        mark = jpeg[at + 1]
        if mark == 0xFF:
            at += 1
            continue
        if mark == 0xDA:  # from here on it is pixels
            return bytes(kept + jpeg[at:])
        segment = jpeg[at : at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")]
        is_color = segment[4:].startswith((b"JFIF\0", b"Adobe", b"ICC_PROFILE\0"))
        if not (0xE0 <= mark <= 0xEF or mark == 0xFE) or is_color:
            kept += segment
        at += max(len(segment), 2)
    raise NotClean(NotClean.BROKEN)


def _without_boxes(picture: bytes) -> bytes:
    """The same for JPEG 2000, which keeps such notes in boxes; a bare stream of pixels has none."""
    if not picture.startswith(b"\0\0\0\x0cjP  "):
        return picture
    kept, at = bytearray(), 0
    while at + 8 <= len(picture):
        size, kind = int.from_bytes(picture[at : at + 4], "big"), picture[at + 4 : at + 8]
        size = int.from_bytes(picture[at + 8 : at + 16], "big") if size == 1 else size
        size = size if size >= 8 else len(picture) - at
        kept += picture[at : at + size] if kind not in (b"xml ", b"uuid", b"uinf") else b""
        at += size
    return bytes(kept)
