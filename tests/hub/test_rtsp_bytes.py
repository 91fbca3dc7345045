"""The readers of a camera's bytes take anything without an error of another kind than their own."""

import contextlib
import itertools
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.hub.camera import auth, hevc, nal
from fanlight.hub.camera.bits import BadNal
from fanlight.hub.camera.depacketizer import Depacketizer, Picture
from fanlight.hub.camera.rtsp import rtcp
from fanlight.hub.camera.sample import SampleBuilder
from fanlight.hub.camera.sdp import BadSdp, parse_sdp
from fanlight.hub.camera.sound import sound_of
from fanlight.hub.camera.timeline import Timeline
from fanlight.hub.camera.wire import BadRtsp, Request, Response, Wire

SPS = bytes.fromhex("674d401f9a6602802dff35010101400000fa000030d401")
IDR, SLICE = b"\x65" + bytes(range(1, 200)), b"\x41" + bytes(range(1, 90))


def rtp(payload: bytes, *, seq: int, time: int = 0, marker: bool = True, first: int = 0x80) -> bytes:
    return struct.pack(">BBHII", first, 0x80 * marker | 96, seq & 0xFFFF, time & 0xFFFFFFFF, 7) + payload


def fragments(unit: bytes, size: int) -> list[bytes]:
    cuts = range(1, len(unit), size)
    head = unit[0] & 0xE0 | 28
    return [
        bytes((head, unit[0] & 31 | 0x80 * (at == 1) | 0x40 * (at == cuts[-1]))) + unit[at : at + size]
        for at in cuts
    ]


def fed(depacketizer: Depacketizer, packet: bytes) -> list[Picture]:
    """Return the pictures that a packet completes; it lies between other bytes, as on a connection."""
    depacketizer.feed(b"$\0\0\0" + packet + b"$", 4, 4 + len(packet))
    found = list(depacketizer.done)
    depacketizer.done.clear()
    return found


@given(st.lists(st.binary(max_size=64), max_size=30))
def test_any_rtp_bytes_are_taken(packets: list[bytes]) -> None:
    depacketizer = Depacketizer(-1)
    for packet in packets:
        for picture in fed(depacketizer, packet):
            assert picture.units
            assert all(picture.units)


@given(
    st.lists(
        st.tuples(st.integers(0, 31), st.binary(max_size=40), st.booleans(), st.integers(0, 3)), max_size=40
    )
)
def test_any_h264_payloads_are_taken(parts: list[tuple[int, bytes, bool, int]]) -> None:
    depacketizer = Depacketizer(96)
    builder = SampleBuilder()
    for seq, (kind, body, marker, time) in enumerate(parts):
        for picture in fed(
            depacketizer, rtp(bytes((0x60 | kind,)) + body, seq=seq, time=time, marker=marker)
        ):
            with contextlib.suppress(BadNal):
                builder.add(picture.units)


@given(st.integers(1, 300), st.integers(0, 65_535), st.integers(0, 2**32 - 1))
def test_fragments_come_together_again(size: int, seq: int, time: int) -> None:
    depacketizer = Depacketizer(96)
    parts = fragments(IDR, size)
    done = [
        picture
        for index, part in enumerate(parts)
        for picture in fed(
            depacketizer, rtp(part, seq=seq + index, time=time, marker=index == len(parts) - 1)
        )
    ]
    assert [picture.units for picture in done] == [[IDR]]
    assert depacketizer.damage == 0


def test_an_aggregate_is_taken_apart() -> None:
    stap = b"\x78" + b"".join(struct.pack(">H", len(unit)) + unit for unit in (SPS, b"\x68\xee", IDR))
    (picture,) = fed(Depacketizer(96), rtp(stap, seq=1))
    assert picture.units == [SPS, b"\x68\xee", IDR]


def test_header_extension_sources_and_padding_are_left_out() -> None:
    extension = struct.pack(">HH", 0xBEDE, 1) + bytes(4)
    packet = rtp(bytes(4) + extension + IDR + b"\0\0\3", seq=1, first=0x80 | 0x20 | 0x10 | 1)
    (picture,) = fed(Depacketizer(96), packet)
    assert picture.units == [IDR]


