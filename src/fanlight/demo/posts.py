"""The demo town's posts: invented, and dated from the moment when the demo is first started.

In:     the present.
Out:    what a setup document says of posts.
Holds:  no post names an author; nobody wrote them.
"""

import json
from datetime import datetime, timedelta
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from fanlight.demo.town import Town
from fanlight.model.clock import to_text

_STEP_MIN = 10


def posts(town: Town, now: datetime) -> list[dict[str, Any]]:
    """Return the posts as a setup document has them: `published` on a full ten minutes, days of the town."""
    raw = json.loads(resources.files("fanlight.demo").joinpath("town/posts.json").read_text("utf-8"))
    return [_dated(one, town, now) for one in raw]


def _dated(raw: dict[str, Any], town: Town, now: datetime) -> dict[str, Any]:
    moment = now - timedelta(hours=raw["hours_ago"])
    moment -= timedelta(
        minutes=moment.minute % _STEP_MIN, seconds=moment.second, microseconds=moment.microsecond
    )
    said = {name: value for name, value in raw.items() if name != "hours_ago"}
    return {
        **said,
        "published": to_text(moment),
        "day": moment.astimezone(ZoneInfo(town.timezone)).date().isoformat(),
    }
