"""Read the C2PA manifest in a copy of a film, and check who signed it and what it says.

In:     a copy of a film; the certificate that must have signed; what its manifest must say.
Out:    nothing, or why it does not hold.
Holds:  the network is never used: a manifest that lies elsewhere is none.
Source: C2PA 2.x, by `c2pa-python`; `@contentauth/c2pa-web` reads the same files in a test.
"""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from c2pa import C2paError, Context, Reader
from cryptography import x509

from fanlight.custody.c2pa_form import ACTIONS, ASSERTION
from fanlight.custody.errors import bad_package

_OFFLINE = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_timestamp_trust": False}}


@dataclass(frozen=True, slots=True)
class NamedSigner:
    """The certificate that a package states, and the roots (PEM) one of which has to vouch for it."""

    certificate: x509.Certificate
    vouched_by_pem: str


class Section(io.RawIOBase):
    """A part of a file, to be read as a file of its own."""

    def __init__(self, read: Callable[[int, int], bytes], size: int) -> None:
        """Take how to read [first, end), and the length."""
        super().__init__()
        self._read, self._size, self._at = read, size, 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, into: memoryview | bytearray) -> int:  # type: ignore[override]
        """Fill `into` as far as there are bytes."""
        data = self._read(self._at, min(self._at + len(into), self._size)) if self._at < self._size else b""
        into[: len(data)] = data
        self._at += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move as files do."""
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def tell(self) -> int:
        """Return where it is."""
        return self._at

    def write(self, data: object) -> int:  # noqa: ARG002 - the library asks whether there is one
        """Refuse."""
        raise io.UnsupportedOperation("write")


def check_c2pa(
    copy: Section, signer: NamedSigner, wanted: Mapping[str, Any], actions: Sequence[Mapping[str, Any]]
) -> None:
    """Check the one manifest in `copy`.

    Args:
        copy: the film with its manifest.
        signer: who must have signed.
        wanted: the assertion that binds it to its package.
        actions: what was done, in order.

    Raises:
        BadPackage: it does not hold, or says something else.
    """
    try:
        context = Context.from_dict(_OFFLINE | {"trust": {"trust_anchors": signer.vouched_by_pem}})
        with Reader("video/mp4", copy, context=context) as reader:
            said = json.loads(reader.json())
    except (C2paError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise bad_package(f"C2PA does not read it ({error})") from error
    if said.get("validation_state") != "Trusted":
        status = [str(one.get("code")) for one in said.get("validation_status", [])]
        raise bad_package(f"C2PA does not hold: {', '.join(status) or 'not trusted'}")
    manifests = said["manifests"]
    if len(manifests) != 1 or (active := manifests[said["active_manifest"]]).get("ingredients"):
        raise bad_package("C2PA names other files than this one")
    if active.get("signature_info", {}).get("cert_serial_number") != str(signer.certificate.serial_number):
        raise bad_package("C2PA was signed by another certificate than the one that is stated")
    found = {one["label"]: one["data"] for one in active["assertions"]}
    ours = {label: data for label, data in found.items() if not label.startswith("c2pa.hash.")}
    if ours != {ACTIONS: {"actions": list(actions)}, ASSERTION: dict(wanted)}:
        raise bad_package("C2PA says something else than this package")