def test_a_picture_without_marker_ends_where_the_time_changes() -> None:
    depacketizer = Depacketizer(96)
    assert fed(depacketizer, rtp(IDR, seq=1, time=0, marker=False)) == []
    (picture,) = fed(depacketizer, rtp(SLICE, seq=2, time=9000, marker=False))
    assert picture.units == [IDR]


def test_after_a_loss_nothing_is_taken_until_a_keyframe() -> None:
    depacketizer = Depacketizer(96)
    assert len(fed(depacketizer, rtp(IDR, seq=1, time=0))) == 1
    assert fed(depacketizer, rtp(SLICE, seq=3, time=1)) == []
    assert fed(depacketizer, rtp(SLICE, seq=4, time=2)) == []
    assert len(fed(depacketizer, rtp(IDR, seq=5, time=3))) == 1
    assert depacketizer.damage == 1


@given(
    st.lists(
        st.tuples(st.integers(0, 63), st.binary(max_size=40), st.booleans(), st.integers(0, 3)), max_size=40
    )
)
def test_any_h265_payloads_are_taken(parts: list[tuple[int, bytes, bool, int]]) -> None:
    depacketizer, builder = Depacketizer(96, "H265"), SampleBuilder("H265")
    for seq, (kind, body, marker, time) in enumerate(parts):
        packet = rtp(bytes((kind << 1, 1)) + body, seq=seq, time=time, marker=marker)
        for picture in fed(depacketizer, packet):
            with contextlib.suppress(BadNal):
                builder.add(picture.units)


@given(st.integers(1, 300), st.sampled_from([1, 19, 21]))
def test_fragments_of_h265_come_together_again(size: int, kind: int) -> None:
    unit = bytes((kind << 1 | 1, 2)) + bytes(range(1, 200))
    parts = [unit[at : at + size] for at in range(2, len(unit), size)]
    depacketizer = Depacketizer(96, "H265")
    done: list[Picture] = []
    for index, part in enumerate(parts):
        place = 0x80 * (index == 0) | 0x40 * (index == len(parts) - 1)
        body = bytes((49 << 1 | 1, 2, place | kind)) + part
        done += fed(depacketizer, rtp(body, seq=index, marker=index == len(parts) - 1))
    assert [picture.units for picture in done] == [[unit]]


def test_an_aggregate_of_h265_is_taken_apart() -> None:
    units = [bytes((kind << 1, 1, 9, 9)) for kind in (32, 33, 34, 19)]
    packet = bytes((48 << 1, 1)) + b"".join(struct.pack(">H", len(unit)) + unit for unit in units)
    (picture,) = fed(Depacketizer(96, "H265"), rtp(packet, seq=1))
    assert picture.units == units


@given(
    st.sampled_from([
        "m=audio 0 RTP/AVP 97\na=rtpmap:97 MPEG4-GENERIC/16000/1\na=fmtp:97 mode=AAC-hbr;config=1408",
        "m=audio 0 RTP/AVP 97\na=rtpmap:97 MPEG4-GENERIC/16000/1\na=fmtp:97 mode=AAC-lbr;config=1408",
        "m=audio 0 RTP/AVP 97\na=rtpmap:97 MP4A-LATM/16000/1\na=fmtp:97 cpresent=0;config=400028103fc0",
        "m=audio 0 RTP/AVP 97\na=rtpmap:97 opus/48000/2",
        "m=audio 0 RTP/AVP 97\na=rtpmap:97 PCMA/8000",
    ]),
    st.lists(st.tuples(st.binary(max_size=60), st.booleans()), max_size=20),
)  # fmt: skip
def test_any_payloads_of_sound_are_taken(description: str, parts: list[tuple[bytes, bool]]) -> None:
    stream = sound_of(parse_sdp(description).media[0])
    assert stream is not None
    for seq, (body, marker) in enumerate(parts):
        packet = bytes((0x80, 0x80 * marker | 97)) + struct.pack(">HII", seq, seq * 1024, 7) + body
        stream.feed(packet, 0, len(packet))
    assert all(frame.data and frame.ticks > 0 for frame in stream.done)


