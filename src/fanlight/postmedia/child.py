"""Make one file anew, in a process that can do nothing else. Started by `postmedia.making`, with open files.

In:     the kind, and numbers of open files: what came, what is written; for a clip the latter once more, for
        reading, and its poster.
Out:    one line of JSON: Made, or `{"refused": why}`. Anything else is a crash, and refuses this one file.
Holds:  before the first byte is read, this process has no files but these and can open none: no folder, no
        socket, no program. Its memory, its time on a processor and the size of what it writes are bounded.
Absent: a name, a ticket, an address: none of them is given to it.
"""

import ctypes
import importlib
import json
import os
import pkgutil
import resource
import signal
import sys
from dataclasses import asdict
from typing import BinaryIO, cast

from fanlight.postmedia.made import Made, Refused
from fanlight.wire.media import CLIP_BYTES

MEMORY = 1_536 << 20
CPU_S = {"photo": 20, "clip": 400}
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_GENTLE = 5
_LATER = (  # what the library would load by itself, and only when a file asks for it
    *(f"PIL.{name}ImagePlugin" for name in ("Jpeg", "Mpo", "Png", "Tiff", "WebP")),
    *(f"encodings.{name}" for name in ("ascii", "latin_1", "utf_8", "utf_16", "utf_16_le", "utf_16_be")),
    "fanlight.postmedia.photo",
)


def bound(kind: str) -> None:
    """Give up all that making a picture anew does not need. There is no way back."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    os.nice(_GENTLE)
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, CPU_S[kind]),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 2 * CLIP_BYTES),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(what, (most, most))


def load(kind: str) -> None:
    """Load every part of the libraries that might be asked for: afterwards no file can be opened."""
    from PIL import Image  # noqa: PLC0415 - only this process decodes

    Image.preinit()
    for name in _LATER:
        importlib.import_module(name)
    if kind == "clip":
        import av  # noqa: PLC0415 - as above

        for part in pkgutil.walk_packages(av.__path__, "av."):
            if not part.name.endswith("__main__"):
                importlib.import_module(part.name)
        importlib.import_module("fanlight.postmedia.clip")


def make(kind: str, files: list[BinaryIO]) -> Made:
    """Make it; raises Refused."""
    if kind == "photo":
        from fanlight.postmedia.photo import make_photo  # noqa: PLC0415 - loaded above

        return make_photo(*files)
    from fanlight.postmedia.clip import make_clip  # noqa: PLC0415 - as above

    return make_clip(*files)


def main() -> int:
    """Make one file anew and say what came of it."""
    kind, numbers = sys.argv[1], [int(number) for number in sys.argv[2:]]
    modes = ("rb", "r+b", "rb", "wb") if kind == "clip" else ("rb", "wb")
    files = [cast("BinaryIO", os.fdopen(number, mode)) for number, mode in zip(numbers, modes, strict=True)]
    load(kind)
    bound(kind)
    try:
        said: dict[str, object] = asdict(make(kind, files))
        for file in files:
            file.close()
    except Refused as refused:
        said = {"refused": refused.why}
    except Exception:  # noqa: BLE001 - whatever a library says of a stranger's file, the file is refused
        said = {"refused": "unreadable"}
    sys.stdout.write(json.dumps(said))
    sys.stdout.flush()
    os._exit(0)  # threads of a decoder that was left half-way are not waited for


if __name__ == "__main__":
    sys.exit(main())
