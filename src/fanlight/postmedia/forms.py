"""What a file says that it is, by its first bytes. Nothing is decoded here.

In:     the first bytes; what the ticket says.
Out:    None, or NotTaken with what to do instead.
"""

from fanlight.postmedia.errors import NotTaken
from fanlight.wire.media import Kind

LOOK_AT = 16
_PHOTO_DO = "Send a JPEG, PNG or WebP."
_CLIP_DO = "Send an MP4 with H.264, as this site's own trimming makes."
_FROM_APPLE = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"})


def refusal(kind: Kind, head: bytes) -> NotTaken | None:
    """Return why a file that begins so is not of this kind; None if it may be."""
    boxed = head[4:8] == b"ftyp"
    still = boxed and head[8:12] in _FROM_APPLE
    if still:
        return NotTaken(
            "This picture is a HEIC or AVIF, which this town does not read.",
            do="Send a screenshot of it, or choose JPEG on your phone: Settings, Camera, Most Compatible.",
        )
    if kind == "clip" and not boxed:
        return NotTaken("This is not an MP4.", do=_CLIP_DO)
    if kind == "photo" and not _is_photo(head):
        return NotTaken("This is not a picture of a form that this town reads.", do=_PHOTO_DO)
    return None


def _is_photo(head: bytes) -> bool:
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return webp or head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
