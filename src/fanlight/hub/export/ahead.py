"""Read a little ahead: the next segment is decrypted while the last one is written.

Holds:  AHEAD segments wait at most; what reading raises is raised to the caller; the thread ends with him.
Why:    decryption and writing cost about the same, and both leave the interpreter's lock alone.
"""

import contextlib
import queue
import threading
from collections.abc import Generator, Iterable

from fanlight.hub.segmenter import Segment

AHEAD = 3
_POLL_S = 0.2


def read_ahead(segments: Iterable[Segment]) -> Generator[Segment]:
    """Yield the same segments; close it when leaving early."""
    waiting: queue.Queue[Segment | BaseException | None] = queue.Queue(AHEAD)
    gone = threading.Event()

    def put(item: Segment | BaseException | None) -> None:
        while not gone.is_set():
            with contextlib.suppress(queue.Full):
                waiting.put(item, timeout=_POLL_S)
                return

    def read() -> None:
        try:
            for segment in segments:
                put(segment)
                if gone.is_set():
                    return
            put(None)
        except BaseException as error:  # noqa: BLE001 - raised again where it is awaited
            put(error)

    thread = threading.Thread(target=read, name="export", daemon=True)
    thread.start()
    try:
        while (item := waiting.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        gone.set()
        with contextlib.suppress(queue.Empty):
            waiting.get_nowait()  # the thread may wait for room
        thread.join()
