"""A process that records made streams until it is killed: `python recording_process.py FOLDER CAMERAS`.

Says on its standard output, one line each: `offered CAMERA N` before the N-th segment is offered, and
`committed CAMERA WALL_US` when the journal says that it is safe. It feeds a picture every few milliseconds.
"""

import os
import sys
import time
from datetime import timedelta
from pathlib import Path

from fanlight.hub.journal import Journal, Limits
from fanlight.hub.journal.record import micros
from fanlight.hub.packet import Packet, StreamInfo
from fanlight.hub.segmenter import Segmenter
from fanlight.model import clock

INFO = StreamInfo(codec="avc1.4d401f", width=160, height=90, config=b"config")
RATE = 15


def say(*words: object) -> None:
    """Write a line that is out before the next step, so that a kill cannot hold it back."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def main() -> None:
    """Record until killed."""
    folder, cameras = Path(sys.argv[1]), sys.argv[2].split(",")
    journal = Journal(folder, Limits(reserve_bytes=0, quota_bytes=8_000_000))
    journal.start()
    segmenters = {camera: Segmenter() for camera in cameras}
    said = {camera: journal.committed(camera) for camera in cameras}
    begin = clock.now()
    # Film time runs faster than the clock: go on behind what the last process recorded.
    begin = max([begin, *said.values()]) + timedelta(seconds=5)
    say("ready")
    for number in range(1 << 30):
        at = number / RATE
        packet = Packet(
            info=INFO, run=0, pts_90k=int(at * 90_000), dts_90k=None, is_key=number % RATE == 0,
            data=os.urandom(600), wall=begin + timedelta(seconds=at),
        )  # fmt: skip
        for camera in cameras:
            for segment in segmenters[camera].feed(packet):
                say("offered", camera, micros(segment.wall_end))
                journal.offer(camera, segment)
            if journal.committed(camera) != said[camera]:
                said[camera] = journal.committed(camera)
                say("committed", camera, micros(said[camera]))
        time.sleep(0.002)


if __name__ == "__main__":
    main()
