"""Read what was sealed, checking everything before a byte is given out.

In:     sealed manifests, headers, payload bytes, cards, identities, public keys.
Out:    manifests whose signature holds; plaintext of chunks that hash to the signed tree.
Holds:  signature, then order, then key, then every piece; the first that fails ends it.
Absent: fetching. The caller brings the bytes. Never imported by server or witness (it imports `opening`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from fanlight.seal import keys
from fanlight.seal.age_format import CHUNK_PLAIN, CHUNK_SEALED, NONCE_LENGTH, Buffer, chunk_count
from fanlight.seal.chunktree import chunk_hash
from fanlight.seal.container import Card, open_container, read_container, sha256
from fanlight.seal.earlier import Gift, check_gift
from fanlight.seal.epoch import Epoch
from fanlight.seal.errors import Altered, NotForUs, ReplayedManifest, WrongFileKey, malformed, payload_altered
from fanlight.seal.manifest import (
    ClipManifest,
    DisclosureManifest,
    SealFacts,
    chain_hash,
    key_commitment,
    parse_clip,
    parse_disclosure,
)
from fanlight.seal.notes import Notes, read_notes
from fanlight.seal.opening import ChunkOpener, open_age, open_header

_KEPT = "Nothing was shown."
_FETCH = "Fetch the clip again; if it stays so, the server or somebody before it changed it."


@dataclass(frozen=True, slots=True)
class OpenedClip:
    """A clip's manifest whose signature held, and the exact bytes that were signed."""

    manifest: ClipManifest
    raw: bytes

    @property
    def chain_hash(self) -> bytes:
        """What the camera's next manifest must carry as `prev`."""
        return chain_hash(self.raw)


@dataclass(frozen=True, slots=True)
class OpenedDisclosure:
    """A disclosure's manifest whose signature held, the signed bytes and the signature."""

    manifest: DisclosureManifest
    raw: bytes
    sig: bytes


def open_clip_manifest(manifest_age: Buffer, identities: Sequence[str], hub_public: bytes) -> OpenedClip:
    """Open a sealed clip manifest and check the hub's signature.

    Raises:
        NotForUs: sealed to another epoch. BadSignature, Malformed, Altered: as their names say.
    """
    raw = open_container("clip", open_age(manifest_age, identities), hub_public)
    return OpenedClip(parse_clip(raw), raw)


def open_disclosure_manifest(
    manifest_age: Buffer, identities: Sequence[str], case_recipient: str
) -> OpenedDisclosure:
    """Open a sealed disclosure manifest; check its signature and that it is for this case key.

    Raises:
        NotForUs: sealed to another case. ReplayedManifest: made for another case key.
        BadSignature, Malformed, Altered: as their names say.
    """
    opened = check_disclosure_manifest(*read_container(open_age(manifest_age, identities)))
    if opened.manifest.case_key_sha256 != sha256(case_recipient.encode()):
        raise ReplayedManifest(
            "A disclosure was made for another case than this one.", kept=_KEPT, do="Ask the household again."
        )
    return opened


def check_disclosure_manifest(raw: bytes, sig: bytes) -> OpenedDisclosure:
    """Read a disclosure manifest and check its signature under the key it names; raises as above."""
    manifest = parse_disclosure(raw)
    keys.verify(manifest.signer, "disclosure", raw, sig)
    return OpenedDisclosure(manifest, raw, sig)


def check_card(opened: OpenedClip, card: Card, manifest_age: bytes) -> None:
    """Check that the card the server shows is the card of this manifest.

    Raises:
        ReplayedManifest: the manifest was signed for another clip.
        Altered: root, length, epoch or hash differ.
    """
    if opened.manifest.facts.clip != card.clip:
        raise _replayed("The server answered with the description of another clip.")
    seal = opened.manifest.seal
    said = (seal.tree_root, seal.pay_length, opened.manifest.epoch, sha256(manifest_age))
    if said != (card.root, card.length, card.epoch, card.manifest_sha256):
        raise Altered("The list your hub signed does not name this clip as it is.", kept=_KEPT, do=_FETCH)


@dataclass(slots=True)
class Order:
    """The clips of a household in the order their hub signed them. Feed it every manifest that is opened.

    Clips may be missing (expired); those held must fit together.
    """

    _links: dict[tuple[str, int], tuple[bytes, bytes | None]] = field(default_factory=dict)
    _places: dict[str, tuple[str, int]] = field(default_factory=dict)

    def add(self, opened: OpenedClip) -> None:
        """Take the next manifest, in any order.

        Raises:
            ReplayedManifest: its place or its clip is taken by another, or a neighbour names another hash.
        """
        manifest = opened.manifest
        camera, seq, clip = manifest.facts.camera, manifest.seq, manifest.facts.clip
        link = (opened.chain_hash, manifest.prev)
        if self._links.get((camera, seq), link) != link or self._places.get(clip, (camera, seq)) != (
            camera,
            seq,
        ):
            raise _replayed("Two descriptions claim the same place among a camera's clips.")
        before, after = self._links.get((camera, seq - 1)), self._links.get((camera, seq + 1))
        if (before and before[0] != manifest.prev) or (after and after[1] != opened.chain_hash):
            raise _replayed("A clip does not fit between its neighbours.")
        self._links[camera, seq] = link
        self._places[clip] = (camera, seq)


