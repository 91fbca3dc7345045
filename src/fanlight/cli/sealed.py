"""`fanlight sealed`: how a log's sealed slots stand; an auditor's share of one; one opened by two auditors.

In:     a log's folder or address; an auditor's identity; two shares.
Out:    lines to print.
Holds:  nothing is told of entries that are not those of the signed checkpoint; what two auditors open is
        compared with what the entry commits to.
Absent: whether witnesses saw the checkpoint (`fanlight verify`).
Why:    docs/spec/log.md
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import msgspec

from fanlight.cli.verify import EXIT_FAILS, EXIT_HOLDS
from fanlight.cli.verify_log import reading
from fanlight.model.errors import FanlightError
from fanlight.proof import tiles
from fanlight.proof.errors import MissingFile, ProofError, Unproven
from fanlight.proof.handover import Handovers, open_by_any
from fanlight.proof.note import VerifierKey
from fanlight.proof.openings import Opening, check_opening, parse_leaf
from fanlight.proof.sealed import SEALED, Slots
from fanlight.proof.trust import Trust
from fanlight.seal import escrow_opening
from fanlight.seal.errors import SealError
from fanlight.wire import b64, jcs


class NotOpened(FanlightError):
    """A sealed slot, or a share of one, cannot be opened."""

    code = "cli.sealed_not_opened"


def read_slots(target: str, trust: Trust) -> Slots:
    """Return what a log says of its sealed slots.

    Raises:
        NoLog: there is no log. ProofError: its entries are not those of its checkpoint, or cannot be read.
    """
    slots = Slots()
    with reading(target) as read:
        raw, vkey = read("checkpoint"), read("vkey")
        if raw is None or vkey is None:
            raise MissingFile("checkpoint")
        changes = Handovers.read(read)
        key = trust.log or VerifierKey.parse(vkey.decode("utf-8", "replace").strip())
        head = open_by_any(raw, changes.follow(key)).head
        tree = tiles.TileTree()
        while tree.size < head.size:
            index = tree.size // tiles.WIDTH
            bundle = tiles.fetch_bundle(read, index, tiles.tile_width(head.size, 0, index))
            slots.read(enumerate(bundle, tree.size))
            tree.append(bundle)
        if tree.root != head.root:
            raise Unproven("the signed root is not that of these entries")
    return slots


def listed(slots: Slots, today: date) -> tuple[int, list[str]]:
    """Return an exit status and the lines that say how the slots stand on a day."""
    states = slots.states(today)
    problems = slots.problems(today)
    counts = Counter(slot.state.value for slot in states)
    said = ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "none"
    held = [f"{one.name} held: {jcs.dumps(one.value).decode()}" for one in states if one.value is not None]
    lines = [f"{len(states)} sealed slots: {said}.", *held, *problems]
    return (EXIT_FAILS if problems else EXIT_HOLDS), lines


def share(slots: Slots, name: str, key: Path) -> str:
    """Return an auditor's share of a slot, in base64; raises NotOpened."""
    try:
        identity = key.read_text("utf-8").strip().splitlines()[-1]
    except (OSError, UnicodeDecodeError, IndexError) as error:
        raise _not_opened(f"{key} holds no age identity") from error
    for sealed in _pub(slots, name).shares:
        try:
            return b64.encode(escrow_opening.open_share(b64.decode(sealed), identity))
        except (SealError, b64.BadBase64):
            continue
    raise _not_opened("none of its shares is for this key")


def opened(slots: Slots, name: str, shares: Sequence[str]) -> str:
    """Return what a slot holds as JSON, by two shares; raises NotOpened."""
    try:
        raw = escrow_opening.unlock(b64.decode(_pub(slots, name).locked), [b64.decode(one) for one in shares])
        opening = Opening.from_json(jcs.loads(raw))
        check_opening(slots.entry(name) or b"", opening)
    except (SealError, b64.BadBase64, jcs.BadJson, ProofError) as error:
        raise _not_opened(getattr(error, "what", "it has another form")) from error
    return jcs.dumps(opening.value).decode()


class _Pub(msgspec.Struct):
    locked: str
    shares: list[str]


def _pub(slots: Slots, name: str) -> _Pub:
    raw = slots.entry(name)
    if raw is None:
        raise _not_opened("there is no such slot")
    leaf = parse_leaf(raw)
    try:
        found = msgspec.convert(leaf.pub, _Pub)
    except msgspec.ValidationError as error:
        raise _not_opened("its entry has another form") from error
    if leaf.type != SEALED:
        raise _not_opened("its entry has another form")
    return found


def _not_opened(why: str) -> NotOpened:
    return NotOpened(
        f"The sealed slot is not opened: {why}.",
        kept="Nothing was changed; its entry stays in the record.",
        do="Two of the three auditors that it names open it, each with their own key.",
    )
