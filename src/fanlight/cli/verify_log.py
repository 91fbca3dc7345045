"""Check a log where it lies: a folder on this machine, or an address. The reading half of `fanlight verify`.

In:     a folder, or an http(s) address, of a C2SP log, or of a Fanlight that has one under `log/`.
Out:    one Check after another, from `proof.verify_log`.
Holds:  a file that is not there and one that could not be asked for are told apart: the first can
        fail a check, the second leaves it unknown.
Absent: how checks are printed and what status the command ends with (cli.main).
Why:    docs/spec/log.md
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx

from fanlight.model.check import Check, State
from fanlight.proof.cosignature import Witness
from fanlight.proof.errors import MissingFile
from fanlight.proof.note import VerifierKey
from fanlight.proof.tiles import MAX_ENTRY, WIDTH, ReadFile
from fanlight.proof.verify_log import verify_log

TIMEOUT_S = 10.0
MAX_FILE_BYTES = WIDTH * (MAX_ENTRY + 2)  # the longest an entry bundle can be
_ABSENT = (httpx.codes.NOT_FOUND, httpx.codes.GONE)
_HERE = {"localhost", "127.0.0.1", "::1"}


def verify_log_target(
    target: str, *, log: VerifierKey | None = None, witnesses: Sequence[Witness] | None = None
) -> Iterator[Check]:
    """Check a whole log.

    Args:
        target: a folder, or an address that begins with http:// or https://.
        log: the key trusted for it; by default the one that the log itself names.
        witnesses: the witnesses trusted; by default those that the log itself names.

    Yields:
        Checks as `proof.verify_log.verify_log` gives them; a single unknown one if nothing can be read.
    """
    if target.startswith(("http://", "https://")):
        try:
            base = httpx.URL(target.rstrip("/") + "/")
        except httpx.InvalidURL:
            yield Check("log", State.UNKNOWN, f"{target} is no address.")
            return
        with _client(base) as client:
            yield from _verify(_web_reader(client), target, log, witnesses)
    elif Path(target).is_dir():
        yield from _verify(_folder_reader(Path(target)), target, log, witnesses)
    else:
        yield Check("log", State.UNKNOWN, f"There is no folder {target} to read.")


def _verify(
    read: ReadFile, target: str, log: VerifierKey | None, witnesses: Sequence[Witness] | None
) -> Iterator[Check]:
    try:
        if read("checkpoint") is None and read("log/checkpoint") is not None:
            yield from verify_log(lambda path: read(f"log/{path}"), log=log, witnesses=witnesses)
            return
    except MissingFile as error:
        yield Check("log", State.UNKNOWN, f"{error.what} It was looked for at {target}.")
        return
    yield from verify_log(read, log=log, witnesses=witnesses)


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
