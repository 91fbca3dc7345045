"""A video file as a camera: any that FFmpeg decodes, of any length, in bounded memory.

In:     a path; when it was recorded, if known.
Out:    Packet, and AudioPacket if asked for (`reader` says what passes as it is).
Holds:  what can be read of a damaged file is yielded, then the stream ends; each loss counts in `damage`.
Absent: the network: FFmpeg may open this one file and no other protocol.
"""

import asyncio
import itertools
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from fanlight.hub.camera.errors import CameraUnreachable, NotAVideo
from fanlight.hub.packet import AudioPacket, Clock, Packet, StreamInfo
from fanlight.model import clock

if TYPE_CHECKING:
    import av

_BATCH_PACKETS = 32
_BATCH_BYTES = 1 << 20
_LISTS = frozenset(
    {"hls", "dash", "concat", "ffmetadata", "sdp", "rtsp", "tty"}
)  # name other files or are no video


def _not_a_video(why: str) -> NotAVideo:
    from fanlight.hub.camera.media.reader import not_a_video  # noqa: PLC0415 - see the package

    return not_a_video(why)


class FileCamera:
    """One video file. `clock` is `media` unless the file is paced from now on like a live camera."""

    def __init__(
        self, path: Path, *, start: datetime | None = None, paced: bool = False, audio: bool = False
    ) -> None:
        """Name the file.

        Args:
            path: the file.
            start: when its first picture was taken, aware; now if None.
            paced: yield as fast as it was recorded, not as fast as it is taken.
            audio: yield its sound as well.
        """
        self.clock: Clock = "hub" if paced and start is None else "media"
        self.damage = self.audio_dropped = 0
        self._path, self._start, self._paced, self._audio = path, start, paced, audio
        self._mono_us = 0
        self._container: av.container.InputContainer | None = None
        self._source: Iterator[Packet | AudioPacket] | None = None
        self._first: list[Packet | AudioPacket] = []
        self._reading = threading.Lock()  # a cancelled read goes on in its thread; close waits for it
        self._info: StreamInfo | None = None

    @property
    def info(self) -> StreamInfo:
        """How the stream is coded; raises NotAVideo before `open`."""
        if self._info is None:
            raise _not_a_video("it has not been opened")
        return self._info

    async def open(self) -> StreamInfo:
        """Open the file and read up to its first picture.

        Raises:
            CameraUnreachable: there is no such file, or it may not be read.
            NotAVideo: it holds no picture.
        """
        if self._source is None:
            self._start = self._start or clock.now()
            self._mono_us = clock.mono_us()
            await asyncio.to_thread(self._open)
            self._first = await self._take()
            infos = [packet.info for packet in self._first if isinstance(packet, Packet)]
            if not infos:
                await self.close()
                raise _not_a_video("no picture in it can be decoded")
            self._info = infos[0]
        return self.info

    async def packets(self) -> AsyncIterator[Packet | AudioPacket]:
        """Yield the file's packets; raises what `open` raises."""
        await self.open()
        began = asyncio.get_running_loop().time()
        batch, self._first = self._first, []
        while batch:
            for packet in batch:
                if self._paced:
                    ahead = began + packet.pts_90k / 90_000 - asyncio.get_running_loop().time()
                    await asyncio.sleep(max(ahead, 0))
                if isinstance(packet, Packet):
                    self._info = packet.info
                yield packet
            batch = await self._take()

    async def length_s(self) -> float:
        """Return when its last picture is shown, seconds from its first, without decoding any.

        It is counted by reading the file through, since headers of damaged files lie.

        Raises:
            CameraUnreachable, NotAVideo: as `open`.
        """
        return await asyncio.to_thread(self._length_90k) / 90_000

    async def close(self) -> None:
        """Close the file."""
        await asyncio.to_thread(self._shut)

    def _length_90k(self) -> int:
        from fanlight.hub.camera.media.reader import Reader  # noqa: PLC0415 - see the package

        counts = FileCamera(self._path)  # of its own: this look is no loss of the file's
        with self._container_of() as container:
            return Reader(container, counts, counts._stamp, audio=False).length_90k()

    def _shut(self) -> None:
        with self._reading:
            self._source = iter(())
            if self._container is not None:
                self._container.close()
                self._container = None

    async def _take(self) -> list[Packet | AudioPacket]:
        return await asyncio.to_thread(self._take_some)

    def _take_some(self) -> list[Packet | AudioPacket]:
        batch: list[Packet | AudioPacket] = []
        size = 0
        with self._reading:
            for packet in itertools.islice(self._source or (), _BATCH_PACKETS):
                batch.append(packet)
                size += len(packet.data)
                if size >= _BATCH_BYTES:
                    break
        return batch

    def _open(self) -> None:
        from fanlight.hub.camera.media.reader import Reader  # noqa: PLC0415 - see the package

        self._container = self._container_of()
        self._source = Reader(self._container, self, self._stamp, audio=self._audio).read()

    def _container_of(self) -> "av.container.InputContainer":
        import av  # noqa: PLC0415 - see the package

        try:
            with self._path.open("rb"):
                pass
        except OSError as error:
            raise CameraUnreachable(
                "The video file cannot be opened.",
                kept="Nothing was changed.",
                do="Check that it is there and may be read.",
            ) from error
        try:
            container = av.open(f"file:{self._path}", options={"protocol_whitelist": "file"})
        except (av.FFmpegError, ValueError) as error:
            raise _not_a_video(
                "it is empty, cut off before its index, or of a kind FFmpeg does not know"
            ) from error
        if _LISTS & set(container.format.name.split(",")):
            container.close()
            raise _not_a_video("it is a list of other files")
        return container

    def _stamp(self, pts_90k: int) -> tuple[datetime, int]:
        passed_us = pts_90k * 100 / 9
        return (self._start or clock.now()) + timedelta(microseconds=passed_us), self._mono_us + int(
            passed_us
        )
