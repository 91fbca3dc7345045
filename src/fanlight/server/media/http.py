"""Where a browser sends pictures, and how large they may be. Open: it is the same for everybody."""

import msgspec
from litestar import Router, get

from fanlight.server.services import Parts
from fanlight.wire import media


class MediaPlace(msgspec.Struct):
    """Where media of posts are sent and seen, `null` if this town keeps none; and what is taken."""

    place: str | None
    photo_bytes: int = media.PHOTO_BYTES
    clip_bytes: int = media.CLIP_BYTES
    clip_seconds: int = media.CLIP_S


@get("/v1/media-place", operation_id="mediaPlace")
async def media_place(services: Parts) -> MediaPlace:
    """Say where pictures of posts are sent and seen."""
    return MediaPlace(services.media.url if services.media else None)


router = Router(path="/", route_handlers=[media_place])