def test_aac_comes_whole_whether_alone_together_or_in_parts() -> None:
    text = "m=audio 0 RTP/AVP 97\na=rtpmap:97 MPEG4-GENERIC/16000/1\na=fmtp:97 mode=AAC-hbr;config=1408"
    stream = sound_of(parse_sdp(text).media[0])
    assert stream is not None
    assert (stream.info.codec, stream.info.rate_hz, stream.info.channels) == ("mp4a.40.2", 16_000, 1)
    table = struct.pack(">H", 16)
    bodies = [
        table + struct.pack(">H", 3 << 3) + b"one",
        struct.pack(">HHH", 32, 3 << 3, 5 << 3) + b"twothree",
        table + struct.pack(">H", 6 << 3) + b"fo",
        table + struct.pack(">H", 6 << 3) + b"ur--",
    ]
    for seq, (body, time) in enumerate(zip(bodies, (0, 1024, 3072, 3072), strict=True)):
        packet = bytes((0x80, (0x80 if seq != 2 else 0) | 97)) + struct.pack(">HII", seq, time, 7) + body
        stream.feed(packet, 0, len(packet))
    assert [(f.time, f.data) for f in stream.done] == [
        (0, b"one"),
        (1024, b"two"),
        (2048, b"three"),
        (3072, b"four--"),
    ]


@given(st.binary(max_size=120))
def test_any_reports_are_taken(data: bytes) -> None:
    for packet in (data, b"\x80\xc8\0\6" + data):
        reports, _ = rtcp.read(packet)
        for report in reports:
            rtcp.Receiver().heard(report, 0)


@given(st.binary(max_size=200))
def test_any_h265_parameter_sets_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(BadNal):
        hevc.describe([b"\x40\1" + data], [b"\x42\1" + data], [b"\x44\1" + data])
    with contextlib.suppress(BadNal):
        hevc.parse_hvcc(b"\1" + data)
    for kind in (32, 33, 34):
        with contextlib.suppress(BadNal):
            hevc.set_number(bytes((kind << 1, 1)) + data)


def test_a_description_of_h265_is_read_as_the_standard_writes_it() -> None:
    """Sets made by x265 for 160x90, main profile; the name is what browsers are asked with."""
    vps = bytes.fromhex("40010c01ffff016000000300900000030000030 01e959809".replace(" ", ""))
    sps = bytes.fromhex(
        "4201010160000003009000000300000 3001ea0142061f2659 59a4932bc05a02000000300200000030141".replace(
            " ", ""
        )
    )
    pps = bytes.fromhex("4401c172b46240")
    info = hevc.describe([vps], [sps], [pps])
    assert (info.codec, info.width, info.height) == ("hvc1.1.6.L30.90", 160, 90)
    assert hevc.parse_hvcc(info.config) == ([vps], [sps], [pps], 4)


@given(st.lists(st.integers(-80_000, 900_000), min_size=1, max_size=50), st.integers(0, 2**32 - 1))
def test_rtp_time_goes_on_where_its_32_bits_wrap(steps: list[int], start: int) -> None:
    depacketizer = Depacketizer(96)
    time = start
    seen: list[int] = []
    for seq, step in enumerate(steps):
        time += step or 1
        seen += [picture.time for picture in fed(depacketizer, rtp(IDR, seq=seq, time=time))]
    assert [after - before for before, after in itertools.pairwise(seen)] == [s or 1 for s in steps[1:]]


@given(st.lists(st.one_of(st.none(), st.integers(-(2**62), 2**62)), max_size=50))
def test_any_times_become_one_clock_from_nought(times: list[int | None]) -> None:
    line = Timeline()
    placed = [(line.place(time), line.run) for time in times]
    assert not placed or placed[0][0] in (0, 3_600)
    for (before, run), (after, next_run) in itertools.pairwise(placed):
        assert after > before - 10 * 90_000 * 2
        assert run <= next_run


@given(st.text(max_size=400))
def test_any_description_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(BadSdp):
        for media in parse_sdp("m=video 0 RTP/AVP 96\n" + text).media:
            media.parameter_sets()


def test_a_cameras_description_is_read() -> None:
    text = (
        "v=0\r\na=control:*\r\nm=audio 0 RTP/AVP 8\r\na=control:a\r\nm=video 0 RTP/AVP 97\r\na=control:rtsp://c/v\r\n"
        "a=rtpmap:97 h264/90000\r\na=fmtp:97 packetization-mode=1; sprop-parameter-sets=Z01AH5Q=,aO4=\r\n"
    )
    audio, video = parse_sdp(text).media
    assert (audio.kind, video.codec, video.control, video.clock_hz) == ("audio", "H264", "rtsp://c/v", 90_000)
    assert [unit[0] & 31 for unit in video.parameter_sets()] == [7, 8]


