"""The search for moments: every way to write one is found, and neither a day nor noise is taken for one."""

import base64
import os
import struct
import uuid
from datetime import UTC, datetime, time, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.blind.moments import Moments

from fanlight.model.ids import id_of, new_id

AT = datetime(2026, 11, 22, 3, 47, 21, 123_456, tzinfo=UTC)
SECONDS = AT.timestamp()
MOMENTS = Moments.around(AT - timedelta(hours=9), AT)
_MS = int(SECONDS * 1_000)
_AS_ID = _MS.to_bytes(6) + bytes(range(10))
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID = "".join(_CROCKFORD[(_MS >> shift) & 31] for shift in range(45, -1, -5)) + "0" * 16

WRITTEN = {
    "ISO": f"born {AT.isoformat()} here",
    "ISO to the minute": AT.strftime("%Y-%m-%dT%H:%MZ"),
    "ISO as PostgreSQL has it": AT.strftime("%Y-%m-%d %H:%M:%S.%f+00"),
    "a file's name": AT.strftime("clip_%Y-%m-%d_%H%M%S.age"),
    "HTTP": f"Last-Modified: {format_datetime(AT.replace(microsecond=0), usegmt=True)}\n",
    "access log": AT.strftime('10.0.0.9 - - [%d/%b/%Y:%H:%M:%S +0000] "PUT /v1"'),
    "time of day": AT.strftime("rang at %H:%M:%S, nobody came"),
    "seconds": f'{{"t":{int(SECONDS)}}}',
    "milliseconds": f"t={_MS};",
    "microseconds": str(int(SECONDS * 10**6)),
    "nanoseconds": str(int(SECONDS * 10**9)),
    "UUID 7": str(uuid.UUID(int=(_MS << 80) | (7 << 76) | (2 << 62) | 5)),
    "ULID": _ULID,
    "an id of ours that begins with the time": id_of(_AS_ID),
}
PACKED = {
    "ms": struct.pack(">q", _MS),
    "us, little end first": struct.pack("<q", int(SECONDS * 10**6)),
    "ns": struct.pack(">q", int(SECONDS * 10**9)),
    "PostgreSQL": struct.pack(">q", int((SECONDS - 946_684_800) * 10**6)),
    "float": struct.pack("<d", SECONDS),
    "an id": _AS_ID,
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN.keys())
def test_a_moment_is_found_however_it_is_written(written: str) -> None:
    assert MOMENTS.find(written.encode())
    assert MOMENTS.find_value(written)
    assert not Moments.around(AT + timedelta(hours=1)).find(written.encode())


@pytest.mark.parametrize("packed", PACKED.values(), ids=PACKED.keys())
def test_a_moment_is_found_in_bytes(packed: bytes) -> None:
    assert MOMENTS.find_value(packed)
    assert not Moments.around(AT + timedelta(hours=1)).find_value(packed)


@pytest.mark.parametrize("place", range(9))
def test_a_moment_is_found_at_any_place_of_many_bytes(place: int) -> None:
    noise = os.urandom(5_000 + place)
    assert MOMENTS.find(noise + PACKED["us, little end first"] + noise)


@pytest.mark.parametrize("value", [AT, AT.replace(tzinfo=None), AT.time(), SECONDS, int(SECONDS), _MS])
def test_a_moment_is_found_as_a_value_of_a_column(value: object) -> None:
    assert MOMENTS.find_value(value)


@given(noise=st.binary(max_size=400), name=st.builds(new_id))
def test_noise_and_random_ids_are_taken_for_no_moment(noise: bytes, name: str) -> None:
    assert MOMENTS.find_value(noise) == MOMENTS.find_value(name) == []


@pytest.mark.parametrize(
    "value",
    [AT.date(), AT.date().isoformat(), f"{AT:%Y-%m-%d}T00:00:00Z", time(), 14, None, True, "", b""],
)
def test_a_day_is_no_moment(value: object) -> None:
    midnight = AT.replace(hour=0, minute=0, second=0, microsecond=0)
    assert Moments.around(AT, midnight, seconds=30).find_value(value) == []


def test_a_files_times_are_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "blob"
    path.write_bytes(base64.b64encode(b"ciphertext"))
    midnight = SECONDS // 86_400 * 86_400
    for times, found in (
        ((midnight, midnight), []),
        ((midnight, SECONDS), ["mtime"]),
        ((SECONDS, midnight), ["atime"]),
    ):
        os.utime(path, times)
        assert MOMENTS.find_times(path) == found
