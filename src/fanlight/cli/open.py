"""Open one sealed clip with its key: `fanlight open CLIP.age --key FILE --out MP4`.

In:     an age file, a path to write, and a file of age identities (one a line, `#` begins a comment) or with
        the words or the code of a recovery sheet; with `--keys`, the household's sealed keys that those open.
Out:    the whole plaintext, or nothing: a file appears under its name only when every piece was checked.
Holds:  nothing is ever overwritten; memory stays small however long the clip is.
Absent: Fanlight's manifests. Any age 1.3 opens the same file; this is the same job without it.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from fanlight.model.errors import FanlightError
from fanlight.seal import keys
from fanlight.seal.age_format import CHUNK_SEALED, NONCE_LENGTH, parse_header
from fanlight.seal.errors import Altered, BadKey, Malformed, NotForUs, SealError
from fanlight.seal.opening import ChunkOpener, open_age, open_header
from fanlight.seal.sheet import read_sheet

_KEPT = "Nothing was written."
_HEADER_LIMIT = 1 << 20
_KEY_FILE_LIMIT = 1 << 20


class OpenError(FanlightError):
    """Base of what keeps a clip shut."""

    code = "open.error"


class NotAgeFile(OpenError):
    """The file to open is no age file."""

    code = "open.not_age"


class WrongKey(OpenError):
    """The key file holds no identity, or none that this clip is sealed to."""

    code = "open.wrong_key"


class ClipAltered(OpenError):
    """The clip was cut or altered after it was sealed."""

    code = "open.altered"


class OutputTaken(OpenError):
    """A file of that name is there already."""

    code = "open.output_taken"


class FileTrouble(OpenError):
    """A file cannot be read or written."""

    code = "open.file"


def open_clip(clip_path: Path, key_path: Path, out_path: Path, sealed_keys: Path | None = None) -> int:
    """Decrypt `clip_path` into `out_path` with the identities in `key_path`.

    Args:
        clip_path: the sealed clip.
        key_path: identities, or a recovery sheet.
        out_path: a name that is not taken.
        sealed_keys: a household's sealed key (an age file) or a folder of them, which are opened first.

    Returns:
        How many bytes were written.

    Raises:
        NotAgeFile, WrongKey, ClipAltered, OutputTaken, FileTrouble: each says what to do; no part of a
            clip stays behind.
    """
    if out_path.exists():
        raise _taken(out_path)
    identities = _identities(key_path)
    if sealed_keys is not None:
        identities += _household_keys(sealed_keys, identities)
    try:
        with clip_path.open("rb") as clip, _appearing(out_path) as out:
            return _copy(clip, out, identities)
    except Malformed as error:
        raise NotAgeFile(
            f"{clip_path.name} is not an age file, or its header is damaged.",
            kept=_KEPT,
            do="Look whether it is the right file and was copied whole, in binary form.",
        ) from error
    except NotForUs as error:
        raise WrongKey(
            f"The key in {key_path.name} does not open {clip_path.name}.",
            kept=_KEPT,
            do="Use the key of the period the clip is from: epoch 0's opens none of epoch 1's clips. With a "
            "recovery sheet, name the folder of the household's sealed keys with --keys.",
        ) from error
    except Altered as error:
        raise ClipAltered(
            f"{clip_path.name} was cut or altered after it was sealed.",
            kept="What was decrypted until then was removed again.",
            do="Copy or download the clip again.",
        ) from error
    except OSError as error:
        raise _trouble(error, out_path if error.filename != str(clip_path) else clip_path) from error


def _identities(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            data = file.read(_KEY_FILE_LIMIT)
    except OSError as error:
        raise _trouble(error, path) from error
    text = data.decode("utf-8", "replace")
    with suppress(BadKey):
        return [read_sheet(text).age.secret]
    lines = [line.strip() for line in text.splitlines()]
    identities = [line for line in lines if line and not line.startswith("#")]
    try:
        for identity in identities:
            keys.identity_bytes(identity)
    except BadKey as error:
        raise _no_key(path) from error
    if not identities:
        raise _no_key(path)
    return identities


def _household_keys(path: Path, identities: list[str]) -> list[str]:
    """Return the identities in those of a household's sealed keys that `identities` open."""
    found: list[str] = []
    try:
        for file in sorted(path.glob("*.age")) if path.is_dir() else [path]:
            with suppress(SealError):
                secret = open_age(file.read_bytes(), identities).decode("ascii", "replace").strip()
                keys.identity_bytes(secret)
                found.append(secret)
    except OSError as error:
        raise _trouble(error, path) from error
    if not found:
        raise WrongKey(
            f"The given key opens none of the household's keys in {path.name}.",
            kept=_KEPT,
            do="Use the sheet or the key of a member that counted when those were made.",
        )
    return found


def _copy(clip: BinaryIO, out: BinaryIO, identities: list[str]) -> int:
    head = clip.read(_HEADER_LIMIT)
    header = parse_header(head)
    file_key = open_header(head, identities)
    clip.seek(header.length)
    opener = ChunkOpener(file_key, clip.read(NONCE_LENGTH))
    index = written = 0
    chunk = clip.read(CHUNK_SEALED)
    while True:
        # The chunk after it tells whether this one must carry the final mark.
        following = clip.read(CHUNK_SEALED)
        written += out.write(opener.open(index, chunk, last=not following))
        if not following:
            return written
        index, chunk = index + 1, following


@contextmanager
def _appearing(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write that takes its name only if all goes well, and never another's."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, path)  # unlike a rename, refuses a name that was taken meanwhile
        except FileExistsError as error:
            raise _taken(path) from error
        except OSError:  # a memory card's file system knows no links
            part.rename(path)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def _taken(path: Path) -> OutputTaken:
    return OutputTaken(
        f"{path.name} is there already.", kept="It was not touched.", do="Choose another name with --out."
    )


def _no_key(path: Path) -> WrongKey:
    return WrongKey(
        f"{path.name} holds no age identity and no recovery sheet.",
        kept=_KEPT,
        do="Give a file with a line that begins with AGE-SECRET-KEY-PQ-1, or with a sheet's 24 words.",
    )


def _trouble(error: OSError, path: Path) -> FileTrouble:
    return FileTrouble(
        f"{path.name} cannot be used: {error.strerror or 'input or output failed'}.",
        kept=_KEPT,
        do="Look at the path, its rights and the free space on the disk.",
    )
