"""Pictures and clips drawn here, with everything in them that must not come out."""

import io
import struct
import subprocess
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageDraw, ImageFilter, PngImagePlugin, TiffImagePlugin

SECRET = "SECRETNAME"
PLACE = "+37.7749-122.4194/"


def drawn(width: int = 320, height: int = 240, mode: str = "RGB") -> Image.Image:
    """Return a picture whose four corners have four colours: its upper left is red."""
    picture = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(picture)
    half_w, half_h = width // 2, height // 2
    pen.rectangle((0, 0, half_w, half_h), "red")
    pen.rectangle((half_w, 0, width, half_h), "green")
    pen.rectangle((0, half_h, half_w, height), "blue")
    return picture.convert(mode)


def written(picture: Image.Image, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def told_all() -> Image.Exif:
    """Return EXIF with place, time, camera, owner and a thumbnail's worth of words."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x013B] = SECRET, SECRET, SECRET  # maker, model, artist
    exif[0x0132] = "2026:11:23 13:37:00"
    detail = exif.get_ifd(0x8769)
    detail[0x9003], detail[0xA431], detail[0x9286] = "2026:11:23 13:37:00", SECRET, SECRET.encode()
    place = exif.get_ifd(0x8825)
    whole = TiffImagePlugin.IFDRational
    place[1], place[2] = "N", (whole(37), whole(46), whole(29))
    place[3], place[4] = "W", (whole(122), whole(25), whole(9))
    return exif


def photo_with_all() -> bytes:
    """Return a JPEG with EXIF, GPS, XMP, IPTC, a comment, a profile, and a zip behind its end."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>{SECRET}</a></x:xmpmeta>'.encode()
    jpeg = written(drawn(), "JPEG", exif=told_all(), icc_profile=profile, comment=SECRET.encode(), xmp=xmp)
    iptc = (
        b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x0f\x1c\x02\x50\x00\x0a" + SECRET.encode() + b"\0"
    )
    return (
        jpeg[:2]
        + b"\xff\xed"
        + struct.pack(">H", len(iptc) + 2)
        + iptc
        + jpeg[2:]
        + b"PK\x03\x04"
        + SECRET.encode()
    )


def png_with_all() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", SECRET)
    words.add_itxt("XML:com.adobe.xmp", SECRET)
    words.add_text("Comment", SECRET, zip=True)
    return written(drawn(), "PNG", pnginfo=words, exif=told_all())


def webp_with_all() -> bytes:
    return written(drawn(), "WEBP", exif=told_all(), xmp=SECRET.encode())


def png_of(width: int, height: int, data: bytes) -> bytes:
    """Return a PNG that says it is so large, over any compressed data."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def clip(
    folder: Path,
    *more: str,
    beside: Sequence[Path] = (),
    size: str = "320x240",
    seconds: float = 2,
    rate: int = 15,
) -> bytes:
    """Return an MP4 of a test picture with a tone; `more` is told of the output, `beside` are more inputs."""
    path = folder / "made.mp4"
    drawn_ = ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}"]
    heard = ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}"]
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    inputs = [part for one in beside for part in ("-i", str(one))]
    run(*drawn_, *heard, *inputs, *coded, *more, str(path))
    return path.read_bytes()


def run(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments], check=True)


def portrait() -> Image.Image:
    """Return a drawn face that the pages' model finds: 640 x 480, the eyes at half the height."""
    made = Image.new("RGB", (640, 480), (150, 170, 185))
    pen = ImageDraw.Draw(made)
    pen.rectangle((160, 380, 480, 480), fill=(60, 80, 120))
    pen.rectangle((280, 320, 360, 400), fill=(205, 160, 130))
    pen.ellipse((202, 65, 438, 345), fill=(60, 40, 30))
    pen.ellipse((210, 85, 430, 375), fill=(222, 178, 148))
    for eye in (275, 365):
        pen.ellipse((eye - 24, 192, eye + 24, 216), fill=(245, 245, 245))
        pen.ellipse((eye - 11, 193, eye + 11, 215), fill=(50, 35, 25))
        pen.arc((eye - 32, 160, eye + 32, 200), 200, 340, fill=(60, 40, 30), width=7)
    pen.polygon(((320, 215), (302, 272), (338, 272)), fill=(205, 155, 125))
    pen.ellipse((278, 298, 362, 328), fill=(170, 70, 70))
    pen.line((278, 313, 362, 313), fill=(110, 40, 40), width=3)
    return made.filter(ImageFilter.GaussianBlur(2))
