"""Sound out of a file or of FFmpeg, as it is.

In:     codec name, extradata and packets, as FFmpeg demuxes them.
Out:    AudioInfo and frames: AAC without ADTS headers, Opus, G.711.
Holds:  any bytes are taken without an error.
Drops:  every other coding.
Source: ISO/IEC 14496-3, 1.A.3.2 (ADTS); RFC 7845, 5.1 (OpusHead); Opus in ISOBMFF, 4.3.2.
"""

import struct

from fanlight.hub.camera.sound import aac_info, opus_config
from fanlight.hub.packet import AudioInfo

_G711 = {"pcm_mulaw": "ulaw", "pcm_alaw": "alaw"}
_ADTS_BYTES, _CRC_BYTES, _OPUS_HEAD_BYTES = 7, 2, 19


class SoundReader:
    """One stream. `info` is None until it is known, and for a coding that is not kept."""

    def __init__(self, name: str, extradata: bytes, rate_hz: int, channels: int) -> None:
        """Name what FFmpeg calls the coding."""
        self.info: AudioInfo | None = None
        self._adts = name == "aac" and not extradata
        if name == "aac" and extradata:
            self.info = aac_info(extradata)
        elif name in _G711 and rate_hz > 0:
            self.info = AudioInfo(codec=_G711[name], rate_hz=rate_hz, channels=channels)
        elif name == "opus":
            self.info = _opus(extradata)

    def frame(self, data: bytes) -> bytes | None:
        """Return a packet's frame, or None if there is none to keep."""
        if self._adts:
            if len(data) <= _ADTS_BYTES or data[0] != 0xFF or data[1] & 0xF6 != 0xF0:  # noqa: PLR2004 - sync
                return None
            kind, index = (data[2] >> 6) + 1, data[2] >> 2 & 15
            channels = (data[2] & 1) << 2 | data[3] >> 6
            config = (kind << 11 | index << 7 | channels << 3).to_bytes(2, "big")
            if self.info is None or self.info.config != config:
                self.info = aac_info(config) or self.info
            data = data[_ADTS_BYTES + (0 if data[1] & 1 else _CRC_BYTES) :]
        return data if self.info is not None and data else None


def _opus(head: bytes) -> AudioInfo:
    channels, pre_skip = 2, 0
    if len(head) >= _OPUS_HEAD_BYTES and head.startswith(b"OpusHead") and not head[18] and head[9] in (1, 2):
        channels, pre_skip = struct.unpack_from("<BH", head, 9)
    return AudioInfo(codec="opus", rate_hz=48_000, channels=channels, config=opus_config(channels, pre_skip))
