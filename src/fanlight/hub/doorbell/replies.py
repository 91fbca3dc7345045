"""Quick replies: a few recorded sentences that a doorbell can speak.

In:     a recording in any common coding, at most 20 s.
Out:    a reply on disk; its sound, ready to be sent.
Holds:  kept is 8 kHz mono in 16 bits, whatever came in; a file is whole or not there. At most MOST replies.
Absent: replies that ship: a house's voice is its own, and none was to be had under a free licence.
        FFmpeg is loaded while a reply is being added, not before.
"""

import contextlib
import io
import re
import secrets
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from fanlight.hub.doorbell.errors import NoSuchReply, NotSound, TooLong, TooMany
from fanlight.store import files

if TYPE_CHECKING:
    import av

RATE_HZ = 8_000
LONGEST_S = 20
MAX_BYTES = 4 << 20
MOST = 32
_SAMPLE_BYTES = 2
_LONGEST_NAME = 80
_ID = re.compile("[0-9a-f]{16}")
# Formats that hold sound and name no other file: playlists would make FFmpeg open what they name.
_FORMATS = "wav,w64,aiff,au,mp3,ogg,flac,aac,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm"
_KEPT = "The replies that are there are kept."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One reply. `id` is 16 hexadecimal digits."""

    id: str
    name: str
    seconds: float


class QuickReplies:
    """The replies in one folder; blocking, small."""

    def __init__(self, folder: Path) -> None:
        """Use a folder; it is made with the first reply."""
        self._folder = folder
        self._names = folder / "names.json"

    def list(self) -> list[Reply]:
        """Return all, by name."""
        names = self._read_names()
        found = []
        for path in self._folder.glob("*.wav"):
            size = path.stat().st_size - len(_wav(b""))
            seconds = max(size, 0) / _SAMPLE_BYTES / RATE_HZ
            found.append(Reply(id=path.stem, name=names.get(path.stem, "Reply"), seconds=round(seconds, 2)))
        return sorted(found, key=lambda reply: (reply.name, reply.id))

    def add(self, name: str, recording: bytes) -> Reply:
        """Keep a recording.

        Raises:
            NotSound: there is none in it that can be read.
            TooLong: it is longer than LONGEST_S, or its file larger than MAX_BYTES.
            TooMany: there are MOST replies.
        """
        if len(self.list()) >= MOST:
            raise TooMany(f"There are {MOST} replies already.", kept=_KEPT, do="Erase one first.")
        sound = read_sound(recording)
        reply = Reply(id=secrets.token_hex(8), name=_tidy(name), seconds=round(_seconds(sound), 2))
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        files.write_private(self._path(reply.id), _wav(sound))
        self._write_names({**self._read_names(), reply.id: reply.name})
        return reply

    def erase(self, reply: str) -> None:
        """Erase a reply; raises NoSuchReply."""
        self._path_there(reply).unlink()
        files.sync_folder(self._folder)
        self._write_names({key: name for key, name in self._read_names().items() if key != reply})

    def wav(self, reply: str) -> bytes:
        """Return a reply as a WAV file, to be heard on the page; raises NoSuchReply."""
        return self._path_there(reply).read_bytes()

    def sound(self, reply: str) -> bytes:
        """Return its samples, 16 bits at 8 kHz; raises NoSuchReply."""
        return self.wav(reply)[len(_wav(b"")) :]

    def _path(self, reply: str) -> Path:
        return self._folder / f"{reply}.wav"

    def _path_there(self, reply: str) -> Path:
        if _ID.fullmatch(reply) and self._path(reply).is_file():
            return self._path(reply)
        raise NoSuchReply("This reply is not there.", kept=_KEPT, do="Load the list of replies again.")

    def _read_names(self) -> dict[str, str]:
        with contextlib.suppress(OSError, msgspec.DecodeError):
            return msgspec.json.decode(self._names.read_bytes(), type=dict[str, str])
        return {}  # the sound is what counts: a reply without a name is called Reply

    def _write_names(self, names: dict[str, str]) -> None:
        files.write_private(self._names, msgspec.json.encode(names))


def _tidy(name: str) -> str:
    shown = " ".join("".join(char if char.isprintable() else " " for char in name).split())
    return shown[:_LONGEST_NAME] or "Reply"


def _seconds(sound: bytes | bytearray) -> float:
    return len(sound) / _SAMPLE_BYTES / RATE_HZ


def _wav(sound: bytes) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(_SAMPLE_BYTES)
        writer.setframerate(RATE_HZ)
        writer.writeframes(sound)
    return out.getvalue()


def read_sound(recording: bytes) -> bytes:
    """Return a recording's sound as 16-bit samples, mono at 8 kHz.

    Raises:
        NotSound: there is none in it that can be read.
        TooLong: it is longer than LONGEST_S, or larger than MAX_BYTES.
    """
    if len(recording) > MAX_BYTES:
        raise _too_long()
    import av  # noqa: PLC0415 - a hub that speaks nothing does not load it

    sound = bytearray()
    try:
        options = {"format_whitelist": _FORMATS, "protocol_whitelist": "none"}
        with av.open(io.BytesIO(recording), "r", options=options, metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise _not_sound()
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
            for frame in container.decode(audio=0):
                sound += _samples(resampler.resample(frame))
                if _seconds(sound) > LONGEST_S:
                    raise _too_long()
            sound += _samples(resampler.resample(None))
    except (av.FFmpegError, ValueError, OverflowError, MemoryError) as error:
        raise _not_sound() from error
    if _seconds(sound) > LONGEST_S:
        raise _too_long()
    if not sound:
        raise _not_sound()
    return bytes(sound)


def _samples(frames: "list[av.AudioFrame]") -> bytes:
    return b"".join(bytes(frame.planes[0])[: frame.samples * _SAMPLE_BYTES] for frame in frames)


def _not_sound() -> NotSound:
    return NotSound(
        "There is no sound in this file that can be read.", kept=_KEPT, do="Take a WAV, MP3 or Ogg file."
    )


def _too_long() -> TooLong:
    return TooLong(
        f"This recording is longer than {LONGEST_S} s, or too large.", kept=_KEPT, do="Make it shorter."
    )
