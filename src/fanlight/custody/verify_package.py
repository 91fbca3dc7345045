"""Check an evidence package offline: every byte, every signature, every claim that the log can bear out.

In:     a package's path; the keys to trust, or those that it names itself.
Out:    one Check after another.
Holds:  `holds` is said only of what was computed here; the first failing step of an item ends that item.
Absent: the network. Whether the log's key is the right one, only its owner can say.
Why:    docs/spec/evidence.md
"""

import hashlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.x509 import Certificate

from fanlight.custody.archive import Archive
from fanlight.custody.c2pa_checks import check_copies
from fanlight.custody.c2pa_form import SIGNER, SIGNER_TEXT, copy_path
from fanlight.custody.evidence import Evidence, ItemEntry, read_evidence
from fanlight.custody.giver import giver_path, read_giver
from fanlight.custody.package import (
    CASE,
    DRAFTS,
    EVIDENCE,
    ITEM_FILES,
    LEAVES,
    PAGE,
    PRINT,
    RECORD_FILES,
    SIGNATURE,
    STAMP,
    STAMP_ROOTS,
    SUMS,
    TERMS,
    sums,
    terms_file,
)
from fanlight.custody.package import CUSTODY as CUSTODY_FILE
from fanlight.custody.package import README as README_FILE
from fanlight.custody.parts import check_parts
from fanlight.custody.stamp import check_stamp, read_roots
from fanlight.model import clock
from fanlight.model.check import Check, State
from fanlight.model.errors import FanlightError
from fanlight.proof.cosignature import Witness, parse_witnesses
from fanlight.proof.note import VerifierKey
from fanlight.proof.openings import Leaf, Opening, check_openings, parse_leaf
from fanlight.proof.receipt import Receipt, verify_receipt
from fanlight.proof.trust import NAMED_BY_LOG, Trust, check_witnesses
from fanlight.seal import keys
from fanlight.seal.age_format import CHUNK_SEALED, HEADER_LIMIT, NONCE_LENGTH, TAG_LENGTH, parse_header
from fanlight.seal.chunktree import chunk_hash
from fanlight.seal.container import read_container
from fanlight.seal.manifest import DisclosureManifest, key_commitment
from fanlight.seal.opening import ChunkOpener
from fanlight.seal.reading import check_disclosure_manifest
from fanlight.wire import b64, jcs


def verify_package(
    path: Path,
    trust: Trust = NAMED_BY_LOG,
    authorities: Sequence[Certificate] | None = None,
    signers_pem: str | None = None,
) -> Iterator[Check]:
    """Check everything an evidence package claims, without a network.

    Args:
        path: the zip.
        trust: whom to trust; by default whom the package names.
        authorities: certificates trusted for time stamps; None takes those that the package names.
        signers_pem: certificates trusted to vouch for C2PA signers; None takes the signer that it names.

    Yields:
        Checks in this order: contents, one a file, SHA256SUMS, exporter, time stamp, C2PA, the log's entries,
        witnesses, openings, then for each clip its manifest, case, key, pieces and video.

    Raises:
        BadPackage: the file is no evidence package, or built to do harm. OSError: it cannot be read.
    """
    with Archive(path) as archive:
        raw = archive.read(EVIDENCE)
        evidence = read_evidence(raw)
        yield _contents(archive, evidence)
        yield from _files(archive, evidence)
        if evidence.v > 1:
            yield _sums(archive, evidence)
        yield _exporter(archive, evidence, raw)
        yield _stamp(archive, raw, authorities)
        if evidence.v > 1:
            yield from check_copies(archive, evidence, raw, signers_pem)
        leaves = yield from _log(archive, trust)
        yield from _openings(archive, evidence, leaves)
        for item in evidence.items:
            yield from _item(archive, evidence, item, leaves)


