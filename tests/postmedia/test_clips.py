"""What comes out of a clip: its pictures and its sound, and nothing else."""

import hashlib
import json
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.postmedia import drawn
from tests.postmedia.place import Place
from tests.postmedia.test_photos import corners, opened

BOXES = {"moov", "trak", "mdia", "minf", "stbl", "udta", "edts", "dinf"}


def told(path: Path) -> dict[str, Any]:
    """Return what a reader that is not ours says of a file."""
    wanted = ["-show_format", "-show_streams", "-show_chapters", "-show_entries", "stream_side_data"]
    command = ["ffprobe", "-v", "error", "-of", "json", *wanted, str(path)]
    said: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return said


def boxes(data: bytes, within: str = "") -> list[tuple[str, bytes]]:
    """Return every box with its way from the top, read byte by byte."""
    found, at = [], 0
    while at + 8 <= len(data):
        size, name = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8].decode("latin-1")
        assert size >= 8
        body = data[at + 8 : at + size]
        found.append((f"{within}{name}", body))
        if name in BOXES:
            found += boxes(body, f"{within}{name}/")
        at += size
    return found


def clean(out: bytes, tmp_path: Path) -> dict[str, Any]:
    """Look for all that must not be in a clip; return what ffprobe says."""
    path = tmp_path / "out.mp4"
    path.write_bytes(out)
    said = told(path)
    names = [name for name, _ in boxes(out)]
    assert not [name for name in names if name.split("/")[-1] in {"udta", "meta", "uuid", "skip", "gps "}]
    assert names.index("moov") < names.index("mdat")
    for name, body in boxes(out):
        assert not name.endswith("free") or not any(body)
        if name.split("/")[-1] in {"mvhd", "tkhd", "mdhd"}:
            assert body[4:12] == bytes(8), "made and changed at no time"
    assert drawn.SECRET.encode() not in out
    assert b"x264" not in out
    assert b"Lav" not in out
    assert set(said["format"]["tags"]) == {"major_brand", "minor_version", "compatible_brands"}
    for stream in said["streams"]:
        assert stream["codec_name"] in {"h264", "aac"}
        assert stream["tags"].pop("language") == "und"
        assert stream["tags"].pop("handler_name") in {"VideoHandler", "SoundHandler"}
        assert set(stream["tags"]) <= {"vendor_id"}
        assert not stream.get("side_data_list")
    assert not said["chapters"]
    return said


def test_no_word_time_or_place_that_a_clip_holds_comes_out(place: Place, tmp_path: Path) -> None:
    """R13: tags, location, creation time, chapters, a subtitle track, a second picture and a second sound."""
    words = tmp_path / "words.srt"
    words.write_text(f"1\n00:00:00,000 --> 00:00:01,000\n{drawn.SECRET}\n")
    chapters = tmp_path / "chapters.txt"
    chapters.write_text(f";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=1\ntitle={drawn.SECRET}\n")
    told_of = {"title": drawn.SECRET, "artist": drawn.SECRET, "comment": drawn.SECRET, "make": drawn.SECRET}
    told_of |= {"location": drawn.PLACE, "creation_time": "2026-11-23T13:37:00Z"}
    tags = [part for name, value in told_of.items() for part in ("-metadata", f"{name}={value}")]
    more = ["-map", "0:v", "-map", "1:a", "-map", "1:a", "-map", "2:s"]
    more += ["-map_chapters", "3", "-c:s", "mov_text", *tags, "-movflags", "use_metadata_tags"]
    data = drawn.clip(tmp_path, *more, beside=[words, chapters])
    before = tmp_path / "made.mp4"
    assert drawn.SECRET.encode() in data
    assert len(told(before)["streams"]) >= 4
    assert told(before)["chapters"]
    receipt, out = place.made(data, "clip")
    said = clean(out, tmp_path)
    assert sorted(stream["codec_type"] for stream in said["streams"]) == ["audio", "video"]
    assert receipt.sha256 == hashlib.sha256(out).hexdigest()
    assert (receipt.kind, receipt.width, receipt.height, receipt.size) == ("clip", 320, 240, len(out))
    assert receipt.seconds == pytest.approx(2, abs=0.05)
    poster = opened(place.see(receipt.media, "/poster"))
    assert (poster.format, poster.size) == ("JPEG", (320, 240))


