"""Privacy masks that a camera paints itself (Media2), believed only after they are read back.

In:     outlines as shares of the picture, from the left and from the top.
Out:    Applied with what the camera now covers, or Refused with the reason in a sentence.
Holds:  Applied is returned only if every outline lies inside a mask that the camera itself reports as
        enabled and of solid colour, on every video source configuration that the streams use.
        Masks that somebody else made in the camera stay.
Drops:  blurred and pixelated masks: both can be undone.
Absent: the look at a picture; whoever records compares one before believing (hub.privacy).
Source: ONVIF Media2, 5.10 (polygon in the source configuration's window, x and y from -1 to 1, y upwards).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from fanlight.hub.onvif import soap
from fanlight.hub.onvif.errors import BadAnswer
from fanlight.hub.onvif.tree import Node, truth

Outline = tuple[tuple[float, float], ...]

_NEAR = 0.01  # of the picture; cameras round to blocks of pixels
_MAX_MASKS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """The camera covers `painted`, which holds all that was asked for and may be more. `tokens` are ours."""

    painted: tuple[Outline, ...]
    tokens: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The camera does not do it; `why` is a sentence for people."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a camera can cover."""

    most: int
    points: int
    types: frozenset[str]
    rectangles_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """One mask as the camera reports it, its outline in shares of the picture."""

    token: str
    source: str
    outline: Outline
    kind: str
    enabled: bool

    @property
    def is_solid(self) -> bool:
        """Whether nothing shows through it."""
        return self.enabled and self.kind == "Color"


def parse_options(data: bytes) -> Options:
    """Read the answer to GetMaskOptions.

    Raises:
        BadAnswer: there are no options in it.
    """
    node = soap.answer(data).find("Options")
    if node is None:
        raise BadAnswer("it tells no options of masks")
    return Options(
        most=node.number("MaxMasks"),
        points=node.number("MaxPoints"),
        types=frozenset(child.text for child in node.all("Types")),
        rectangles_only=truth(node.attributes.get("RectangleOnly", "")) is True,
    )


def parse_masks(data: bytes) -> list[Mask]:
    """Read the answer to GetMasks; a mask without an outline that makes sense covers nothing."""
    masks = []
    for node in list(soap.answer(data).all("Masks"))[:_MAX_MASKS]:
        polygon = node.find("Polygon")
        masks.append(
            Mask(
                token=node.attributes.get("token", ""),
                source=node.get("ConfigurationToken"),
                outline=_outline(polygon) if polygon is not None else (),
                kind=node.get("Type"),
                enabled=truth(node.get("Enabled")) is True,
            )
        )
    return masks


def parse_token(data: bytes) -> str:
    """Return the token in CreateMask's answer.

    Raises:
        BadAnswer: there is none.
    """
    token = soap.answer(data).get("Token")
    if not token:
        raise BadAnswer("it names no token")
    return token


def _outline(polygon: Node) -> Outline:
    points = []
    for node in polygon.all("Point"):
        try:
            x, y = float(node.attributes.get("x", "")), float(node.attributes.get("y", ""))
        except ValueError:
            return ()
        if not (math.isfinite(x) and math.isfinite(y)):
            return ()
        points.append(((x + 1) / 2, (1 - y) / 2))
    return tuple(points)


def fit(outline: Outline, options: Options) -> Outline | None:
    """Return what to ask the camera for: the outline, or the rectangle around it where it must be one.

    A rectangle covers more than was drawn and never less. None if the camera takes too few points for it.
    """
    if options.rectangles_only or len(outline) > options.points >= 4:  # noqa: PLR2004 - a rectangle's corners
        xs, ys = [x for x, _ in outline], [y for _, y in outline]
        return (
            (min(xs), min(ys)), (max(xs), min(ys)), (max(xs), max(ys)), (min(xs), max(ys)),
        )  # fmt: skip
    return outline if len(outline) <= options.points else None


def mask_xml(source: str, outline: Outline) -> str:
    """Return a mask for CreateMask: solid, in the colour the camera likes, and enabled."""
    points = "".join(f'<tt:Point x="{2 * x - 1:.6f}" y="{1 - 2 * y:.6f}"/>' for x, y in outline)
    return (
        f'<Mask xmlns:tt="{soap.SCHEMA}">'
        f"<ConfigurationToken>{escape(source)}</ConfigurationToken>"
        f"<Polygon>{points}</Polygon><Type>Color</Type>"
        "<Enabled>true</Enabled></Mask>"
    )


def covers(painted: Outline, drawn: Outline) -> bool:
    """Tell whether a painted outline holds all of a drawn one, up to what cameras round.

    It does if both have the same corners, in whatever order of going round, or if the painted one is convex
    and has every drawn corner in it. Other shapes are not believed.
    """
    return _same(painted, drawn) or (_is_convex(painted) and all(_inside(painted, point) for point in drawn))


def _same(one: Outline, other: Outline) -> bool:
    if len(one) != len(other) or not one:
        return False
    turned = [other[i:] + other[:i] for i in range(len(other))]
    return any(
        all(abs(x - u) <= _NEAR and abs(y - v) <= _NEAR for (x, y), (u, v) in zip(one, way, strict=True))
        for there in turned
        for way in (there, there[::-1])
    )


def _turns(outline: Outline) -> Iterable[float]:
    for i, (x1, y1) in enumerate(outline):
        x2, y2 = outline[(i + 1) % len(outline)]
        x3, y3 = outline[(i + 2) % len(outline)]
        yield (x2 - x1) * (y3 - y2) - (y2 - y1) * (x3 - x2)


def _area(outline: Outline) -> float:
    return 0.5 * sum(
        x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(outline, outline[1:] + outline[:1], strict=True)
    )


def _is_convex(outline: Outline) -> bool:
    """A star turns one way only, too: its sides meet, so its turns add up to more than once around."""
    if len(outline) < 3 or abs(_area(outline)) < 1e-6:  # noqa: PLR2004
        return False
    turns = [turn for turn in _turns(outline) if abs(turn) > 1e-9]  # noqa: PLR2004
    return (all(turn > 0 for turn in turns) or all(turn < 0 for turn in turns)) and _goes_round_once(outline)


def _goes_round_once(outline: Outline) -> bool:
    total = 0.0
    for i, (x1, y1) in enumerate(outline):
        x2, y2 = outline[(i + 1) % len(outline)]
        x3, y3 = outline[(i + 2) % len(outline)]
        before, after = math.atan2(y2 - y1, x2 - x1), math.atan2(y3 - y2, x3 - x2)
        total += (after - before + math.pi) % (2 * math.pi) - math.pi
    return abs(total) < 2 * math.pi + 0.1


def _inside(convex: Outline, point: tuple[float, float]) -> bool:
    sign = 1 if _area(convex) > 0 else -1
    px, py = point
    for (x1, y1), (x2, y2) in zip(convex, convex[1:] + convex[:1], strict=True):
        length = math.hypot(x2 - x1, y2 - y1)
        distance = sign * ((x2 - x1) * (py - y1) - (y2 - y1) * (px - x1))
        if length > 0 and distance < -_NEAR * length:
            return False
    return True


def lacking(masks: Sequence[Mask], outlines: Sequence[Outline], source: str) -> list[Outline]:
    """Return the outlines that no mask of a source covers: enabled, of solid colour, and large enough."""
    good = [mask.outline for mask in masks if mask.source == source and mask.is_solid]
    return [outline for outline in outlines if not any(covers(painted, outline) for painted in good)]
