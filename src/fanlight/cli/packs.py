"""`fanlight pack`: read an ordinance in plain words, prove it, compare two.

In:     names of packs that ship, folders or files of others.
Out:    lines; exit 0, or 1 where something is wrong with the pack.
Holds:  what is no pack is refused whole; nothing is written.
Why:    docs/guide/ordinance-packs.md
"""

from collections.abc import Iterator
from pathlib import Path

from fanlight.policy import (
    Pack,
    assemble,
    assemble_zip,
    is_zip,
    load_pack,
    shipped_pack,
    shipped_packs,
    verdict_on,
)
from fanlight.policy.pack import bad_pack
from fanlight.policy.reading import difference, told, told_difference

EXIT_SOUND, EXIT_WRONG = 0, 1


def find_pack(name: str) -> Pack:
    """Return a pack by the name of one that ships, its folder, that folder as a zip, or its file.

    Raises:
        BadPack: there is none, or it is no pack.
    """
    if name in shipped_packs():
        return shipped_pack(name)
    path = Path(name)
    if path.is_dir():
        return load_pack(assemble(path))
    try:
        data = path.read_bytes()
    except OSError as error:
        raise bad_pack(f"there is no pack, folder or file {name}") from error
    return load_pack(assemble_zip(data) if is_zip(data) else data)


def listed() -> Iterator[str]:
    """Yield a line for each pack that ships."""
    for name in shipped_packs():
        pack = shipped_pack(name)
        state = f"cannot be in force, {len(pack.unread)} unread" if pack.unread else "may be in force"
        yield f"{name:18}  {pack.meta.title} ({len(pack.clauses)} clauses; {state})"


def show(name: str) -> Iterator[str]:
    """Yield a pack in plain words."""
    yield from told(find_pack(name))


def check(name: str) -> int:
    """Prove a pack by its own vectors; print what is wrong and return the exit status."""
    pack = find_pack(name)
    said = verdict_on(pack)
    wrong = [f"comes out otherwise: {why}" for why in said.failing]
    wrong += [f"could be struck out and no vector would notice: {clause}" for clause in said.weak]
    print(f"{pack.meta.title}: {len(pack.clauses)} clauses, {len(pack.vectors.cases)} vectors.")
    print(f"SHA-256 {pack.sha256}")
    print("\n".join(wrong) if wrong else "Every vector holds, and striking out any clause fails one.")
    for clause in said.unread:
        print(f"cites a text nobody has read, so the pack cannot be in force: {clause}")
    for fact in said.uncommon:
        print(f"asks for a fact that no other ordinance knows, so it cannot be compared on it: {fact}")
    return EXIT_SOUND if said.sound else EXIT_WRONG


def diff(old: str, new: str) -> Iterator[str]:
    """Yield what one pack has otherwise than another."""
    yield from told_difference(difference(find_pack(old), find_pack(new)))