class ClipReader:
    """Plaintext of one payload by byte range; each piece is checked against the signed tree first.

    Args:
        seal: the `seal` part of a manifest whose signature was checked.
        hdr: the header that came with the payload.
        identities: age identity texts.

    Raises:
        WrongFileKey: the header opens to another key than the manifest commits to.
        NotForUs, Malformed, HeaderAltered: from the header.
    """

    def __init__(self, seal: SealFacts, hdr: Buffer, identities: Sequence[str]) -> None:
        """Open the header and check the key commitment."""
        file_key = open_header(hdr, identities)
        if key_commitment(file_key) != seal.kc:
            raise WrongFileKey("The header of this clip was swapped for another.", kept=_KEPT, do=_FETCH)
        self.seal = seal
        self.file_key = file_key
        self._opener = ChunkOpener(file_key, seal.nonce)

    def pay_range(self, first: int, end: int) -> tuple[int, int]:
        """Return the bytes [first, end) of the payload that hold plaintext bytes [first, end)."""
        if not 0 <= first < end <= self.seal.plain_length:
            raise malformed("a range outside the clip was asked for")
        low, high = first // CHUNK_PLAIN, (end - 1) // CHUNK_PLAIN + 1
        return NONCE_LENGTH + low * CHUNK_SEALED, min(
            NONCE_LENGTH + high * CHUNK_SEALED, self.seal.pay_length
        )

    def chunk(self, index: int, sealed: Buffer) -> bytes:
        """Return the plaintext of chunk `index`; raises PayloadAltered if it is not the signed one."""
        if not 0 <= index < len(self.seal.chunks) or chunk_hash(sealed) != self.seal.chunks[index]:
            raise payload_altered(f"piece {index} is not the one that was signed")
        return self._opener.open(index, sealed, last=index == chunk_count(self.seal.plain_length) - 1)

    def plain_range(self, first: int, end: int, sealed: Buffer) -> bytes:
        """Return plaintext bytes [first, end), given the payload bytes that `pay_range` names."""
        start, stop = self.pay_range(first, end)
        view = memoryview(sealed).cast("B")
        if len(view) != stop - start:
            raise payload_altered("it was cut short")
        low = (start - NONCE_LENGTH) // CHUNK_SEALED
        pieces = [
            self.chunk(low + number, view[at : at + CHUNK_SEALED])
            for number, at in enumerate(range(0, len(view), CHUNK_SEALED))
        ]
        return b"".join(pieces)[first - low * CHUNK_PLAIN : end - low * CHUNK_PLAIN]

    def whole(self, pay: Buffer) -> bytes:
        """Return the whole plaintext of `pay` (nonce and chunks), padding included; raises PayloadAltered."""
        view = memoryview(pay).cast("B")
        if len(view) != self.seal.pay_length or bytes(view[:NONCE_LENGTH]) != self.seal.nonce:
            raise payload_altered("its length or its beginning is another")
        return self.plain_range(0, self.seal.plain_length, view[NONCE_LENGTH:])


def open_notes(epoch: Epoch, identities: Sequence[str]) -> Notes:
    """Return the notes to an epoch of version 2 (checked before with `book.accept`).

    Raises:
        NotForUs: they are sealed to others. Malformed: there are none, or they are in another form.
    """
    book = epoch.statement.book
    if book is None or not epoch.private:
        raise malformed("this household key came without notes")
    return read_notes(open_age(epoch.private, identities), book.roll)


def open_epoch(epoch: Epoch, identities: Sequence[str]) -> str:
    """Return the identity text of an epoch (checked before with `book.accept`).

    Raises:
        NotForUs: we were no member then, or the secret was destroyed.
        Altered: the secret is not the one of the signed recipient.
    """
    if not epoch.sealed:
        raise NotForUs(
            "The secret of this household key was destroyed.", kept=_KEPT, do="Its clips are gone for good."
        )
    return _secret_of(epoch, open_age(epoch.sealed, identities))


def open_earlier(
    gift: Gift, identities: Sequence[str], *, household: str, account: str, chain: Sequence[Epoch]
) -> str:
    """Return the identity text of an epoch from before we came, which an owner gave to us.

    Args:
        gift: as the server handed it out.
        identities: our own.
        household: ours.
        account: ours.
        chain: the household's book, checked, from 0 on.

    Raises:
        BadSignature, Altered: as `earlier.check_gift`, or the secret is not the one of the signed recipient.
        NotForUs: it is sealed to somebody else.
    """
    epoch = check_gift(gift, household=household, account=account, chain=chain)
    return _secret_of(epoch, open_age(gift.sealed, identities))


def _secret_of(epoch: Epoch, opened: bytes) -> str:
    secret = opened.decode("ascii", "replace").removesuffix("\n")
    if keys.identity_recipient(secret) != epoch.statement.recipient:
        raise Altered(
            "The secret of a household key does not belong to the key its owner signed.",
            kept=_KEPT,
            do="Ask an owner of the household to make a new key.",
        )
    return secret


def _replayed(what: str) -> ReplayedManifest:
    return ReplayedManifest(what, kept=_KEPT, do=_FETCH)
