"""The box in which a hub tells its household how things are: one size, one rate, whatever happened.

In:     the state of cameras, the matches found at home, what waits to be sent, how many clips went each day.
Out:    an age file to the household's epoch, put at the server in place of the one before.
Holds:  the server sees the same number of bytes at the same pace, matched or not (R24).
Why:    docs/design/threats.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.seal import sealing
from fanlight.seal.epoch import Epoch
from fanlight.seal.keys import SigningKey
from fanlight.wire import b64, jcs

BOX_BYTES = 16 * 1024
SENT_DAYS = 14  # days that are counted, today's included
CameraState = Literal["recording", "watching", "off", "away", "refused", "unreadable", "unkept"]


class StatusTooLarge(FanlightError):
    """More to say than one box holds."""

    code = "hub.status_too_large"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraStatus:
    """How one camera is, and since when. `note` is a sentence for the member, may be empty."""

    id: str
    name: str
    state: CameraState
    since: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A footage request and the clips at home that fall into its area and window."""

    request: str
    clips: tuple[str, ...]


def make_status(  # noqa: PLR0913 - each is a different fact, all by keyword
    *,
    household: str,
    at: datetime,
    place: tuple[float, float],
    cameras: Sequence[CameraStatus],
    matches: Sequence[Match],
    waiting: int,
    alerts: Mapping[str, Any] | None = None,
    viewings: Sequence[Mapping[str, Any]] = (),
    sent: Mapping[str, Mapping[str, int]] | None = None,
    openings: Sequence[Mapping[str, Any]] = (),
    keys_since: date | None = None,
    epoch: Epoch,
    signing: SigningKey,
) -> bytes:
    """Return the sealed box.

    `waiting` counts clips that are not sent yet, `viewings` is who watches, `openings` who opened clips,
    `epoch` is whom it is sealed to, and the head of the book as this hub has it. `sent` counts the clips that
    went to the server, by camera and UTC day: a member who is shown fewer knows that some were left out.
    `keys_since` is the first day of what this hub keeps under the household's keys: members destroy none that
    is needed for it.

    Raises:
        StatusTooLarge: it would show its size. Days that were counted, then the oldest matches are left out
            before that.
    """
    kept, counted = list(matches), {camera: dict(days) for camera, days in (sent or {}).items()}
    while True:
        manifest = jcs.dumps(
            {
                "v": 1,
                "type": "hub-status",
                "household": household,
                "at": clock.to_text(at),
                "place": list(place),
                "cameras": [
                    {
                        "id": camera.id,
                        "name": camera.name,
                        "state": camera.state,
                        "since": clock.to_text(camera.since),
                        "note": camera.note,
                    }
                    for camera in cameras
                ],
                "matches": [{"request": match.request, "clips": list(match.clips)} for match in kept],
                "held": {"clips_waiting": waiting},
                "alerts": alerts,
                "head": {"n": epoch.statement.n, "hash": epoch.chain_hash.hex()},
                "viewings": list(viewings),
                "sent": counted,
                "openings": list(openings),
                "keys_since": (keys_since or at.date()).isoformat(),
            }
        )
        box = {
            "manifest": manifest.decode(),
            "sig": b64.encode(signing.sign("hub-status", manifest)),
            "pad": "",
        }
        spare = BOX_BYTES - len(jcs.dumps(box))
        if spare >= 0:
            return sealing.seal(jcs.dumps(box | {"pad": "0" * spare}), [epoch.statement.recipient])
        if counted:
            counted = _fewer_days(counted)
            continue
        if not kept:
            raise StatusTooLarge(
                "This hub has too many cameras to tell about in one box.",
                kept="Recording goes on.",
                do="Run a second hub for some of the cameras.",
            )
        kept = _shorter(kept)


def _fewer_days(counted: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    days = sorted({day for by_day in counted.values() for day in by_day})
    left = days[len(days) // 2 + len(days) % 2 :]
    fewer = {
        camera: {day: n for day, n in by_day.items() if day in left} for camera, by_day in counted.items()
    }
    return {camera: by_day for camera, by_day in fewer.items() if by_day}


def _shorter(matches: list[Match]) -> list[Match]:
    longest = max(matches, key=lambda match: len(match.clips))
    if len(longest.clips) > 1:
        half = Match(request=longest.request, clips=longest.clips[len(longest.clips) // 2 :])
        return [half if match is longest else match for match in matches]
    return matches[max(1, len(matches) // 8) :]  # one at a time would write the box some hundred times
