"""`fanlight open`: a clip opens whole or leaves nothing behind."""

from pathlib import Path

import pytest

from fanlight.cli.open import ClipAltered, FileTrouble, NotAgeFile, OutputTaken, WrongKey, open_clip
from fanlight.seal import keys, sealing

OURS = keys.new_identity()
PLAIN = bytes(range(256)) * 600  # three chunks


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "clip.age").write_bytes(sealing.seal(PLAIN, [OURS.recipient]))
    (tmp_path / "key.txt").write_text(f"# epoch 0\n\n{OURS.secret}\n")
    return tmp_path


def run(desk: Path) -> int:
    return open_clip(desk / "clip.age", desk / "key.txt", desk / "clip.mp4")


def test_a_clip_opens_to_the_same_bytes(desk: Path) -> None:
    """R02: plain MP4 export, no lock-in."""
    assert run(desk) == len(PLAIN)
    assert (desk / "clip.mp4").read_bytes() == PLAIN
    assert sorted(path.name for path in desk.iterdir()) == ["clip.age", "clip.mp4", "key.txt"]


def test_an_empty_and_a_one_chunk_clip_open_too(desk: Path) -> None:
    for number, plain in enumerate([b"", bytes(65_536)]):
        (desk / "clip.age").write_bytes(sealing.seal(plain, [OURS.recipient]))
        assert open_clip(desk / "clip.age", desk / "key.txt", desk / f"{number}.mp4") == len(plain)


def test_another_key_is_said_to_be_wrong(desk: Path) -> None:
    (desk / "key.txt").write_text(keys.new_identity().secret)
    with pytest.raises(WrongKey, match="does not open"):
        run(desk)


@pytest.mark.parametrize(
    "text", ["", "# only a comment\n", "age1pq1abc\n", "AGE-SECRET-KEY-PQ-1QQQ\n", "\x00\n"]
)
def test_a_file_without_a_key_is_said_to_hold_none(text: str, desk: Path) -> None:
    (desk / "key.txt").write_text(text)
    with pytest.raises(WrongKey, match="holds no age identity") as refused:
        run(desk)
    assert "QQQ" not in str(refused.value)


@pytest.mark.parametrize("data", [b"", b"\x00\x00\x00\x18ftypiso5", b"-----BEGIN AGE ENCRYPTED FILE-----\n"])
def test_another_file_is_said_to_be_no_age_file(data: bytes, desk: Path) -> None:
    (desk / "clip.age").write_bytes(data)
    with pytest.raises(NotAgeFile):
        run(desk)


@pytest.mark.parametrize("cut", [1, 20, 25_000, 65_552, 100_000])
def test_a_cut_clip_leaves_nothing_behind(cut: int, desk: Path) -> None:
    whole = (desk / "clip.age").read_bytes()
    (desk / "clip.age").write_bytes(whole[:-cut])
    with pytest.raises(ClipAltered):
        run(desk)
    assert sorted(path.name for path in desk.iterdir()) == ["clip.age", "key.txt"]


@pytest.mark.parametrize("at", [-1, -70_000, -150_000])
def test_a_flipped_byte_leaves_nothing_behind(at: int, desk: Path) -> None:
    changed = bytearray((desk / "clip.age").read_bytes())
    changed[at] ^= 1
    (desk / "clip.age").write_bytes(changed)
    with pytest.raises(ClipAltered):
        run(desk)
    assert sorted(path.name for path in desk.iterdir()) == ["clip.age", "key.txt"]


def test_a_file_of_that_name_is_not_touched(desk: Path) -> None:
    (desk / "clip.mp4").write_bytes(b"mine")
    with pytest.raises(OutputTaken):
        run(desk)
    assert (desk / "clip.mp4").read_bytes() == b"mine"


def test_files_that_are_not_there_are_named(desk: Path) -> None:
    with pytest.raises(FileTrouble, match=r"missing\.age"):
        open_clip(desk / "missing.age", desk / "key.txt", desk / "clip.mp4")
    with pytest.raises(FileTrouble, match=r"missing\.txt"):
        open_clip(desk / "clip.age", desk / "missing.txt", desk / "clip.mp4")
    with pytest.raises(FileTrouble, match=r"^clip\.mp4"):
        open_clip(desk / "clip.age", desk / "key.txt", desk / "no-folder" / "clip.mp4")
