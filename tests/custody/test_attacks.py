"""What somebody tries on a package with all its parts, C2PA and a time stamp among them: R30."""

import json
import random
from pathlib import Path

import pytest
from tests.custody.authority import authority
from tests.custody.films import film
from tests.custody.forgeries import pack, resign, unpack
from tests.custody.invented_case import LOG, make_case

from fanlight.custody.completing import Clock, complete
from fanlight.custody.errors import BadPackage
from fanlight.custody.own_certificate import own_signer
from fanlight.custody.verify_package import verify_package
from fanlight.custody.zip_form import zip_files
from fanlight.model.check import Check, State
from fanlight.proof import checkpoint, merkle
from fanlight.proof.receipt import Receipt
from fanlight.wire import jcs


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("full")
    (folder / "in.zip").write_bytes(make_case(film(folder)).build())
    time = authority(folder / "time")
    complete(
        folder / "in.zip",
        folder / "out.zip",
        clock=Clock(time.answer, time.root),
        signer=lambda agency: own_signer(folder / "keys", agency),
    )
    return (folder / "out.zip").read_bytes()


MOST_PARTS = 2  # slashes in a name


def verify(tmp_path: Path, data: bytes) -> list[Check]:
    path = tmp_path / "package.zip"
    path.write_bytes(data)
    return list(verify_package(path))


def failing(checks: list[Check]) -> list[str]:
    return [check.name for check in checks if check.state is State.FAILS]


def test_a_package_with_all_its_parts_holds_and_100_changed_bytes_are_each_caught(
    full: bytes, tmp_path: Path
) -> None:
    """R30: in the same places each time."""
    assert {check.state for check in verify(tmp_path, full)} == {State.HOLDS}
    places, held = random.Random(902), []
    for _ in range(100):
        changed = bytearray(full)
        at = places.randrange(len(changed))
        changed[at] ^= places.randrange(1, 256)
        try:
            if not failing(verify(tmp_path, bytes(changed))):
                held.append(at)
        except BadPackage:
            continue
    assert not held


def test_a_custody_entry_removed_or_put_elsewhere_is_caught(full: bytes, tmp_path: Path) -> None:
    """R30: by whoever has not the exporter's key."""
    files = unpack(full)
    entries = json.loads(files["custody.json"])["entries"]
    for told in (entries[1:], entries[:-1], [entries[0], *reversed(entries[1:])]):
        changed = files | {"custody.json": jcs.dumps({"v": 1, "entries": told})}
        assert "file custody.json" in failing(verify(tmp_path, pack(changed)))


def test_receipts_from_a_fork_of_the_log_have_no_witness(full: bytes, tmp_path: Path) -> None:
    """R30: a log that shows another tree signs it by its own key, and its witnesses do not."""
    files = unpack(full)
    names = ("request", "case-key", "export")
    leaves = [files[f"record/{name}.leaf"] for name in names] + [b"another entry"]
    signed = checkpoint.sign_checkpoint(merkle.TreeHead(len(leaves), merkle.root(leaves)), LOG)
    forked = {
        f"record/{name}.tlog-proof": Receipt(n, tuple(merkle.inclusion_proof(leaves, n)), signed)
        .format()
        .encode()
        for n, name in enumerate(names)
    }
    checks = verify(tmp_path, pack(resign(files | forked)))
    assert [check.name for check in checks if check.state is State.UNKNOWN] == ["witnesses"]
    real = Receipt.parse(files["record/request.tlog-proof"].decode())
    path = Receipt(0, tuple(merkle.inclusion_proof(leaves, 0)), real.checkpoint)
    mixed = files | {"record/request.tlog-proof": path.format().encode()}
    assert "request in the log" in failing(verify(tmp_path, pack(resign(mixed))))


@pytest.mark.parametrize("name", ["a" * 60_000, "/".join(["a"] * 4), "a/" + "b" * 30_000])
def test_overlong_names_are_refused(name: str, full: bytes, tmp_path: Path) -> None:
    data = zip_files(unpack(full) | {name: b""})
    if name.count("/") > MOST_PARTS:
        with pytest.raises(BadPackage, match="a name that no package uses"):
            verify(tmp_path, data)
    else:
        assert "contents" in failing(verify(tmp_path, data))
