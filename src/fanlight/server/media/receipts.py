"""What the place of the media made of a picture: read before a post may name it."""

from fanlight.server.errors import Malformed
from fanlight.server.media_place import needed
from fanlight.server.services import Services
from fanlight.wire.media import BadReceipt, Receipt, read_receipt

__all__ = ["Receipt", "read"]


def read(services: Services, text: str) -> Receipt:
    """Return what a receipt says.

    That its `media` was issued to whoever hands it in, the caller has to check: a receipt names nobody.

    Raises:
        Malformed: it is not one of this town's place.
        NoMediaPlace: this town keeps no media.
    """
    place = needed(services.media)
    try:
        return read_receipt(place.receipts, text)
    except BadReceipt as error:
        raise Malformed(error.what, do=error.do) from error
