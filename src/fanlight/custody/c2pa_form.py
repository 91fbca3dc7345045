"""What C2PA adds to a package: where it lies, what it says, and how its copy of a film differs from the film.

In:     evidence.json, a disclosure's manifest, the export's entry, films.
Out:    names, assertions, the text about the signer; whether a copy is a film with one box put in.
Holds:  nothing here names a household, a camera or a person; each assertion follows from signed files, so
        that none can say more than they do.
Absent: the library that signs and reads (c2pa_signing, c2pa_reading).
Why:    docs/adr/0013-c2pa-on-a-copy-of-its-own.md
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from fanlight.custody.errors import BadPackage, bad_package
from fanlight.seal.manifest import DisclosureFacts

SIGNER, SIGNER_TEXT = "added/c2pa/signer.pem", "added/c2pa/signer.txt"
CREATED = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
ASSERTION = "org.fanlight.disclosure"
ACTIONS = "c2pa.actions.v2"
MOST_MANIFEST = 1 << 20  # bytes of the box; ours have some 5,000
_HEAD = 8
_LONG_HEAD = 16
_MOST_BOXES = 200_000
_BLOCK = 1 << 18
_USER_TYPE = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_BLURRED = "Faces were blurred before the agency had it, as the household's signed manifest says."
_TOLD = "Before the agency had it, as the household's signed manifest says."
_TEXT = """\
Who signed the C2PA manifests in this folder
============================================

The certificate in signer.pem, with this SHA-256 fingerprint:

{fingerprint}

An agency that has no certificate that others know makes one for itself; its name then says
"self-made", and every C2PA reader shows an unknown signer. That is right: the manifest then
shows that the copy did not change since this certificate signed it, and not who holds it.
Ask the agency for its fingerprint in another way than by this package, and compare.

Each .mp4 here is items/ID/clip.mp4 with one box put in, which holds the manifest. The clip
itself, as the household sealed it, stays as it is.
"""

Read = Callable[[int, int], bytes]  # first, end


def copy_path(disclosure: str) -> str:
    """Return where the copy of a clip lies that carries its manifest."""
    return f"added/c2pa/{disclosure}.mp4"


def signer_text(certificate_der: bytes) -> bytes:
    """Return the text about the signer, which follows from its certificate."""
    digest = hashlib.sha256(certificate_der).hexdigest()
    return _TEXT.format(fingerprint=digest).encode()


def actions(facts: DisclosureFacts) -> list[dict[str, Any]]:
    """Return what was done, in order, as the household's manifest tells it."""
    done: list[dict[str, Any]] = [{"action": "c2pa.created", "digitalSourceType": CREATED}]
    if facts.trimmed:
        done.append({"action": "c2pa.trimmed", "description": _TOLD})
    if facts.faces_blurred:
        done.append({"action": "c2pa.edited", "description": _BLURRED})
    return done


def disclosure_said(evidence: bytes, clip_sha256: str, manifest_sha256: str, export: bytes) -> dict[str, Any]:
    """Return the assertion that binds a manifest to its package.

    Args:
        evidence: evidence.json.
        clip_sha256: of the film, in hex.
        manifest_sha256: of the household's manifest.json.
        export: the export's entry in the log; its hash is as the log's tree has it.
    """
    return {
        "clip_sha256": clip_sha256,
        "evidence_sha256": hashlib.sha256(evidence).hexdigest(),
        "export_leaf_hash": hashlib.sha256(b"\0" + export).hexdigest(),
        "manifest_sha256": manifest_sha256,
    }


def is_copy(film: Read, film_size: int, copy: Read, copy_size: int) -> bool:
    """Return whether `copy` is `film` with one C2PA box behind its first box, and nothing else.

    A film's index of places (`mfra`) is let be: its places move with the box.
    """
    more = copy_size - film_size
    try:
        boxes = list(_boxes(film, film_size))
    except BadPackage:
        return False
    if not boxes or not _HEAD + len(_USER_TYPE) < more <= MOST_MANIFEST:
        return False
    at = boxes[0][1]
    head = copy(at, at + _HEAD + len(_USER_TYPE))
    if boxes[0][2] != b"ftyp" or head != more.to_bytes(4, "big") + b"uuid" + _USER_TYPE:
        return False
    ends = [(first + _HEAD, end) for first, end, kind in boxes if kind == b"mfra"]
    runs = [(0, at, 0)]
    start = at
    for first, end in ends:
        runs.append((start, first, more))
        start = end
    runs.append((start, film_size, more))
    return all(_same(film, copy, *run) for run in runs)


def _same(film: Read, copy: Read, first: int, end: int, moved: int) -> bool:
    return all(
        film(at, min(at + _BLOCK, end)) == copy(at + moved, min(at + _BLOCK, end) + moved)
        for at in range(first, end, _BLOCK)
    )


def _boxes(film: Read, size: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield first byte, end and kind of each box at the top."""
    at = 0
    for _ in range(_MOST_BOXES):
        if at == size:
            return
        head = film(at, min(at + _LONG_HEAD, size))
        length, least = int.from_bytes(head[:4], "big"), _HEAD
        if length == 1:
            length, least = int.from_bytes(head[_HEAD:], "big"), _LONG_HEAD
        if not least <= length <= size - at:
            break
        yield at, at + length, head[4:_HEAD]
        at += length
    raise bad_package("a film in it is no row of boxes")