def location(data: bytes) -> bytes:
    """Return an MP4 with `©xyz`, as a phone writes a place."""
    place = drawn.PLACE.encode()
    text = len(place).to_bytes(2) + b"\x15\xc7" + place
    xyz = (8 + len(text)).to_bytes(4) + b"\xa9xyz" + text
    udta = (8 + len(xyz)).to_bytes(4) + b"udta" + xyz
    at = 0
    while data[at + 4 : at + 8] != b"moov":
        at += int.from_bytes(data[at : at + 4])
    size = int.from_bytes(data[at : at + 4])
    assert at + size == len(data), "the index is at the end, so that nothing in it has to be moved"
    return data[:at] + (size + len(udta)).to_bytes(4) + data[at + 4 :] + udta


def test_the_place_that_a_phone_writes_does_not_come_out(place: Place, tmp_path: Path) -> None:
    data = location(drawn.clip(tmp_path))
    (tmp_path / "made.mp4").write_bytes(data)
    assert told(tmp_path / "made.mp4")["format"]["tags"]["location"] == drawn.PLACE
    _, out = place.made(data, "clip")
    clean(out, tmp_path)
    assert drawn.PLACE.encode() not in out


@pytest.mark.parametrize(
    ("size", "wanted"),
    [("1920x1080", (1280, 720)), ("1080x1920", (720, 1280)), ("322x242", (322, 242)), ("64x16", (64, 16))],
)
def test_a_clip_is_made_smaller_and_never_larger(
    place: Place, tmp_path: Path, size: str, wanted: tuple[int, int]
) -> None:
    receipt, out = place.made(drawn.clip(tmp_path, "-an", size=size, seconds=0.4), "clip")
    assert (receipt.width, receipt.height) == wanted
    said = clean(out, tmp_path)
    assert [(one["width"], one["height"]) for one in said["streams"]] == [wanted]


def test_odd_sizes_and_pixels_that_are_not_square_are_made_even(place: Place, tmp_path: Path) -> None:
    odd = drawn.clip(
        tmp_path, "-an", "-pix_fmt", "yuv444p", "-profile:v", "high444", size="321x241", seconds=0.4
    )
    assert place.made(odd, "clip")[0].width == 320
    wide = drawn.clip(tmp_path, "-an", "-vf", "setsar=2", seconds=0.4)
    receipt, _ = place.made(wide, "clip")
    assert (receipt.width, receipt.height) == (640, 240)


def turned(data: bytes, degrees: int) -> bytes:
    """Return an MP4 that is to be shown turned to the right, as a phone writes it."""
    across = {90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}[degrees]
    a, b, c, d = (struct.pack(">i", one << 16) for one in across)
    matrix = a + b + bytes(4) + c + d + bytes(12) + struct.pack(">i", 1 << 30)
    at = data.find(b"tkhd") + 44
    return data[:at] + matrix + data[at + 36 :]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_clip_stands_upright(place: Place, tmp_path: Path, degrees: int) -> None:
    upright = drawn.drawn()
    still, lying = tmp_path / "still.png", tmp_path / "lying.mp4"
    turns = {
        90: Image.Transpose.ROTATE_90,  # to the left: how the camera saw it
        180: Image.Transpose.ROTATE_180,
        270: Image.Transpose.ROTATE_270,
    }
    upright.transpose(turns[degrees]).save(still)
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    drawn.run("-loop", "1", "-i", str(still), "-t", "1", "-r", "10", *coded, str(lying))
    receipt, out = place.made(turned(lying.read_bytes(), degrees), "clip")
    assert (receipt.width, receipt.height) == (320, 240)
    clean(out, tmp_path)
    assert corners(place.see(receipt.media, "/poster")) == ["red", "green", "blue", "white"]
    first = tmp_path / "first.png"
    drawn.run("-i", str(tmp_path / "out.mp4"), "-frames:v", "1", str(first))
    assert corners(first.read_bytes()) == ["red", "green", "blue", "white"]


