"""`fanlight verify`: one line a check; exit 0 all hold, 1 something fails, 2 not all could be checked."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from fanlight.cli.verify_log import verify_log_target
from fanlight.custody.errors import BadPackage
from fanlight.custody.verify_package import verify_package
from fanlight.model.check import Check, State

MARKS = {"holds": "holds ", "fails": "FAILS ", "unknown": "?     "}
EXIT_HOLDS, EXIT_FAILS, EXIT_UNKNOWN = 0, 1, 2


def verify_target(target: str) -> int:
    """Check a log folder, a log's address or an evidence package; print and return the exit status."""
    path = Path(target)
    is_package = not target.startswith(("http://", "https://")) and not path.is_dir()
    return report(_verify_package(path) if is_package else verify_log_target(target))


def _verify_package(path: Path) -> Iterator[Check]:
    try:
        yield from verify_package(path)
    except BadPackage as error:
        yield Check("package", State.FAILS, error.what)
    except OSError as error:
        yield Check("package", State.UNKNOWN, f"{path} cannot be read: {error.strerror or error}.")


def report(checks: Iterable[Check]) -> int:
    """Print checks as they come; return the exit status that they add up to."""
    states = []
    for check in checks:
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
    print(f"All {len(states)} checks hold.")
    return EXIT_HOLDS
