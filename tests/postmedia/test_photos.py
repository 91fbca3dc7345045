"""What comes out of a photo: its picture, and nothing else."""

import io
import zlib
from collections.abc import Callable

import pytest
from PIL import Image
from tests.postmedia import drawn
from tests.postmedia.place import Place

from fanlight.wire.media import Receipt

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def corners(data: bytes) -> list[str]:
    """Return the colours from the upper left on, by rows."""
    picture = opened(data).convert("RGB")
    width, height = picture.size
    places = [(x, y) for y in (height // 8, height * 7 // 8) for x in (width // 8, width * 7 // 8)]
    names = {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE}

    def name(at: tuple[int, int]) -> str:
        found = picture.getpixel(at)
        assert isinstance(found, tuple)
        far = {
            one: sum(abs(a - b) for a, b in zip(found, wanted, strict=True)) for one, wanted in names.items()
        }
        return min(far, key=far.__getitem__)

    return [name(at) for at in places]


def segments(data: bytes) -> list[int]:
    """Return the markers of a JPEG before its picture, read byte by byte."""
    assert data[:2] == b"\xff\xd8"
    at, found = 2, []
    while data[at + 1] != 0xDA:
        assert data[at] == 0xFF
        found.append(data[at + 1])
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return found


@pytest.mark.parametrize("make", [drawn.photo_with_all, drawn.png_with_all, drawn.webp_with_all])
def test_no_word_number_or_place_that_a_photo_holds_comes_out(
    place: Place, make: Callable[[], bytes]
) -> None:
    """R13: EXIF, GPS, XMP, IPTC, comments, profiles, and what hangs behind the end."""
    data = make()
    assert drawn.SECRET.encode() in data
    receipt, out = place.made(data)
    assert drawn.SECRET.encode() not in out
    picture = opened(out)
    assert picture.format == "JPEG"
    assert not picture.getexif()
    assert not {"exif", "icc_profile", "comment", "xmp", "photoshop"} & set(picture.info)
    # APP0 (the name of the form, and a density of none), tables, and the frame: no APP1 to APP15, no comment
    assert set(segments(out)) <= {0xE0, 0xDB, 0xC0, 0xC2, 0xC4}
    assert out.endswith(b"\xff\xd9")
    assert (receipt.width, receipt.height, receipt.size) == (*picture.size, len(out))
    assert corners(out) == ["red", "green", "blue", "white"]


@pytest.mark.parametrize(("form", "orientation"), [*(("JPEG", n) for n in range(1, 9)), ("WEBP", 6)])
def test_a_photo_stands_upright(place: Place, orientation: int, form: str) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,  # the camera was turned the other way
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    lying = drawn.drawn() if orientation == 1 else drawn.drawn().transpose(turns[orientation])
    receipt, out = place.made(drawn.written(lying, form, exif=exif))
    assert (receipt.width, receipt.height) == (320, 240)
    assert corners(out) == ["red", "green", "blue", "white"]


def test_a_large_photo_is_made_smaller_and_a_small_one_is_not_made_larger(place: Place) -> None:
    large, _ = place.made(drawn.written(drawn.drawn(4000, 1000), "JPEG"))
    assert (large.width, large.height) == (1600, 400)
    small, _ = place.made(drawn.written(drawn.drawn(1, 1), "PNG"))
    assert (small.width, small.height) == (1, 1)


def deep() -> bytes:
    grey = Image.new("I;16", (64, 64), 0xC000)
    return drawn.written(grey, "PNG")


def test_sixteen_bits_of_grey_stay_as_bright_as_they_were(place: Place) -> None:
    _, out = place.made(deep())
    assert opened(out).convert("L").getpixel((32, 32)) == pytest.approx(0xC0, abs=2)


@pytest.mark.parametrize(
    ("mode", "form"),
    [("L", "JPEG"), ("CMYK", "JPEG"), ("P", "PNG"), ("1", "PNG"), ("L", "PNG"), ("RGB", "WEBP")],
)
def test_pictures_of_other_kinds_come_out_in_colour(place: Place, mode: str, form: str) -> None:
    _, out = place.made(drawn.written(drawn.drawn(mode=mode), form))
    assert opened(out).mode == "RGB"
    if mode in {"CMYK", "P", "RGB"}:
        assert corners(out) == ["red", "green", "blue", "white"]


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_what_is_transparent_is_white(place: Place, form: str) -> None:
    picture = drawn.drawn(mode="RGBA")
    picture.paste((9, 9, 9, 0), (0, 0, 160, 120))
    _, out = place.made(drawn.written(picture, form))
    assert corners(out) == ["white", "green", "blue", "white"]


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_of_an_animation_the_first_picture_is_taken(place: Place, form: str) -> None:
    other = Image.new("RGB", (320, 240), "blue")
    _, out = place.made(
        drawn.written(drawn.drawn(), form, save_all=True, append_images=[other], duration=100)
    )
    assert corners(out) == ["red", "green", "blue", "white"]


def test_of_several_pictures_in_one_file_the_first_is_taken(place: Place) -> None:
    """As some phones write it: a small second picture, for depth or another exposure."""
    other = Image.new("RGB", (64, 48), "blue")
    data = drawn.written(drawn.drawn(), "MPO", save_all=True, append_images=[other])
    receipt, out = place.made(data)
    assert (receipt.width, receipt.height) == (320, 240)
    assert corners(out) == ["red", "green", "blue", "white"]


def heic() -> bytes:
    return b"\x00\x00\x00\x18ftypheic" + bytes(200)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_taken"),
        (b"\xff\xd8\xff", "unreadable"),
        (b"GIF89a" + bytes(100), "not_taken"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_taken"),
        (b"%PDF-1.7" + bytes(100), "not_taken"),
        (b"PK\x03\x04" + drawn.written(drawn.drawn(), "JPEG"), "not_taken"),
        (drawn.written(drawn.drawn(), "TIFF"), "not_taken"),
        (heic(), "not_taken"),
        (drawn.written(drawn.drawn(), "JPEG")[:-900], "unreadable"),
        (drawn.written(drawn.drawn(), "PNG")[:-300], "unreadable"),
        (drawn.written(drawn.drawn(), "WEBP")[:-200], "unreadable"),
        (b"\xff\xd8\xff\xe0" + b"<script>alert(1)</script>" * 20, "unreadable"),
        (drawn.png_of(40_000, 40_000, zlib.compress(bytes(1000))), "too_many_pixels"),
        (drawn.png_of(8_000, 5_001, zlib.compress(bytes(1000))), "too_many_pixels"),
        (drawn.png_of(8_000, 5_000, zlib.compress(bytes(1000))), "unreadable"),
        (drawn.png_of(0, 10, b""), "unreadable"),
        (drawn.png_of(2**31 - 1, 2**31 - 1, b""), "too_many_pixels"),
    ],
)
def test_what_is_no_photo_is_refused_in_words(place: Place, data: bytes, code: str) -> None:
    """R13: wrong forms, cut off, and pictures that are larger than they look."""
    assert place.refused(data) == f"postmedia.{code}"


def test_a_heic_is_refused_with_what_to_do(place: Place) -> None:
    assert "screenshot" in place.send(heic()).json()["do"]


def test_a_bomb_of_words_and_one_of_scans_cost_one_refusal_each(place: Place) -> None:
    """R13: 300 MB in a comment are refused; 40 million pixels that are small on the wire are made."""
    head = drawn.png_of(8, 8, zlib.compress(bytes(8 * 25)))
    body = b"Comment\0\0" + zlib.compress(bytes(300 << 20), 9)
    chunk = len(body).to_bytes(4) + b"zTXt" + body + zlib.crc32(b"zTXt" + body).to_bytes(4)
    bomb = head[:33] + chunk + head[33:]
    assert len(bomb) < 12 << 20
    assert place.refused(bomb) == "postmedia.unreadable"
    white = drawn.png_of(8_000, 5_000, zlib.compress(bytes(5_000 * (8_000 * 3 + 1)), 9))
    assert len(white) < 1 << 20
    receipt, _ = place.made(white)
    assert (receipt.width, receipt.height) == (1600, 1000)


def far(one: Receipt, other: Receipt) -> int:
    return (int(one.alike, 16) ^ int(other.alike, 16)).bit_count()


def test_a_picture_is_found_again_after_it_was_scaled_and_squeezed(place: Place) -> None:
    light = Image.radial_gradient("L")
    first, _ = place.made(drawn.written(light.resize((800, 600)), "PNG"))
    again, _ = place.made(drawn.written(light.point(lambda grey: grey * 0.8), "JPEG", quality=40))
    other, _ = place.made(drawn.written(Image.linear_gradient("L").rotate(90), "PNG"))
    assert far(first, again) <= 4
    assert far(first, other) >= 16
