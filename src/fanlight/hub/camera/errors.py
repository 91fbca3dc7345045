"""What can be wrong with a camera.

CameraError
|- CameraUnreachable   no answer at that address: try again later
|- CameraRefused       it answered and said no: the password is wrong or missing
|- NotAVideo           it is there, and holds no picture we can read
|- UnsupportedCodec    it sends a coding that this version does not record
`- CameraGone          it was there and stopped: reconnect

No address, user name or password enters a message.
"""

from fanlight.model.errors import FanlightError


class CameraError(FanlightError):
    """Base: a camera cannot be read."""

    code = "camera.error"


class CameraUnreachable(CameraError):
    """Nothing answers."""

    code = "camera.unreachable"


class CameraRefused(CameraError):
    """The camera wants another user name or password, or forbids this stream."""

    code = "camera.refused"


class NotAVideo(CameraError):
    """There is no video in it."""

    code = "camera.not_a_video"


class UnsupportedCodec(CameraError):
    """A coding that is not recorded in this version."""

    code = "camera.unsupported_codec"


class CameraGone(CameraError):
    """The stream broke off, or stopped making sense."""

    code = "camera.gone"
