"""What every route of the page works with."""

from dataclasses import dataclass, field
from pathlib import Path

from litestar.di import NamedDependency

from fanlight.hub.doorbell import Mouths
from fanlight.hub.options import Camera
from fanlight.hub.page.errors import no_such
from fanlight.hub.page.joining import Joining
from fanlight.hub.page.refs import Refs
from fanlight.hub.pipeline import Pipeline
from fanlight.hub.settings import LiveSettings


@dataclass(frozen=True, slots=True)
class Parts:
    """A hub at work and its settings; `refs` are cameras that were tried, `joining` the code that waits."""

    folder: Path
    pipeline: Pipeline
    settings: LiveSettings
    key: str = field(repr=False)
    refs: Refs = field(default_factory=Refs)
    mouths: Mouths = field(default_factory=Mouths)
    joining: Joining = field(default_factory=Joining)

    def camera(self, camera: str) -> Camera:
        """Return a camera's own settings; raises NotFound."""
        for one in self.settings.options.camera:
            if one.id == camera:
                return one
        raise no_such("camera")


Hub = NamedDependency[Parts]  # as a route asks for it
