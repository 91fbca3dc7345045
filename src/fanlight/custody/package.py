"""Make an evidence package: one zip that plays anywhere and is checked offline.

In:     opened disclosures, the log's receipts, facts of the export, the exporter's key.
Out:    the zip's bytes; the same input gives the same bytes, here and in web/core/evidence.
Holds:  every file but evidence.json, evidence.sig and SHA256SUMS has its SHA-256 in evidence.json, which is
        signed; SHA256SUMS follows from the others, so that `sha256sum -c` reads them all.
Absent: the server; where files are kept. Nothing is compressed, so that nothing can unpack to more.
Why:    docs/spec/evidence.md
"""

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from typing import Any

from fanlight.custody.case_graph import case_graph
from fanlight.custody.certificate_draft import NamedClip, Templates, certificate_drafts
from fanlight.custody.errors import bad_package
from fanlight.custody.giver import giver_path, read_giver
from fanlight.custody.print_page import print_page
from fanlight.custody.zip_form import zip_files
from fanlight.model import clock
from fanlight.model.ids import is_id
from fanlight.seal.age_format import Buffer
from fanlight.seal.container import make_container
from fanlight.seal.keys import SigningKey
from fanlight.seal.manifest import parse_disclosure
from fanlight.seal.opening import open_header
from fanlight.seal.reading import ClipReader, open_disclosure_manifest
from fanlight.wire import b64, jcs

