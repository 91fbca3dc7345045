"""Give a package what only the agency's own machine can: so far a time stamp.

In:     a package's zip that holds; how to reach an authority; its certificates.
Out:    another zip, of the same files and what was added.
Holds:  no byte that the exporter signed is touched; what is added stands on its own, bound to evidence.json
        by its hash; a package that does not hold is given nothing; the file that was given stays as it is.
Why:    docs/adr/0012-what-is-added-to-a-package.md
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from fanlight.custody.archive import Archive
from fanlight.custody.errors import NotCompleted
from fanlight.custody.package import ADDED, EVIDENCE, STAMP, STAMP_ROOTS, SUMS, sums_of
from fanlight.custody.stamp import Stamp, ask, check_stamp, read_roots
from fanlight.custody.verify_package import verify_package
from fanlight.custody.zip_form import zip_files
from fanlight.model.check import State

_KEPT = "The package that you gave was not changed, and no other was written."


def add_stamp(package: Path, out: Path, send: Callable[[bytes], bytes], roots_pem: bytes) -> Stamp:
    """Write `out`: the package with a time stamp over its evidence.json.

    Args:
        package: a whole package, version 2, without a stamp.
        out: where nothing is yet.
        send: takes the question (DER), returns the authority's answer.
        roots_pem: the authority's certificates, which go into the package.

    Raises:
        BadPackage, BadStamp: as their names say.
        NotCompleted: the package does not hold, is of version 1, or has a stamp; `out` is there.
        OSError: a file cannot be read or written.
    """
    roots = read_roots(roots_pem)
    broken = [check.name for check in verify_package(package) if check.state is State.FAILS]
    if broken:
        raise NotCompleted(
            f"The package does not hold: {broken[0]}.", kept=_KEPT, do="Export the clips again."
        )
    with Archive(package) as archive:
        files = {name: archive.read(name) for name in archive.names}
    if SUMS not in files or set(ADDED) & set(files):
        raise NotCompleted(
            "The package is of an earlier version, or was stamped before.",
            kept=_KEPT,
            do="Export the clips again; one stamp is enough.",
        )
    request = ask(files[EVIDENCE])
    answer = send(request.as_bytes())
    stamp = check_stamp(answer, files[EVIDENCE], roots, request)
    del files[SUMS]
    files |= {STAMP: answer, STAMP_ROOTS: roots_pem}
    _write_new(out, zip_files(files | {SUMS: sums_of(files)}))
    return stamp


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