class _Fails(Exception):
    """A step failed and ends its item's checks; the message is the check's detail. Never seen outside."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """Collects the check of one step, so that a failing step ends what depends on it."""

    checks: list[Check]

    @contextmanager
    def step(self, name: str, holds: str) -> Iterator[None]:
        try:
            yield
        except FanlightError as error:
            self.checks.append(Check(name, State.FAILS, error.what))
            raise _Fails from error
        except _Fails as failed:
            self.checks.append(Check(name, State.FAILS, str(failed)))
            raise
        self.checks.append(Check(name, State.HOLDS, holds))


def _expected(evidence: Evidence) -> dict[str, str]:
    hashes = dict(evidence.files)
    for item in evidence.items:
        hashes |= item.files
    return hashes


def _contents(archive: Archive, evidence: Evidence) -> Check:
    must = {README_FILE, CUSTODY_FILE, PAGE, *RECORD_FILES, *(_later(evidence) if evidence.v > 1 else ())}
    listed = set(evidence.files) == must and all(_lists_own(item) for item in evidence.items)
    if not listed or len({item.disclosure for item in evidence.items}) != len(evidence.items):
        return Check("contents", State.FAILS, "evidence.json does not list the files that a package has.")
    wanted = {*_expected(evidence), EVIDENCE, SIGNATURE, *([SUMS] if evidence.v > 1 else [])}
    found = set(archive.names)
    if missing := sorted(wanted - found):
        return Check("contents", State.FAILS, f"{missing[0]} is missing.")
    groups = _added(evidence)
    for together in groups:
        if (found & together) and (missing := sorted(together - found)):
            return Check("contents", State.FAILS, f"{missing[0]} is missing.")
    added = set().union(*groups)
    if extra := sorted(found - wanted - added):
        return Check("contents", State.FAILS, f"{extra[0]} does not belong to the package.")
    if not archive.is_exact():
        return Check("contents", State.FAILS, "The zip around the files was changed after it was made.")
    return Check("contents", State.HOLDS, f"{len(found)} files, none missing and none too many.")


def _later(evidence: Evidence) -> set[str]:
    """Return what packages have from version 2 on: drafts exactly if somebody said that a clip is theirs."""
    said = {giver_path(item.disclosure) for item in evidence.items} & set(evidence.files)
    return {CASE, PRINT, *said, *([DRAFTS] if said else [])}


def _lists_own(item: ItemEntry) -> bool:
    here = f"items/{item.disclosure}"
    own = {f"{here}/{name}" for name in ITEM_FILES}
    return own <= set(item.files) <= {*own, f"{here}/{TERMS}"}


def _added(evidence: Evidence) -> list[set[str]]:
    """Return what may have been added: of each group all of it or none."""
    if evidence.v == 1:
        return []
    copies = {copy_path(item.disclosure) for item in evidence.items}
    return [{STAMP, STAMP_ROOTS}, {SIGNER, SIGNER_TEXT, *copies}]


def _files(archive: Archive, evidence: Evidence) -> Iterator[Check]:
    found = set(archive.names)
    for name, wanted in sorted(_expected(evidence).items()):
        if name not in found:
            continue  # said by `contents`
        try:
            digest = _sha256(archive, name)
        except FanlightError:
            yield Check(f"file {name}", State.FAILS, "It is damaged.")
            continue
        if digest == wanted:
            yield Check(f"file {name}", State.HOLDS, "It has the SHA-256 that evidence.json names.")
        else:
            yield Check(f"file {name}", State.FAILS, "It was changed after the package was made.")


def _sha256(archive: Archive, name: str) -> str:
    digest = hashlib.sha256()
    for block in archive.blocks(name):
        digest.update(block)
    return digest.hexdigest()


def _sums(archive: Archive, evidence: Evidence) -> Check:
    try:
        added = set().union(*_added(evidence)) & set(archive.names)
        unsigned = {name: _sha256(archive, name) for name in [EVIDENCE, SIGNATURE, *added]}
        same = archive.read(SUMS) == sums(_expected(evidence) | unsigned)
    except FanlightError as error:
        return Check(SUMS, State.FAILS, error.what)
    if not same:
        return Check(SUMS, State.FAILS, "It names other hashes than the files have.")
    return Check(SUMS, State.HOLDS, "It names the hash of every other file.")


def _exporter(archive: Archive, evidence: Evidence, raw: bytes) -> Check:
    try:
        public = b64.decode(evidence.exporter)
        signature = b64.decode(archive.read(SIGNATURE).decode("ascii", "replace").removesuffix("\n"))
        keys.verify(public, "evidence", raw, signature)
    except FanlightError as error:
        return Check("exporter's signature", State.FAILS, error.what)
    return Check(
        "exporter's signature", State.HOLDS, f"By the key {public.hex()[:16]}… that the package names."
    )


def _stamp(archive: Archive, raw: bytes, authorities: Sequence[Certificate] | None) -> Check:
    name = "time stamp"
    if STAMP not in archive.names:
        return Check(name, State.ABSENT, "No authority outside the agency says when the package existed.")
    try:
        roots = authorities if authorities is not None else read_roots(archive.read(STAMP_ROOTS))
        stamp = check_stamp(archive.read(STAMP), raw, roots)
    except FanlightError as error:
        return Check(name, State.FAILS, error.what)
    named = "as the package names it" if authorities is None else "whom you trust"
    return Check(
        name, State.HOLDS, f"evidence.json existed on {clock.to_text(stamp.at)}: {stamp.by}, {named}."
    )


def _log(archive: Archive, trust: Trust) -> Generator[Check, None, dict[str, Leaf]]:
    leaves: dict[str, Leaf] = {}
    try:
        key = trust.log or VerifierKey.parse(_text(archive, "record/vkey").strip())
        witnesses = trust.witnesses
        if witnesses is None:
            witnesses = parse_witnesses(_text(archive, "record/witness.vkeys"))
    except FanlightError as error:
        yield Check("log key", State.FAILS, error.what)
        return leaves
    named = "the key you trust" if trust.log else "as the package names it"
    yield Check("log key", State.HOLDS, f"{key.name}, {named}.")
    seen: dict[str, Witness] = {}
    for name in LEAVES:
        try:
            raw = archive.read(f"record/{name}.leaf")
            receipt = Receipt.parse(_text(archive, f"record/{name}.tlog-proof"))
            proven = verify_receipt(raw, receipt, key, witnesses)
            leaves[name] = parse_leaf(raw)
        except FanlightError as error:
            yield Check(f"{name} in the log", State.FAILS, error.what)
            continue
        cosigners = {cosigned.witness.key.name: cosigned.witness for cosigned in proven.cosigned}
        seen = cosigners if not seen else {n: w for n, w in seen.items() if n in cosigners}
        size = proven.checkpoint.head.size
        yield Check(f"{name} in the log", State.HOLDS, f"Entry {receipt.index} of {size}, proved.")
    yield check_witnesses(list(seen.values()), key, trust.need, "all three checkpoints")
    return leaves


def _openings(archive: Archive, evidence: Evidence, leaves: Mapping[str, Leaf]) -> Iterator[Check]:
    try:
        given = jcs.loads(archive.read("record/openings.json"))
    except FanlightError as error:
        yield Check("openings", State.FAILS, error.what)
        return
    shown: dict[str, dict[str, Any]] = {}
    for name in leaves:
        try:
            listed = given.get(name)
            openings = [Opening.from_json(each) for each in (listed if isinstance(listed, list) else [])]
            shown[name] = check_openings(archive.read(f"record/{name}.leaf"), openings)
        except FanlightError as error:
            yield Check(f"openings of {name}", State.FAILS, error.what)
    yield _case_number(evidence, shown)
    if "export" in leaves:
        export = shown.get("export", {})
        yield _act(evidence, leaves["export"], export)
        detail = export.get("detail")
        parts = check_parts(evidence, detail) if isinstance(detail, dict) else None
        if parts is not None:
            yield parts


def _case_number(evidence: Evidence, shown: Mapping[str, Mapping[str, Any]]) -> Check:
    said = [
        values["case_number"]
        for name, values in shown.items()
        if name != "export" and "case_number" in values
    ]
    if not said:
        return Check("case number", State.UNKNOWN, "The package does not open the case number in the log.")
    if any(number != evidence.case_number for number in said):
        return Check("case number", State.FAILS, "The log commits to another case number.")
    return Check("case number", State.HOLDS, "The request in the log commits to it.")


def _act(evidence: Evidence, leaf: Leaf, shown: Mapping[str, Any]) -> Check:
    if leaf.type != "case" or leaf.pub.get("agency") != evidence.agency:
        return Check("export on record", State.FAILS, "The entry is not one of this agency's case entries.")
    detail = shown.get("detail")
    if "act" not in shown or not isinstance(detail, dict):
        return Check("export on record", State.UNKNOWN, "The package does not open the export's entry.")
    if shown["act"] != "exported":
        return Check("export on record", State.FAILS, "The entry in the log records another act.")
    claims = {
        "recipient": evidence.recipient,
        "ground": evidence.ground,
        "return_by": evidence.return_by,
        "request": evidence.request,
        "package": evidence.package,
        "exporter": evidence.exporter,
    }
    wrong = [name for name, value in claims.items() if name in detail and detail[name] != value]
    items = {item.disclosure for item in evidence.items}
    if "disclosure" in detail and detail["disclosure"] not in items:
        wrong.append("disclosure")
    if wrong:
        return Check("export on record", State.FAILS, f"The log's entry names another {wrong[0]}.")
    return Check("export on record", State.HOLDS, "The log's entry commits to this export.")


def _item(
    archive: Archive, evidence: Evidence, item: ItemEntry, leaves: Mapping[str, Leaf]
) -> Iterator[Check]:
    outcome = _Outcome([])
    with suppress(_Fails):
        _check_item(archive, evidence, item, leaves, outcome)
    yield from outcome.checks


def _check_item(
    archive: Archive, evidence: Evidence, item: ItemEntry, leaves: Mapping[str, Leaf], outcome: _Outcome
) -> None:
    here, name = f"items/{item.disclosure}", f"clip {item.disclosure}"
    giver = giver_path(item.disclosure) if giver_path(item.disclosure) in evidence.files else None
    whose = "whose it is, is not known" if giver is None else f"{giver} is of who says that it is theirs"
    with outcome.step(f"{name}: manifest", f"Signed by a key made for this case; {whose}."):
        raw, sig = read_container(archive.read(f"{here}/manifest.json"), padded=False)
        manifest = check_disclosure_manifest(raw, sig).manifest
        _must(manifest.facts.disclosure == item.disclosure, "The manifest describes another clip.")
        _check_terms(archive, item, manifest.facts.terms)
    if giver is not None:
        with outcome.step(f"{name}: giver", "Said by whoever signed the clip. Nobody checked that it is so."):
            read_giver(archive.read(giver), item.disclosure, manifest.signer)
    with outcome.step(f"{name}: case", "Made for the case key and the request in the log."):
        _check_case(manifest, evidence, leaves)
    with outcome.step(f"{name}: key", "The file key is the one the household committed to."):
        file_key = _file_key(archive.read(f"{here}/file-key.hex"))
        _must(key_commitment(file_key) == manifest.seal.kc, "The file key is another than the household's.")
    with outcome.step(f"{name}: pieces", f"All {len(manifest.seal.chunks)} pieces are the signed ones."):
        sealed = f"{here}/clip.age"
        header = parse_header(archive.part(sealed, 0, min(archive.size(sealed), HEADER_LIMIT)))
        header.check_mac(file_key)
        body = header.length + NONCE_LENGTH
        whole = (
            archive.part(sealed, 0, min(archive.size(sealed), body))[header.length :] == manifest.seal.nonce
        )
        found = tuple(chunk_hash(chunk) for chunk in _chunks(archive, sealed, body))
        _must(whole and found == manifest.seal.chunks, "A piece is not the one that was signed.")
    with outcome.step(f"{name}: video", "clip.age opens to clip.mp4, byte for byte."):
        opener = ChunkOpener(file_key, manifest.seal.nonce)
        _must(
            _opens_to(opener, archive, sealed, body, f"{here}/clip.mp4"),
            "clip.mp4 is not what clip.age opens to.",
        )


def _chunks(archive: Archive, name: str, first: int) -> Iterator[bytes]:
    size = archive.size(name)
    for at in range(first, size, CHUNK_SEALED):
        yield archive.part(name, at, min(at + CHUNK_SEALED, size))


def _opens_to(opener: ChunkOpener, archive: Archive, sealed: str, body: int, film: str) -> bool:
    """Return whether the pieces, which were compared with the signed ones, open to exactly `film`."""
    at, size, last = 0, archive.size(film), -(-(archive.size(sealed) - body) // CHUNK_SEALED) - 1
    for index, chunk in enumerate(_chunks(archive, sealed, body)):
        plain = bytearray(max(0, len(chunk) - TAG_LENGTH))
        opener.open_into(index, chunk, memoryview(plain), last=index == last)
        if plain != archive.part(film, at, min(at + len(plain), size)):
            return False
        at += len(plain)
    return at == size


def _check_case(manifest: DisclosureManifest, evidence: Evidence, leaves: Mapping[str, Leaf]) -> None:
    _must(
        {"request", "case-key"} <= set(leaves), "The request or the case key is not proved to be in the log."
    )
    request, case_key = leaves["request"].pub, leaves["case-key"].pub
    text = case_key.get("key")
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() if isinstance(text, str) else ""
    wanted = manifest.case_key_sha256.hex()
    _must(
        leaves["request"].type == "request" and leaves["case-key"].type == "case-key",
        "The entries are others.",
    )
    _must(digest == case_key.get("key_sha256") == wanted, "The case key in the log is another.")
    _must(request.get("key_sha256") == wanted, "The request in the log is sealed to another case key.")
    named = {manifest.facts.request, evidence.request, request.get("request")}
    _must(len(named) == 1, "The clip was given for another request.")
    _must(evidence.agency == request.get("agency") == case_key.get("agency"), "The log names another agency.")


def _check_terms(archive: Archive, item: ItemEntry, terms: str | None) -> None:
    name = f"items/{item.disclosure}/{TERMS}"
    listed = name in item.files
    _must(
        listed == (terms is not None), "terms.txt is there and the manifest has no terms, or the other way."
    )
    _must(
        terms is None or archive.read(name) == terms_file(terms),
        "terms.txt has other words than the household signed.",
    )


def _file_key(data: bytes) -> bytes:
    try:
        return bytes.fromhex(data.decode("ascii").removesuffix("\n"))
    except ValueError as error:
        raise _Fails("file-key.hex holds no key.") from error


def _must(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as a sentence where it is called
    if not holds:
        raise _Fails(otherwise)


def _text(archive: Archive, name: str) -> str:
    return archive.read(name).decode("utf-8", "replace")
