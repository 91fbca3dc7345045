"""Small logs made of real parts: keys from fixed seeds, tiles, checkpoints, cosignatures."""

from hashlib import sha256
from pathlib import Path

from fanlight.proof.checkpoint import sign_checkpoint
from fanlight.proof.cosignature import THE_OPERATOR, Witness, cosign, format_witnesses
from fanlight.proof.note import COSIGNATURE, ED25519, Note, SignerKey
from fanlight.proof.tiles import TileTree

ORIGIN = "log.fanlight.example/town"
TIME_S = 1_795_284_000


def key(name: str, kind: int) -> SignerKey:
    """Return the key whose seed is the hash of its name."""
    return SignerKey(name, kind, sha256(name.encode()).digest())


LOG = key(ORIGIN, ED25519)
OURS = key("witness.fanlight.example", COSIGNATURE)
THEIRS = key("witness.library.example", COSIGNATURE)
OUR_WITNESS = Witness(OURS.verifier, THE_OPERATOR)
THEIR_WITNESS = Witness(THEIRS.verifier, "the city library")


def entries(count: int) -> list[bytes]:
    return [b'{"entry":%d}' % i for i in range(count)]


def cosigned(checkpoint: bytes, *signers: SignerKey) -> bytes:
    text = Note.parse(checkpoint).text
    return checkpoint + "".join(cosign(text, signer, TIME_S) for signer in signers).encode()


def make_log(old: int, new: int, *, leaves: list[bytes] | None = None) -> dict[str, bytes]:
    """Return the files of a log of `new` entries that published one checkpoint at `old` before."""
    leaves = entries(new) if leaves is None else leaves
    tree, disk = TileTree(), dict[str, bytes]()
    for name, part in (("checkpoint.old", leaves[:old]), ("checkpoint", leaves[old:])):
        disk.update(tree.append(part).files)
        disk[name] = cosigned(sign_checkpoint(tree.head, LOG), OURS, THEIRS)
    disk["vkey"] = f"{LOG.verifier.vkey}\n".encode()
    disk["witness.vkeys"] = format_witnesses([OUR_WITNESS, THEIR_WITNESS]).encode()
    return disk


def write_log(folder: Path, files: dict[str, bytes]) -> Path:
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
