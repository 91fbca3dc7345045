"""The head of an fMP4: what a player must know before the first fragment.

In:     StreamInfo, and AudioInfo where there is sound.
Out:    ftyp and moov: track 1 is the picture, track 2 the sound; sample entries for other writers.
Holds:  without sound and with H.264 the bytes are those of every clip before 0.9.
Source: ISO/IEC 14496-12, 14496-14 (5.6 mp4a, esds), 14496-15 (5.4 AVC, 8.4 HEVC); Opus in ISOBMFF 4.3.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from fanlight.hub.packet import AudioInfo, StreamInfo
from fanlight.hub.segmenter.boxes import box, full_box

TIMESCALE = 90_000  # of both tracks: sound of 8, 16, 32 and 48 kHz is exact, of 44.1 kHz to 6 µs a frame
MATRIX = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_OPUS_RATE_HZ = 48_000  # whatever was recorded
_OPUS_SKIP = 312


def video_entry(info: StreamInfo) -> bytes:
    """Return the sample entry of a picture: avc1 or hvc1."""
    kind, config = (b"avc1", b"avcC") if info.is_h264 else (b"hvc1", b"hvcC")
    return box(
        kind,
        struct.pack(">6xH16xHHIIIH32sHh", 1, info.width, info.height, 0x480000, 0x480000, 0, 1, b"", 24, -1),
        box(config, info.config),
    )


def _descriptor(tag: int, content: bytes) -> bytes:
    size = len(content)
    return (
        bytes((tag, 0x80 | size >> 21, 0x80 | size >> 14 & 127, 0x80 | size >> 7 & 127, size & 127)) + content
    )


def audio_entry(audio: AudioInfo) -> bytes:
    """Return the sample entry of a sound: mp4a, Opus, ulaw or alaw."""
    rate = _OPUS_RATE_HZ if audio.codec == "opus" else audio.rate_hz
    # The field holds 16 bits; where the rate is larger, a decoder has it from the configuration.
    head = struct.pack(">6xH8xHHHHI", 1, audio.channels, 16, 0, 0, (rate if rate < 1 << 16 else 0) << 16)
    if audio.codec == "opus":
        config = audio.config or struct.pack(">BBHIhB", 0, audio.channels, _OPUS_SKIP, audio.rate_hz, 0, 0)
        return box(b"Opus", head, box(b"dOps", config))
    if audio.codec in {"ulaw", "alaw"}:
        return box(audio.codec.encode(), head)
    decoder = struct.pack(">BBHBII", 0x40, 0x15, 0, 0, 0, 0) + _descriptor(5, audio.config)
    stream = struct.pack(">HB", 0, 0) + _descriptor(4, decoder) + _descriptor(6, b"\2")
    return box(b"mp4a", head, full_box(b"esds", 0, 0, _descriptor(3, stream)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """What a track says of itself when it is whole.

    `created` is in seconds since 1904, `duration_90k` how long it plays once `edits` (an edts box) cut it,
    `media_90k` how long all its samples are, `tables` what stands in `stbl` behind the sample entries.
    """

    created: int
    duration_90k: int
    media_90k: int
    edits: bytes
    tables: bytes


_NO_TABLES = b"".join(
    full_box(kind, 0, 0, bytes(size))
    for kind, size in ((b"stts", 4), (b"stsc", 4), (b"stsz", 8), (b"stco", 4))
)
_FRAGMENTED = Lengths(created=0, duration_90k=0, media_90k=0, edits=b"", tables=_NO_TABLES)


def track(
    number: int, entries: Sequence[bytes], size: tuple[int, int] | None, lengths: Lengths = _FRAGMENTED
) -> bytes:
    """Return the trak box of a track with these sample entries; `size` in pixels, None for sound."""
    width, height = size or (0, 0)
    stbl = box(
        b"stbl",
        full_box(b"stsd", 0, 0, struct.pack(">I", len(entries)), *entries),
        lengths.tables,
    )
    info = box(
        b"minf",
        full_box(b"vmhd", 0, 1, bytes(8)) if size else full_box(b"smhd", 0, 0, bytes(4)),
        box(b"dinf", full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1))),
        stbl,
    )
    handler = struct.pack(">I4s12x", 0, b"vide" if size else b"soun"), b"video\0" if size else b"sound\0"
    media = box(
        b"mdia",
        _timed(
            b"mdhd",
            0,
            lengths.created,
            struct.pack(">I", TIMESCALE),
            lengths.media_90k,
            struct.pack(">HH", 0x55C4, 0),  # language: und
        ),
        full_box(b"hdlr", 0, 0, *handler),
        info,
    )
    header = _timed(
        b"tkhd", 3, lengths.created, struct.pack(">II", number, 0), lengths.duration_90k,
        struct.pack(">8xHHH2x", 0, 0, 0 if size else 0x100), MATRIX,
        struct.pack(">II", width << 16, height << 16),
    )  # fmt: skip
    return box(b"trak", header, lengths.edits, media)


def movie_header(duration_90k: int, next_track: int, created: int = 0) -> bytes:
    """Return the mvhd box."""
    return _timed(
        b"mvhd", 0, created, struct.pack(">I", TIMESCALE), duration_90k,
        struct.pack(">IH10x", 0x10000, 0x100), MATRIX, bytes(24), struct.pack(">I", next_track),
    )  # fmt: skip


def _timed(kind: bytes, flags: int, created: int, middle: bytes, duration: int, *rest: bytes) -> bytes:
    """Return a header box with times, in 64 bits where 32 do not hold them."""
    if max(created, duration) < 1 << 32:
        return full_box(
            kind, 0, flags, struct.pack(">II", created, created), middle, struct.pack(">I", duration), *rest
        )
    return full_box(
        kind, 1, flags, struct.pack(">QQ", created, created), middle, struct.pack(">Q", duration), *rest
    )


def edit_list(edits: Sequence[tuple[int, int]]) -> bytes:
    """Return edts: stretches (how long, from where in the track; -1: nothing), one after the other."""
    wide = any(max(edit) >= 1 << 31 for edit in edits)
    form = ">Qqi" if wide else ">Iii"
    entries = [struct.pack(form, length, start, 0x10000) for length, start in edits]
    return box(b"edts", full_box(b"elst", int(wide), 0, struct.pack(">I", len(edits)), *entries))


def init_segment(
    info: StreamInfo, duration_90k: int = 0, audio: AudioInfo | None = None, delay_90k: int = 0
) -> bytes:
    """Return ftyp and moov of a fragmented file; `duration_90k` of 0 means not known yet.

    `delay_90k` is how much later than they are shown all pictures say that they are.
    """
    # A length of 0 means: to the end, whatever the fragments add (ISO/IEC 14496-12, 8.6.6).
    edits = edit_list([(0, delay_90k)]) if delay_90k else b""
    lengths = Lengths(created=0, duration_90k=0, media_90k=0, edits=edits, tables=_NO_TABLES)
    tracks = [track(1, (video_entry(info),), (info.width, info.height), lengths)]
    extends = [full_box(b"trex", 0, 0, struct.pack(">IIIII", 1, 1, 0, 0, 0))]
    if audio is not None:
        tracks.append(track(2, (audio_entry(audio),), None))
        extends.append(full_box(b"trex", 0, 0, struct.pack(">IIIII", 2, 1, 0, 0, 0x02000000)))
    movie = box(
        b"moov",
        movie_header(0, len(tracks) + 1),
        *tracks,
        box(b"mvex", full_box(b"mehd", 1, 0, struct.pack(">Q", duration_90k)), *extends),
    )
    return box(b"ftyp", b"iso6", struct.pack(">I", 0), b"iso6", b"cmfc", b"mp41") + movie


def mime(info: StreamInfo, audio: AudioInfo | None = None) -> str:
    """Return the type that a browser's MediaSource takes for the pictures and the sound."""
    return f'video/mp4; codecs="{info.codec}{f", {audio.codec}" if audio else ""}"'
