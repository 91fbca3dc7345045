"""One neural detector for all cameras, loaded when the first camera needs it.

In:     `[detector]` of hub.toml.
Out:    a detector for each camera, sharing the model and what members said was "not this".
Holds:  a hub whose model cannot be used records all the same, and says why (R08 is printed by the page).
"""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from fanlight.hub import options
from fanlight.hub.detector import Detector, load_model
from fanlight.hub.detector.feedback import Feedback
from fanlight.model.errors import FanlightError

if TYPE_CHECKING:
    from fanlight.hub.detector.model import OnnxModel


class Detectors:
    """The detectors of one hub."""

    def __init__(self, folder: Path, settings: options.Detector) -> None:
        """Load nothing yet; `folder` keeps the feedback."""
        self.feedback = Feedback(folder)
        self.settings = settings
        self.trouble = self.tested = ""
        self._model: OnnxModel | None = None
        self._loading = threading.Lock()

    @property
    def model(self) -> str:
        """What the loaded model is called, empty while there is none; `tested` says how its own test went."""
        return self._model.name if self._model is not None else ""

    def close(self) -> None:
        """Close the store of feedback."""
        self.feedback.close()

    def change(self, settings: options.Detector) -> None:
        """Use another model from the next camera on."""
        self.settings, self._model = settings, None
        self.trouble = self.tested = ""

    def new(self, camera: options.Camera) -> Detector:
        """Return a camera's detector; blocks while the model is loaded. Any thread may.

        Raises:
            FanlightError: there is no usable model; `trouble` says so until there is.
        """
        with self._loading:
            if self._model is None:
                try:
                    self._model = load_model(self.settings.model, self.settings.threads)
                    self.tested = self._model.self_test()
                except FanlightError as error:
                    self.trouble = f"{error.what} {error.do}"
                    raise
        return Detector(camera.id, camera.detect, self._model, self.feedback)
