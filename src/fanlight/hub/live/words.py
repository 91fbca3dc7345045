"""What is said within a session, as JSON. Strict: what has another form ends the session.

In:     bytes of a member's client.
Out:    one record for each thing that can be asked; text of what the hub says.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from fanlight.hub.live.errors import bad_message

_Id = Annotated[str, Meta(pattern=r"^[a-z2-7]{26}\Z")]
_Count = Annotated[int, Meta(ge=0, le=1 << 52)]
_Number = Annotated[int, Meta(ge=0, lt=1 << 32)]
_Time = Annotated[str, Meta(max_length=40)]
Quality = Literal["auto", "main", "sub"]


class _Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="t"):
    pass


class Watch(_Word, frozen=True, tag="watch"):
    """Show a camera; `width` is how wide it is shown, pixels. Said again to change either."""

    camera: _Id
    quality: Quality = "auto"
    width: Annotated[int, Meta(ge=0, le=100_000)] = 0
    h265: bool = False  # the browser decodes it


class Unwatch(_Word, frozen=True, tag="unwatch"):
    """Show it no more."""

    camera: _Id


class Feedback(_Word, frozen=True, tag="feedback"):
    """How a camera's pictures arrive, over the last second or so."""

    camera: _Id
    behind_ms: _Count
    missed: _Count
    shown: _Count


class Footage(_Word, frozen=True, tag="footage"):
    """Send what was recorded between two times; `id` is chosen by who asks, and used once."""

    id: _Number
    camera: _Id
    start: _Time
    end: _Time
    h265: bool = False


class More(_Word, frozen=True, tag="more"):
    """Footage up to so many bytes has arrived."""

    id: _Number
    bytes: _Count


class Enough(_Word, frozen=True, tag="enough"):
    """Send no more of it."""

    id: _Number


class Listen(_Word, frozen=True, tag="listen"):
    """Let me hear a camera that I watch."""

    camera: _Id


class Unlisten(_Word, frozen=True, tag="unlisten"):
    """Let me hear it no more."""

    camera: _Id


class Opened(_Word, frozen=True, tag="opened"):
    """I opened a clip of a camera, at this time by my clock."""

    camera: _Id
    clip: _Id
    at: _Time


class Talk(_Word, frozen=True, tag="talk"):
    """Let me speak through a camera; sound follows."""

    camera: _Id


class Hush(_Word, frozen=True, tag="hush"):
    """I have spoken."""


class Ping(_Word, frozen=True, tag="ping"):
    """What does your clock show?"""

    n: _Number


class History(_Word, frozen=True, tag="history"):
    """Who watched lately?"""


Asked = Watch | Unwatch | Feedback | Footage | More | Enough | Listen | Unlisten
Word = Asked | Opened | Talk | Hush | Ping | History
_DECODER = msgspec.json.Decoder(Word)


def read(body: bytes) -> Word:
    """Return what is asked; raises BadMessage."""
    try:
        word: Word = _DECODER.decode(body)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise bad_message("it asks for something that this hub does not know") from error
    return word


def say(kind: str, **fields: Any) -> bytes:
    """Return what the hub says."""
    return msgspec.json.encode({"t": kind, **fields})