VERSION = 2
EVIDENCE, SIGNATURE, SUMS, README, PAGE, CUSTODY = (
    "evidence.json",
    "evidence.sig",
    "SHA256SUMS",
    "README.txt",
    "index.html",
    "custody.json",
)
STAMP, STAMP_ROOTS = "added/evidence.tsr", "added/tsa.pem"
CASE, PRINT = "case.jsonld", "print.html"
DRAFTS = "certificate.html"  # exactly if the giver of a clip said who they are
ITEM_FILES = ("clip.mp4", "clip.age", "manifest.json", "file-key.hex")
TERMS = "terms.txt"  # of each clip whose manifest has terms
LEAVES = ("request", "case-key", "export")
RECORD_FILES = tuple(
    sorted(
        [f"record/{name}.{kind}" for name in LEAVES for kind in ("leaf", "tlog-proof")]
        + ["record/openings.json", "record/vkey", "record/witness.vkeys"]
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFacts:
    """What an export is: whose case, to whom it goes, on what ground, and when it must come back.

    `package` and `request` are ids; `agency` is the ORI that the log's leaves name.
    """

    package: str
    case_number: str
    agency: str
    made_at: datetime
    recipient: str
    ground: str
    return_by: date | None
    request: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceItem:
    """One opened disclosure: the plaintext as sealed (padding included), the age file, manifest and key.

    `giver` is what its giver said of themselves, as giver.read_giver takes it; None if nobody said anything.
    """

    disclosure: str
    clip_mp4: bytes
    clip_age: bytes
    manifest: bytes
    manifest_sig: bytes
    file_key: bytes
    giver: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A log entry's exact bytes and its tlog-proof text."""

    leaf: bytes
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the public log says. `openings` maps each of LEAVES to its `{field, salt, value}` objects."""

    request: Proof
    case_key: Proof
    export: Proof
    openings: Mapping[str, Sequence[Mapping[str, Any]]]
    vkey: str
    witness_vkeys: str


def open_item(
    *, hdr: bytes, pay: Buffer, manifest_age: bytes, identities: Sequence[str], case_recipient: str
) -> EvidenceItem:
    """Open one disclosure with the case key, checking signature, case, key and every piece.

    Raises:
        SealError: the subclass says what does not hold; nothing is given out then.
    """
    opened = open_disclosure_manifest(manifest_age, identities, case_recipient)
    plain = ClipReader(opened.manifest.seal, hdr, identities).whole(pay)
    return EvidenceItem(
        disclosure=opened.manifest.facts.disclosure,
        clip_mp4=plain,
        clip_age=hdr + pay,
        manifest=opened.raw,
        manifest_sig=opened.sig,
        file_key=open_header(hdr, identities),
    )


def build_package(  # noqa: PLR0913 - what a package is made of, each once
    facts: PackageFacts,
    items: Sequence[EvidenceItem],
    record: Record,
    *,
    custody: Sequence[Mapping[str, Any]],
    exporter: SigningKey,
    page: str | None = None,
) -> bytes:
    """Return the package's zip.

    Args:
        facts: what the export is.
        items: at least one; each disclosure once.
        record: leaves, proofs and openings, as the server's export call gave them.
        custody: the trail, oldest first: `{at, act, by}` each.
        exporter: signs evidence.json; its public half stands in it.
        page: another index.html than this release's; `{{package}}` in it becomes the facts.

    Raises:
        BadPackage: no item, or two of one disclosure, or an id that is none, or what a giver said has
            another form. SealError: it is not signed by who gave the clip.
    """
    names = [item.disclosure for item in items]
    if (
        not names
        or len(set(names)) != len(names)
        or not all(map(is_id, [*names, facts.package, facts.request]))
    ):
        raise bad_package("it needs at least one clip, each once, and ids of the right form")
    item_files = {item.disclosure: _item_files(item) for item in items}
    item_hashes = {name: _hashes(files) for name, files in item_files.items()}
    common = {README: _text("readme.txt").encode(), CUSTODY: jcs.dumps({"v": 1, "entries": list(custody)})}
    common |= _record_files(record)
    common |= {giver_path(item.disclosure): item.giver for item in items if item.giver is not None}
    about: dict[str, Any] = {
        "v": VERSION,
        "type": "evidence",
        "package": facts.package,
        "case_number": facts.case_number,
        "agency": facts.agency,
        "made_at": clock.to_text(facts.made_at),
        "recipient": facts.recipient,
        "ground": facts.ground,
        "return_by": None if facts.return_by is None else facts.return_by.isoformat(),
        "request": facts.request,
        "exporter": b64.encode(exporter.public),
        "items": [{"disclosure": name, "files": item_hashes[name]} for name in names],
    }
    films = {name: _films(name, item_files[name], item_hashes[name]) for name in names}
    common[CASE] = case_graph(about, films, custody)
    asked = record.openings.get("request", ())
    agreed = [(item.disclosure, terms) for item in items if (terms := terms_of(item.manifest))]
    listed = itertools.chain(*films.values())
    drafted = [name for name in names if giver_path(name) in common]
    common[PRINT] = print_page(_text("print.html"), about, listed, asked, custody, agreed, drafted=drafted)
    if drafted:
        named = [_named(item, films[item.disclosure]) for item in items if item.giver is not None]
        leads = [name for name in names if name not in drafted]
        common[DRAFTS] = certificate_drafts(_templates(), about, named, leads)
    common[PAGE] = _page(
        _text("viewer/page.html") if page is None else page, about | {"files": _hashes(common)}
    )
    evidence = jcs.dumps(about | {"files": _hashes(common)})
    signature = b64.encode(exporter.sign("evidence", evidence)).encode() + b"\n"
    files = common | {EVIDENCE: evidence, SIGNATURE: signature}
    hashes = _hashes(files)
    for name in names:
        files |= item_files[name]
        hashes |= item_hashes[name]  # films are large: each is hashed once
    return zip_files(files | {SUMS: sums(hashes)})


def _named(item: EvidenceItem, films: Sequence[tuple[str, int, str]]) -> NamedClip:
    manifest = parse_disclosure(item.manifest)
    giver = read_giver(item.giver or b"", item.disclosure, manifest.signer)
    film, sealed = films
    return NamedClip(film=film, sealed=sealed, manifest=manifest, giver=giver)


def _templates() -> Templates:
    page, maker, copier = (_text(f"draft/{name}.html") for name in ("page", "maker", "copier"))
    return Templates(page=page, maker=maker, copier=copier)


def sums(hashes: Mapping[str, str]) -> bytes:
    """Return what `sha256sum -c` reads, given path -> SHA-256 of all files but SHA256SUMS itself."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items())).encode()


def _films(
    disclosure: str, files: Mapping[str, bytes], hashes: Mapping[str, str]
) -> list[tuple[str, int, str]]:
    paths = [f"items/{disclosure}/{name}" for name in ITEM_FILES[:2]]
    return [(path, len(files[path]), hashes[path]) for path in paths]


def _item_files(item: EvidenceItem) -> dict[str, bytes]:
    contents = (
        item.clip_mp4,
        item.clip_age,
        make_container(item.manifest, item.manifest_sig, padded=False),
        item.file_key.hex().encode() + b"\n",
    )
    here = f"items/{item.disclosure}"
    files = {f"{here}/{name}": data for name, data in zip(ITEM_FILES, contents, strict=True)}
    terms = terms_of(item.manifest)
    return files if terms is None else {**files, f"{here}/{TERMS}": terms_file(terms)}


def terms_of(manifest: bytes) -> str | None:
    """Return the words under which a clip was given, as its household signed them; None if it names none."""
    return parse_disclosure(manifest).facts.terms


def terms_file(terms: str) -> bytes:
    """Return what TERMS holds."""
    return f"{terms}\n".encode()


def _record_files(record: Record) -> dict[str, bytes]:
    files = {
        "record/openings.json": jcs.dumps({name: list(record.openings.get(name, ())) for name in LEAVES}),
        "record/vkey": record.vkey.strip().encode() + b"\n",
        "record/witness.vkeys": record.witness_vkeys.encode(),
    }
    for name, proof in zip(LEAVES, (record.request, record.case_key, record.export), strict=True):
        files[f"record/{name}.leaf"] = proof.leaf
        files[f"record/{name}.tlog-proof"] = proof.proof.encode()
    return files


def _page(page: str, about: Mapping[str, Any]) -> bytes:
    # `<` is the only letter that could end the script element the JSON lies in.
    data = jcs.dumps(about).decode().replace("<", "\\u003c")
    return page.replace("{{package}}", data).encode()


def _hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def _text(name: str) -> str:
    return resources.files("fanlight.custody").joinpath(name).read_text(encoding="utf-8")
