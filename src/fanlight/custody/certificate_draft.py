"""Drafts of certificates under Federal Rule of Evidence 902(13) and (14), for a qualified person to complete.

In:     what the package says of itself; of each clip whose giver said who they are: its files, what its
        manifest says, and what the giver said.
Out:    one HTML page without a program; the same input gives the same bytes, here and in web/core/evidence.
Holds:  nothing is signed, and what no file of the package shows is left blank. Only a giver who would
        confirm the picture has the draft for 902(13). Every value is text.
Absent: clips that nobody gave by name: each is a lead, and nobody can certify what recorded it.
Why:    docs/spec/evidence.md#drafts-of-certificates. Twin of web/core/evidence/certificate-draft.ts.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fanlight.custody.giver import Giver
from fanlight.model import clock
from fanlight.seal.manifest import DisclosureManifest

FACTS = ("case_number", "agency", "recipient", "made_at", "package", "request")
NO_REACH = "not said"
CLOCKS = {
    "hub": "by the clock of the hub that recorded it",
    "media": "by the clock of the camera, and the hub's for the day",
}
TRIMMED = "It is a part that its giver cut out of a longer recording."
BLURRED = "The film was made anew to blur the faces that the giver's browser found."
UNCHANGED = "Nothing that the signed manifest tells of."
ALL_NAMED = "none"
_PLACE = re.compile(r"\{\{([a-z0-9_]+)\}\}")
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """page.html, maker.html and copier.html of `draft`, with `{{name}}` where something goes."""

    page: str
    maker: str
    copier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedClip:
    """A clip whose giver said who they are. `film` and `sealed` are path, length in bytes and SHA-256."""

    film: tuple[str, int, str]
    sealed: tuple[str, int, str]
    manifest: DisclosureManifest
    giver: Giver


def certificate_drafts(
    templates: Templates, about: Mapping[str, Any], named: Sequence[NamedClip], unnamed: Sequence[str]
) -> bytes:
    """Return the page, given FACTS of evidence.json and the ids of the clips that nobody gave by name."""
    common = {name: about[name] for name in FACTS}
    drafts = "".join(_drafts(templates, common, clip) for clip in named)
    # A value that holds a place of a template is never filled again: each template is filled once.
    page = _fill(templates.page, common | {"unnamed": ", ".join(unnamed) or ALL_NAMED}, drafts=drafts)
    return page.encode()


def _drafts(templates: Templates, common: Mapping[str, str], clip: NamedClip) -> str:
    facts, said = clip.manifest.facts, clip.giver
    done = [
        *([TRIMMED] if facts.trimmed else []),
        *([BLURRED] if facts.faces_blurred else []),
    ]
    values = dict(common) | {
        "disclosure": facts.disclosure,
        "name": said.name,
        "reach": said.reach or NO_REACH,
        "start": clock.to_text(facts.start),
        "clock": CLOCKS[facts.clock],
        "seconds": f"{facts.duration_ms // 1000}.{facts.duration_ms % 1000:03}",
        "changed": " ".join(done) or UNCHANGED,
        "root": clip.manifest.seal.tree_root.hex(),
    }
    for name, (path, size, digest) in (("film", clip.film), ("sealed", clip.sealed)):
        values |= {name: path, f"{name}_size": str(size), f"{name}_sha256": digest}
    maker = _fill(templates.maker, values) if said.confirms else ""
    return maker + _fill(templates.copier, values)


def _fill(template: str, values: Mapping[str, str], **pages: str) -> str:
    parts = {name: _text(value) for name, value in values.items()} | pages
    return _PLACE.sub(lambda found: parts[found[1]], template)


def _text(text: str) -> str:
    return "".join(_ESCAPED.get(letter, letter) for letter in text)
