"""The bell at home: one press is one, replies are kept as they should be, packets go out in order."""

import io
import random
import struct
import subprocess
import wave
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanlight.hub.camera.sdp import parse_sdp
from fanlight.hub.doorbell import (
    NoBackChannel,
    NoSuchReply,
    NotSound,
    Presses,
    QuickReplies,
    TooLong,
    TooMany,
    g711,
    talk,
)
from fanlight.hub.doorbell.replies import LONGEST_S, MAX_BYTES, MOST, RATE_HZ, read_sound

S = 1_000_000
OFFER = "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"


def tone(seconds: float, *, rate: int = 44_100, channels: int = 2) -> bytes:
    """A WAV as a phone records it."""
    frames = b"".join(
        struct.pack("<h", (at * 400 % 24_000) - 12_000) * channels for at in range(int(seconds * rate))
    )
    out = io.BytesIO()
    with wave.open(out, "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(frames)
    return out.getvalue()


def ffmpeg(*options: str, given: bytes) -> bytes:
    command = ["ffmpeg", "-v", "error", *options]
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout


def test_a_press_that_two_ways_tell_of_is_one_and_the_next_one_is_another() -> None:
    presses = Presses()
    assert presses.is_new("door", 10 * S)
    assert not presses.is_new("door", 10 * S + 40_000)  # MQTT, after ONVIF
    assert not presses.is_new("door", 11 * S + 999_999)
    assert presses.is_new("gate", 11 * S)  # another bell
    assert presses.is_new("door", 12 * S)


@given(st.lists(st.integers(0, 20 * S), min_size=1, max_size=60))
def test_presses_that_count_are_two_seconds_apart_and_a_finger_on_the_button_rings_on(
    times: list[int],
) -> None:
    presses = Presses()
    times.sort()
    new = [time for time in times if presses.is_new("door", time)]
    assert new[0] == times[0]
    assert all(after - before >= 2 * S for before, after in pairwise(new))
    assert all(any(0 <= time - one < 2 * S for one in new) for time in times)


@pytest.mark.parametrize(("law", "name"), [("PCMU", "mulaw"), ("PCMA", "alaw")])
def test_every_sample_becomes_the_nearest_value_that_ffmpeg_decodes(law: g711.Law, name: str) -> None:
    raw = ["-f", name, "-ar", "8000", "-i", "-", "-f", "s16le", "-"]
    values = struct.unpack("<256h", ffmpeg(*raw, given=bytes(range(256))))
    samples = range(-32_768, 32_768)
    coded = g711.encode(struct.pack("<65536h", *samples), law)
    steps = sorted(set(values))
    nearest = 0
    for sample, code in zip(samples, coded, strict=True):
        while nearest + 1 < len(steps) and abs(steps[nearest + 1] - sample) < abs(steps[nearest] - sample):
            nearest += 1
        assert abs(values[code] - sample) == abs(steps[nearest] - sample)


@pytest.mark.parametrize("form", ["wav", "mp3", "ogg", "webm", "mp4"])
def test_a_recording_in_any_common_form_is_kept_as_8_khz_mono(form: str, tmp_path: Path) -> None:
    given = tone(1.0)
    if form != "wav":
        place = tmp_path / f"x.{form}"
        ffmpeg(
            "-i",
            "-",
            "-f",
            form,
            *(["-movflags", "empty_moov"] if form == "mp4" else []),
            str(place),
            given=given,
        )
        given = place.read_bytes()
    replies = QuickReplies(tmp_path / "replies")
    reply = replies.add("  I am\ncoming ", given)
    assert (reply.name, round(reply.seconds, 0)) == ("I am coming", 1)
    assert replies.list() == [reply]
    with wave.open(io.BytesIO(replies.wav(reply.id))) as kept:
        assert (kept.getframerate(), kept.getnchannels(), kept.getsampwidth()) == (RATE_HZ, 1, 2)
        assert kept.readframes(kept.getnframes()) == replies.sound(reply.id)
    assert len(set(replies.sound(reply.id))) > 50  # it is not silence


def test_replies_are_erased_and_survive_a_restart(tmp_path: Path) -> None:
    replies = QuickReplies(tmp_path)
    one, two = replies.add("one", tone(0.2)), replies.add("two", tone(0.3, rate=16_000, channels=1))
    assert [reply.name for reply in QuickReplies(tmp_path).list()] == ["one", "two"]
    replies.erase(two.id)
    assert [reply.id for reply in QuickReplies(tmp_path).list()] == [one.id]
    (tmp_path / "names.json").write_bytes(b"{")  # what counts is the sound
    assert [reply.name for reply in QuickReplies(tmp_path).list()] == ["Reply"]
    for gone in (two.id, "", "../names", "x" * 3000, "names.json"):
        with pytest.raises(NoSuchReply):
            replies.sound(gone)


def test_what_is_too_long_too_many_or_no_sound_is_refused_and_nothing_is_kept(tmp_path: Path) -> None:
    replies = QuickReplies(tmp_path)
    with pytest.raises(TooLong):
        replies.add("long", tone(LONGEST_S + 1, rate=8_000, channels=1))
    with pytest.raises(TooLong):
        replies.add("large", bytes(MAX_BYTES + 1))
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"
    for other in (b"", b"RIFF", b"\0" * 5000, playlist, b"ffconcat version 1.0\nfile /etc/hostname\n"):
        with pytest.raises(NotSound):
            replies.add("other", other)
    assert replies.list() == []
    for number in range(MOST):
        replies.add(str(number), tone(0.05, rate=8_000, channels=1))
    with pytest.raises(TooMany):
        replies.add("more", tone(0.05))


@settings(max_examples=60)
@given(st.binary(max_size=300), st.integers(0, 2_000), st.integers(0, 50))
def test_no_bytes_make_reading_a_recording_raise_anything_but_its_own_error(
    noise: bytes, at: int, length: int
) -> None:
    damaged = bytearray(tone(0.05, rate=8_000))
    damaged[at : at + length] = noise
    for data in (noise, bytes(damaged)):
        try:
            read_sound(data)
        except (NotSound, TooLong):
            continue


@given(st.binary(max_size=2_000), st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF))
def test_packets_hold_the_sound_in_order_and_count_on_through_the_end_of_their_numbers(
    coded: bytes, sequence: int, time: int
) -> None:
    sent = list(talk.packets(coded, 8, ssrc=7, sequence=sequence, time=time))
    heads = [struct.unpack(">BBHII", packet[:12]) for packet in sent]
    assert b"".join(packet[12:] for packet in sent) == coded
    assert all(len(packet) == 12 + 160 for packet in sent[:-1])
    assert [head[1] for head in heads] == [0x88 if index == 0 else 0x08 for index in range(len(sent))]
    assert [head[2] for head in heads] == [sequence + index & 0xFFFF for index in range(len(sent))]
    assert [head[3] for head in heads] == [time + 160 * index & 0xFFFFFFFF for index in range(len(sent))]


