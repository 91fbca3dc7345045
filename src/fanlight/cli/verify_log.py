"""Check a log where it lies: a folder on this machine, or an address. The reading half of `fanlight verify`.

In:     a folder, or an http(s) address, of a C2SP log, or of a Fanlight that has one under `log/`.
Out:    one Check after another, from `proof.verify_log`.
Holds:  a file that is not there and one that could not be asked for are told apart: the first can
        fail a check, the second leaves it unknown.
Absent: how checks are printed and what status the command ends with (cli.main).
Why:    docs/spec/log.md
"""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

from fanlight.model.check import Check, State
from fanlight.model.errors import FanlightError
from fanlight.proof.errors import MissingFile
from fanlight.proof.tiles import MAX_ENTRY, WIDTH, ReadFile
from fanlight.proof.trust import NAMED_BY_LOG, Trust
from fanlight.proof.verify_log import verify_log

TIMEOUT_S = 10.0
MAX_FILE_BYTES = WIDTH * (MAX_ENTRY + 2)  # the longest an entry bundle can be
_ABSENT = (httpx.codes.NOT_FOUND, httpx.codes.GONE)
_HERE = {"localhost", "127.0.0.1", "::1"}


class NoLog(FanlightError):
    """There is no log to read where one was said to be."""

    code = "cli.no_log"


def verify_log_target(target: str, trust: Trust = NAMED_BY_LOG) -> Iterator[Check]:
    """Check a whole log.

    Args:
        target: a folder, or an address that begins with http:// or https://.
        trust: whom to trust; by default whom the log itself names.

    Yields:
        Checks as `proof.verify_log.verify_log` gives them; a single unknown one if nothing can be read.
    """
    try:
        with reading(target) as read:
            yield from verify_log(read, trust)
    except NoLog as error:
        yield Check("log", State.UNKNOWN, error.what)


@contextlib.contextmanager
def reading(target: str) -> Iterator[ReadFile]:
    """Give a reader of the log at an address or in a folder, or below `log/` there; raises NoLog."""
    with contextlib.ExitStack() as stack:
        if target.startswith(("http://", "https://")):
            try:
                base = httpx.URL(target.rstrip("/") + "/")
            except httpx.InvalidURL as error:
                raise _no_log(f"{target} is no address.") from error
            read = _web_reader(stack.enter_context(_client(base)))
        elif Path(target).is_dir():
            read = _folder_reader(Path(target))
        else:
            raise _no_log(f"There is no folder {target} to read.")
        try:
            below = read("checkpoint") is None and read("log/checkpoint") is not None
        except MissingFile as error:
            raise _no_log(f"{error.what} It was looked for at {target}.") from error
        yield (lambda path: read(f"log/{path}")) if below else read


def _no_log(what: str) -> NoLog:
    return NoLog(what, kept="Nothing was changed.", do="Look whether the address or folder is right.")


def _folder_reader(folder: Path) -> ReadFile:
    def read(path: str) -> bytes | None:
        try:
            return (folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise MissingFile(path) from error

    return read


def _client(base: httpx.URL) -> httpx.Client:
    return httpx.Client(base_url=base, timeout=TIMEOUT_S, trust_env=base.host not in _HERE)


def _web_reader(client: httpx.Client) -> Callable[[str], bytes | None]:
    def read(path: str) -> bytes | None:
        try:
            with client.stream("GET", path) as answer:
                if answer.status_code in _ABSENT:
                    return None
                if answer.status_code != httpx.codes.OK:
                    raise MissingFile(path)
                data = bytearray()
                for piece in answer.iter_bytes():
                    data += piece
                    if len(data) > MAX_FILE_BYTES:
                        raise MissingFile(path)
                return bytes(data)
        except httpx.HTTPError as error:
            raise MissingFile(path) from error

    return read
