"""The map of incidents as vector tiles: how many of which class lie in each cell of the town. Pure.

In:     counts by cell and class; the town's bounds.
Out:    tiles for each zoom up to the finest, of which at most four hold the whole town.
Holds:  no tile is finer than that: whoever loads the town's map tells nobody where they look. No point:
        what is drawn is the outline of a cell, of res 9 at the finest. Each layer joins what is finer than
        its resolution, for maps seen from farther away; coarser zooms have the coarser layers alone.
Absent: incidents that are somewhere in town; when they began.
Why:    docs/design/incidents.md
"""

from collections.abc import Iterable, Mapping

import h3

from fanlight.model.incident import CLASSES
from fanlight.server.incidents.rules import POINT_RES, Bounds
from fanlight.server.public_files import PublicFile, file_of
from fanlight.wire import mvt
from fanlight.wire.mvt import Address, Outline, Value

REACH = 0.5  # degrees around the town in which an incident may lie: `model.geo.within_reach`
COARSEST_RES = 6
LAYERS = {res: f"r{res}" for res in range(POINT_RES, COARSEST_RES - 1, -1)}
_SIDE, _FINEST_ZOOM = 2, 14
Counts = Mapping[tuple[str, str], int]


def reach(bounds: Bounds) -> Bounds:
    """Return the box in which incidents of a town may lie."""
    west, south, east, north = bounds
    return (max(-180, west - REACH), max(-85, south - REACH), min(180, east + REACH), min(85, north + REACH))


def finest(bounds: Bounds) -> int:
    """Return the last zoom at which at most four tiles hold the whole town, two by two."""
    spans = (mvt.span(reach(bounds), z) for z in range(_FINEST_ZOOM + 1))
    return max(z for z, sides in enumerate(spans) if all(len(side) <= _SIDE for side in sides))


def whole(bounds: Bounds) -> list[Address]:
    """Return the tiles that hold the whole town, in a fixed order."""
    return mvt.tiles_over(reach(bounds), finest(bounds))


def path(tile: Address) -> str:
    """Return a tile's address below `/v1/incidents/tiles/`."""
    return f"{tile.z}/{tile.x}/{tile.y}"


def joined(counts: Counts, res: int) -> list[Outline]:
    """Return the cells with what lies in them, those finer than `res` joined into cells of it."""
    found: dict[str, dict[str, int]] = {}
    for (cell, kind), many in sorted(counts.items()):
        at = str(h3.cell_to_parent(cell, res)) if h3.get_resolution(cell) > res else cell
        kinds = found.setdefault(at, {})
        kinds[kind] = kinds.get(kind, 0) + many
    return [Outline(_ring(cell), _said(cell, kinds)) for cell, kinds in found.items()]


def _ring(cell: str) -> list[tuple[float, float]]:
    return [(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]


def _said(cell: str, kinds: Mapping[str, int]) -> Mapping[str, Value]:
    act = sum(many for kind, many in kinds.items() if kind in CLASSES and CLASSES[kind].act)
    return {"cell": cell, "many": sum(kinds.values()), "act": act, **kinds}


def made(counts: Counts, bounds: Bounds) -> dict[str, PublicFile]:
    """Return every tile of a town by its path: the whole town at each zoom, those without incidents too."""
    last = finest(bounds)
    outlines = {res: joined(counts, res) for res in LAYERS}
    found = {}
    for z in range(last + 1):
        shown = LAYERS if z == last else {res: name for res, name in LAYERS.items() if res < POINT_RES - 1}
        for tile in mvt.tiles_over(reach(bounds), z):
            layers = {name: _touching(outlines[res], tile) for res, name in shown.items()}
            found[path(tile)] = file_of(mvt.encode(tile, layers), mvt.MIME)
    return found


def _touching(outlines: Iterable[Outline], tile: Address) -> list[Outline]:
    return [one for one in outlines if mvt.touches(one.ring, tile)]


def described(bounds: Bounds, origin: str) -> dict[str, object]:
    """Return what the tiles hold, as TileJSON 3.0; `whole`: those that a page loads, whatever it shows."""
    fields = {"cell": "String", "many": "Number", "act": "Number", **dict.fromkeys(CLASSES, "Number")}
    return {
        "tilejson": "3.0.0",
        "tiles": [f"{origin}/v1/incidents/tiles/{{z}}/{{x}}/{{y}}"],
        "minzoom": 0,
        "maxzoom": finest(bounds),
        "bounds": list(reach(bounds)),
        "vector_layers": [{"id": name, "fields": fields} for name in LAYERS.values()],
        "whole": [path(tile) for tile in whole(bounds)],
    }