@pytest.mark.parametrize(
    ("offer", "expected"),
    [
        ("m=audio 0 RTP/AVP 0\r\na=sendonly\r\n", ("PCMU", 0)),
        ("m=audio 0 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=sendonly\r\n", ("PCMA", 8)),
        ("m=audio 0 RTP/AVP 97\r\na=rtpmap:97 PCMU/8000/1\r\na=sendonly\r\n", ("PCMU", 97)),
        (  # its microphone first, then its loudspeaker
            "m=audio 0 RTP/AVP 8\r\na=recvonly\r\nm=audio 0 RTP/AVP 0\r\na=sendonly\r\n", ("PCMU", 0),
        ),
        ("m=audio 0 RTP/AVP 0\r\na=recvonly\r\n", None),
        ("m=audio 0 RTP/AVP 0\r\n", None),
        ("m=audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/16000\r\na=sendonly\r\n", None),
        ("m=audio 0 RTP/AVP 97\r\na=rtpmap:97 PCMU/16000\r\na=sendonly\r\n", None),
    ],
)  # fmt: skip
def test_a_loudspeaker_is_chosen_and_never_a_microphone(offer: str, expected: tuple[str, int] | None) -> None:
    description = parse_sdp(OFFER + offer)
    if expected is None:
        with pytest.raises(NoBackChannel):
            talk.choose(description)
    else:
        media, law = talk.choose(description)
        assert (law, media.payload_type) == expected


def test_noise_of_any_length_is_coded_sample_by_sample() -> None:
    noise = random.Random(2).randbytes(4_001)
    assert len(g711.encode(noise, "PCMU")) == 2_000
    assert g711.encode(b"", "PCMA") == b""
