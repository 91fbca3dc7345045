"""What the recording may take, and for how long it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from fanlight.hub.options import HubOptions

QUOTA_BYTES = 20 << 30
RESERVE_BYTES = 256 << 20
DAY_S = 86_400.0
REMOVED_KEEP_S = 14 * DAY_S  # of a camera that was removed before its limits were ever noted
REST_S = 600.0  # around an event that is still open, its first seconds must be there when its clip is made


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraLimits:
    """Limits of one camera; None sets none of its own.

    `keep_s` is how long anything is kept, `rest_s` how long what is not footage of an event is.
    """

    keep_s: float | None = None
    rest_s: float | None = None
    quota_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`folder` is where the recording lies, None for `segments/` of the hub's own folder.

    `event_share` is the share of the quota that footage of events keeps when all else wants it;
    `reserve_bytes` is what must stay free on the volume. `removed` is for a camera that is not among
    `cameras` any more and whose last limits are not known; None sets none.
    """

    folder: Path | None = None
    quota_bytes: int = QUOTA_BYTES
    event_share: float = 0.5
    reserve_bytes: int = RESERVE_BYTES
    cameras: Mapping[str, CameraLimits] = field(default_factory=dict)
    removed: CameraLimits | None = None

    def of(self, camera: str) -> CameraLimits:
        """Return the limits of one camera."""
        return self.cameras.get(camera, self.removed or CameraLimits())

    @classmethod
    def from_options(cls, options: HubOptions) -> Self:
        """Return what `hub.toml` says."""
        storage = options.storage
        cameras = {
            camera.id: CameraLimits(
                keep_s=max(camera.keep_days * DAY_S, REST_S),
                rest_s=None if camera.record == "always" else REST_S,
                quota_bytes=round(camera.quota_gb * 1e9) or None,
            )
            for camera in options.camera
        }
        return cls(
            folder=Path(storage.folder) if storage.folder else None,
            quota_bytes=round(storage.quota_gb * 1e9),
            event_share=storage.event_share,
            reserve_bytes=storage.reserve_mb * 1_000_000,
            cameras=cameras,
            removed=CameraLimits(keep_s=REMOVED_KEEP_S),
        )