def test_sound_stays_in_step_with_pictures(place: Place, tmp_path: Path) -> None:
    """A tone that begins half a second in begins half a second in."""
    data = drawn.clip(tmp_path, "-af", "volume=enable='lt(t,0.5)':volume=0", seconds=2)
    _, out = place.made(data, "clip")
    path, plain = tmp_path / "out.mp4", tmp_path / "out.raw"
    path.write_bytes(out)
    drawn.run("-i", str(path), "-f", "s16le", "-ac", "1", "-ar", "8000", str(plain))
    samples = memoryview(plain.read_bytes()).cast("h")
    begins = next(at for at, sample in enumerate(samples) if abs(sample) > 1000) / 8000
    assert begins == pytest.approx(0.5, abs=0.06)
    assert len(samples) / 8000 == pytest.approx(2, abs=0.1)


def test_sixty_pictures_a_second_become_thirty(place: Place, tmp_path: Path) -> None:
    receipt, out = place.made(drawn.clip(tmp_path, "-an", rate=60, seconds=1), "clip")
    assert clean(out, tmp_path)["streams"][0]["nb_frames"] == "30"
    assert receipt.seconds == pytest.approx(1, abs=0.05)


def test_a_minute_is_taken_and_a_second_more_is_not(place: Place, tmp_path: Path) -> None:
    receipt, _ = place.made(drawn.clip(tmp_path, size="64x64", seconds=60, rate=2), "clip")
    assert receipt.seconds <= 60
    assert (
        place.refused(drawn.clip(tmp_path, size="64x64", seconds=61, rate=2), "clip") == "postmedia.too_long"
    )


def test_a_clip_that_says_it_is_shorter_than_it_is_is_refused(place: Place, tmp_path: Path) -> None:
    data = bytearray(drawn.clip(tmp_path, "-an", size="64x64", seconds=70, rate=2))
    for name in (b"mvhd", b"tkhd", b"mdhd", b"elst"):  # what says how long it is
        at = data.find(name)
        if name == b"elst":
            data[at - 4 : at + 4] = (int.from_bytes(data[at - 4 : at])).to_bytes(4) + b"free"
        else:
            length = {b"mvhd": 20, b"tkhd": 24, b"mdhd": 20}[name]
            data[at + length : at + length + 4] = (1).to_bytes(4)
    assert place.refused(bytes(data), "clip") == "postmedia.too_long"


def test_what_is_no_clip_is_refused_in_words(place: Place, tmp_path: Path) -> None:
    """R13: another form, another codec, no pictures, cut off, empty, a photo, a page."""
    whole = drawn.clip(tmp_path)
    only_sound = tmp_path / "sound.mp4"
    drawn.run("-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", str(only_sound))
    other = drawn.clip(tmp_path, "-c:v", "mpeg4")
    in_front = drawn.clip(tmp_path, "-movflags", "faststart")
    for data, code in [
        (b"", "not_taken"),
        (drawn.written(drawn.drawn(), "JPEG"), "not_taken"),
        (b"\x1aE\xdf\xa3" + bytes(100), "not_taken"),
        (b"<html><script>alert(1)</script>", "not_taken"),
        (other, "not_taken"),
        (only_sound.read_bytes(), "not_taken"),
        (whole[: len(whole) // 2], "unreadable"),
        (in_front[: len(in_front) // 2], "unreadable"),
        (whole[:40], "unreadable"),
        (b"\x00\x00\x00\x18ftypisom" + bytes(100_000), "unreadable"),
    ]:
        assert place.refused(data, "clip") == f"postmedia.{code}"


def test_a_clip_with_an_index_of_no_picture_is_refused(place: Place, tmp_path: Path) -> None:
    data = bytearray(drawn.clip(tmp_path, "-an"))
    at = data.find(b"stsz")
    data[at + 12 : at + 16] = bytes(4)
    assert place.refused(bytes(data), "clip") == "postmedia.unreadable"


def test_a_clip_as_our_own_trimming_writes_it_is_taken(place: Place, tmp_path: Path) -> None:
    """R13: in fragments, without sound, as web/core/fmp4 makes it."""
    data = drawn.clip(tmp_path, "-an", "-movflags", "frag_keyframe+empty_moov+default_base_moof")
    receipt, out = place.made(data, "clip")
    clean(out, tmp_path)
    assert receipt.seconds == pytest.approx(2, abs=0.05)
