"""What was offered and is not on disk yet, bounded.

Holds:  offering never blocks; beyond LARGEST_BYTES the oldest that wait are dropped, and told as lost.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from fanlight.hub.packet import Role
from fanlight.hub.segmenter.segment import Segment

LARGEST_BYTES = 64 << 20
BATCH_BYTES = 16 << 20  # written at once; held in memory beside what waits
COMMIT_S = 0.2


@dataclass(frozen=True, slots=True)
class Task:
    """Something to note with the next commit; done twice it does no more than once. `do` takes the line."""

    camera: str | None
    do: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Offered:
    """A segment that waits."""

    camera: str
    role: Role
    segment: Segment


@dataclass(slots=True)
class Batch:
    """What is to be written at once: segments, those that were dropped, and what else is to be noted."""

    segments: list[Offered]
    dropped: list[Offered]
    tasks: list[Task]
    marks: list[threading.Event]


class Waiting:
    """The queue between the hub's loop and the journal's writer. Any thread may use it."""

    def __init__(self, largest_bytes: int = LARGEST_BYTES) -> None:
        """Start empty."""
        self._largest = largest_bytes
        self._changed = threading.Condition()
        self._segments: deque[Offered | threading.Event] = deque()
        self._dropped: deque[Offered] = deque()
        self._tasks: list[Task] = []
        self._bytes = 0
        self._stopping = False
        self._hurried = False

    def offer(self, item: Offered) -> None:
        """Add a segment; drop the oldest where there is no room."""
        with self._changed:
            self._segments.append(item)
            self._bytes += len(item.segment.fragment)
            marks = []
            while self._bytes > self._largest:
                gone = self._segments.popleft()
                if isinstance(gone, threading.Event):
                    marks.append(gone)
                    continue
                self._bytes -= len(gone.segment.fragment)
                self._dropped.append(_without_picture(gone))
            self._segments.extendleft(reversed(marks))
            self._changed.notify()

    def add(self, task: Task) -> None:
        """Add something else to be done with the next commit."""
        with self._changed:
            self._tasks.append(task)
            self._changed.notify()

    def add_mark(self, mark: threading.Event) -> None:
        """Set `mark` once what was added before it has been dealt with."""
        with self._changed:
            self._segments.append(mark)

    def hurry(self) -> None:
        """Let what waits be written now."""
        with self._changed:
            self._hurried = True
            self._changed.notify()

    def stop(self) -> None:
        """Let `wait` return at once from now on."""
        with self._changed:
            self._stopping = True
            self._changed.notify()

    @property
    def is_stopping(self) -> bool:
        """Whether `stop` was called."""
        return self._stopping

    def wait(self, idle_s: float) -> None:
        """Return COMMIT_S after something was added, or after `idle_s`, or when hurried or stopped."""
        idle_until = time.monotonic() + idle_s
        with self._changed:
            while not (self._segments or self._dropped or self._tasks) and not self._now:
                if not self._changed.wait(max(idle_until - time.monotonic(), 0)):
                    break
            until = time.monotonic() + COMMIT_S
            while not self._now and self._bytes < BATCH_BYTES:
                left = until - time.monotonic()
                if left <= 0:
                    break
                self._changed.wait(left)
            self._hurried = False

    def take(self) -> Batch:
        """Return the oldest that wait, about BATCH_BYTES of them, and wait for nothing."""
        with self._changed:
            batch = Batch([], list(self._dropped), self._tasks, [])
            self._dropped.clear()
            self._tasks = []
            size = 0
            while self._segments and size < BATCH_BYTES:
                item = self._segments.popleft()
                if isinstance(item, threading.Event):
                    batch.marks.append(item)
                else:
                    batch.segments.append(item)
                    size += len(item.segment.fragment)
            self._bytes -= size
            return batch

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        with self._changed:
            return not (self._segments or self._dropped or self._tasks)

    @property
    def _now(self) -> bool:
        return self._stopping or self._hurried


def _without_picture(item: Offered) -> Offered:
    return Offered(item.camera, item.role, replace(item.segment, fragment=b""))
