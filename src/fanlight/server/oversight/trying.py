"""The ordinances that a visitor can try on this record: those it names, and those that ship. Pure.

In:     the Record.
Out:    Offer for each, the one now in effect first; all of them as one file.
Holds:  one file has every text, so that whoever serves it does not learn which of them somebody tries.
        An ordinance of the record whose text is not here is not offered.
Absent: trying them (web/oversight/simulate.ts, in the visitor's browser).
Why:    docs/design/oversight.md
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fanlight.policy import Pack, shipped_pack, shipped_packs
from fanlight.server.oversight.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An ordinance to try.

    Attributes:
        pack: its text, parsed.
        name: what `fanlight simulate --pack` calls it: the name of one that ships, or its file's.
        entry: where it stands in the record, if it does.
        current: whether it is the one now in effect there.
    """

    pack: Pack
    name: str
    entry: int | None
    current: bool

    @property
    def as_json(self) -> dict[str, Any]:
        """What the browser needs of it; `text` is canonical, and its SHA-256 is the pack's."""
        return {
            "title": self.pack.meta.title,
            "sha256": self.pack.sha256,
            "name": self.name,
            "text": self.pack.canonical.decode(),
        }


def offers(record: Record) -> list[Offer]:
    """Return what can be tried."""
    shipped = {shipped_pack(name).sha256: name for name in shipped_packs()}
    latest = max(
        (one for one in record.ordinances.values() if one.text and one.pack.effective <= record.today),
        key=lambda one: (one.pack.effective, one.entry.index),
        default=None,
    )
    found = [
        Offer(
            pack=one.text,
            name=shipped.get(sha, f"{sha[:12]}.pack.json"),
            entry=one.entry.index,
            current=one is latest,
        )
        for sha, one in record.ordinances.items()
        if one.text
    ]
    here = {one.pack.sha256 for one in found}
    found += [
        Offer(pack=shipped_pack(name), name=name, entry=None, current=False)
        for sha, name in shipped.items()
        if sha not in here
    ]
    return sorted(found, key=lambda one: not one.current)


def as_json(found: Sequence[Offer]) -> list[dict[str, Any]]:
    """Return all of them for a file."""
    return [one.as_json for one in found]
