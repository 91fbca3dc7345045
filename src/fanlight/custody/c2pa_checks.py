"""Check the copies in a package that carry C2PA: each against its film, its manifest and the package.

In:     an open package; who is trusted to vouch for signers.
Out:    Checks.
Holds:  a copy is its film with one box put in, and the box speaks of this package and no other.
Why:    docs/adr/0013-c2pa-on-a-copy-of-its-own.md
"""

import hashlib
from collections.abc import Iterator
from functools import partial

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from fanlight.custody.archive import Archive
from fanlight.custody.c2pa_form import (
    SIGNER,
    SIGNER_TEXT,
    actions,
    copy_path,
    disclosure_said,
    is_copy,
    signer_text,
)
from fanlight.custody.evidence import Evidence, ItemEntry
from fanlight.model.check import Check, State
from fanlight.model.errors import FanlightError
from fanlight.seal.container import read_container
from fanlight.seal.reading import check_disclosure_manifest


def check_copies(
    archive: Archive, evidence: Evidence, raw: bytes, signers_pem: str | None
) -> Iterator[Check]:
    """Check what C2PA there is; one `absent` check says that there is none.

    Args:
        archive: the package.
        evidence: what it says of itself.
        raw: evidence.json.
        signers_pem: who is trusted to vouch for signers; None takes the signer that the package names.
    """
    if SIGNER not in archive.names:
        yield Check("C2PA", State.ABSENT, "No copy carries a manifest that other programs read.")
        return
    try:
        pem = archive.read(SIGNER)
        certificate, *_, root = x509.load_pem_x509_certificates(pem)
        der = certificate.public_bytes(Encoding.DER)
        stated = archive.read(SIGNER_TEXT) == signer_text(der)
    except (ValueError, FanlightError):
        yield Check("C2PA signer", State.FAILS, "Its certificate cannot be read.")
        return
    digest = hashlib.sha256(der).hexdigest()
    if not stated:
        yield Check("C2PA signer", State.FAILS, f"{SIGNER_TEXT} states another certificate.")
        return
    named = (
        "as the package names it; other readers may not know it"
        if signers_pem is None
        else "to be vouched for"
    )
    who = certificate.subject.rfc4514_string()
    yield Check("C2PA signer", State.HOLDS, f"{who}, SHA-256 {digest}, {named}.")
    # Who vouches is the last of the certificates that the package brings, or whom the reader trusts.
    roots = root.public_bytes(Encoding.PEM).decode() if signers_pem is None else signers_pem
    for item in evidence.items:
        yield from _item(archive, item, raw, certificate, roots)


def _item(
    archive: Archive, item: ItemEntry, raw: bytes, certificate: x509.Certificate, roots: str
) -> Iterator[Check]:
    name, here = f"clip {item.disclosure}", f"items/{item.disclosure}"
    film, copy = f"{here}/clip.mp4", copy_path(item.disclosure)
    try:
        sizes = archive.size(film), archive.size(copy)
        same = is_copy(partial(archive.part, film), sizes[0], partial(archive.part, copy), sizes[1])
    except FanlightError as error:
        yield Check(f"{name}: C2PA copy", State.FAILS, error.what)
        return
    if not same:
        yield Check(f"{name}: C2PA copy", State.FAILS, "It is another film than clip.mp4.")
        return
    yield Check(f"{name}: C2PA copy", State.HOLDS, "It is clip.mp4 with one box put in, the manifest.")
    # The library is large and its loading slow: who checks no C2PA does without.
    from fanlight.custody.c2pa_reading import NamedSigner, Section, check_c2pa  # noqa: PLC0415

    try:
        manifest, sig = read_container(archive.read(f"{here}/manifest.json"), padded=False)
        facts = check_disclosure_manifest(manifest, sig).manifest.facts
        hashes = (item.files[film], item.files[f"{here}/manifest.json"])
        said = disclosure_said(raw, *hashes, archive.read("record/export.leaf"))
        section = Section(partial(archive.part, copy), sizes[1])
        check_c2pa(section, NamedSigner(certificate, roots), said, actions(facts))
    except FanlightError as error:
        yield Check(f"{name}: C2PA manifest", State.FAILS, error.what)
        return
    except KeyError:
        yield Check(f"{name}: C2PA manifest", State.FAILS, "evidence.json does not list the clip's files.")
        return
    yield Check(
        f"{name}: C2PA manifest", State.HOLDS, "It is signed, and names this clip, export and package."
    )
