"""Whether a browser is told of something. Pure; the app has the same rules (web/core/push/rules.ts).

Holds:  a test and a check are always told; `off` silences everything else; the bell may ring through quiet
        hours and never waits for the rest after an earlier alert.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fanlight.hub.push.behests import Choices, Kind, Mode, When

DEFAULTS: dict[Kind, When] = {
    "doorbell": "always",
    "person": "always",
    "package": "always",
    "vehicle": "never",
    "animal": "never",
    "trouble": "always",
}
Verdict = Literal["tell", "off", "kind", "home", "even", "quiet", "rest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What happened, before which camera (empty: the hub itself), and when by the home's clock."""

    kind: Kind
    camera: str
    local: datetime


def when(choices: Choices, camera: str, kind: Kind) -> When:
    """Return what was chosen for a kind at a camera."""
    own = choices.cameras.get(camera, {}).get(kind)
    return own or choices.kinds.get(kind) or DEFAULTS[kind]


def decide(choices: Choices, mode: Mode, happening: Happening, last_told: datetime | None) -> Verdict:
    """Return `tell`, or why not.

    Args:
        choices: of the browser.
        mode: of the household now.
        happening: what happened; `local` is aware.
        last_told: when this browser was last told of the same kind at the same camera; aware.
    """
    chosen = when(choices, happening.camera, happening.kind)
    bell = happening.kind == "doorbell"
    since = None if last_told is None else (happening.local - last_told).total_seconds()
    quiet = choices.quiet is not None and choices.quiet.holds(happening.local.time())
    reasons: tuple[tuple[bool, Verdict], ...] = (
        (mode == "off", "off"),
        (chosen == "never", "kind"),
        (chosen == "away" and mode != "away", "home"),
        (choices.pace == "even", "even"),
        (quiet and not (bell and choices.bell_through), "quiet"),
        (not bell and since is not None and 0 <= since < choices.rest_s, "rest"),
    )
    return next((verdict for holds, verdict in reasons if holds), "tell")
