"""Whether the web client that is installed here is a release in a server's public record.

In:     a server's address; the client's list of files, compared with the files before.
Out:    a Check. Unknown is what could not be asked for, or was not co-signed yet.
Holds:  `holds` is said only of an entry whose receipt was checked here.
Absent: whether the record shows everybody the same: `fanlight verify ADDRESS` looks at all of it.
Why:    docs/spec/log.md
"""

from collections.abc import Iterator

import httpx
import msgspec

from fanlight.model.check import Check, State
from fanlight.proof.cosignature import parse_witnesses
from fanlight.proof.errors import ProofError
from fanlight.proof.note import VerifierKey
from fanlight.proof.openings import parse_leaf
from fanlight.proof.receipt import Receipt, verify_receipt
from fanlight.proof.trust import NAMED_BY_LOG, Trust
from fanlight.server import release
from fanlight.server.pages import STATIC
from fanlight.server.release import BadRelease, Release

_NAME = "web client"
_WAIT_S = 10.0
_HERE = {"localhost", "127.0.0.1", "::1"}


class _Entry(msgspec.Struct):
    index: int
    leaf: str


class _Entries(msgspec.Struct):
    leaves: list[_Entry]
    size: int


def verify_client(server: str, trust: Trust = NAMED_BY_LOG) -> Iterator[Check]:
    """Compare the installed client's files with their list, and look for the list in a record."""
    try:
        client = release.load(STATIC)
    except BadRelease as error:
        yield Check("files of the web client", State.FAILS, error.what)
        return
    yield Check("files of the web client", State.HOLDS, f"All {len(client.files)} are those of its list.")
    yield in_the_record(server, client, trust)


def in_the_record(server: str, client: Release, trust: Trust = NAMED_BY_LOG) -> Check:
    """Tell whether a release is in a server's record.

    Args:
        server: its address.
        client: the release.
        trust: whom to trust; by default whom the record names itself.
    """
    try:
        base = httpx.URL(server)
        with httpx.Client(base_url=base, timeout=_WAIT_S, trust_env=base.host not in _HERE) as asking:
            found = _find(asking, client.sha256)
            if found is None:
                said = f"This record has no entry for version {client.version}, {client.sha256}."
                return Check(_NAME, State.FAILS, said)
            receipt = Receipt.parse(_text(asking, f"/v1/log/proof/{found.index}"))
            key = trust.log or VerifierKey.parse(_text(asking, "/log/vkey").strip())
            witnesses = trust.witnesses
            if witnesses is None:
                witnesses = parse_witnesses(_text(asking, "/log/witness.vkeys"))
    except (httpx.HTTPError, httpx.InvalidURL, msgspec.MsgspecError) as error:
        return Check(_NAME, State.UNKNOWN, f"The record could not be asked ({type(error).__name__}).")
    except ProofError as error:
        return Check(_NAME, State.FAILS, error.what)
    try:
        if receipt.index != found.index:
            return Check(_NAME, State.FAILS, "The record proves another entry than the one it shows.")
        proven = verify_receipt(found.leaf.encode(), receipt, key, witnesses, need=trust.need)
    except ProofError as error:
        return Check(_NAME, State.FAILS, error.what)
    seen = ", ".join(
        f"{one.witness.key.name} ({one.witness.run_by or 'nobody says who runs it'})"
        for one in proven.cosigned
    )
    said = f"Version {client.version} is entry {found.index} of the record {key.name}, "
    return Check(_NAME, State.HOLDS, said + (f"co-signed by {seen}." if seen else "co-signed by nobody."))


def _find(asking: httpx.Client, sha256: str) -> _Entry | None:
    """Return the entry of a release, by asking page after page."""
    after = -1
    while True:
        answer = asking.get("/v1/log/leaves", params={"type": release.LEAF, "after": after})
        listed = msgspec.json.decode(answer.raise_for_status().content, type=_Entries).leaves
        for one in listed:
            leaf = parse_leaf(one.leaf.encode())
            if leaf.type == release.LEAF and leaf.pub.get("sha256") == sha256:
                return one
        if not listed or listed[-1].index <= after:
            return None
        after = listed[-1].index


def _text(asking: httpx.Client, path: str) -> str:
    return asking.get(path).raise_for_status().text
