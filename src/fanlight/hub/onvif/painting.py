"""Have a camera cover parts of its own picture, and believe only what it then reports.

In:     outlines as shares of the picture, and the video source configurations that it belongs to.
Out:    Applied or Refused (hub.onvif.masks).
Holds:  masks that somebody else made stay; what was made here and is not wanted any more goes, also what was
        made in vain. Applied is returned only after everything was read back.
Absent: the look at a picture afterwards (hub.privacy).
"""

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from html import escape

from fanlight.hub.onvif import masks
from fanlight.hub.onvif.errors import OnvifFault
from fanlight.hub.onvif.masks import Applied, Mask, Outline, Refused


class Masks:
    """The masks of one device."""

    def __init__(self, ask: Callable[[str, str], Awaitable[bytes]]) -> None:
        """Take the way to ask: name of a Media2 call and what is inside, to the answer."""
        self._ask = ask

    async def apply(
        self, outlines: Sequence[Outline], sources: Sequence[str], ours: frozenset[str] = frozenset()
    ) -> Applied | Refused:
        """Make the camera cover `outlines` on each of `sources`, and nothing more of our making.

        Args:
            outlines: shares of the picture; none takes our masks away.
            sources: tokens of video source configurations.
            ours: tokens that an earlier call returned.

        Raises:
            OnvifUnreachable, OnvifRefused, BadAnswer: what the camera covers now is not known.
        """
        made: set[str] = set()
        try:
            for source in sources:
                if (why := await self._change(source, outlines, ours, made)) is not None:
                    break
            else:
                done = await self._read_back(sources, outlines, ours | made)
                if isinstance(done, Applied):
                    return done
                why = done
        except OnvifFault as fault:
            why = Refused(why=fault.what)
        for token in made:  # nobody would know them for ours any more
            with contextlib.suppress(OnvifFault):
                await self._ask("DeleteMask", f"<Token>{escape(token)}</Token>")
        return why

    async def _change(
        self, source: str, outlines: Sequence[Outline], ours: frozenset[str], made: set[str]
    ) -> Refused | None:
        """Delete what is stale, create what is missing; tokens of what was created go to `made`."""
        options = masks.parse_options(await self._ask("GetMaskOptions", _of(source)))
        if "Color" not in options.types:
            return Refused(why="The camera only blurs, and a blur can be undone.")
        there = await self._there(source)
        missing = [masks.fit(outline, options) for outline in masks.lacking(there, outlines, source)]
        stale = [mask for mask in there if mask.token in ours and not _is_wanted(mask, outlines)]
        if len(there) - len(stale) + len(missing) > options.most:
            return Refused(why=f"The camera has room for {options.most} masks.")
        fitted = [outline for outline in missing if outline is not None]
        if len(fitted) < len(missing):
            return Refused(why=f"The camera takes at most {options.points} corners a mask.")
        for mask in stale:
            await self._ask("DeleteMask", f"<Token>{escape(mask.token)}</Token>")
        for outline in fitted:
            made.add(masks.parse_token(await self._ask("CreateMask", masks.mask_xml(source, outline))))
        return None

    async def _read_back(
        self, sources: Sequence[str], outlines: Sequence[Outline], ours: frozenset[str]
    ) -> Applied | Refused:
        painted: list[Outline] = []
        tokens: set[str] = set()
        for source in sources:
            there = await self._there(source)
            if masks.lacking(there, outlines, source):
                return Refused(why="The camera took the mask, but covers less than was drawn.")
            painted += [mask.outline for mask in there if mask.is_solid]
            tokens |= {mask.token for mask in there if mask.token in ours}
        return Applied(painted=tuple(dict.fromkeys(painted)), tokens=frozenset(tokens))

    async def _there(self, source: str) -> list[Mask]:
        return masks.parse_masks(await self._ask("GetMasks", _of(source)))


def _of(source: str) -> str:
    return f"<ConfigurationToken>{escape(source)}</ConfigurationToken>"


def _is_wanted(mask: Mask, outlines: Sequence[Outline]) -> bool:
    return mask.is_solid and any(masks.covers(mask.outline, outline) for outline in outlines)