@given(st.binary(max_size=300), st.integers(1, 50))
def test_any_bytes_of_a_connection_are_cut_or_refused(data: bytes, step: int) -> None:
    wire = Wire(dict.fromkeys(range(256), lambda *_: None))
    with contextlib.suppress(BadRtsp):
        for at in range(0, len(data), step):
            wire.feed(data[at : at + step])


@given(st.lists(st.sampled_from([0, 1, 2]), max_size=12), st.integers(1, 40))
def test_messages_come_out_however_they_arrive(kinds: list[int], step: int) -> None:
    forms = [
        b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 3\r\n\r\nabc",
        b"$\0\0\4data$\5\0\1x",
        b"OPTIONS * RTSP/1.0\r\nCSeq: 2\r\n\r\n",
    ]
    stream = b"".join(forms[kind] for kind in kinds)
    taken: list[bytes] = []
    wire = Wire({0: lambda data, start, end: taken.append(data[start:end])})
    items = [item for at in range(0, len(stream), step) for item in wire.feed(stream[at : at + step])]
    assert [type(item) for item in items] == [(Response, None, Request)[kind] for kind in kinds if kind != 1]
    assert taken == [b"data"] * kinds.count(1)


@given(st.binary(max_size=200))
def test_any_parameter_sets_are_read_or_refused(data: bytes) -> None:
    for unit in (data, b"\x67" + data, b"\x67\x64\0\x1f" + data):
        with contextlib.suppress(BadNal):
            nal.picture_size(unit)
        with contextlib.suppress(BadNal):
            nal.describe([unit], [b"\x68\xee"])
    with contextlib.suppress(BadNal):
        nal.parse_avcc(b"\1" + data)
    with contextlib.suppress(BadNal):
        nal.split_lengths(data)
    nal.is_recovery_point(b"\6" + data)


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=10))
def test_length_prefixes_go_there_and_back(units: list[bytes]) -> None:
    assert nal.split_lengths(nal.join_lengths(units)) == units


def test_the_digest_of_the_standards_example_comes_out() -> None:
    """RFC 2617, 3.5, without qop as cameras do it; the figure was computed by hand from A1 and A2."""
    header = (
        'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c"'
    )
    challenge = auth.best_challenge([header])
    assert challenge is not None
    said = auth.answer(challenge, ("GET", "/dir/index.html"), "Mufasa", "Circle Of Life")
    assert 'response="670fd8c2df070c60b045671b8b24ff02"' in said
    assert 'opaque="5ccc069c"' in said


@pytest.mark.parametrize("name", ["MD5", "SHA-256"])
def test_both_sides_of_digest_agree(name: str) -> None:
    offer = auth.best_challenge([f'Digest realm="cam", nonce="abc", algorithm={name}, qop="auth"'])
    assert offer is not None
    said = auth.answer(offer, ("DESCRIBE", "rtsp://c/"), "maya", "s3cret", count=2)
    assert auth.expected(offer, "DESCRIBE", "maya", "s3cret", said)
    assert not auth.expected(offer, "DESCRIBE", "maya", "other", said)
    assert not auth.expected(offer, "PLAY", "maya", "s3cret", said)


def test_the_strongest_offer_is_taken_and_basic_only_for_want_of_better() -> None:
    offers = [
        'Basic realm="c"',
        'Digest realm="c", nonce="n"',
        'Digest realm="c", nonce="n", algorithm=SHA-256',
    ]
    assert [auth.best_challenge(offers[:count]) for count in (1, 2, 3)] == [
        auth.Challenge(0, "c"), auth.Challenge(1, "c", "n"), auth.Challenge(2, "c", "n", None, "SHA-256"),
    ]  # fmt: skip
    assert auth.best_challenge(['Digest realm="c", nonce="n", algorithm=SHA-512']) is None


@given(st.text(max_size=200))
def test_any_challenge_is_taken(text: str) -> None:
    for header in (text, "Digest " + text, "Basic " + text):
        found = auth.best_challenge([header])
        if found is not None:
            auth.expected(found, "PLAY", "u", "p", auth.answer(found, ("PLAY", "x"), "u", "p"))
