"""What is in front of a camera, and from when until when. Room 4 of the hub.

In:     Packet from hub.camera, in decode order.
Out:    Opened and Closed events.
Holds:  three stages, each opening the next: packet sizes; one keyframe a GOP, compared; the neural detector,
        twice a second while the gate is open. `wants` decides for every packet and never blocks; `look`
        decodes and detects and belongs into a thread. All times come from the packets, so a recording gives
        the same events at any speed.
Drops:  looks that a slow machine does not get to, oldest first.
Absent: faces, identities, plates: a label, a box and a score are all that is ever computed.
Why:    docs/design/detector.md
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from fanlight.hub.detector.gate import SPREADS, Gate
from fanlight.hub.detector.insight import GateView, Insight
from fanlight.hub.options import Detect

if TYPE_CHECKING:
    from fanlight.hub.detector.event import Closed, Opened
    from fanlight.hub.detector.feedback import Feedback
    from fanlight.hub.detector.looker import Due, Looker
    from fanlight.hub.detector.model import Model
    from fanlight.hub.packet import Packet

OPEN_LOOK_S = 0.5
BUSY_LOOK_S = 1.0  # after BUSY_S of an open gate
BUSY_S = 20.0
KEY_LOOK_S = 1.0
LARGE_KEY_LOOK_S = 2.0
LARGE_PIXELS = 1_000_000
PRESENT_LOOK_S = 2.0  # while somebody stands still, so that the end is not missed by more
NO_KEY_S = 15.0  # without a keyframe, so long: look at what there is
NO_KEY_LOOK_S = 5.0
_SLACK_S = 0.04  # a look is not put off for less than a frame
_MAX_WAITING_LOOKS = 4
_MAX_WAITING_BYTES = 32 << 20


class Detector:
    """The detector of one camera. `packets`, `looks` and `decoded` count what it did."""

    def __init__(
        self,
        camera: str,
        options: Detect | None = None,
        model: Model | None = None,
        feedback: Feedback | None = None,
    ) -> None:
        """Start with nothing seen; no decoder or model is loaded before the first look.

        Args:
            camera: id for its events.
            options: what a person decided for this camera; the defaults if None.
            model: a loaded model to share; the one that ships, shared by all who ask for it, if None.
            feedback: what members marked as "not this", if that is kept.
        """
        self.packets = 0
        self.options = options or Detect()
        self._camera, self._model, self._feedback = camera, model, feedback
        self._looker: Looker | None = None
        self._lock = threading.Lock()  # of the queue
        self._looking = threading.Lock()
        self._queue: list[tuple[Packet, int, Due]] = []
        self._bytes = 0
        self._due = 0
        self._of: Packet | None = None
        self._gate = Gate()
        self._now_s = self._looked_s = self._key_s = -1.0
        self._opened_s: float | None = None

    @property
    def looks(self) -> int:
        """How often the neural detector looked."""
        return 0 if self._looker is None else self._looker.looks

    @property
    def decoded(self) -> int:
        """How many pictures were decoded."""
        return 0 if self._looker is None else self._looker.decoded

    def feed(self, packet: Packet) -> list[Opened | Closed]:
        """Take one packet; return what begins or ends with it, mostly nothing. Blocks while it looks."""
        return self.look() if self.wants(packet) else []

    def wants(self, packet: Packet) -> bool:
        """Take one packet; tell whether `look` has something to do. Never blocks."""
        self.packets += 1
        is_new = self._of is None or self._of.run != packet.run or self._of.info != packet.info
        if not self.options.enabled:
            self._of = None
            self._let_go()
            return self._looker is not None and self._looker.is_present
        if is_new:
            if not packet.is_key:
                return False
            info = packet.info
            self._gate = Gate(info.width * info.height, SPREADS[self.options.sensitivity])
            self._now_s = self._looked_s = self._key_s = -1.0
            self._opened_s = None
        self._of = packet
        due = self._is_due(packet)
        with self._lock:
            self._put(packet, due)
            return self._due > 0

    def look(self) -> list[Opened | Closed]:
        """Do the looks that are due; return what begins or ends. Blocks: call it in a thread."""
        with self._looking:
            looker = self._looker
            if not self.options.enabled:
                return looker.stop() if looker is not None else []
            if looker is None:
                looker = self._looker = self._open()
            with self._lock:
                taken, self._queue, self._bytes, self._due = self._queue, [], 0, 0
            changes: list[Opened | Closed] = []
            for packet, number, due in taken:
                changes += looker.take(packet, number, due, self.options)
            return changes

    def finish(self) -> list[Opened | Closed]:
        """End what is present, at the end of a stream; a later packet starts anew. Blocks."""
        changes = self.look() if self._due else []
        with self._looking:
            self._let_go()
            self._of = None
            return changes + (self._looker.stop() if self._looker is not None else [])

    def change(self, options: Detect) -> None:
        """Go by other options from the next packet on; what is known of the scene stays."""
        self.options = options
        self._gate.spreads = SPREADS[options.sensitivity]

    def insight(self) -> Insight:
        """Return what the gate sees and what the last look found. Never blocks."""
        level, threshold = self._gate.history()
        gate = GateView(self._gate.is_open, tuple(level), tuple(threshold))
        looker = self._looker
        if looker is None:
            return Insight(at=None, gate=gate)
        looks, share = looker.per_minute()
        return Insight(at=looker.seen_at, gate=gate, boxes=looker.seen, looks_per_min=looks, cpu_share=share)

    def _is_due(self, packet: Packet) -> Due:
        at_s = packet.pts_90k / 90_000
        self._now_s = now_s = max(self._now_s, at_s)
        is_open = self._gate.feed(now_s, len(packet.data), is_key=packet.is_key)
        if packet.is_key:
            self._key_s = now_s
        self._opened_s = (now_s if self._opened_s is None else self._opened_s) if is_open else None
        pause_s = now_s - self._looked_s + _SLACK_S if self._looked_s >= 0 else float("inf")
        due: Due = "no"
        if pause_s >= self._pause_s(now_s, is_open=is_open):
            due = "detect"
        elif packet.is_key and pause_s >= self._key_pause_s(packet):
            due = "compare"
        if due != "no":
            self._looked_s = now_s
        return due

    def _pause_s(self, now_s: float, *, is_open: bool) -> float:
        """Return how long after a look the next is due, whatever the picture."""
        looker = self._looker
        if is_open or (looker is not None and now_s <= looker.attentive_until_s):
            is_busy = self._opened_s is not None and now_s - self._opened_s > BUSY_S
            return BUSY_LOOK_S if is_busy else OPEN_LOOK_S
        if looker is not None and looker.is_present:
            return PRESENT_LOOK_S
        return NO_KEY_LOOK_S if now_s - self._key_s > NO_KEY_S else float("inf")

    @staticmethod
    def _key_pause_s(packet: Packet) -> float:
        is_large = packet.info.width * packet.info.height > LARGE_PIXELS
        return LARGE_KEY_LOOK_S if is_large else KEY_LOOK_S

    def _put(self, packet: Packet, due: Due) -> None:
        if packet.is_key and self._due == 0:
            self._let_go()
        self._queue.append((packet, self.packets, due))
        self._bytes += len(packet.data)
        self._due += due != "no"
        if self._due > _MAX_WAITING_LOOKS or self._bytes > _MAX_WAITING_BYTES:
            self._fall_behind()

    def _fall_behind(self) -> None:
        """Leave out what is older than the last keyframe that waits, and of the looks all but the newest."""
        keys = [index for index, (packet, _, _) in enumerate(self._queue) if packet.is_key]
        first = keys[-1] if keys and self._bytes <= _MAX_WAITING_BYTES else len(self._queue)
        newest: Due = next((due for _, _, due in reversed(self._queue) if due != "no"), "no")
        kept = [(packet, number) for packet, number, _ in self._queue[first:]]
        self._queue = [
            (packet, number, newest if place == len(kept) else "no")
            for place, (packet, number) in enumerate(kept, 1)
        ]
        self._bytes = sum(len(packet.data) for packet, _ in kept)
        self._due = 1 if kept and newest != "no" else 0

    def _let_go(self) -> None:
        self._queue, self._bytes, self._due = [], 0, 0

    def _open(self) -> Looker:
        from fanlight.hub.detector.looker import Looker  # noqa: PLC0415 - a hub that only records loads no decoder
        from fanlight.hub.detector.model import shipped  # noqa: PLC0415 - nor a model

        return Looker(self._camera, self._model or shipped(), self._feedback)
