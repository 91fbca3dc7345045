"""What went wrong at a camera, in words: one function for each thing a caller can do about it."""

from fanlight.hub.camera.errors import (
    CameraGone,
    CameraRefused,
    CameraUnreachable,
    NotAVideo,
    UnsupportedCodec,
)

KEPT = "What was recorded before is kept."
UNAUTHORIZED = 401
_FORBIDDEN, _NOT_FOUND, _TRANSPORT = 403, 404, 461
_COMPAT = "or set this camera's driver to `compat`"


def unreachable(what: str) -> CameraUnreachable:
    """Return the error for a camera that does not answer as one."""
    return CameraUnreachable(what, kept=KEPT, do="Check that it is switched on and at this address.")


def not_as_a_camera() -> CameraUnreachable:
    """Return the error for something else than a camera, or one that is too odd."""
    return CameraUnreachable(
        "Something answers at this address, but not as a camera does.",
        kept=KEPT,
        do=f"Check that it is switched on and at this address, {_COMPAT}.",
    )


def gone(what: str) -> CameraGone:
    """Return the error for a stream that broke off."""
    return CameraGone(what, kept=KEPT, do="Nothing: the hub connects again.")


def no_video() -> NotAVideo:
    """Return the error for a path that holds no video."""
    return NotAVideo(
        "The camera has no video at this path.",
        kept=KEPT,
        do="Look up the path of its stream in its manual.",
    )


def refused(*, with_user: bool) -> CameraRefused:
    """Return the error for a wrong or missing password."""
    what = "The camera does not accept this user name and password."
    if not with_user:
        what = "The camera asks for a user name and password."
    return CameraRefused(what, kept=KEPT, do="Correct them in the camera's address.")


def unsupported(name: str) -> UnsupportedCodec:
    """Return the error for a coding that we do not record; `name` as the camera says it."""
    shown = name if name.replace("-", "").isalnum() and len(name) < 20 else "another coding"  # noqa: PLR2004
    return UnsupportedCodec(
        f"The camera sends {shown}; this version records H.264 and H.265.",
        kept=KEPT,
        do=f"Choose H.264 in the camera's settings, {_COMPAT}.",
    )


def refusal(
    status: int, *, with_user: bool
) -> CameraRefused | NotAVideo | UnsupportedCodec | CameraUnreachable:
    """Return the error for an answer's status."""
    if status in (UNAUTHORIZED, _FORBIDDEN):
        return refused(with_user=with_user or status == _FORBIDDEN)
    if status == _NOT_FOUND:
        return no_video()
    if status == _TRANSPORT:
        return UnsupportedCodec(
            "The camera does not send over TCP.",
            kept=KEPT,
            do=f"Switch RTP over TCP on in its settings, {_COMPAT}.",
        )
    return unreachable(f"The camera answers with error {status}.")
