"""What the town lets somebody do with one picture of a post. Handed to a browser; no name stands in it."""

from datetime import datetime

from fanlight.server.media_place import needed
from fanlight.server.services import Services
from fanlight.wire.media import Act, Kind, Ticket, write_ticket


def issue(services: Services, act: Act, media: str, kind: Kind, until: datetime) -> str:
    """Return a ticket for the header `Fanlight-Ticket`, never for an address.

    Args:
        services: the server's parts.
        act: "put", "see", "show", "hide" or "drop".
        media: a new id of `fanlight.model.ids` for "put", else that of what is meant.
        kind: "photo" or "clip".
        until: when it ends; parts of a millisecond are cut off.

    Raises:
        NoMediaPlace: this town keeps no media.
    """
    ticket = Ticket(act=act, media=media, kind=kind, until=until)
    return write_ticket(needed(services.media).tickets, ticket)
