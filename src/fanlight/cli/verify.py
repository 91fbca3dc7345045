"""`fanlight verify`: one line a check; exit 0 all hold, 1 something fails, 2 not all could be checked."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cryptography.x509 import Certificate

from fanlight.cli.verify_log import verify_log_target
from fanlight.custody.compare import compare_packages
from fanlight.custody.errors import BadPackage
from fanlight.custody.stamp import read_roots
from fanlight.custody.verify_package import verify_package
from fanlight.model.check import Check, State
from fanlight.model.errors import FanlightError
from fanlight.proof.note import VerifierKey
from fanlight.proof.trust import NAMED_BY_LOG, Trust, read_witnesses

MARKS = {"holds": "holds ", "fails": "FAILS ", "unknown": "?     ", "absent": "absent"}
EXIT_HOLDS, EXIT_FAILS, EXIT_UNKNOWN = 0, 1, 2


class BadTrust(FanlightError):
    """The keys to trust cannot be read."""

    code = "cli.bad_trust"


def read_trust(log_key: str | None, witnesses: Path | None) -> Trust:
    """Return whom to trust, as given on the command line; raises BadTrust."""
    try:
        log = VerifierKey.parse(log_key.strip()) if log_key else None
        listed, need = read_witnesses(witnesses.read_text("utf-8")) if witnesses else (None, 0)
    except (OSError, UnicodeDecodeError, FanlightError) as error:
        raise BadTrust(
            "The log's key or the list of witnesses to trust cannot be read.",
            kept="Nothing was checked.",
            do="Give a key like NAME+HASH+KEY, and a witnesses.toml or a file with one witness a line.",
        ) from error
    return Trust(log, listed, need)


def read_authorities(path: Path | None) -> list[Certificate] | None:
    """Return the certificates to trust for time stamps, as given on the command line; raises BadTrust."""
    try:
        return read_roots(path.read_bytes()) if path else None
    except (OSError, FanlightError) as error:
        raise BadTrust(
            "The certificates to trust for time stamps cannot be read.",
            kept="Nothing was checked.",
            do="Give a PEM file with the authority's root certificate.",
        ) from error


def read_signers(path: Path | None) -> str | None:
    """Return the certificates that vouch for C2PA signers, as given on the command line; raises BadTrust."""
    try:
        if path is None:
            return None
        read_roots(path.read_bytes())
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError, FanlightError) as error:
        raise BadTrust(
            "The certificates to trust for C2PA cannot be read.",
            kept="Nothing was checked.",
            do="Give a PEM file with the root certificate of whoever vouches for the agency.",
        ) from error


def verify_target(
    target: str,
    trust: Trust = NAMED_BY_LOG,
    authorities: Sequence[Certificate] | None = None,
    signers: str | None = None,
) -> int:
    """Check a log folder, a log's address or an evidence package; print and return the exit status.

    Args:
        target: where it is.
        trust: whom to trust; by default whom the target names.
        authorities: whom to trust for a package's time stamp; by default whom it names.
        signers: whom to trust to vouch for a package's C2PA signer; by default the signer that it names.
    """
    path = Path(target)
    is_package = not target.startswith(("http://", "https://")) and not path.is_dir()
    if is_package:
        print("Not checked here: who holds the exporter's key; the custody trail, which is their word.")
        return report(_verify_package(path, trust, authorities, signers))
    if path.is_dir() and (path / "evidence.json").exists():
        return report(
            [Check("package", State.UNKNOWN, "This is an unpacked package. Give the zip as it came.")]
        )
    return report(verify_log_target(target, trust))


def verify_two(
    first: Path,
    second: Path,
    trust: Trust = NAMED_BY_LOG,
    authorities: Sequence[Certificate] | None = None,
    signers: str | None = None,
) -> int:
    """Check two evidence packages and whether they hold the same evidence; print and return the exit status.

    Args:
        first: a package, such as the prosecution's.
        second: another, such as the copy made for the defence.
        trust: as for one package, and so are `authorities` and `signers`.
        authorities: whom to trust for time stamps.
        signers: whom to trust to vouch for C2PA signers.
    """
    print("Not checked here: who holds the exporters' keys; the custody trails, which are their word.")
    checks = [
        Check(f"{which}: {check.name}", check.state, check.detail)
        for which, path in (("first", first), ("second", second))
        for check in _verify_package(path, trust, authorities, signers)
    ]
    return report([*checks, *_compare(first, second)])


def _compare(first: Path, second: Path) -> Iterator[Check]:
    try:
        yield from compare_packages(first, second)
    except (BadPackage, OSError):  # what is wrong with it was said above
        yield Check(
            "same evidence", State.UNKNOWN, "One of the packages cannot be read, so they were not compared."
        )


def _verify_package(
    path: Path, trust: Trust, authorities: Sequence[Certificate] | None, signers: str | None
) -> Iterator[Check]:
    try:
        yield from verify_package(path, trust, authorities, signers)
    except BadPackage as error:
        yield Check("package", State.FAILS, error.what)
    except OSError as error:
        yield Check("package", State.UNKNOWN, f"{path} cannot be read: {error.strerror or error}.")


def report(checks: Iterable[Check]) -> int:
    """Print checks as they come; return the exit status that they add up to."""
    states, absent = [], []
    for check in checks:
        if check.state is State.ABSENT:
            absent.append(check.name)
        else:
            states.append(check.state)
        print(
            f"{MARKS[check.state]} {check.name}" + (f": {check.detail}" if check.detail else ""), flush=True
        )
    if "fails" in states:
        print("This does not hold. Do not rely on it.")
        return EXIT_FAILS
    if "unknown" in states or not states:
        print("Some of this could not be checked.")
        return EXIT_UNKNOWN
    print(f"All {len(states)} checks hold." + (f" Not in it: {', '.join(absent)}." if absent else ""))
    return EXIT_HOLDS
