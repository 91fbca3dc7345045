"""Make a photo anew: its picture and nothing else. Runs in the child (postmedia.child) only.

In:     an open file of a form that `forms` lets in.
Out:    a JPEG: upright, sRGB, the longer side at most 1,600 pixels; Made.
Holds:  the picture that is written was made here, pixel by pixel: no member of the file read hangs on it.
Raises: Refused, and whatever a decoder raises.
"""

import contextlib
import io
import struct
from typing import BinaryIO

from PIL import Image, ImageCms

from fanlight.postmedia.alike import difference_hash
from fanlight.postmedia.made import Made, Refused
from fanlight.wire.media import PIXELS

LONGEST = 1_600
QUALITY = 82
_FORMS = ("JPEG", "PNG", "WEBP")
_DEEP = 256  # a grey of 16 bits over one of 8
_WHITE = (255, 255, 255)
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SRGB = ImageCms.createProfile("sRGB")


def make_photo(source: BinaryIO, out: BinaryIO) -> Made:
    """Write the photo anew."""
    Image.MAX_IMAGE_PIXELS = None  # ours is lower, and says so in words
    with Image.open(source, formats=_FORMS) as found:
        check_size(*found.size)
        turn = _turn(found)
        picture = _small(found)
    return write_picture(picture.transpose(turn) if turn is not None else picture, out)


def write_picture(picture: Image.Image, out: BinaryIO) -> Made:
    """Write an RGB picture as a JPEG without anything else."""
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)  # and leaves behind what the library hangs on a picture that it read: a comment, say
    clean.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Made(width=clean.width, height=clean.height, seconds=0, alike=difference_hash(clean))


def check_size(width: int, height: int) -> None:
    """Raise Refused for a picture that has too many pixels, before any is decoded."""
    if width * height > PIXELS:
        raise Refused("too_many_pixels")


def _small(found: Image.Image) -> Image.Image:
    """Return the first picture in RGB, scaled, still turned as the camera was."""
    profile = found.info.get("icc_profile")
    picture = found
    if found.mode.startswith(("I", "F")):  # 16 bits of grey
        picture = found.convert("I").point(lambda grey: grey / _DEEP).convert("L")
    elif found.mode not in {"RGB", "L", "CMYK"}:
        through = found.mode[-1] in {"A", "a"} or "transparency" in found.info
        picture = found.convert("RGBA" if through else "RGB")
    elif "transparency" in found.info:
        picture = found.convert("RGBA")
    picture.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if picture.mode != "RGBA":
        return _in_srgb(picture, profile)
    white = Image.new("RGB", picture.size, _WHITE)
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def _turn(found: Image.Image) -> Image.Transpose | None:
    """Return how the picture has to be turned; EXIF that cannot be read says nothing."""
    with contextlib.suppress(SyntaxError, ValueError, TypeError, KeyError, OSError, struct.error):
        return _TURNS.get(found.getexif().get(_ORIENTATION, 1))
    return None


def _in_srgb(picture: Image.Image, profile: object) -> Image.Image:
    """Return the picture in sRGB; a profile that cannot be read is taken for sRGB."""
    if isinstance(profile, bytes) and picture.mode in {"RGB", "CMYK"}:
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            turned = ImageCms.profileToProfile(
                picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), _SRGB, outputMode="RGB"
            )
            if turned is not None:
                return turned
    return picture.convert("RGB")
