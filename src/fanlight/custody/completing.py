"""Give a package what only the agency's own machine can: a time stamp, and copies that carry C2PA.

In:     a package's zip that holds; how to reach an authority, its certificates; who signs C2PA.
Out:    another zip, of the same files and what was added.
Holds:  no byte that the exporter signed is touched; what is added stands on its own, bound to evidence.json
        by its hash; a package that does not hold is given nothing; the file that was given stays as it is.
Why:    docs/adr/0012-what-is-added-to-a-package.md
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from fanlight.custody.archive import Archive
from fanlight.custody.c2pa_form import (
    ACTIONS,
    ASSERTION,
    CREATED,
    SIGNER,
    SIGNER_TEXT,
    actions,
    copy_path,
    disclosure_said,
    signer_text,
)
from fanlight.custody.c2pa_reading import NamedSigner, Section, check_c2pa
from fanlight.custody.c2pa_signing import C2paSigner, sign_copy
from fanlight.custody.errors import BadPackage, NotCompleted
from fanlight.custody.package import EVIDENCE, STAMP, STAMP_ROOTS, SUMS, sums
from fanlight.custody.stamp import Stamp, ask, check_stamp, read_roots
from fanlight.custody.verify_package import verify_package
from fanlight.custody.zip_form import zip_files
from fanlight.model.check import State
from fanlight.seal.container import read_container
from fanlight.seal.reading import check_disclosure_manifest

# A film of no pictures, to try a certificate on.
_SMALLEST = b"\0\0\0\x10ftypisom\0\0\0\0" + b"\0\0\0\x08mdat"
_KEPT = "The package that you gave was not changed, and no other was written."


@dataclass(frozen=True, slots=True)
class Clock:
    """A time-stamping authority: `send` takes the question (DER) and returns the answer."""

    send: Callable[[bytes], bytes]
    roots_pem: bytes


def add_stamp(package: Path, out: Path, send: Callable[[bytes], bytes], roots_pem: bytes) -> Stamp:
    """Write `out`: the package with a time stamp over its evidence.json; raises as `complete`."""
    stamp = complete(package, out, clock=Clock(send, roots_pem))
    if stamp is None:
        raise AssertionError
    return stamp


def complete(
    package: Path,
    out: Path,
    *,
    clock: Clock | None = None,
    signer: Callable[[str], C2paSigner] | None = None,
) -> Stamp | None:
    """Write `out`: the package with what it lacks; return its new time stamp, if one was asked for.

    Args:
        package: a whole package, of version 2 or later, without what is to be added.
        out: where nothing is yet.
        clock: who stamps the time; None adds no stamp.
        signer: takes the agency that the package names, returns who signs C2PA; None adds none.

    Raises:
        BadPackage, BadStamp: as their names say.
        NotCompleted: the package does not hold, is of version 1, or has that already; `out` is there; a
            film or a certificate is none that C2PA takes.
        OSError: a file cannot be read or written.
    """
    roots = read_roots(clock.roots_pem) if clock else []
    broken = [check.name for check in verify_package(package) if check.state is State.FAILS]
    if broken:
        raise NotCompleted(
            f"The package does not hold: {broken[0]}.", kept=_KEPT, do="Export the clips again."
        )
    with Archive(package) as archive:
        files = {name: archive.read(name) for name in archive.names}
        crcs = {name: archive.crc(name) for name in archive.names}
    wanted = ({STAMP} if clock else set()) | ({SIGNER} if signer else set())
    if SUMS not in files or wanted & set(files):
        raise NotCompleted(
            "The package is of an earlier version, or has this already.",
            kept=_KEPT,
            do="Export the clips again; once is enough.",
        )
    stamp, added = None, {}
    if clock:
        request = ask(files[EVIDENCE])
        added[STAMP] = clock.send(request.as_bytes())
        added[STAMP_ROOTS] = clock.roots_pem
        stamp = check_stamp(added[STAMP], files[EVIDENCE], roots, request)
    if signer:
        evidence = json.loads(files[EVIDENCE])
        own = signer(evidence["agency"])
        _try(own)
        added |= copies(files, evidence, own)
    _write_new(out, with_added(files, crcs, added))
    return stamp


def with_added(files: Mapping[str, bytes], crcs: Mapping[str, int], added: Mapping[str, bytes]) -> bytes:
    """Return the zip of a package that holds and of what is added; what it has is not summed again."""
    kept = {name: data for name, data in files.items() if name != SUMS}
    hashes = _hashes_of(files) | {name: hashlib.sha256(data).hexdigest() for name, data in added.items()}
    known = {name: crcs[name] for name in kept}
    return zip_files({**kept, **added, SUMS: sums(hashes)}, known)


def _hashes_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the hashes that the package's own list has, which was compared with the files."""
    rows = files[SUMS].decode().splitlines()
    return {name: digest for digest, _, name in (row.partition("  ") for row in rows)}


def copies(files: Mapping[str, bytes], evidence: Mapping[str, Any], signer: C2paSigner) -> dict[str, bytes]:
    """Return a copy of each clip that carries C2PA, and who signed; raises NotCompleted."""
    certificate = x509.load_pem_x509_certificates(signer.chain_pem)[0]
    text = signer_text(certificate.public_bytes(Encoding.DER))
    added = {SIGNER: signer.chain_pem, SIGNER_TEXT: text}
    for item in evidence["items"]:
        here = f"items/{item['disclosure']}"
        raw, sig = read_container(files[f"{here}/manifest.json"], padded=False)
        facts = check_disclosure_manifest(raw, sig).manifest.facts
        said = disclosure_said(
            files[EVIDENCE],
            item["files"][f"{here}/clip.mp4"],
            item["files"][f"{here}/manifest.json"],
            files["record/export.leaf"],
        )
        assertions = {ACTIONS: {"actions": actions(facts)}, ASSERTION: said}
        added[copy_path(item["disclosure"])] = sign_copy(files[f"{here}/clip.mp4"], assertions, signer)
    return added


def _try(signer: C2paSigner) -> None:
    """Find out now, not in court, that readers take what this certificate signs; raises NotCompleted."""
    certificate, *_, root = x509.load_pem_x509_certificates(signer.chain_pem)
    named = NamedSigner(certificate, root.public_bytes(Encoding.PEM).decode())
    done = [{"action": "c2pa.created", "digitalSourceType": CREATED}]
    copy = sign_copy(_SMALLEST, {ACTIONS: {"actions": done}, ASSERTION: {}}, signer)
    try:
        check_c2pa(Section(lambda first, end: copy[first:end], len(copy)), named, {}, done)
    except BadPackage as error:
        raise NotCompleted(
            f"No reader takes what this certificate signed: {error.what}",
            kept=_KEPT,
            do="Give a certificate for signing documents with all above it, or none.",
        ) from error


def _write_new(out: Path, data: bytes) -> None:
    """Write a file whole or not at all, and never over another."""
    with tempfile.NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}.") as made:
        made.write(data)
        made.flush()
        os.fsync(made.fileno())
        try:
            os.link(made.name, out)  # fails if it is there, unlike a rename
        except FileExistsError as error:
            raise NotCompleted(
                f"{out} is there already.", kept=_KEPT, do="Name a file that is not there yet."
            ) from error
