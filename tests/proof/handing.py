"""Logs whose key was changed: keys from fixed seeds, hand-overs that both signed."""

from tests.proof.logs import LOG, OURS, THEIRS, TIME_S, cosigned, entries, key, make_log

from fanlight.proof.checkpoint import Checkpoint
from fanlight.proof.handover import Handover, handover_path, sign_handover
from fanlight.proof.note import ED25519, SignerKey
from fanlight.proof.openings import make_leaf
from fanlight.proof.tiles import TileTree


def another(of: SignerKey, word: str) -> SignerKey:
    return SignerKey(of.name, of.kind, key(word, ED25519).seed)


NEXT_LOG, LAST_LOG = another(LOG, "second"), another(LOG, "third")
NEXT_WITNESS = another(THEIRS, "second witness")


def handed(*pairs: tuple[SignerKey, SignerKey]) -> list[bytes]:
    return [sign_handover(old, new, TIME_S) for old, new in pairs]


def rotated(
    notes: list[bytes],
    signers: tuple[SignerKey, ...],
    cosigners: tuple[SignerKey, ...] = (OURS, THEIRS),
    *,
    entered: bool = True,
    old: int = 10,
) -> dict[str, bytes]:
    """Return a log that LOG signed at `old` entries and `signers` sign now; hand-overs stand behind these."""
    leaves = entries(old)
    leaves += [make_leaf("key", Handover.parse(note).pub)[0] for note in notes] if entered else []
    leaves += entries(3)
    files = make_log(old, len(leaves), leaves=leaves)
    tree = TileTree()
    tree.append(leaves)
    text = Checkpoint(LOG.name, tree.head).text
    signed = (text + "\n" + "".join(signer.sign(text) for signer in signers)).encode()
    files["checkpoint"] = cosigned(signed, *cosigners)
    files["vkey"] = f"{signers[-1].verifier.vkey}\n".encode()
    files |= {handover_path(number): note for number, note in enumerate(notes, 1)}
    return files
