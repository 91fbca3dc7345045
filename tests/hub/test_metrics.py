import re
from datetime import UTC, datetime

from tests.hub.talking import DOOR, YARD, began, ended, hub, pressed

from fanlight.hub.health import Health
from fanlight.hub.integrations.metrics import text

SINCE = datetime(2026, 11, 21, tzinfo=UTC)
LINE = re.compile(r'^[a-z_]+(\{[a-z]+="[^"]*"\})? -?[0-9.e+]+$')


def samples(figures: bytes) -> dict[str, float]:
    lines = [line for line in figures.decode().splitlines() if not line.startswith("#")]
    assert all(LINE.match(line) for line in lines), lines
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_figures_say_which_camera_is_in_trouble_and_what_does_not_work() -> None:
    one = hub(y="refused")
    one.found = [
        Health("storage", "bad", "The disk is full.", SINCE),
        Health("server", "warn", "It does not answer.", SINCE),
        Health("detector", "ok", "", SINCE),
        Health("camera Front door", "bad", "It is away.", SINCE),
    ]
    found = samples(text(one))
    assert found[f'fanlight_camera_trouble{{camera="{DOOR}"}}'] == 0
    assert found[f'fanlight_camera_trouble{{camera="{YARD}"}}'] == 1
    assert {k: v for k, v in found.items() if k.startswith("fanlight_health")} == {
        'fanlight_health{what="storage"}': 2,
        'fanlight_health{what="server"}': 1,
        'fanlight_health{what="detector"}': 0,
    }
    assert found["fanlight_hub_resident_bytes"] > 1e6


def test_a_camera_called_like_a_part_of_the_hub_hides_nothing_of_it() -> None:
    one = hub()
    one.lines[DOOR].status.name, one.lines[YARD].status.name = "a", "page"
    of = ("camera a", "recording of a", "clock of page", "bell of page")
    rest = ("storage", "page", "camera", "server", "webhook 1")
    one.found = [Health(what, "warn", "", SINCE) for what in (*of, *rest)]
    shown = [name for name in samples(text(one)) if name.startswith("fanlight_health")]
    assert shown == [f'fanlight_health{{what="{what}"}}' for what in rest]


def test_figures_hold_no_name_and_nothing_that_follows_life_at_home() -> None:
    """R01: who reads the figures for a month learns nothing of the household's habits."""
    quiet, busy = hub(), hub(y="off")  # an indoor camera is off while somebody is home
    busy.home = not quiet.home
    for notice in (began(), ended(), pressed()):
        busy.board.post(notice)
    kept = [{k: v for k, v in samples(text(one)).items() if "resident" not in k} for one in (quiet, busy)]
    assert kept[0] == kept[1]
    assert b"Front" not in text(busy)
    assert b"Yard" not in text(busy)
