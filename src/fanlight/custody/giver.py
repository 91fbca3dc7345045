"""Who gave a clip, as they said it themselves: signed with the key that signed the clip.

In:     the file `giver/<disclosure>.json` of a package; the key that the clip's manifest names.
Out:    a name, how they are reached, whether they would confirm where the picture comes from.
Absent: any check that a name is true. It is the word of whoever gave the clip.
Why:    docs/spec/seal.md#who-gave-a-copy. Twin of web/core/evidence/giver.ts.
"""

from dataclasses import dataclass

from fanlight.custody.errors import BadPackage
from fanlight.seal import keys
from fanlight.wire import b64, jcs

CONTEXT = "giver"
NAME_LIMIT, REACH_LIMIT = 100, 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Giver:
    """What somebody said of themselves.

    Attributes:
        name: 1 to 100 characters.
        reach: how they are reached, up to 300; may be empty.
        confirms: they would confirm where and how the picture was made.
    """

    name: str
    reach: str
    confirms: bool


def giver_path(disclosure: str) -> str:
    """Return where a package has what was said of a clip."""
    return f"giver/{disclosure}.json"


def giver_statement(disclosure: str, giver: Giver, signer: keys.SigningKey) -> bytes:
    """Return what goes into a package: canonical JSON, signed."""
    said = _said(disclosure, giver)
    return jcs.dumps(said | {"signature": b64.encode(signer.sign(CONTEXT, jcs.dumps(said)))})


def read_giver(raw: bytes, disclosure: str, signer: bytes) -> Giver:
    """Read what was said of a clip, given the public key that signed that clip.

    Raises:
        BadPackage: it has another form, or is of another clip. SealError: the signature does not hold.
    """
    try:
        read = jcs.loads(raw)
    except jcs.BadJson as error:
        raise _bad("it is no canonical JSON") from error
    if set(read) != {"confirms", "disclosure", "name", "reach", "signature"}:
        raise _bad("it has other fields")
    name, reach, confirms, signature = (read[key] for key in ("name", "reach", "confirms", "signature"))
    texts = isinstance(name, str) and isinstance(reach, str) and isinstance(signature, str)
    if not texts or not isinstance(confirms, bool) or read["disclosure"] != disclosure:
        raise _bad("it is of another clip, or has another form")
    if not 0 < len(name) <= NAME_LIMIT or len(reach) > REACH_LIMIT:
        raise _bad("it is longer or shorter than it can be")
    giver = Giver(name=name, reach=reach, confirms=confirms)
    keys.verify(signer, CONTEXT, jcs.dumps(_said(disclosure, giver)), b64.decode(signature))
    return giver


def _said(disclosure: str, giver: Giver) -> dict[str, str | bool]:
    return {
        "confirms": giver.confirms,
        "disclosure": disclosure,
        "name": giver.name,
        "reach": giver.reach,
    }


def _bad(why: str) -> BadPackage:
    return BadPackage(
        f"What is said of who gave it cannot be relied on: {why}.",
        kept="Nothing was changed.",
        do="Ask for the package again from the agency that made it.",
    )
