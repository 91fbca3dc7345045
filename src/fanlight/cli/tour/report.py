"""What a tour did, step by step: printed as it goes, written to `report.json` whatever happens."""

import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from fanlight.model.errors import FanlightError


class TourFailed(FanlightError):
    """A step of the tour does not hold."""

    code = "tour.failed"


def fail(what: str) -> TourFailed:
    """Return the error for a step that did not do what it must."""
    return TourFailed(
        what, kept="What was made so far is in the folder given with --out.", do="Read report.json."
    )


@dataclass(slots=True)
class Step:
    """One step: `seconds` is how long it took."""

    name: str
    ok: bool
    seconds: float
    detail: str = ""


@dataclass(slots=True)
class EventRow:
    """One event, `start_s` and `end_s` in the source's own time."""

    camera: str
    label: str
    start_s: float
    end_s: float


@dataclass(slots=True)
class ClipRow:
    """One clip as it lies in `clips/<id>.age`: SHA-256 and size of that file."""

    id: str
    sha256: str
    bytes: int


@dataclass(slots=True)
class Report:
    """The tour's report. `path` is where it is written after every step."""

    path: Path
    camera: str
    steps: list[Step] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)
    clips: list[ClipRow] = field(default_factory=list)

    @contextlib.contextmanager
    def step(self, name: str, doing: str) -> Iterator[list[str]]:
        """Run one step; what it appends to the yielded list is printed as its result."""
        said: list[str] = []
        started = time.monotonic()
        ok = False
        try:
            yield said
            ok = True
        except FanlightError as error:
            said.append(error.what)
            raise
        finally:
            took = time.monotonic() - started
            detail = " ".join(said)
            self.steps.append(Step(name, ok, round(took, 3), detail))
            mark, what = "ok  " if ok else "FAIL", ": ".join(filter(None, (doing, detail)))
            print(f"{mark} {name:<10} {took:7.2f} s  {what}", flush=True)
            self.write()

    def write(self) -> None:
        """Write the report as it stands."""
        whole = {key: value for key, value in asdict(self).items() if key != "path"}
        whole["ok"] = bool(self.steps) and all(step.ok for step in self.steps)
        pending = self.path.with_suffix(".new")
        pending.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n")
        pending.replace(self.path)
