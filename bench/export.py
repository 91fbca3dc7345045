"""Export of an hour beside `cp` of the recording's files and decryption of the same bytes, in turn.

An hour of one camera (1080p15 at 3 Mb/s, AAC) lies in a journal as the hub writes it. Both sides then read it
from the page cache and write to the same disk, without waiting for it: `cp` copies the files as they are, and
each record is decrypted once from memory; the export reads, decrypts, indexes and writes one MP4. What counts
is the sum of the first two by the third, in time by the clock; by the processor's time it is told beside it.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fanlight.hub.export import Film
from fanlight.hub.journal import Journal, Limits
from fanlight.hub.journal.record import open_fragment
from fanlight.hub.packet import AudioInfo, AudioPacket, Packet, StreamInfo
from fanlight.hub.segmenter import Segmenter
from machine import Figure, scratch, tell

SECONDS, RATE, BYTES_A_SECOND = 3_600, 15, 375_000
RUNS = 5
START = datetime(2026, 11, 21, 12, tzinfo=UTC)
CAMERA = "c" * 26
VIDEO = StreamInfo(codec="avc1.64001f", width=1920, height=1080, config=b"\1\x64\0\x1f\xff\xe0\0")
SOUND = AudioInfo(codec="mp4a.40.2", rate_hz=16_000, channels=1, config=b"\x14\x08")
FRAME_90K = 5_760
_HOW = f"1.4 GB, 3,600 s, AAC; page cache, no sync; median of {RUNS} in turn"

FIGURES = [
    Figure(
        key="ratio", what="export of an hour, by the speed of `cp` and decryption of the same bytes", unit="",
        at_least=0.8, how=_HOW,
    ),
    Figure(key="cpu", what="the same by processor time", unit="", how=_HOW),
    Figure(key="seconds", what="export of an hour", unit="s", how=_HOW),
    Figure(
        key="index", what="memory that exporting an hour adds", unit="MB",
        how="peak resident size of a process that exports it, less that of one that exports a minute",
    ),
]  # fmt: skip


def record(journal: Journal) -> None:
    """Record an hour as a camera sends it."""
    segmenter, noise = Segmenter(), os.urandom(2 * BYTES_A_SECOND)
    key, other = BYTES_A_SECOND // 4, BYTES_A_SECOND * 3 // 4 // (RATE - 1)
    next_sound = 0
    for number in range(SECONDS * RATE):
        pts = number * 90_000 // RATE
        wall = START + timedelta(microseconds=pts * 100 / 9)
        while next_sound < pts:
            heard = AudioPacket(
                info=SOUND, run=1, pts_90k=next_sound, duration_90k=FRAME_90K, data=noise[:256], wall=wall
            )
            segmenter.feed(heard)
            next_sound += FRAME_90K
        size, at = key if number % RATE == 0 else other, number * 7_919 % BYTES_A_SECOND
        packet = Packet(
            info=VIDEO, run=1, pts_90k=pts, dts_90k=None, is_key=number % RATE == 0,
            data=noise[at : at + size], wall=wall,
        )  # fmt: skip
        for segment in segmenter.feed(packet):
            journal.offer(CAMERA, segment)
        if number % (20 * RATE) == 0:
            journal.flush()
    for segment in segmenter.finish():
        journal.offer(CAMERA, segment)
    journal.flush()


def export(journal: Journal, out: Path, seconds: int = SECONDS) -> None:
    """Write the film of the recording's first seconds."""
    end = START + timedelta(seconds=seconds)
    segments = journal.segments(CAMERA, START, end)
    with out.open("wb") as file:
        for piece in Film(START, end).pieces(segments):
            file.write(piece)


def copy(files: list[Path], out: Path) -> None:
    """Copy the recording's files as they are."""
    out.mkdir()
    subprocess.run(["cp", *map(str, files), str(out)], check=True)


def decrypt(folder: Path) -> Callable[[], None]:
    """Return what decrypts each record once, from memory, a file at a time; reading them is not counted."""
    journal = Journal(folder, Limits())
    reader = journal._reader  # noqa: SLF001 - where records lie is nobody's business but a measurement's
    files = reader.ask("SELECT id, name, day FROM file ORDER BY id")
    records = {
        file: reader.ask("SELECT place, length FROM segment WHERE file = ?", file) for file, _, _ in files
    }
    ciphers = {day: reader._keys.find(day) for _, _, day in files}  # noqa: SLF001
    journal.close()
    whole = {path.name: path.read_bytes() for path in (folder / "segments").rglob("*") if path.is_file()}

    def work() -> None:
        for file, name, day in files:
            cipher = ciphers[day]
            assert cipher is not None
            for place, length in records[file]:
                data = whole[name][place : place + length]
                assert open_fragment(cipher, name, place, data) is not None

    return work


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds that some work takes, by the clock and by the processor."""
    before, cpu = time.perf_counter(), _cpu()
    work()
    return time.perf_counter() - before, _cpu() - cpu


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _peak_mb(folder: Path, out: Path, seconds: int) -> float:
    """Return the peak resident size of a process that exports so much."""
    program = (
        "import resource, sys, pathlib, export; at = pathlib.Path;"
        "journal = export.Journal(at(sys.argv[1]), export.Limits());"
        "export.export(journal, at(sys.argv[2]), int(sys.argv[3])); journal.close();"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    command = [sys.executable, "-c", program, str(folder), str(out), str(seconds)]
    said = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=Path(__file__).parent
    ).stdout
    return int(said) * 1024 / 1e6


def measure() -> dict[str, float]:
    """Return the ratios, the seconds, and the memory."""
    with scratch() as place:
        folder, out = place / "hub", place / "out"
        journal = Journal(folder, Limits(reserve_bytes=0))
        journal.start()
        record(journal)
        journal.close()
        files = [path for path in (folder / "segments").rglob("*") if path.is_file()]
        decrypting = decrypt(folder)
        journal = Journal(folder, Limits())
        rows = []
        for number in range(RUNS):
            copied, film = place / f"copy-{number}", place / "film.mp4"
            cp = timed(lambda to=copied: copy(files, to))  # type: ignore[misc]
            plain = timed(decrypting)
            ours = timed(lambda to=film: export(journal, to))  # type: ignore[misc]
            rows.append((cp, plain, ours))
            print(f"  cp {cp[0]:.2f} s, decryption {plain[0]:.2f} s, export {ours[0]:.2f} s")
            subprocess.run(["rm", "-r", str(copied), str(film)], check=True)
        journal.close()
        del decrypting
        memory = _peak_mb(folder, out, SECONDS) - _peak_mb(folder, out, 60)
    ratio, cpu = (statistics.median((cp[n] + plain[n]) / ours[n] for cp, plain, ours in rows) for n in (0, 1))
    return {
        "ratio": ratio,
        "cpu": cpu,
        "seconds": statistics.median(o[0] for _, _, o in rows),
        "index": memory,
    }


if __name__ == "__main__":
    tell(FIGURES, measure)
