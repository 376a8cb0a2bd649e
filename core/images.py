"""Pictures from outside, drawn anew: nothing of the uploaded file itself is kept.

Where a photograph was taken, by whom and with what device is written in its metadata; a file may
also be made to be read as something else. Only the pixels survive.
"""

import io
import struct
import warnings
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps

LARGEST_BYTES = 15_000_000
LARGEST_PIXELS = 40_000_000
# What browsers and phones make. SVG is a program in disguise and is not among them.
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
SHARP = 88  # JPEG quality; above it files grow and nobody sees why


class NotAPicture(ValueError):
    """The upload is no picture that we take; the text says why, for the person who sent it."""


@dataclass(frozen=True)
class Picture:
    data: bytes
    extension: str
    mime: str


def redraw(data: bytes, *, longest_side: int = 0) -> Picture:
    """The same picture as a new file: upright, in sRGB, its first frame, with no metadata.

    Args:
        longest_side: makes a larger picture smaller, in pixels; 0 leaves its size.

    Raises:
        NotAPicture: another kind of file, damaged, or larger than the limits.
    """
    if len(data) > LARGEST_BYTES:
        raise NotAPicture(f"it is larger than {LARGEST_BYTES // 1_000_000} MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of oddities that we leave behind anyway
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as sent:
                # Told by the header, before a single pixel is unpacked.
                if sent.width * sent.height > LARGEST_PIXELS:
                    raise NotAPicture(f"it has more than {LARGEST_PIXELS // 1_000_000} megapixels")
                kind = sent.format
                drawn = _pixels(sent)
        if longest_side:
            drawn.thumbnail((longest_side, longest_side))
    except NotAPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAPicture("it has too many pixels") from None
    except Exception:  # decoders raise whatever a damaged file leads them to
        raise NotAPicture("it is not a JPEG, PNG, WebP, AVIF or GIF, or it is damaged") from None
    out = io.BytesIO()
    if kind in ("PNG", "GIF") or drawn.mode == "RGBA":
        drawn.save(out, "PNG", optimize=True)
        return Picture(out.getvalue(), "png", "image/png")
    drawn.save(out, "JPEG", quality=SHARP, optimize=True, progressive=True)
    return Picture(out.getvalue(), "jpg", "image/jpeg")


def _pixels(sent: Image.Image) -> Image.Image:
    """A fresh image with the pixels alone; an embedded colour profile is applied, not kept."""
    sent.seek(0)
    sent.load()
    try:
        upright = ImageOps.exif_transpose(sent)
    except (SyntaxError, ValueError, struct.error):
        upright = sent  # notes that cannot be read: left behind as all others
    transparent = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    profile = upright.info.get("icc_profile")
    if upright.mode.startswith("I"):  # 16 bits of grey, which convert() would cut off at 255
        upright = upright.convert("I").point(lambda level: level / 256).convert("L")
    plain = upright.convert("RGBA" if transparent else "RGB")
    if profile and not transparent:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            base = upright if upright.mode in ("RGB", "CMYK", "L") else plain
            turned = ImageCms.profileToProfile(
                base, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            plain = turned or plain
        except (ImageCms.PyCMSError, OSError):
            pass  # a profile that does not fit the pixels: left aside
    fresh = Image.new(plain.mode, plain.size)
    fresh.paste(plain)
    return fresh
